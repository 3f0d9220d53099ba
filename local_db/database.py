"""A SQLCipher file as the rest of ``local_db`` uses it: whole steps, and errors that have names."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase

from local_db.errors import StoreDamagedError, StoreError
from local_db.naming import DRIVER_ERRORS, named, translated
from local_db.place import on_network

BUSY_MS = 5_000  # how long a step waits for another program before it is called busy


class EncryptedDatabase:
    """One encrypted file; every thread that uses it gets a connection of its own.

    Reads and writes go through :meth:`all`, :meth:`one`, :meth:`run`, :meth:`sql`
    and :meth:`many`; a step that must be whole stands inside :meth:`transaction`.
    All raise BusyError, DiskFullError, ReadOnlyError, IoError or StoreDamagedError.
    """

    def __init__(self, path: Path, key: bytes, **pragmas: Any) -> None:
        self.path = path
        self.db = encrypted_database(path, key, **pragmas)
        self._here = _ThreadState()

    def close_thread(self) -> None:
        """Close the calling thread's own connection; the next use opens another."""
        with translated(self.path):
            self._close()

    @property
    def times_closed(self) -> int:
        """How often the calling thread's connection was closed: another one has other counters."""
        return self._here.times_closed

    @contextmanager
    def transaction(self, begin: str = "immediate") -> Iterator[None]:
        """All of the block or none of it; inside another one, all or none of this part.

        Whatever fails, the connection can be used again afterwards. SQLite takes a whole
        transaction back by itself when the disk is full or broken: the outer blocks then
        fail with the same error, even where the inner one was caught, for what they wrote
        before is gone as well.
        """
        here = self._here
        nested = here.depth > 0
        self._step("savepoint step" if nested else f"begin {begin}")
        here.depth += 1
        try:
            with self._named():
                yield
            self._step("release step" if nested else "commit")
        except BaseException:
            self._take_back(nested)
            raise
        finally:
            here.depth -= 1
            if not nested:
                self._after_the_outermost()

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is inside :meth:`transaction`."""
        return self._here.depth > 0

    def all(self, query: peewee.BaseQuery) -> list[dict[str, Any]]:
        """A query's rows."""
        with self._named():
            return list(query.bind(self.db).dicts())

    def one(self, query: peewee.BaseQuery) -> dict[str, Any] | None:
        """A query's first row, or None."""
        return next(iter(self.all(query)), None)

    def run(self, query: peewee.BaseQuery) -> Any:
        """Execute a write."""
        with self._named():
            return query.execute(self.db)

    def sql(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """For what the query builder does not speak (pragmas, FTS5). Only within ``local_db``."""
        with self._named():
            return list(self.db.execute_sql(statement, tuple(values)).fetchall())

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Execute one statement for each row."""
        with self._named():
            self.db.connection().executemany(statement, rows)

    def _step(self, statement: str) -> None:
        with self._named():
            self.db.execute_sql(statement)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Refuse to go on inside a transaction that SQLite took back, and give errors their names."""
        here = self._here
        if here.depth and not self._is_open():
            raise here.cause or StoreError("the transaction was taken back")
        try:
            yield
        except DRIVER_ERRORS as error:
            name = named(error, self.path)
            self._remember(name)
            if name is None:
                raise
            raise name from error

    def _remember(self, error: StoreError | None) -> None:
        here = self._here
        here.spoiled |= isinstance(error, StoreDamagedError)
        if here.depth == 0:
            self._after_the_outermost()
        elif not self._is_open():
            here.cause = here.cause or error

    def _is_open(self) -> bool:
        """Whether SQLite still has this thread's transaction."""
        return not self.db.is_closed() and bool(self.db.connection().in_transaction)

    def _take_back(self, nested: bool) -> None:
        if not self._is_open():
            return
        connection = self.db.connection()
        try:
            if nested:
                connection.execute("rollback to step")
                connection.execute("release step")
            else:
                connection.execute("rollback")
        except DRIVER_ERRORS:
            self._close()  # which takes it back too

    def _after_the_outermost(self) -> None:
        """Start afresh; after one damaged page SQLCipher refuses every later page on the same connection."""
        here = self._here
        if here.spoiled:
            self._close()
        here.cause, here.spoiled = None, False

    def _close(self) -> None:
        self._here.times_closed += 1
        if not self.db.is_closed():
            self.db.close()


class _ThreadState(threading.local):
    """One thread's open transactions: how deep, what took them back, and whether the connection met damage."""

    depth = 0
    cause: StoreError | None = None
    spoiled = False
    times_closed = 0


def encrypted_database(path: Path, key: bytes, **other: Any) -> SqlCipherDatabase:
    """A SQLCipher database under a raw 256-bit key, with ``other`` pragmas than usual; nothing is opened yet."""
    pragmas: dict[str, Any] = {
        "cipher_log_level": "none",  # a damaged page would fill the terminal
        "busy_timeout": BUSY_MS,
        "journal_mode": "delete" if on_network(path.parent) else "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": "memory",
        "cache_size": -16_000,
        "wal_autocheckpoint": 4_000,  # pages: a large sync is not copied into the file twice
    }
    return SqlCipherDatabase(str(path), passphrase=_raw(key), pragmas=pragmas | other)


def read_only(path: Path, key: bytes, *, alone: bool = False) -> SqlCipherDatabase:
    """A database that is only looked at, its log included; ``alone`` for a copy, which has no log."""
    pragmas = {"cipher_log_level": "none", "busy_timeout": BUSY_MS, "temp_store": "memory"}
    how = "immutable=1" if alone else "mode=ro"
    return SqlCipherDatabase(f"{path.absolute().as_uri()}?{how}", passphrase=_raw(key), pragmas=pragmas, uri=True)


def opens(path: Path, key: bytes, *, alone: bool = False) -> bool:
    """Whether the key reads the beginning of a database that is there; nothing of it is changed."""
    if not path.exists():
        return False
    try:
        with closing(read_only(path, key, alone=alone)) as database:
            return bool(database.execute_sql("select count(*) from sqlite_master").fetchone()[0])
    except (*DRIVER_ERRORS, OSError):
        return False


def problems(path: Path, key: bytes) -> list[str]:
    """Read every page of a store; what is wrong with it, nothing for a sound one.

    A page that looks wrong while another thread moves the log into the file is
    looked at again with writers kept out. Raises BusyError, IoError and the like.
    """
    # SQLCipher authenticates the file's own pages, so what waits in the log is moved there first.
    checkpoint = "pragma wal_checkpoint(passive)"
    wrong = _problems(encrypted_database(path, key), path, [checkpoint])
    return wrong and _problems(encrypted_database(path, key), path, [checkpoint, "begin immediate"])


def problems_of_copy(path: Path, key: bytes) -> list[str]:
    """As :func:`problems`, for a copy that nobody writes to; nothing of it is changed."""
    return _problems(read_only(path, key, alone=True), path, [])


def _problems(database: SqlCipherDatabase, path: Path, before: list[str]) -> list[str]:
    with closing(database):
        try:
            with translated(path):
                for statement in before:
                    database.execute_sql(statement)
                rows = database.execute_sql("pragma cipher_integrity_check").fetchall()
                rows += database.execute_sql("pragma quick_check").fetchall()
        except StoreDamagedError as error:
            return [str(error.__cause__)]
    return [str(row[0]) for row in rows if row[0] != "ok"]


def _raw(key: bytes) -> str:
    return f"x'{key.hex()}'"
