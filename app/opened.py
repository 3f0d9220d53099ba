"""What one opened profile stands on: its store, its directory, its way to the platform. Use cases alone see it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.tokens import TokenKeeper
from local_db import keys
from local_db.directory.database import DirectoryDatabase
from local_db.store import Store
from local_db.tables import records, settings
from sync.connection import Connection
from sync.line import Line
from sync.protocol import registry
from sync.report import OnTouched
from sync.service import Status, SyncService

if TYPE_CHECKING:
    from sync.client import ApiClient


@dataclass(frozen=True)
class Opened:
    """The lower rooms' objects of one profile, from opening to closing."""

    store: Store
    directory_db: DirectoryDatabase
    connection: Connection
    service: SyncService
    tokens: TokenKeeper

    @property
    def client(self) -> "ApiClient":
        """The API client; its libraries are loaded by the first call."""
        return self.connection.client()

    def close_thread(self) -> None:
        """Close the connections of the calling thread."""
        self.store.close_thread()
        self.directory_db.close()

    def close(self) -> None:
        """Stop the sync and close everything."""
        self.service.stop()
        self.connection.close()
        self.directory_db.close()
        self.store.close()


def open_profile(
    profile: Path,
    *,
    passphrase: str | None,
    key: bytes | None,
    server: str | None,
    line: Line | None,
    on_status: Callable[[Status], None],
    on_topics: OnTouched,
) -> Opened:
    """Open a profile's store and prepare its sync, which does not run yet. Raises the errors of :mod:`local_db.errors`.

    ``on_status`` and ``on_topics`` are called from the sync thread.
    """
    if key is None:
        key = keys.unlock(profile, passphrase)
    else:
        profile.mkdir(parents=True, exist_ok=True)
        keys.adopt(profile, key)
    with ExitStack() as on_failure:
        store = Store.open(profile, key)
        on_failure.callback(store.close)
        records.ensure_indexes(store, registry.indexes())
        if server:
            settings.put(store, "server", server)
        directory, tokens = DirectoryDatabase(profile, key), TokenKeeper(store)
        on_failure.callback(directory.close)
        connection = Connection(settings.get(store, "server", ""), tokens.get, tokens.keep, line)
        service = SyncService(store, directory, connection, on_status, on_topics)
        on_failure.pop_all()
    return Opened(store, directory, connection, service, tokens)
