"""The directory's encrypted file: its schema, its connections, one for each thread, and beginning anew."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from local_db import keys
from local_db.database import EncryptedDatabase
from local_db.errors import IoError, StoreDamagedError
from local_db.naming import DRIVER_ERRORS, translated

T = TypeVar("T")
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
    "create table download (file text not null, tag text not null, start integer not null, data blob not null, primary key (file, start))",
)


class _Own(threading.local):
    """What belongs to one thread: the file its transaction is on, and how often it closed its connection."""

    bound: EncryptedDatabase | None = None
    closed = 0


class DirectoryDatabase:
    """``directory.db`` of a profile, or ``directory-2.db`` and so on after one was damaged.

    A damaged or foreign file is replaced by an empty one: the packs come again.

    Every step raises the errors of :mod:`local_db.errors`, StoreDamagedError also for a page that cannot be read. Then
    :meth:`begin_anew_if_damaged` puts an empty file in its place, from whichever thread saw it first.
    """

    def __init__(self, profile: Path, key: bytes) -> None:
        self._key = keys.derive(key, "twindesk directory")
        self._profile, self._own, self._renewing = profile, _Own(), threading.RLock()
        self.was_damaged = False
        self.path = self._newest_file()
        self._file = self._made()
        self._damaged: EncryptedDatabase | None = None
        try:
            self._prepare()
        except StoreDamagedError:
            self.was_damaged = True
            self._start_anew()
        except BaseException:
            self._file.close_thread()
            raise

    @property
    def file(self) -> EncryptedDatabase:
        """What the calling thread works on: within a transaction always the same."""
        return self._own.bound or self._file

    def begin_anew_if_damaged(self) -> bool:
        """Put an empty file in the place of one whose damage showed; whether that was done now."""
        with self._renewing:
            if self._damaged is not self._file:
                return False  # another thread was quicker
            self.was_damaged = True
            self._start_anew()
            return True

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question about the directory. A damaged one begins anew, empty, and is asked again."""
        try:
            return question()
        except StoreDamagedError:
            self.begin_anew_if_damaged()
            return question()

    def close(self) -> None:
        """Close the calling thread's connection."""
        self._own.closed += 1
        self.file.close_thread()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or none of it."""
        with self._bound() as file, file.transaction():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads of one moment, whatever is written meanwhile."""
        with self._bound() as file, file.transaction("deferred"):
            yield

    def sql(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row that a statement gives."""
        with self._translated() as file:
            return file.sql(statement, tuple(values))

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """One statement for many rows."""
        with self._translated() as file:
            file.many(statement, rows)

    def checkpoint(self) -> None:
        """Put what was written into the file itself, and give the log's room back."""
        self.sql("pragma wal_checkpoint(truncate)")

    def stamp(self) -> tuple[int, int, int, int]:
        """Changes with every write of any connection, and when the thread's connection is another one."""
        with self._translated() as file:
            connection = file.db.connection()
            (version,) = connection.execute("pragma data_version").fetchone()
            return id(file), self._own.closed, int(version), connection.total_changes

    # -- the file --------------------------------------------------------------------------

    def _made(self) -> EncryptedDatabase:
        return EncryptedDatabase(self.path, self._key, **CACHE_ONLY)

    def _newest_file(self) -> Path:
        files = sorted(self._profile.glob("directory*.db"), key=_number)
        for old in files[:-1]:  # left behind where a file in use cannot be deleted
            with suppress(OSError):
                _delete(old)
        return files[-1] if files else self._profile / "directory.db"

    def _prepare(self) -> None:
        version = self.sql("pragma user_version")[0][0]
        if version not in (0, VERSION):
            self._start_anew()
        elif version == 0:
            _lay_out(self._file)

    def _start_anew(self) -> None:
        """An empty file under another name; other threads see it when its tables are there, and then the old one goes."""
        self.close()
        old, self.path = self.path, self._profile / f"directory-{_number(self.path) + 1}.db"
        fresh = self._made()
        try:
            _lay_out(fresh)
        except BaseException as error:
            fresh.close_thread()
            if isinstance(error, StoreDamagedError):  # a new file: it is the disk that does not keep what is written
                raise IoError(f"{self.path.name} cannot be made") from error
            raise
        self._file = fresh
        with suppress(OSError):  # Windows, while another thread has it open: it goes at the next start
            _delete(old)

    @contextmanager
    def _bound(self) -> Iterator[EncryptedDatabase]:
        with self._translated() as file:
            before, self._own.bound = self._own.bound, file
            try:
                yield file
            finally:
                self._own.bound = before

    @contextmanager
    def _translated(self) -> Iterator[EncryptedDatabase]:
        file = self.file
        try:
            with translated(file.path):
                yield file
        except StoreDamagedError as error:
            if error.path == file.path:
                self._damaged = file
            raise
        except IoError as error:  # what SQLCipher says of a page that nobody with the key has written
            self._damaged = file
            raise StoreDamagedError(file.path, []) from error
        except DRIVER_ERRORS as error:
            if file is self._file:
                raise
            raise StoreDamagedError(file.path, []) from error  # it was put away meanwhile


def _lay_out(file: EncryptedDatabase) -> None:
    with file.transaction():
        for statement in SCHEMA:
            file.sql(statement)
        file.sql(f"pragma user_version = {VERSION}")


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("directory-")
    return int(digits) if digits.isdecimal() else 1


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
