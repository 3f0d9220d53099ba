"""The sync thread: wakes when asked or by time, waits longer after each failure, and tells the truth.

Nothing ends the thread. What is wrong with the line waits, what is wrong with the program is noted for a report and
tried again later, and what is wrong with files, vocabularies or the directory does not hold up the teacher's changes.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local_db.directory.database import DirectoryDatabase
from local_db.errors import StoreError
from local_db.naming import named
from local_db.store import Store
from local_db.tables import outbox, records, settings, transfers, unsent_words
from sync.codes import Failure, code_of
from sync.connection import Connection
from sync.errors import BusyError, NoPlatformError, OfflineError, ProgramError, SyncError, WrongAccountError
from sync.problems import Problem, ProblemBook
from sync.report import OnTouched
from sync.status import StageTrouble, Status, StatusBoard
from sync.waits import EVERY, Waits

if TYPE_CHECKING:
    from sync.directory import DirectorySync
    from sync.engine import Engine
    from sync.report import Progress, Report

__all__ = ["Outcome", "Problem", "StageTrouble", "Status", "SyncService"]

FIRST_LOOK = 0.3  # after the start: the window is painted first
SETTLE = 1.0  # a moment for more typing before it is sent


@dataclass
class Outcome:
    """A sync whose changes went both ways. ``failures`` tells, by its name, why another stage did not get to its end."""

    report: "Report"
    failures: dict[str, Failure] = field(default_factory=dict)


class SyncService:
    """Runs :class:`~sync.engine.Engine` in one thread of its own.

    ``on_status`` and ``on_topics`` are called from whichever thread brings news; what they raise is noted and goes no
    further.
    """

    def __init__(
        self,
        store: Store,
        directory: DirectoryDatabase,
        connection: Connection,
        on_status: Callable[[Status], None],
        on_topics: OnTouched,
    ) -> None:
        self._store, self._connection = store, connection
        self._made: Engine | None = None
        self._directory_db = directory
        self._directory: DirectorySync | None = None
        self._making = threading.Lock()
        self._problems = ProblemBook(store)
        self._on_topics = self._guarded("on_topics", on_topics)
        self._board = StatusBoard(
            Status("idle" if connection.address else "no_platform", synced_at=_kept_time(store)),
            self._guarded("on_status", on_status),
        )
        self._wake, self._stop = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._person_asked = False
        self._waits: dict[str, Waits] = {}
        self._pause = EVERY
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    @property
    def status(self) -> Status:
        """The newest status."""
        return self._board.status

    @property
    def directory(self) -> "DirectorySync":
        """What brings the directory up to date; shared with whoever fetches a large part of it."""
        with self._making:
            if self._directory is None:
                from sync.directory import DirectorySync

                self._directory = DirectorySync(self._store, self._directory_db)
            return self._directory

    def problems(self) -> list[Problem]:
        """Faults of the program so far, newest first, without any personal text."""
        return self._problems.all()

    def start(self) -> None:
        """Begin to sync by itself."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a sync under way gets ten seconds."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def wake(self, *, now: bool = False) -> None:
        """Sync soon (after a change), or at once (asked by the person)."""
        self._person_asked = self._person_asked or now
        self._wake.set()

    def use_platform(self, address: str) -> None:
        """Sync with the platform at an address from now on; a sync under way ends first."""
        with self._lock:
            self._connection.use(address)
            self._made = None
            self._waits.clear()
            self._board.change(state="idle", code="", detail="")
        self.wake(now=True)

    def recount(self) -> None:
        """Tell how much waits now, after something was queued or settled."""
        self._board.change(self._counts)

    # -- one sync ----------------------------------------------------------------------------

    def sync_now(self) -> "Report":
        """One whole sync in the calling thread. Raises SyncError or StoreError, once every stage was tried."""
        outcome = self.run()
        for failure in outcome.failures.values():
            raise failure
        return outcome.report

    def run(self, *, person: bool = True) -> Outcome:
        """One sync in the calling thread. Raises SyncError or StoreError when the changes did not go both ways.

        Stages that failed lately wait for their time unless a ``person`` asks. BusyError is raised without a word to the
        platform while a wait lasts that it asked for.
        """
        with self._lock:
            try:
                self._hold_back()
                self._board.change(self._counts, state="syncing", code="", detail="", wait_until=None)
                outcome = self._stages(person)
                settings.put(self._store, "synced_at", time.time())
            except Exception as error:
                failure = self._named("exchange", error)
                self._pause = self._waits_of("exchange").failed(failure)
                self._tell_failure(failure)
                if failure is error:
                    raise
                raise failure from error
            self._pause = self._waits_of("exchange").succeeded()
            self._tell_success(outcome)
            return outcome

    def _hold_back(self) -> None:
        if not self._connection.address:
            raise NoPlatformError
        left = self._waits_of("exchange").left(person=True)
        if left:
            raise BusyError(left, "the platform asked to wait", asked=True)

    def _stages(self, person: bool) -> Outcome:
        from sync.report import Report

        self._greet()
        outcome = Outcome(Report())
        stages = self._engine.stages(outcome.report, self._on_progress, self._on_topics)
        for number, (name, work) in enumerate(stages):
            if number == 0:
                work()
            elif not self._waits_of(name).left(person=person):
                self._try_stage(name, work, outcome)
        return outcome

    def _greet(self) -> None:
        """Before anything is sent: end what is to be ended, and see that the token is this profile's teacher's."""
        from sync import revocations

        client, mine = self._connection.client(), settings.get(self._store, "account", {}).get("id", "")
        revocations.try_all(self._store, client)
        if not mine:
            return
        try:
            client.check_account(str(mine))
        except WrongAccountError:
            revocations.forget_tokens(self._store, client)
            raise

    def _try_stage(self, name: str, work: Callable[[], None], outcome: Outcome) -> None:
        try:
            work()
            self._waits_of(name).succeeded()
        except Exception as error:
            failure = outcome.failures[name] = self._named(name, error)
            self._waits_of(name).failed(failure)

    def _named(self, stage: str, error: BaseException) -> Failure:
        """The failure under a name that has a sentence. Faults of the program are noted."""
        if isinstance(error, SyncError | StoreError):
            return error
        known = _of_the_line(error) or named(error, self._store.path)
        if known:
            known.__cause__ = error
            return known
        self._problems.note(stage, error)
        fault = ProgramError(type(error).__name__)
        fault.__cause__ = error
        return fault

    @property
    def _engine(self) -> "Engine":
        if self._made is None:
            from sync.engine import Engine

            self._made = Engine(self._store, self.directory, self._connection.client(), self._problems.note)
        return self._made

    def _waits_of(self, stage: str) -> Waits:
        return self._waits.setdefault(stage, Waits())

    # -- telling -----------------------------------------------------------------------------

    def _tell_success(self, outcome: Outcome) -> None:
        troubles = tuple(StageTrouble(stage, code_of(error)) for stage, error in outcome.failures.items())
        cut = next((error for error in outcome.failures.values() if isinstance(error, OfflineError)), None)
        self._board.change(
            self._counts,
            state=cut.state if cut else "idle",
            code=cut.code if cut else "",
            detail=cut.detail if cut else "",
            progress=None,
            synced_at=time.time(),
            troubles=troubles,
            wait_until=None,
        )

    def _tell_failure(self, error: Failure) -> None:
        asked = isinstance(error, BusyError) and error.asked
        self._board.change(
            self._counts,
            state=error.state if isinstance(error, SyncError) else "trouble",
            code=code_of(error),
            detail=str(error),
            progress=None,
            wait_until=time.time() + error.retry_after if isinstance(error, BusyError) and asked else None,
        )

    def _on_progress(self, progress: "Progress") -> None:
        self._board.change(self._counts, state="syncing", progress=progress)

    def _counts(self) -> dict[str, int]:
        """How much waits; nothing new when the store cannot tell just now."""
        try:
            waiting, refused = outbox.counts(self._store)
            files_waiting, files_refused = transfers.counts(self._store)
            waiting += files_waiting
            refused += files_refused + records.count_differences(self._store)
            refused += unsent_words.count(self._store)
        except Exception as error:
            self._named("counting", error)
            return {}
        return {"waiting": waiting, "needs_you": refused}

    def _guarded(self, name: str, call: Callable[[Any], None]) -> Callable[[Any], None]:
        """What listeners raise is their fault: it is noted, and the sync goes on."""

        def guarded(value: Any) -> None:
            try:
                call(value)
            except Exception as error:
                self._problems.note(name, error)

        return guarded

    # -- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        pause = FIRST_LOOK
        while not self._stop.is_set():
            try:
                person = self._rest(pause)
                if not self._stop.is_set():
                    pause = self._try(person=person)
            except BaseException as error:  # nothing at all ends this thread but being stopped
                self._named("loop", error)
                pause = self._waits_of("loop").failed(error)
        for close in (self._store.close_thread, self._directory_db.close):
            try:
                close()
            except Exception as error:
                self._problems.note("closing", error)

    def _rest(self, pause: float) -> bool:
        """Wait until the next sync; returns whether a person asked for it."""
        end = time.monotonic() + pause
        while not self._stop.is_set():
            if not self._wake.wait(max(0.0, end - time.monotonic())):
                return False
            if not self._person_asked:
                self._stop.wait(SETTLE)
            self._wake.clear()
            person, self._person_asked = self._person_asked, False
            if not self._waits_of("exchange").left(person=person):
                return person
            if person:  # the status says until when the platform asked to wait
                self.recount()
        return False

    def _try(self, *, person: bool = False) -> float:
        """One sync; returns how long to wait for the next."""
        try:
            outcome = self.run(person=person)
        except (SyncError, StoreError):
            return self._pause
        except BaseException as error:  # such as a MemoryError in the middle of telling a failure
            self._tell_failure(self._named("loop", error))
            return self._waits_of("exchange").failed(error)
        asked = [error.retry_after for error in outcome.failures.values() if isinstance(error, BusyError)]
        return max([self._pause, *asked])


def _of_the_line(error: BaseException) -> SyncError | None:
    """A bare error of a socket; None for all else."""
    from sync.translate import is_network_number, network_error

    return network_error(error) if isinstance(error, OSError) and is_network_number(error) else None


def _kept_time(store: Store) -> float | None:
    kept = settings.get(store, "synced_at")
    return float(kept) if isinstance(kept, int | float) else None
