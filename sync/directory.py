"""Getting the directory: the signed list, what is worth fetching, and taking it in.

Whatever is wrong with a pack (damaged, cut, another country's, too large, not the platform's), that pack is put aside
with a reason, the others go on, and the directory stays as it was. What was put aside is not fetched again until the
list names other files, or the teacher asks.
"""

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from local_db.directory import index
from local_db.directory.database import DirectoryDatabase
from local_db.directory.prepare import Prepared
from local_db.errors import StoreDamagedError, StoreError
from local_db.store import Store
from local_db.tables import settings
from sync import pack_list, packs
from sync.client import ApiClient
from sync.errors import BadAnswerError, BadPackError, ForeignDirectoryError, RefusedError, StoppedError, SyncError
from sync.pack_downloads import PackDownloads
from sync.pack_helper import HelperGoneError, PackHelper
from sync.pack_list import SMALL, Choice, Listing, Plan, Step, name_of
from sync.protocol.messages import Pack, PackFile, PackList, SignedPackList

__all__ = ["SMALL", "Choice", "DirectorySync", "Outcome", "Plan", "Step"]

WORTH_A_HELPER = 3_000_000  # bytes of whole packs from which a second process is started
AHEAD = 3  # packs that are prepared while one is written
CHOICE, REFUSED, FOREIGN = "directory_choice", "directory_refused", "directory_foreign"
FOREIGN_VERSION, LIST, KEY = "directory_foreign_version", "directory_list", "directory_key"
OnBytes = Callable[[int, int], None]


@dataclass
class Outcome:
    """What an update did: packs brought up to date, teachers gone because their time had passed, what was refused."""

    packs: int = 0
    expired: int = 0
    complaints: list[str] = field(default_factory=list)


class DirectorySync:
    """Brings the directory on this computer up to date. One update at a time, from any thread."""

    def __init__(self, store: Store, db: DirectoryDatabase) -> None:
        self._store, self._db = store, db
        self._downloads = PackDownloads(db)
        self._lock = threading.Lock()
        self._read: tuple[str, Listing] | None = None  # the list's text, and what it says

    # -- choosing --------------------------------------------------------------------------

    def choice(self) -> Choice:
        """What the teacher chose."""
        kept = settings.get(self._store, CHOICE)
        if kept is None:
            return Choice()
        return Choice(frozenset(kept["countries"]), bool(kept["available_only"]))

    def choose(self, choice: Choice) -> None:
        """Keep a choice, which names countries."""
        assert choice.countries is not None
        settings.put(
            self._store, CHOICE, {"countries": sorted(choice.countries), "available_only": choice.available_only}
        )

    # -- the list --------------------------------------------------------------------------

    def known_list(self) -> PackList | None:
        """The list as it was last read."""
        known = self._known()
        return known.packs if known else None

    def wants_list(self, version: str) -> bool:
        """Whether the platform's list, of this version, is neither known nor refused already."""
        known = self.known_list()
        if not version or (known and version == str(known.number)):
            return False
        return version != settings.get(self._store, FOREIGN_VERSION)

    def fetch_list(self, client: ApiClient, version: str = "") -> PackList:
        """Read and verify the list. Raises ForeignDirectoryError for one of another platform, an old or unreadable one,
        which is not asked for again while the platform says the same ``version``."""
        try:
            signed = client.packs()
            listing = self._verified(signed)
        except (ForeignDirectoryError, BadAnswerError) as error:
            with self._store.transaction():
                settings.put(self._store, FOREIGN, str(error))
                settings.put(self._store, FOREIGN_VERSION, version)
            raise ForeignDirectoryError(str(error)) from error
        with self._store.transaction():
            settings.put(self._store, FOREIGN, "")
            settings.put(self._store, FOREIGN_VERSION, "")
            settings.put(self._store, KEY, signed.key)
            settings.put(self._store, LIST, signed.text)
        return listing

    def list_was_refused(self) -> bool:
        """Whether the platform's newest list was put aside."""
        return bool(settings.get(self._store, FOREIGN, ""))

    def refusals(self) -> list[str]:
        """Why parts of the directory, or its list, were refused and are not tried again by themselves."""
        foreign, known = settings.get(self._store, FOREIGN, ""), self._known()
        return [
            *([foreign] if foreign else []),
            *(known.left_out if known else ()),
            *settings.get(self._store, REFUSED, {}).values(),
        ]

    def plan(self, listing: PackList, choice: Choice | None = None, *, again: bool = False) -> Plan:
        """What it takes to have what was chosen. Without any choice, everything if it is small, else nothing.

        Files that were refused are left out, so that a slow line does not fetch them at every sync, unless
        they are to be tried ``again``.
        """
        refused = set() if again else set(settings.get(self._store, REFUSED, {}))
        return pack_list.plan(listing, choice or self.choice(), self._here(), refused)

    def here(self) -> set[str]:
        """The countries whose teachers are on this computer."""
        return {country for country, _part in self._here()}

    def _known(self) -> Listing | None:
        kept = settings.get(self._store, LIST)
        if not isinstance(kept, str):
            return None
        if self._read is None or self._read[0] != kept:
            try:
                self._read = kept, pack_list.read(kept)
            except ForeignDirectoryError:  # kept by an earlier version, which believed more
                return None
        return self._read[1]

    def _verified(self, signed: SignedPackList) -> PackList:
        listing = pack_list.verified(signed).packs
        pinned = settings.get(self._store, KEY)
        if pinned not in (None, signed.key):
            raise ForeignDirectoryError("the list is signed by another key than before")
        known = self.known_list()
        if known and listing.number < known.number:
            raise ForeignDirectoryError(f"list {listing.number} is older than {known.number}, which came before")
        return listing

    def _here(self) -> dict[tuple[str, str], int]:
        rows = self._db.ask(lambda: self._db.sql("select country, part, number from pack"))
        return {(country, part): number for country, part, number in rows}

    # -- updating --------------------------------------------------------------------------

    def update(self, client: ApiClient, plan: Plan, on_bytes: OnBytes, stopped: threading.Event) -> Outcome:
        """Carry out a plan, each pack whole or not at all. Raises SyncError, of which StoppedError is one, or StoreError;
        what was done before stays, and a cut download goes on where it stopped."""
        with self._lock, _no_collections():
            try:
                return self._update(client, plan, on_bytes, stopped)
            except StoreDamagedError:
                if not self._db.begin_anew_if_damaged():
                    raise
                return Outcome(complaints=["the directory's file was damaged and begins anew with the next sync"])
            except (SyncError, StoreError):
                raise
            except Exception as error:  # nothing the directory does may end the sync
                raise SyncError(f"{type(error).__name__}: {error}") from error

    def _update(self, client: ApiClient, plan: Plan, on_bytes: OnBytes, stopped: threading.Event) -> Outcome:
        outcome = Outcome(expired=index.remove_expired(self._db, plan.today))
        self._forgive(plan)
        for country, part in plan.forget:
            index.forget_pack(self._db, country, part)
        rows = _RowNumbers(index.next_row(self._db))
        large = sum(file.size for step in plan.steps for file in step.files if not file.since) > WORTH_A_HELPER
        with PackHelper(large) as helper:
            waiting: deque[_Fetched] = deque()
            done = 0
            for step in plan.steps:
                tell = partial(_tell, on_bytes, done, plan.size)
                done += step.size
                fetched = self._fetch_step(client, step, tell, outcome, stopped)
                if fetched is None or not self._begin(fetched, helper, rows, outcome):
                    continue
                waiting.append(fetched)
                if len(waiting) > AHEAD:
                    self._finish(waiting.popleft(), rows, outcome, stopped)
            while waiting:
                self._finish(waiting.popleft(), rows, outcome, stopped)
        if plan.steps or plan.forget:
            self._db.checkpoint()
        return outcome

    def _forgive(self, plan: Plan) -> None:
        """Refusals of what is tried again now, or is not in the list any more, are over; so are its downloads."""
        tried = {name_of(step.pack, file) for step in plan.steps for file in step.files}
        listing = self.known_list()
        named = pack_list.names_in(listing) if listing else set()
        self._downloads.forget_others(named | tried)
        kept = settings.get(self._store, REFUSED, {})
        left = {name: why for name, why in kept.items() if name in named - tried}
        if left != kept:
            settings.put(self._store, REFUSED, left)

    def _fetch_step(
        self, client: ApiClient, step: Step, on_bytes: Callable[[int], None], outcome: Outcome, stopped: threading.Event
    ) -> "_Fetched | None":
        before, files, pack = 0, [], step.pack
        for file in step.files:
            path = f"v1/directory/{pack.country}/{pack.part}/{file.since}/{file.number}"
            tell = partial(_add, on_bytes, before)
            try:
                with _its_own_fault():
                    data = self._downloads.fetch(client, path, name_of(pack, file), file, tell, stopped)
            except (BadPackError, BadAnswerError, RefusedError) as error:
                self._refuse(pack, file, error, outcome)
                return None
            files.append((file, data))
            before += file.size
        return _Fetched(pack, files)

    def _begin(self, fetched: "_Fetched", helper: PackHelper, rows: "_RowNumbers", outcome: Outcome) -> bool:
        try:
            with _its_own_fault():
                fetched.begin(helper, rows)
        except BadPackError as error:
            self._refuse(fetched.pack, fetched.files[0][0], error, outcome)
            return False
        return True

    def _finish(self, fetched: "_Fetched", rows: "_RowNumbers", outcome: Outcome, stopped: threading.Event) -> None:
        pack = fetched.pack
        for file, data in fetched.files:
            try:
                with _its_own_fault(), self._db.transaction():
                    self._apply(fetched, file, data, rows, stopped)
                    self._downloads.forget(name_of(pack, file))  # both or neither: else its bytes stayed for long
            except BadPackError as error:
                self._refuse(pack, file, error, outcome)
                return
        outcome.complaints += fetched.complaints[: max(0, packs.MOST_COMPLAINTS - len(outcome.complaints))]
        outcome.packs += 1

    def _apply(
        self, fetched: "_Fetched", file: PackFile, data: bytes, rows: "_RowNumbers", stopped: threading.Event
    ) -> None:
        pack = fetched.pack
        if file.since == 0:
            self._take_in(fetched, file, data, stopped)
        else:
            delta = packs.read_delta(self._db, pack, file, data, fetched.complaints)
            first = rows.take(file.lines)
            index.apply_delta(self._db, pack.country, pack.part, file.number, file.sha256, *delta, first)

    def _take_in(self, fetched: "_Fetched", file: PackFile, data: bytes, stopped: threading.Event) -> None:
        def tick(_rows: int) -> None:
            if stopped.is_set():
                raise StoppedError("stopped by the teacher")

        pack = fetched.pack
        write = partial(index.write_pack, self._db, pack.country, pack.part, file.number, file.sha256, tick=tick)
        assert fetched.prepared is not None
        try:
            write(fetched.prepared)
        except HelperGoneError:  # the system ended it in the middle; it takes longer here
            fetched.complaints.clear()
            write(packs.prepared(pack, file, data, fetched.first_row, fetched.complaints))

    def _refuse(self, pack: Pack, file: PackFile, error: SyncError, outcome: Outcome) -> None:
        self._downloads.forget(name_of(pack, file))
        what = error.problem if isinstance(error, RefusedError) else str(error)
        complaint = f"{pack.country} {pack.part}: {what}"
        outcome.complaints.append(complaint)
        refused = settings.get(self._store, REFUSED, {})
        settings.put(self._store, REFUSED, {**refused, name_of(pack, file): complaint})


class _RowNumbers:
    """Hands out row numbers before the rows are written, so that several packs can be prepared at once."""

    def __init__(self, first: int) -> None:
        self._next = first

    def take(self, count: int) -> int:
        """The first of ``count`` numbers. Raises BadPackError where there are no more."""
        if self._next + count > index.LAST_ROW:
            raise BadPackError("more teachers than there are places")
        first, self._next = self._next, self._next + count
        return first


@dataclass
class _Fetched:
    """A pack whose files are here; ``prepared`` comes from the helper."""

    pack: Pack
    files: list[tuple[PackFile, bytes]]
    complaints: list[str] = field(default_factory=list)
    prepared: Iterable[Prepared] | None = None
    first_row: int = 0

    def begin(self, helper: PackHelper, rows: _RowNumbers) -> None:
        """Have a whole pack prepared. Raises BadPackError."""
        for file, data in self.files:
            if file.since == 0:
                self.first_row = rows.take(file.lines)
                self.prepared = helper.prepare(self.pack, file, data, self.first_row, self.complaints)


@contextmanager
def _its_own_fault() -> Iterator[None]:
    """Whatever nobody thought of is wrong with one pack is a reason to put that pack aside, and no other."""
    try:
        yield
    except (SyncError, StoreError, HelperGoneError):
        raise
    except Exception as error:
        raise BadPackError(f"{type(error).__name__}: {error}") from error


@contextmanager
def _no_collections() -> Iterator[None]:
    """Taking in makes millions of objects and no cycles; looking through them all holds up the window each time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _tell(on_bytes: OnBytes, before: int, total: int, done: int) -> None:
    on_bytes(before + done, total)


def _add(on_bytes: Callable[[int], None], before: int, done: int) -> None:
    on_bytes(before + done)
