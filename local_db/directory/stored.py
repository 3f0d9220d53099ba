"""Sets of rows as they lie in the directory's tables: written whole for a pack, merged one by one for deltas."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap

from local_db.directory import pairs
from local_db.directory.database import DirectoryDatabase
from local_db.directory.prepare import Sets


@dataclass(frozen=True)
class Place:
    """Where sets are kept: a table, its key's columns, and the values of all but the last of them."""

    table: str
    columns: tuple[str, ...]
    first: tuple[Any, ...] = ()


FACETS = Place("facet", ("tag",))
PAIRS = Place("pair", ("id",))


def postings(segment: int) -> Place:
    """The words of a segment."""
    return Place("posting", ("segment", "term"), (segment,))


def write(db: DirectoryDatabase, segment: int, item: Sets) -> None:
    """Write sets of a whole pack as its ``segment``; facets have no segments and are merged."""
    if item.table == "facet":
        add(db, FACETS, ((tag, BitMap.deserialize(rows)) for tag, rows in item.sets))
    elif item.table == "pair":
        first = pairs.stored(segment, 0)
        db.many("insert into pair values (?, ?)", [(first + int(key), bytearray(rows)) for key, rows in item.sets])
    else:  # bytearray, because the driver asks every bytes object at length how it wants to be stored
        db.many("insert into posting values (?, ?, ?)", [(segment, term, bytearray(rows)) for term, rows in item.sets])


def add(db: DirectoryDatabase, place: Place, sets: Iterable[tuple[Any, BitMap]]) -> None:
    """Unite each set with what is kept under its key."""
    for key, rows in sets:
        _merge(db, place, key, rows.__or__)


def take(db: DirectoryDatabase, place: Place, sets: Iterable[tuple[Any, BitMap]]) -> None:
    """Take each set's rows out of what is kept under its key; an empty set leaves nothing behind."""
    for key, rows in sets:
        _merge(db, place, key, lambda kept, going=rows: kept - going)  # type: ignore[misc]


def forget_segment(db: DirectoryDatabase, segment: int) -> None:
    """Everything of a segment goes."""
    db.sql("delete from posting where segment = ?", (segment,))
    db.sql("delete from common where segment = ?", (segment,))
    db.sql("delete from pair where id >= ? and id < ?", (pairs.stored(segment, 0), pairs.stored(segment + 1, 0)))


def _merge(db: DirectoryDatabase, place: Place, key: Any, change: Callable[[BitMap], BitMap]) -> None:
    connection, keys = db.file.db.connection(), (*place.first, key)
    where = f"from {place.table} where " + " and ".join(f"{column} = ?" for column in place.columns)
    known = connection.execute(f"select rows {where}", keys).fetchone()
    merged = change(BitMap.deserialize(known[0]) if known else BitMap())
    if merged:
        marks = ", ".join("?" * (len(keys) + 1))
        connection.execute(f"insert or replace into {place.table} values ({marks})", (*keys, merged.serialize()))
    elif known:
        connection.execute(f"delete {where}", keys)
