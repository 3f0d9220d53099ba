"""Which platform a profile belongs to: none at first, then the one whose address the person gave."""

from collections.abc import Callable

from local_db.store import Store
from local_db.tables import settings
from sync import revocations
from sync.address import address_of
from sync.connection import Connection
from sync.errors import (
    AddressKeptError,
    BadAnswerError,
    CaptivePortalError,
    NetworkSignInError,
    NotAPlatformError,
    RefusedError,
)
from sync.service import SyncService

SERVER = "server"


class PlatformUseCases:
    """The address of the platform. It can be changed until somebody has signed in: then the work belongs there."""

    def __init__(
        self, store: Store, connection: Connection, service: SyncService, signing_in: Callable[[], bool]
    ) -> None:
        """``signing_in`` tells whether a sign-in is under way."""
        self._store, self._connection, self._service, self._signing_in = store, connection, service, signing_in

    @property
    def address(self) -> str:
        """The address, empty before there is one."""
        return self._connection.address

    @property
    def may_change(self) -> bool:
        """Whether another address can be given: not once somebody has signed in, or is about to."""
        return not self._signing_in() and not settings.get(self._store, "account", {}).get("id")

    def choose(self, typed: str) -> str:
        """See that a platform answers at an address, and use it from now on; for a worker thread.

        Raises SyncError or StoreError; the address of before stays then.
        """
        address = address_of(typed)
        try:
            self._connection.look_at(address)
        except NetworkSignInError:
            raise
        except (BadAnswerError, CaptivePortalError, RefusedError) as error:
            raise NotAPlatformError(error.detail) from error
        if address != self.address.rstrip("/"):
            self._keep(address)
            self._service.use_platform(address)
        return self.address

    def _keep(self, address: str) -> None:
        """Make the address the profile's. Nothing that another platform gave is shown to this one."""
        with self._store.transaction():
            if not self.may_change:
                raise AddressKeptError("an account is here, or is coming")
            settings.put(self._store, SERVER, address)
            revocations.drop(self._store)
        if self.address:
            self._connection.client().forget()
