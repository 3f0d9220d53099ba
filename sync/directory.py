"""Getting the directory: the signed list, what is worth fetching, resumable downloads, checked before they are used.

Whatever is wrong with a pack (damaged, cut, another country's, too large, not the platform's), it is refused with a
reason and the directory stays as it was.
"""

import gc
import hashlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from app.rules.directory import PARTS, part_of
from local_db.directory import bodies, index
from local_db.directory.database import DirectoryDatabase
from local_db.store import Store
from local_db.tables import settings
from sync.client import ApiClient
from sync.errors import BadPackError, ForeignDirectoryError, RefusedError, StoppedError
from sync.messages import DirectoryProfile, Pack, PackFile, PackList, SignedPackList

CHUNK = 512 * 1024
MAX_LINE = 64 * 1024
MAX_WINDOW = 2**27  # bytes of memory that a pack may ask for
SMALL = 4_000_000  # bytes: a directory, or its news, that come without being asked for
MOST_COMPLAINTS = 20
CHOICE = "directory_choice"
OnBytes = Callable[[int, int], None]
_profile: TypeAdapter[DirectoryProfile] = TypeAdapter(DirectoryProfile)


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
        settings.put(self._store, CHOICE,
                     {"countries": sorted(choice.countries), "available_only": choice.available_only})  # fmt: skip

    def known_list(self) -> PackList | None:
        """The list as it was last read."""
        kept = settings.get(self._store, "directory_list")
        return PackList.model_validate_json(kept) if kept else None

    def fetch_list(self, client: ApiClient) -> PackList:
        """Read and verify the list. Raises ForeignDirectoryError for one of another platform, or an old one."""
        signed = client.packs()
        listing = self._verified(signed)
        with self._store.transaction():
            settings.put(self._store, "directory_key", signed.key)
            settings.put(self._store, "directory_list", signed.text)
        return listing

    def plan(self, listing: PackList, choice: Choice | None = None) -> Plan:
        """What it takes to have what was chosen. Without any choice, everything if it is small, else nothing."""
        wanted = self._wanted(listing, choice or self.choice())
        here = self._here()
        steps = [
            Step(pack, files) for pack in wanted if (files := _files(pack, here.get((pack.country, pack.part), 0)))
        ]
        names = {(pack.country, pack.part) for pack in wanted}
        return Plan(tuple(sorted(steps, key=lambda step: step.size)), tuple(sorted(set(here) - names)))

    def here(self) -> set[str]:
        """The countries whose teachers are on this computer."""
        return {country for country, _part in self._here()}

    # -- updating --------------------------------------------------------------------------

    def update(self, client: ApiClient, plan: Plan, on_bytes: OnBytes, stopped: threading.Event) -> Outcome:
        """Carry out a plan, each pack whole or not at all. Raises SyncError, StoppedError or DiskFullError;
        what was done before stays, and a cut download goes on where it stopped."""
        with self._lock, _no_collections():
            outcome = Outcome(expired=index.remove_expired(self._db, time.strftime("%Y-%m-%d")))
            for country, part in plan.forget:
                index.forget_pack(self._db, country, part)
            done = 0
            for step in plan.steps:
                self._bring(client, step, partial(_tell, on_bytes, done, plan.size), outcome, stopped)
                done += step.size
            if plan.steps or plan.forget:
                self._db.checkpoint()
            return outcome

    def _bring(self, client: ApiClient, step: Step, on_bytes: Callable[[int], None], outcome: Outcome,
               stopped: threading.Event) -> None:  # fmt: skip
        before = 0
        for file in step.files:
            try:
                data = self._fetch(client, step.pack, file, partial(_add, on_bytes, before), stopped)
                self._take_in(step.pack, file, data, outcome, stopped)
            except (BadPackError, RefusedError) as error:
                self._forget_download(_name(step.pack, file))
                what = error.problem if isinstance(error, RefusedError) else str(error)
                outcome.complaints.append(f"{step.pack.country} {step.pack.part}: {what}")
                return
            self._forget_download(_name(step.pack, file))
            before += file.size
        outcome.packs += 1

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
        return {(country, part): number for country, part, number in
                self._db.sql("select country, part, number from pack")}  # fmt: skip

    def _fetch(self, client: ApiClient, pack: Pack, file: PackFile, on_bytes: Callable[[int], None],
               stopped: threading.Event) -> bytes:  # fmt: skip
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

    def _take_in(self, pack: Pack, file: PackFile, data: bytes, outcome: Outcome, stopped: threading.Event) -> None:
        def tick(_rows: int) -> None:
            if stopped.is_set():
                raise StoppedError("stopped by the teacher")

        lines = _lines(file, data)
        if file.since == 0:
            good = self._profiles(pack, lines, outcome)
            index.replace_pack(self._db, pack.country, pack.part, file.number, file.sha256, good, tick)
        else:
            changed, gone = self._changes(pack, lines, outcome)
            index.apply_delta(self._db, pack.country, pack.part, file.number, file.sha256, changed, gone)

    def _profiles(self, pack: Pack, lines: Iterator[bytes], outcome: Outcome) -> Iterator[tuple[Any, bytes]]:
        for number, line in enumerate(lines, start=1):
            try:
                profile = _profile.validate_json(line)
            except ValidationError as error:
                _complain(outcome, pack, number, error)
                continue
            _check_place(pack, profile)
            yield profile, line.rstrip()

    def _changes(self, pack: Pack, lines: Iterator[bytes], outcome: Outcome) -> tuple[list[Any], list[str]]:
        parsed = [_object(number, line) for number, line in enumerate(lines, start=1)]
        gone = [str(values["id"]) for values in parsed if values.get("gone")]
        ids = [str(values["id"]) for values in parsed if not values.get("gone")]
        known: dict[str, Any] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ", ".join("?" * len(part))
            rows = self._db.sql(f"select id, body from profile where id in ({marks})", part)
            known.update({row_id: bodies.unpack(body) for row_id, body in rows})
        changed = []
        for number, values in enumerate(parsed, start=1):
            if values.get("gone"):
                continue
            try:
                profile = _profile.validate_python({**known.get(str(values["id"]), {}), **values})
            except ValidationError as error:
                _complain(outcome, pack, number, error)
                continue
            _check_place(pack, profile)
            changed.append(profile)
        return changed, gone


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


def _lines(file: PackFile, data: bytes) -> Iterator[bytes]:
    """The lines of a pack, within the size and number that were signed. Raises BadPackError."""
    reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).stream_reader(io.BytesIO(data), read_size=64 * 1024)
    count, plain = 0, 0
    with io.BufferedReader(reader, 64 * 1024) as lines:
        try:
            while line := lines.readline(MAX_LINE + 1):
                count, plain = count + 1, plain + len(line)
                if len(line) > MAX_LINE or plain > file.plain or count > file.lines:
                    raise BadPackError("larger than announced")
                yield line
        except zstandard.ZstdError as error:
            raise BadPackError(f"damaged ({error})") from None
    if count != file.lines or plain != file.plain:
        raise BadPackError("shorter than announced")


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not isinstance(values.get("id"), str):
        raise BadPackError(f"line {number} is not an entry")
    return values


def _check_place(pack: Pack, profile: DirectoryProfile) -> None:
    if profile["country"] != pack.country or part_of(profile) != pack.part:
        raise BadPackError("holds teachers of another pack")


def _complain(outcome: Outcome, pack: Pack, number: int, error: ValidationError) -> None:
    if len(outcome.complaints) < MOST_COMPLAINTS:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        outcome.complaints.append(f"{pack.country} {pack.part}, line {number}: {place}: {first['type']}")
