"""Getting the directory: the signed list, what is worth fetching, resumable downloads, checked before they are used.

Whatever is wrong with a pack (damaged, cut, another country's, too large, not the platform's), it is refused with a
reason and the directory stays as it was.
"""

import gc
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from app.rules.directory import PARTS
from local_db.directory import index
from local_db.directory.database import DirectoryDatabase
from local_db.directory.prepare import Prepared
from local_db.directory.search import Directory
from local_db.store import Store
from local_db.tables import settings
from sync import packs
from sync.client import ApiClient
from sync.errors import BadPackError, ForeignDirectoryError, RefusedError, StoppedError
from sync.pack_helper import PackHelper
from sync.protocol.messages import Pack, PackFile, PackList, SignedPackList

CHUNK = 512 * 1024
SMALL = 4_000_000  # bytes: a directory, or its news, that come without being asked for
WORTH_A_HELPER = 3_000_000  # bytes of whole packs from which a second process is started
AHEAD = 3  # packs that are prepared while one is written
CHOICE, REFUSED, FOREIGN = "directory_choice", "directory_refused", "directory_foreign"
OnBytes = Callable[[int, int], None]


@dataclass(frozen=True)
class Choice:
    """What a teacher wants of the directory: ``countries`` (None: not chosen yet), and whom of them."""

    countries: frozenset[str] | None = None
    available_only: bool = False


@dataclass(frozen=True)
class Step:
    """Files that bring one pack up to date, in order."""

    pack: Pack
    files: tuple[PackFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Plan:
    """What to fetch and what to forget; ``size`` in bytes."""

    steps: tuple[Step, ...]
    forget: tuple[tuple[str, str], ...]
    today: str = ""  # the platform's date: a computer's own clock may be years off

    @property
    def size(self) -> int:
        return sum(step.size for step in self.steps)


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
        self._lock = threading.Lock()

    # -- choosing --------------------------------------------------------------------------

    def choice(self) -> Choice:
        kept = settings.get(self._store, CHOICE)
        if kept is None:
            return Choice()
        return Choice(frozenset(kept["countries"]), bool(kept["available_only"]))

    def choose(self, choice: Choice) -> None:
        assert choice.countries is not None
        settings.put(
            self._store, CHOICE, {"countries": sorted(choice.countries), "available_only": choice.available_only}
        )

    def known_list(self) -> PackList | None:
        """The list as it was last read."""
        kept = settings.get(self._store, "directory_list")
        return PackList.model_validate_json(kept) if kept else None

    def fetch_list(self, client: ApiClient) -> PackList:
        """Read and verify the list. Raises ForeignDirectoryError for one of another platform, or an old one."""
        signed = client.packs()
        try:
            listing = self._verified(signed)
        except ForeignDirectoryError as error:
            settings.put(self._store, FOREIGN, str(error))
            raise
        with self._store.transaction():
            settings.put(self._store, FOREIGN, "")
            settings.put(self._store, "directory_key", signed.key)
            settings.put(self._store, "directory_list", signed.text)
        return listing

    def refusals(self) -> list[str]:
        """Why parts of the directory, or its list, were refused and are not tried again by themselves."""
        foreign = settings.get(self._store, FOREIGN, "")
        return [*([foreign] if foreign else []), *settings.get(self._store, REFUSED, {}).values()]

    def plan(self, listing: PackList, choice: Choice | None = None, *, again: bool = False) -> Plan:
        """What it takes to have what was chosen. Without any choice, everything if it is small, else nothing.

        Files that were refused are left out, so that a slow line does not fetch them at every sync, unless
        they are to be tried ``again``.
        """
        wanted = self._wanted(listing, choice or self.choice())
        here = self._here()
        refused = {} if again else settings.get(self._store, REFUSED, {})
        steps = [
            Step(pack, files) for pack in wanted if (files := _files(pack, here.get((pack.country, pack.part), 0)))
        ]
        steps = [step for step in steps if not any(_name(step.pack, file) in refused for file in step.files)]
        names = {(pack.country, pack.part) for pack in wanted}
        today = datetime.fromtimestamp(listing.made, UTC).date().isoformat() if listing.made else ""
        return Plan(tuple(sorted(steps, key=lambda step: step.size)), tuple(sorted(set(here) - names)), today)

    def here(self) -> set[str]:
        """The countries whose teachers are on this computer."""
        return {country for country, _part in self._here()}

    # -- updating --------------------------------------------------------------------------

    def update(self, client: ApiClient, plan: Plan, on_bytes: OnBytes, stopped: threading.Event) -> Outcome:
        """Carry out a plan, each pack whole or not at all. Raises SyncError, StoppedError or DiskFullError;
        what was done before stays, and a cut download goes on where it stopped."""
        with self._lock, _no_collections():
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
                    fetched = self._fetch_step(
                        client, step, partial(_tell, on_bytes, done, plan.size), outcome, stopped
                    )
                    done += step.size
                    if fetched is None:
                        continue
                    fetched.begin(helper, rows)
                    waiting.append(fetched)
                    if len(waiting) > AHEAD:
                        self._finish(waiting.popleft(), rows, outcome, stopped)
                while waiting:
                    self._finish(waiting.popleft(), rows, outcome, stopped)
            if plan.steps or plan.forget:
                self._db.checkpoint()
            return outcome

    def _forgive(self, plan: Plan) -> None:
        """Refusals of what is tried again now, or is not in the list any more, are over."""
        tried = {_name(step.pack, file) for step in plan.steps for file in step.files}
        listing = self.known_list()
        named = {_name(p, f) for p in listing.packs for f in (p.whole, *p.deltas)} if listing else set()
        kept = settings.get(self._store, REFUSED, {})
        left = {name: why for name, why in kept.items() if name in named - tried}
        if left != kept:
            settings.put(self._store, REFUSED, left)

    def _fetch_step(
        self, client: ApiClient, step: Step, on_bytes: Callable[[int], None], outcome: Outcome, stopped: threading.Event
    ) -> "_Fetched | None":
        before, found = 0, []
        for file in step.files:
            try:
                found.append((file, self._fetch(client, step.pack, file, partial(_add, on_bytes, before), stopped)))
            except (BadPackError, RefusedError) as error:
                self._refuse(step.pack, file, error, outcome)
                return None
            before += file.size
        return _Fetched(step.pack, found)

    def _finish(self, fetched: "_Fetched", rows: "_RowNumbers", outcome: Outcome, stopped: threading.Event) -> None:
        pack = fetched.pack
        for file, data in fetched.files:
            try:
                if file.since == 0:
                    assert fetched.prepared is not None
                    self._take_in(pack, file, fetched.prepared, stopped)
                else:
                    self._take_delta(pack, file, data, rows.take(file.lines), fetched.complaints)
            except BadPackError as error:
                self._refuse(pack, file, error, outcome)
                return
            self._forget_download(_name(pack, file))
        outcome.complaints += fetched.complaints[: max(0, packs.MOST_COMPLAINTS - len(outcome.complaints))]
        outcome.packs += 1

    def _refuse(self, pack: Pack, file: PackFile, error: BadPackError | RefusedError, outcome: Outcome) -> None:
        self._forget_download(_name(pack, file))
        what = error.problem if isinstance(error, RefusedError) else str(error)
        complaint = f"{pack.country} {pack.part}: {what}"
        outcome.complaints.append(complaint)
        refused = settings.get(self._store, REFUSED, {})
        settings.put(self._store, REFUSED, {**refused, _name(pack, file): complaint})

    def _verified(self, signed: SignedPackList) -> PackList:
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.key))
            key.verify(bytes.fromhex(signed.signature), signed.text.encode())
            listing = PackList.model_validate_json(signed.text)
        except (InvalidSignature, ValueError):
            raise ForeignDirectoryError("the list's signature is not good") from None
        pinned = settings.get(self._store, "directory_key")
        if pinned not in (None, signed.key):
            raise ForeignDirectoryError("the list is signed by another key than before")
        known = self.known_list()
        if known and listing.number < known.number:
            raise ForeignDirectoryError(f"list {listing.number} is older than {known.number}, which came before")
        return listing

    def _wanted(self, listing: PackList, choice: Choice) -> list[Pack]:
        countries = choice.countries
        if countries is None:
            small = sum(pack.whole.size for pack in listing.packs) <= SMALL
            countries = frozenset(pack.country for pack in listing.packs) if small else frozenset(self.here())
        parts = PARTS[:1] if choice.available_only else PARTS
        return [pack for pack in listing.packs if pack.country in countries and pack.part in parts]

    def _here(self) -> dict[tuple[str, str], int]:
        return {
            (country, part): number for country, part, number in self._db.sql("select country, part, number from pack")
        }

    def _fetch(
        self, client: ApiClient, pack: Pack, file: PackFile, on_bytes: Callable[[int], None], stopped: threading.Event
    ) -> bytes:
        name = _name(pack, file)
        ((start,),) = self._db.sql("select coalesce(sum(length(data)), 0) from download where file = ?", (name,))
        path = f"v1/directory/{pack.country}/{pack.part}/{file.since}/{file.number}"
        held = bytearray()

        def keep() -> None:
            nonlocal start
            self._db.sql("insert into download values (?, ?, ?)", (name, start, bytes(held)))
            start += len(held)
            held.clear()

        try:
            for chunk in client.download(path, start) if start < file.size else ():
                held += chunk
                on_bytes(start + len(held))
                if start + len(held) > file.size:
                    break
                if len(held) >= CHUNK:
                    keep()
                if stopped.is_set():
                    raise StoppedError("stopped by the teacher")
        finally:
            if held and start + len(held) <= file.size:
                keep()
        parts = self._db.sql("select data from download where file = ? order by start", (name,))
        data = b"".join(part for (part,) in parts) + bytes(held)
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            self._forget_download(name)
            raise BadPackError("the file is not the one announced")
        return data

    def _forget_download(self, name: str) -> None:
        self._db.sql("delete from download where file = ?", (name,))

    def _take_in(self, pack: Pack, file: PackFile, prepared: Iterable[Prepared], stopped: threading.Event) -> None:
        def tick(_rows: int) -> None:
            if stopped.is_set():
                raise StoppedError("stopped by the teacher")

        index.write_pack(self._db, pack.country, pack.part, file.number, file.sha256, prepared, tick)

    def _take_delta(self, pack: Pack, file: PackFile, data: bytes, first_row: int, complaints: list[str]) -> None:
        parsed = [packs.entry_of(number, line) for number, line in enumerate(packs.lines_of(file, data), start=1)]
        gone = [str(values["id"]) for values in parsed if values.get("gone")]
        known = Directory(self._db).get(str(values["id"]) for values in parsed if not values.get("gone"))
        changed = []
        for number, values in enumerate(parsed, start=1):
            if values.get("gone"):
                continue
            try:
                profile = packs.merged_profile(known.get(str(values["id"]), {}), values)
            except ValidationError as error:
                packs.complain(complaints, pack, number, error)
                continue
            packs.check_place(pack, profile)
            changed.append(profile)
        index.apply_delta(self._db, pack.country, pack.part, file.number, file.sha256, changed, gone, first_row)


class _RowNumbers:
    """Hands out row numbers before the rows are written, so that several packs can be prepared at once."""

    def __init__(self, first: int) -> None:
        self._next = first

    def take(self, count: int) -> int:
        first, self._next = self._next, self._next + count
        return first


@dataclass
class _Fetched:
    """A pack whose files are here; ``prepared`` comes from the helper."""

    pack: Pack
    files: list[tuple[PackFile, bytes]]
    complaints: list[str] = field(default_factory=list)
    prepared: Iterable[Prepared] | None = None

    def begin(self, helper: PackHelper, rows: _RowNumbers) -> None:
        for file, data in self.files:
            if file.since == 0:
                self.prepared = helper.prepare(self.pack, file, data, rows.take(file.lines), self.complaints)


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


def _files(pack: Pack, number: int) -> tuple[PackFile, ...]:
    """The deltas that lead from ``number`` to the pack as it is now, or the whole pack if that is less to fetch."""
    if number == pack.number:
        return ()
    steps, at = [], number
    for delta in sorted(pack.deltas, key=lambda delta: delta.since):
        if delta.since == at:
            steps.append(delta)
            at = delta.number
    if number and at == pack.number and sum(delta.size for delta in steps) <= pack.whole.size:
        return tuple(steps)
    later = tuple(delta for delta in sorted(pack.deltas, key=lambda d: d.since) if delta.since >= pack.whole.number)
    return (pack.whole, *later)


def _tell(on_bytes: OnBytes, before: int, total: int, done: int) -> None:
    on_bytes(before + done, total)


def _add(on_bytes: Callable[[int], None], before: int, done: int) -> None:
    on_bytes(before + done)


def _name(pack: Pack, file: PackFile) -> str:
    return f"{pack.country}-{pack.part}-{file.since}-{file.number}-{file.sha256[:16]}"
