"""The sync thread: wakes when asked or by time, waits longer after each failure, and tells the truth."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from local_db.directory.database import DirectoryDatabase
from local_db.errors import StoreError
from local_db.store import Store
from local_db.tables import outbox, records, settings, transfers
from sync.connection import Connection
from sync.errors import BusyError, SignInNeededError, SyncError

if TYPE_CHECKING:
    from sync.directory import DirectorySync
    from sync.engine import Engine, Progress, Report

EVERY = 60.0
FIRST_LOOK = 0.3  # after the start: the window is painted first
SETTLE = 1.0  # a moment for more typing before it is sent
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0


@dataclass(frozen=True)
class Status:
    """The connection in one value. ``state``: idle, syncing, offline, trouble or signed_out.

    ``code`` names the trouble; ``synced_at`` is seconds since 1970 of the last whole sync.
    """

    state: str = "idle"
    waiting: int = 0
    needs_you: int = 0
    code: str = ""
    detail: str = ""
    progress: "Progress | None" = None
    synced_at: float | None = None


class SyncService:
    """Runs :class:`Engine` in one thread of its own. ``on_status`` and ``on_topics`` are called from it."""

    def __init__(
        self,
        store: Store,
        directory: DirectoryDatabase,
        connection: Connection,
        on_status: Callable[[Status], None],
        on_topics: Callable[[set[str]], None],
    ) -> None:
        self._store, self._connection = store, connection
        self._made: Engine | None = None
        self._directory_db = directory
        self._directory: DirectorySync | None = None
        self._making = threading.Lock()
        self._on_status, self._on_topics = on_status, on_topics
        self._wake, self._stop = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._soon = False
        self._failures = 0
        self._status = Status(synced_at=settings.get(store, "synced_at"))
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    @property
    def status(self) -> Status:
        return self._status

    @property
    def _engine(self) -> "Engine":
        if self._made is None:
            from sync.engine import Engine

            self._made = Engine(self._store, self.directory, self._connection.client())
        return self._made

    @property
    def directory(self) -> "DirectorySync":
        """What brings the directory up to date; shared with whoever fetches a large part of it."""
        with self._making:
            if self._directory is None:
                from sync.directory import DirectorySync

                self._directory = DirectorySync(self._store, self._directory_db)
            return self._directory

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def wake(self, *, now: bool = False) -> None:
        """Sync soon (after a change), or at once (asked by the person)."""
        self._soon = self._soon or now
        self._wake.set()

    def sync_now(self) -> "Report":
        """One sync in the calling thread. Raises SyncError or StoreError."""
        with self._lock:
            self._tell(replace(self._counted(), state="syncing", code="", detail=""))
            try:
                report = self._engine.sync(self._on_progress, self._on_topics)
            except (SyncError, StoreError) as error:
                self._tell(_after_failure(self._counted(), error))
                raise
            settings.put(self._store, "synced_at", time.time())
            self._tell(replace(self._counted(), state="idle", code="", detail="", progress=None, synced_at=time.time()))
            return report

    def recount(self) -> None:
        """Tell how much waits now, after something was queued or settled."""
        self._tell(self._counted())

    def _counted(self) -> Status:
        waiting, refused = outbox.counts(self._store)
        refused += len(transfers.refused(self._store)) + len(records.differences(self._store))
        return replace(self._status, waiting=waiting + len(transfers.waiting(self._store)), needs_you=refused)

    def _tell(self, status: Status) -> None:
        self._status = status
        self._on_status(status)

    def _on_progress(self, progress: "Progress") -> None:
        self._tell(replace(self._counted(), state="syncing", progress=progress))

    def _run(self) -> None:
        pause = FIRST_LOOK
        while not self._stop.is_set():
            self._wake.wait(pause)
            if self._stop.is_set():
                break
            if self._wake.is_set() and not self._soon:
                self._stop.wait(SETTLE)
            self._wake.clear()
            self._soon = False
            pause = self._try()
        self._store.close_thread()
        self._directory_db.close()

    def _try(self) -> float:
        try:
            self.sync_now()
            self._failures = 0
            return EVERY
        except BusyError as busy:
            return busy.retry_after
        except SignInNeededError:
            return LONGEST_WAIT
        except (SyncError, StoreError):
            longer = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures, 10))
            self._failures += 1
            return longer * random.uniform(0.8, 1.2)


def _after_failure(status: Status, error: Exception) -> Status:
    code = error.code if isinstance(error, SyncError) else "store"
    states = {"offline": "offline", "sign_in_needed": "signed_out"}
    return replace(status, state=states.get(code, "trouble"), code=code, detail=str(error), progress=None)
