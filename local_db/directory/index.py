"""Taking packs in: rows, and for every word and facet the set of rows that have it (roaring bitmaps).

A pack goes in within one transaction: after a kill, all of it is there or none. The sets of words of a whole pack are a
segment of their own, written once in the order of the words; what deltas bring is merged into segment 0. Words of up to
three letters are also kept as beginnings (``wat*``), so that a search while typing reads one set instead of thousands.
"""

import json
import struct
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from pyroaring import BitMap

from app.rules.directory import tags_of, terms_of
from local_db.directory import bodies
from local_db.directory.database import DirectoryDatabase

PREFIX_LETTERS = 3
BATCH = 500  # rows for one statement: short enough not to hold the interpreter
DELTAS = 0  # the segment of what came since the whole packs
SEGMENT_TERM = ("segment", "term")
Profile = Mapping[str, Any]
Tick = Callable[[int], None]  # called with the rows done; may raise to stop


@dataclass(frozen=True)
class Rows:
    """Teachers ready to be written: ``(row, id, expires, compressed entry)``."""

    rows: list[tuple[int, str, str, bytes]]


@dataclass(frozen=True)
class Sets:
    """Words or facets of a whole pack, each with its rows as they lie in the file."""

    table: str
    sets: list[tuple[str, bytes]]


Prepared = Rows | Sets


def next_row(db: DirectoryDatabase) -> int:
    """The first row number that nobody has."""
    ((last,),) = db.sql("select coalesce(max(row), 0) from profile")
    return int(last) + 1


def prepare(lines: Iterable[tuple[Profile, bytes]], first_row: int) -> Iterator[Prepared]:
    """All the thinking about a whole pack, without the database: it can be done in another process."""
    row, rows, seen = first_row, list[tuple[int, str, str, bytes]](), set[str]()
    terms, tags = _Gathered(), _Gathered()
    for profile, body in lines:
        if profile["id"] in seen:
            continue
        seen.add(profile["id"])
        rows.append((row, profile["id"], profile["expires"], bodies.pack(body)))
        terms.add(terms_of(profile), row)
        tags.add(tags_of(profile), row)
        row += 1
        if len(rows) == BATCH:
            yield Rows(rows)
            rows = []
    yield Rows(rows)
    for table, written in (("posting", terms.written()), ("facet", tags.written_alike())):
        while chunk := list(islice(written, 4 * BATCH)):
            yield Sets(table, chunk)


def replace_pack(
    db: DirectoryDatabase,
    country: str,
    part: str,
    number: int,
    sha256: str,
    lines: Iterable[tuple[Profile, bytes]],
    tick: Tick = lambda _n: None,
) -> int:
    """Put a whole pack of ``(profile, its JSON)`` in the place of the one before; returns how many teachers it has."""
    return write_pack(db, country, part, number, sha256, prepare(lines, next_row(db)), tick)


def write_pack(
    db: DirectoryDatabase,
    country: str,
    part: str,
    number: int,
    sha256: str,
    prepared: Iterable[Prepared],
    tick: Tick = lambda _n: None,
) -> int:
    """Write a prepared pack in the place of the one before, all of it or nothing."""
    count = 0
    with db.transaction():
        _remove_pack(db, country, part)
        ((segment,),) = db.sql("select coalesce(max(segment), 0) + 1 from pack")
        for item in prepared:
            if isinstance(item, Rows):
                _write_rows(
                    db,
                    [(row, row_id, country, part, segment, expires, body) for row, row_id, expires, body in item.rows],
                )
                count += len(item.rows)
                tick(count)
            elif item.table == "posting":
                db.many("insert into posting values (?, ?, ?)", ((segment, term, rows) for term, rows in item.sets))
            else:
                for tag, rows in item.sets:
                    own = BitMap.deserialize(rows)
                    _merge(db, "facet", ("tag",), (tag,), lambda kept, own=own: kept | own)  # type: ignore[misc]
        _note(db, country, part, number, sha256, segment)
    return count


def apply_delta(
    db: DirectoryDatabase,
    country: str,
    part: str,
    number: int,
    sha256: str,
    changed: Iterable[Profile],
    gone: Iterable[str],
    first_row: int | None = None,
) -> None:
    """Bring a pack one step further: ``changed`` teachers replace their rows, ``gone`` ones disappear."""
    with db.transaction():
        ((segment,),) = db.sql("select segment from pack where country = ? and part = ?", (country, part))
        leaving = list(gone)
        for start in range(0, len(leaving), BATCH):
            known = _known(db, leaving[start : start + BATCH]).values()
            # who moved to the country's other pack is not taken away by the news that they left this one
            remove_rows(db, [(row, own, body) for row, own, own_part, body in known if own_part == part])
        others = _refresh(db, part, {profile["id"]: profile for profile in changed})
        _insert_delta(db, country, part, others, next_row(db) if first_row is None else first_row)
        _note(db, country, part, number, sha256, segment)


def _refresh(db: DirectoryDatabase, part: str, changed: dict[str, Profile]) -> list[tuple[Profile, bytes]]:
    """Teachers who are found by the same words as before keep their row (most were only active again);
    returns the others, with their JSON."""
    others, values, ids = [], [], list(changed)
    going, coming = _Gathered(), _Gathered()
    for start in range(0, len(ids), BATCH):
        known = _known(db, ids[start : start + BATCH])
        for profile_id in ids[start : start + BATCH]:
            profile, entry = changed[profile_id], json.dumps(changed[profile_id], ensure_ascii=False).encode()
            row, _segment, own_part, body = known.get(profile_id, (0, 0, "", b""))
            before = bodies.unpack(body) if own_part == part else None
            if before is None or terms_of(before) != terms_of(profile):
                others.append((profile, entry))
                continue
            old, new = tags_of(before), tags_of(profile)
            going.add(old - new, row)
            coming.add(new - old, row)
            values.append((profile["expires"], bodies.pack(entry), row))
    for tag, rows in going.sets():
        _merge(db, "facet", ("tag",), (tag,), lambda kept, rows=rows: kept - rows)  # type: ignore[misc]
    for tag, rows in coming.sets():
        _merge(db, "facet", ("tag",), (tag,), lambda kept, rows=rows: kept | rows)  # type: ignore[misc]
    db.many("update profile set expires = ?, body = ? where row = ?", values)
    return others


def forget_pack(db: DirectoryDatabase, country: str, part: str) -> None:
    """Take a pack and all its traces away."""
    with db.transaction():
        _remove_pack(db, country, part)
        db.sql("delete from pack where country = ? and part = ?", (country, part))


def remove_expired(db: DirectoryDatabase, today: str) -> int:
    """Teachers whose profile's time has passed disappear, rows and index; returns how many."""
    rows = db.sql("select row, segment, body from profile where expires < ?", (today,))
    if rows:
        with db.transaction():
            remove_rows(db, rows)
    return len(rows)


def remove_rows(db: DirectoryDatabase, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Take rows ``(row, segment, body)`` out of the table and of every set."""
    terms: dict[int, _Gathered] = {}
    tags, going_rows = _Gathered(), []
    for row, segment, body in rows:
        profile = bodies.unpack(body)
        terms.setdefault(segment, _Gathered()).add(terms_of(profile), row)
        tags.add(tags_of(profile), row)
        going_rows.append((row,))
    for segment, gathered in terms.items():
        for term, going in gathered.with_beginnings():
            _merge(db, "posting", SEGMENT_TERM, (segment, term), lambda kept, going=going: kept - going)  # type: ignore[misc]
    for tag, going in tags.sets():
        _merge(db, "facet", ("tag",), (tag,), lambda kept, going=going: kept - going)  # type: ignore[misc]
    db.many("delete from profile where row = ?", going_rows)


class _Gathered:
    """Rows by word or tag, until they are written."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, array[int]] = defaultdict(partial(array, "I"))

    def add(self, keys: Iterable[str], row: int) -> None:
        rows = self.rows
        for key in keys:
            rows[key].append(row)

    def sets(self) -> Iterator[tuple[str, BitMap]]:
        for key in self._in_order():
            yield key, BitMap(self.rows[key])

    def with_beginnings(self) -> Iterator[tuple[str, BitMap]]:
        """The words' sets and those of all their beginnings."""
        yield from self.sets()
        for beginning, parts in self._beginnings():
            yield beginning + "*", BitMap(_joined(parts))

    def written(self) -> Iterator[tuple[str, bytes]]:
        """The same as it lies in a segment: beginnings of one word alone are left out, for the word itself is there."""
        for key in self._in_order():
            rows = self.rows[key]
            yield key, written_alone(rows[0]) if len(rows) == 1 else BitMap(rows).serialize()
        for beginning, parts in self._beginnings():
            if len(parts) > 1:
                yield beginning + "*", BitMap(_joined(parts)).serialize()

    def written_alike(self) -> Iterator[tuple[str, bytes]]:
        """Every set as it lies in the file, without beginnings."""
        for key, rows in self.sets():
            yield key, rows.serialize()

    def _in_order(self) -> Iterator[str]:
        """The keys as the database has them, so that it is written from front to back."""
        by_letters: dict[str, list[str]] = {}  # sorted letter by letter: no long sort holds the interpreter
        for key in self.rows:
            by_letters.setdefault(key[:2], []).append(key)
        for letters in sorted(by_letters):
            yield from sorted(by_letters[letters])

    def _beginnings(self) -> Iterator[tuple[str, list["array[int]"]]]:
        found: defaultdict[str, list[array[int]]] = defaultdict(list)
        for word, rows in self.rows.items():
            for letters in range(1, min(PREFIX_LETTERS, len(word)) + 1):
                found[word[:letters]].append(rows)
        for beginning in sorted(found):
            yield beginning, found[beginning]


_ALONE = struct.Struct("<IIHHIH")


def written_alone(row: int) -> bytes:
    """The set of one row, as roaring's portable format writes it; most words are found once in a pack."""
    return _ALONE.pack(12346, 1, row >> 16, 0, 16, row & 0xFFFF)


def _joined(parts: list["array[int]"]) -> "array[int]":
    joined = array("I")
    joined.frombytes(b"".join(parts))
    return joined


def _insert_delta(db: DirectoryDatabase, country: str, part: str, lines: list[tuple[Profile, bytes]], row: int) -> None:
    values = []
    terms, tags = _Gathered(), _Gathered()
    for profile, body in lines:
        values.append((row, profile["id"], country, part, DELTAS, profile["expires"], bodies.pack(body)))
        terms.add(terms_of(profile), row)
        tags.add(tags_of(profile), row)
        row += 1
    for start in range(0, len(values), BATCH):
        _write_rows(db, values[start : start + BATCH])
    for tag, rows in tags.sets():
        _merge(db, "facet", ("tag",), (tag,), lambda kept, rows=rows: kept | rows)  # type: ignore[misc]
    for term, rows in terms.with_beginnings():
        _merge(db, "posting", SEGMENT_TERM, (DELTAS, term), lambda kept, rows=rows: kept | rows)  # type: ignore[misc]


def _write_rows(db: DirectoryDatabase, values: list[tuple[Any, ...]]) -> None:
    if values:
        moved = _known(db, [value[1] for value in values]).values()  # in another pack, or in an older state, until now
        remove_rows(db, [(row, own, body) for row, own, _part, body in moved])
        db.many("insert into profile values (?, ?, ?, ?, ?, ?, ?)", values)


def _remove_pack(db: DirectoryDatabase, country: str, part: str) -> None:
    where, of_pack = "from profile where country = ? and part = ?", (country, part)
    known = db.sql("select segment from pack where country = ? and part = ?", of_pack)
    if not known:
        return
    remove_rows(db, db.sql(f"select row, segment, body {where} and segment = {DELTAS}", of_pack))
    rows = BitMap(row for (row,) in db.sql(f"select row {where}", of_pack))
    db.sql("delete from posting where segment = ?", known[0])
    for tag, kept in db.sql("select tag, rows from facet"):
        if BitMap.deserialize(kept).intersect(rows):
            _merge(db, "facet", ("tag",), (tag,), lambda kept: kept - rows)
    db.sql(f"delete {where}", of_pack)


def _merge(
    db: DirectoryDatabase, table: str, names: tuple[str, ...], keys: tuple[Any, ...], change: Callable[[BitMap], BitMap]
) -> None:
    """Change one set; an empty one leaves nothing behind."""
    connection = db.db.connection()
    where = f"from {table} where " + " and ".join(f"{name} = ?" for name in names)
    known = connection.execute(f"select rows {where}", keys).fetchone()
    merged = change(BitMap.deserialize(known[0]) if known else BitMap())
    if merged:
        marks = ", ".join("?" * (len(keys) + 1))
        connection.execute(f"insert or replace into {table} values ({marks})", (*keys, merged.serialize()))
    elif known:
        connection.execute(f"delete {where}", keys)


def _known(db: DirectoryDatabase, ids: list[str]) -> dict[str, tuple[int, int, str, bytes]]:
    """``(row, segment, part, body)`` by id, of those of the ids that are here."""
    marks = ", ".join("?" * len(ids))
    rows = db.sql(f"select id, row, segment, part, body from profile where id in ({marks})", ids)
    return {row_id: (int(row), int(segment), str(part), bytes(body)) for row_id, row, segment, part, body in rows}


def _note(db: DirectoryDatabase, country: str, part: str, number: int, sha256: str, segment: int) -> None:
    values = (country, part, number, sha256, segment, time.time())
    db.sql("insert or replace into pack values (?, ?, ?, ?, ?, ?)", values)
