"""Taking packs in: rows, and for every word and facet the set of rows that have it.

A pack goes in within one transaction: after a kill, all of it is there or none. What deltas bring is merged into
segment 0, which keeps no pairs of words: few are in it, and they are read.
"""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from pyroaring import BitMap

from app.rules.directory import sequence_of, tags_of, terms_in
from local_db.directory import bodies, pairs, stored
from local_db.directory.database import DirectoryDatabase
from local_db.directory.prepare import BATCH, Common, Line, Prepared, Rows, Teacher, prepare
from local_db.directory.sets import Gathered, GatheredWords

DELTAS = 0  # the segment of what came since the whole packs
LAST_ROW = 2**32 - 1  # the highest that a set can hold
Tick = Callable[[int], None]  # called with the rows done; may raise to stop


def next_row(db: DirectoryDatabase) -> int:
    """The first row number that nobody has."""
    ((last,),) = db.sql("select coalesce(max(row), 0) from teacher")
    return int(last) + 1


def replace_pack(
    db: DirectoryDatabase,
    country: str,
    part: str,
    number: int,
    sha256: str,
    lines: Iterable[Line],
    tick: Tick = lambda _n: None,
) -> int:
    """Put a whole pack of ``(teacher, its JSON)`` in the place of the one before; returns how many teachers it has."""
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
    """Write a prepared pack in the place of the one before, all of it or nothing; returns how many teachers it has."""
    count = 0
    with db.transaction():
        _remove_pack(db, country, part)
        ((segment,),) = db.sql("select coalesce(max(segment), 0) + 1 from pack")
        for item in prepared:
            if isinstance(item, Rows):
                _write_rows(db, [(row, name, country, part, segment, *rest) for row, name, *rest in item.rows])
                count += len(item.rows)
                tick(count)
            elif isinstance(item, Common):
                db.many("insert into common values (?, ?, ?)", ((segment, *word) for word in item.words))
            else:
                stored.write(db, segment, item)
        _note(db, country, part, number, sha256, segment)
    return count


def apply_delta(
    db: DirectoryDatabase,
    country: str,
    part: str,
    number: int,
    sha256: str,
    changed: Iterable[Teacher],
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
        others = _refresh(db, part, {teacher["id"]: teacher for teacher in changed})
        _insert_delta(db, country, part, others, next_row(db) if first_row is None else first_row)
        _note(db, country, part, number, sha256, segment)


def _refresh(db: DirectoryDatabase, part: str, changed: dict[str, Teacher]) -> list[Line]:
    """Teachers whose texts are as before keep their row (most were only active again); returns the others."""
    others, values, ids = [], [], list(changed)
    going, coming = Gathered[str](), Gathered[str]()
    for start in range(0, len(ids), BATCH):
        known = _known(db, ids[start : start + BATCH])
        for teacher_id in ids[start : start + BATCH]:
            teacher, line = changed[teacher_id], json.dumps(changed[teacher_id], ensure_ascii=False).encode()
            row, _segment, own_part, body = known.get(teacher_id, (0, 0, "", b""))
            before = bodies.unpack(body) if own_part == part else None
            if before is None or sequence_of(before) != sequence_of(teacher):
                others.append((teacher, line))
                continue
            old, new = tags_of(before), tags_of(teacher)
            going.add(old - new, row)
            coming.add(new - old, row)
            values.append((teacher["expires"], bodies.pack(line), row))
    stored.take(db, stored.FACETS, going.sets())
    stored.add(db, stored.FACETS, coming.sets())
    db.many("update teacher set expires = ?, body = ? where row = ?", values)
    return others


def forget_pack(db: DirectoryDatabase, country: str, part: str) -> None:
    """Take a pack and all its traces away."""
    with db.transaction():
        _remove_pack(db, country, part)
        db.sql("delete from pack where country = ? and part = ?", (country, part))


def remove_expired(db: DirectoryDatabase, today: str) -> int:
    """Teachers whose time has passed disappear, rows and index; returns how many."""
    rows = db.sql("select row, segment, body from teacher where expires < ?", (today,))
    if rows:
        with db.transaction():
            remove_rows(db, rows)
    return len(rows)


def remove_rows(db: DirectoryDatabase, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Take rows ``(row, segment, body)`` out of the table and of every set."""
    by_segment: dict[int, list[tuple[int, Teacher]]] = {}
    for row, segment, body in rows:
        by_segment.setdefault(segment, []).append((row, bodies.unpack(body)))
    for segment, going in by_segment.items():
        terms, tags, near = GatheredWords(), Gathered[str](), Gathered[int]()
        numbers = _numbers(db, segment)
        for row, teacher in going:
            sequence = sequence_of(teacher)
            terms.add(terms_in(sequence), row)
            tags.add(tags_of(teacher), row)
            keys = pairs.pairs_in(sequence, numbers)
            near.add(keys | set(map(pairs.shared, keys)), row)
        stored.take(db, stored.postings(segment), terms.with_beginnings())
        stored.take(db, stored.PAIRS, ((pairs.stored(segment, key), rows) for key, rows in near.sets()))
        stored.take(db, stored.FACETS, tags.sets())
        db.many("delete from teacher where row = ?", [(row,) for row, _teacher in going])


def _numbers(db: DirectoryDatabase, segment: int) -> pairs.Numbers:
    return dict(db.sql("select word, number from common where segment = ?", (segment,)))


def _insert_delta(db: DirectoryDatabase, country: str, part: str, lines: list[Line], first_row: int) -> None:
    values = []
    terms, tags = GatheredWords(), Gathered[str]()
    for row, (teacher, line) in enumerate(lines, start=first_row):
        values.append((row, teacher["id"], country, part, DELTAS, teacher["expires"], bodies.pack(line)))
        terms.add(terms_in(sequence_of(teacher)), row)
        tags.add(tags_of(teacher), row)
    for start in range(0, len(values), BATCH):
        _write_rows(db, values[start : start + BATCH])
    stored.add(db, stored.FACETS, tags.sets())
    stored.add(db, stored.postings(DELTAS), terms.with_beginnings())


def _write_rows(db: DirectoryDatabase, values: list[tuple[Any, ...]]) -> None:
    if values:
        moved = _known(db, [value[1] for value in values]).values()  # in another pack, or in an older state, until now
        remove_rows(db, [(row, own, body) for row, own, _part, body in moved])
        db.many("insert into teacher values (?, ?, ?, ?, ?, ?, ?)", values)


def _remove_pack(db: DirectoryDatabase, country: str, part: str) -> None:
    where, of_pack = "from teacher where country = ? and part = ?", (country, part)
    known = db.sql("select segment from pack where country = ? and part = ?", of_pack)
    if not known:
        return
    remove_rows(db, db.sql(f"select row, segment, body {where} and segment = {DELTAS}", of_pack))
    rows = BitMap(row for (row,) in db.sql(f"select row {where}", of_pack))
    stored.forget_segment(db, int(known[0][0]))
    for tag, kept in db.sql("select tag, rows from facet"):
        if BitMap.deserialize(kept).intersect(rows):
            stored.take(db, stored.FACETS, [(tag, rows)])
    db.sql(f"delete {where}", of_pack)


def _known(db: DirectoryDatabase, ids: list[str]) -> dict[str, tuple[int, int, str, bytes]]:
    """``(row, segment, part, body)`` by id, of those of the ids that are here."""
    marks = ", ".join("?" * len(ids))
    rows = db.sql(f"select id, row, segment, part, body from teacher where id in ({marks})", ids)
    return {row_id: (int(row), int(segment), str(part), bytes(body)) for row_id, row, segment, part, body in rows}


def _note(db: DirectoryDatabase, country: str, part: str, number: int, sha256: str, segment: int) -> None:
    values = (country, part, number, sha256, segment, time.time())
    db.sql("insert or replace into pack values (?, ?, ?, ?, ?, ?)", values)
