"""Who is signed in, and where the token is kept."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_db import keys
from local_db.store import Store
from local_db.tables import records, settings
from sync.connection import Connection
from sync.errors import SyncError

__all__ = ["Account", "AccountUseCases", "OtherAccountError", "SyncError", "TokenKeeper"]

if TYPE_CHECKING:
    from sync.protocol.messages import Account as Me

OpenBrowser = Callable[[str], object]
TOKEN = "refresh-token"
COMPLETE = ("about", "languages", "subjects", "available", "keepable", "school", "town")


@dataclass(frozen=True)
class Account:
    """The teacher as the platform knows them; ``id`` is empty before the first sign-in."""

    id: str = ""
    name: str = ""
    email: str = ""
    country: str = ""
    school: str = ""


class TokenKeeper:
    """The refresh token: in the keyring, else in the encrypted store; never in clear."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self) -> str | None:
        kept = keys.secret_get(self._store.profile, TOKEN)
        return kept or settings.get(self._store, TOKEN)

    def keep(self, token: str | None) -> None:
        in_keyring = keys.secret_set(self._store.profile, TOKEN, token)
        settings.put(self._store, TOKEN, None if in_keyring else token)


class AccountUseCases:
    """Signing in and out, and the teacher's own profile on the platform."""

    def __init__(self, store: Store, connection: Connection, queued: Callable[[], None]) -> None:
        self._store, self._connection, self._queued = store, connection, queued

    @property
    def current(self) -> Account:
        return Account(**settings.get(self._store, "account", {}))

    def sign_in(self, open_browser: OpenBrowser, done_text: str, cancelled: threading.Event) -> Account:
        """Sign in through the browser; for a worker thread. Raises SyncError.

        Another person's account does not enter a profile that has one: their
        unsent work would go out under the wrong name.
        """
        from sync.sign_in import sign_in  # Authlib is loaded at the first sign-in, not at every start

        client = self._connection.client()
        tokens = sign_in(client.base_url, open_browser, done_text, cancelled)
        before, token_before = self.current, TokenKeeper(self._store).get()
        client.use_tokens(tokens)
        me = client.me()
        if before.id and before.id != me.id:
            client.sign_out()
            TokenKeeper(self._store).keep(token_before)
            raise OtherAccountError(before.name)
        settings.put(self._store, "account", _kept(me))
        return self.current

    def sign_out(self) -> None:
        """End the tokens. The account stays the profile's, so that nothing mixes later."""
        self._connection.client().sign_out()

    def profile_fields(self) -> dict[str, object]:
        row = records.get(self._store, "profile", self.current.id)
        return dict(row.fields) if row else {}

    def profile(self) -> dict[str, Any]:
        """The own public profile with every field there: as it was last edited here, else as the platform knows it."""
        me = self.current
        school, _comma, town = me.school.rpartition(", ")
        usual = {
            "about": "",
            "languages": [],
            "subjects": [],
            "age_from": 10,
            "age_to": 14,
            "school": school or me.school,
            "town": town if school else "",
            "school_type": "school",
            "available": False,
            "keepable": True,
        }
        return {
            **usual,
            **{name: value for name, value in self.profile_fields().items() if name in usual and value is not None},
        }

    def missing_of_profile(self) -> list[str]:
        """What others would miss in the own profile, by field."""
        return [name for name in COMPLETE if not self.profile()[name]]

    def change_profile(self, **fields: object) -> None:
        """Change the own public profile, kept at once and sent later."""
        me = self.current.id
        records.change(self._store, "profile", me, f"account:{me}", dict(fields))
        self._queued()


class OtherAccountError(Exception):
    """The profile on this computer belongs to ``owner``."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


def _kept(me: "Me") -> dict[str, str]:
    return {"id": me.id, "name": me.name, "email": me.email, "country": me.country, "school": me.school}
