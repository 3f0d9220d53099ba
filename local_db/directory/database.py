"""The directory's encrypted file: its schema, its connections, one for each thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_db import keys
from local_db.database import EncryptedDatabase
from local_db.errors import IoError, StoreDamagedError
from local_db.naming import translated

VERSION = 2  # an older file begins anew: it is only a copy
CACHE_ONLY: dict[str, Any] = {
    "synchronous": "normal",
    "secure_delete": "fast",
    "cache_size": -24_000,
}  # it can come again
SCHEMA = (
    "create table teacher (row integer primary key, id text not null unique, country text not null, "
    "part text not null, segment integer not null, expires text not null, body blob not null)",
    "create index teacher_pack on teacher (country, part)",
    "create index teacher_expires on teacher (expires)",
    # a word, or its first letters and a star, with the set of rows that have it: one set for each whole pack
    # (written once, never merged), and one in segment 0 for all that came by deltas
    "create table posting (segment integer not null, term text not null, rows blob not null, "
    "primary key (segment, term)) without rowid",
    # of a whole pack: its common words, and the sets of pairs of them that stand next to each other (pairs.py)
    "create table common (segment integer not null, word text not null, number integer not null, "
    "primary key (segment, word)) without rowid",
    "create table pair (id integer primary key, rows blob not null)",
    "create table facet (tag text primary key, rows blob not null) without rowid",
    "create table pack (country text not null, part text not null, number integer not null, sha256 text not null, "
    "segment integer not null, at real not null, primary key (country, part)) without rowid",
    "create table download (file text not null, start integer not null, data blob not null, primary key (file, start))",
)


class DirectoryDatabase(EncryptedDatabase):
    """``directory.db`` of a profile. A damaged or foreign file is replaced by an empty one: the packs come again."""

    def __init__(self, profile: Path, key: bytes) -> None:
        super().__init__(profile / "directory.db", keys.derive(key, "twindesk directory"), **CACHE_ONLY)
        self.was_damaged = False
        try:
            self._prepare()
        except (StoreDamagedError, IoError):
            self.was_damaged = True
            self._start_anew()

    def _prepare(self) -> None:
        version = self.sql("pragma user_version")[0][0]
        if version not in (0, VERSION):
            self._start_anew()
        elif version == 0:
            with self.transaction():
                for statement in SCHEMA:
                    self.sql(statement)
                self.sql(f"pragma user_version = {VERSION}")

    def _start_anew(self) -> None:
        self.close()
        with translated(self.path):
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._prepare()

    def close(self) -> None:
        """Close the calling thread's connection."""
        self.close_thread()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads of one moment, whatever is written meanwhile."""
        with self.transaction("deferred"):
            yield

    def checkpoint(self) -> None:
        """Put what was written into the file itself, and give the log's room back."""
        self.sql("pragma wal_checkpoint(truncate)")

    def stamp(self) -> tuple[int, int, int]:
        """Changes with every write of any connection, and when the thread's connection is another one."""
        connection = self.db.connection()
        (version,) = connection.execute("pragma data_version").fetchone()
        return self.times_closed, int(version), connection.total_changes
