"""What a copy would lack: the damaged store is read as far as it can be, and held against the copy."""

from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playhouse.sqlcipher_ext import SqlCipherDatabase

from local_db.database import read_only
from local_db.naming import DRIVER_ERRORS

# what makes a row of each table another one; columns that an older store does not have are left out
_COLUMNS = {
    "record": ("kind", "id", "revision", "fields", "deleted"),
    "document_update": ("id", "data"),  # one sitting grows under one id
    "work": ("id", "title", "permitted", "removed_at"),
    "outbox": ("id", "body"),
}
_ORDER = {"record": ("kind", "id"), "document_update": ("n",), "work": ("rowid",), "outbox": ("n",)}


@dataclass(frozen=True)
class Lacking:
    """How many things of the damaged store are newer than the copy, or not in it.

    ``records`` and document ``edits`` come again from the platform if they were sent;
    ``waiting`` counts changes that were not. Without ``complete`` there may be more,
    in what cannot be read any more.
    """

    records: int = 0
    edits: int = 0
    works: int = 0
    waiting: int = 0
    complete: bool = True

    @property
    def anything(self) -> bool:
        """Whether going back to the copy would lose something, or may do so."""
        return not self.complete or self.records + self.edits + self.works + self.waiting > 0


def lacking(store: Path, key: bytes, copy: Path) -> Lacking | None:
    """Compare a damaged store with a copy; None when nothing of the store can be read, or it is gone."""
    if not store.exists() or not _columns(store, key, "setting"):
        return None
    counts, complete = {}, True
    for table in _COLUMNS:
        here, whole = _rows(store, key, table, _shared(store, copy, key, table))
        there, _ = _rows(copy, key, table, _shared(store, copy, key, table), alone=True)
        counts[table] = len(here - there)
        complete &= whole
    return Lacking(counts["record"], counts["document_update"], counts["work"], counts["outbox"], complete)


def _shared(store: Path, copy: Path, key: bytes, table: str) -> list[str]:
    """The columns to compare: those that both files have; those of the store for a table that the copy lacks."""
    here, there = _columns(store, key, table), _columns(copy, key, table, alone=True)
    return [name for name in _COLUMNS[table] if name in here and (name in there or not there)]


def _columns(path: Path, key: bytes, table: str, *, alone: bool = False) -> set[str]:
    with closing(read_only(path, key, alone=alone)) as database:
        return {row[1] for row in _until_damage(database, f"pragma table_info({table})")[0]}


def _rows(path: Path, key: bytes, table: str, columns: list[str], *, alone: bool = False) -> tuple[set[Any], bool]:
    """What can be read of a table, and whether that is all: from its beginning, and if need be from its end."""
    if not columns:
        return set(), False
    rows: set[Any] = set()
    for order in ("", " desc"):
        by = ", ".join(name + order for name in _ORDER[table])
        with closing(read_only(path, key, alone=alone)) as database:  # damage ends a connection
            part, whole = _until_damage(database, f"select {', '.join(columns)} from {table} order by {by}")
        rows.update(part)
        if whole:
            return rows, True
    return rows, False


def _until_damage(database: SqlCipherDatabase, statement: str) -> tuple[list[tuple[Any, ...]], bool]:
    rows: list[tuple[Any, ...]] = []
    with suppress(*DRIVER_ERRORS):
        rows.extend(database.execute_sql(statement))  # what came before the damage stays in the list
        return rows, True
    return rows, False
