"""The encrypted store of one profile: opening, transactions, migrations and backups."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
from filelock import FileLock, Timeout
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from local_db import keys, migrations
from local_db.errors import (
    DiskFullError,
    ProfileInUseError,
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
)
from local_db.files import FileVault

KEEP_BACKUPS = 5
BACKUP_EVERY = 24 * 3600
DRIVER_ERRORS = (peewee.DatabaseError, sqlcipher.DatabaseError, sqlite3.DatabaseError)


class Store:
    """One profile's database and files.

    Every thread that uses it gets a connection of its own. Reads and writes
    go through :meth:`all`, :meth:`one` and :meth:`run` with peewee queries;
    a step that must be whole stands inside :meth:`transaction`.
    """

    def __init__(self, profile: Path, key: bytes) -> None:
        self.profile = profile
        self.path = profile / "store.db"
        self._key = key
        self._lock = FileLock(profile / "in-use.lock")
        self.db = encrypted_database(self.path, key)
        self.files = FileVault(profile / "files", keys.derive(key, "twindesk files"))

    @classmethod
    def open(cls, profile: Path, key: bytes) -> "Store":
        """Open or create the store, migrated to this version, with a backup taken before.

        Raises WrongKeyError, ProfileInUseError, StoreTooNewError, StoreDamagedError, DiskFullError.
        """
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys.check(profile, key)
        store = cls(profile, key)
        try:
            store._lock.acquire(timeout=0)
        except Timeout:
            raise ProfileInUseError(str(profile)) from None
        try:
            store._prepare()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        if not self.db.is_closed():
            self.db.close()
        self._lock.release()

    def close_thread(self) -> None:
        """Close the calling thread's own connection."""
        if not self.db.is_closed():
            self.db.close()

    # -- reading and writing ---------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or none of it. Raises DiskFullError when there is no room."""
        with _translated(self), self.db.atomic("IMMEDIATE"):
            yield

    def all(self, query: peewee.BaseQuery) -> list[dict[str, Any]]:
        return list(query.bind(self.db).dicts())

    def one(self, query: peewee.BaseQuery) -> dict[str, Any] | None:
        return next(iter(self.all(query)), None)

    def run(self, query: peewee.BaseQuery) -> Any:
        """Execute a write."""
        with _translated(self):
            return query.execute(self.db)

    def sql(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """For what the query builder does not speak (FTS5, pragmas). Only within ``local_db``."""
        with _translated(self):
            return list(self.db.execute_sql(statement, values).fetchall())

    def many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        with _translated(self):
            self.db.connection().executemany(statement, rows)

    # -- backups ---------------------------------------------------------------------------

    def backups(self) -> list[Path]:
        return list_backups(self.profile)

    def back_up(self, reason: str = "daily") -> Path:
        """A consistent, encrypted copy under ``backups/``; the oldest beyond five go."""
        folder = self.profile / "backups"
        folder.mkdir(exist_ok=True, mode=0o700)
        target = folder / f"{int(time.time() * 1000):015d}-{reason}.db"
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        copy = encrypted_database(part, self._key, wal=False)
        try:
            with _translated(self):
                copy.connect()
                self.db.connection().backup(copy.connection())
        except BaseException:
            copy.close()
            part.unlink(missing_ok=True)
            raise
        copy.close()
        part.replace(target)
        for old in self.backups()[KEEP_BACKUPS:]:
            old.unlink(missing_ok=True)
        return target

    def back_up_if_due(self) -> None:
        newest = next(iter(self.backups()), None)
        if newest is None or time.time() - newest.stat().st_mtime > BACKUP_EVERY:
            self.back_up()

    def check(self) -> list[str]:
        """Read every page; the problems found, none for a sound store."""
        rows = self.sql("pragma cipher_integrity_check") + self.sql("pragma quick_check")
        return [str(row[0]) for row in rows if row[0] != "ok"]

    @property
    def version(self) -> int:
        return int(self.sql("pragma user_version")[0][0])

    def _prepare(self) -> None:
        is_new = not self.path.exists()
        if is_new and self.backups():  # deleted by accident, or a restore that was cut short
            raise StoreDamagedError(self.path, self.backups())
        try:
            version = self.version
            self.sql("select count(*) from sqlite_master")
        except DiskFullError:
            raise
        except (*DRIVER_ERRORS, StoreError) as error:
            raise StoreDamagedError(self.path, self.backups()) from error
        if version > migrations.VERSION:
            raise StoreTooNewError(version, migrations.VERSION)
        if version < migrations.VERSION and not is_new:
            self.back_up(f"before-{migrations.VERSION}")
        for number in range(version, migrations.VERSION):
            self._migrate(number)

    def _migrate(self, number: int) -> None:
        with self.transaction():
            for statement in _statements(migrations.STEPS[number]):
                self.db.execute_sql(statement)
            self.db.execute_sql(f"pragma user_version = {number + 1}")


def list_backups(profile: Path) -> list[Path]:
    """A profile's backups, newest first; needs no key."""
    return sorted((profile / "backups").glob("*.db"), reverse=True)


def restore(profile: Path, key: bytes, backup: Path) -> Path:
    """Put a backup in the damaged store's place; the damaged file is kept and its path returned.

    Raises StoreDamagedError when the backup itself does not open.
    """
    keys.check(profile, key)
    trial = encrypted_database(backup, key, wal=False)
    try:
        trial.execute_sql("select count(*) from sqlite_master")
    except DRIVER_ERRORS as error:
        raise StoreDamagedError(backup, []) from error
    finally:
        trial.close()
    kept = profile / f"store-damaged-{int(time.time())}.db"
    store = profile / "store.db"
    copy = store.with_suffix(".part")
    with copy.open("wb") as out:
        out.write(backup.read_bytes())
        out.flush()
        os.fsync(out.fileno())
    for suffix in ("", "-wal", "-shm"):
        part = store.with_name(store.name + suffix)
        if part.exists():
            part.replace(kept.with_name(kept.name + suffix))
    copy.replace(store)
    return kept


def encrypted_database(path: Path, key: bytes, *, wal: bool = True, **other: Any) -> SqlCipherDatabase:
    """A SQLCipher database under a raw 256-bit key, with ``other`` pragmas than usual; nothing is opened yet."""
    pragmas: dict[str, Any] = {
        "journal_mode": "wal" if wal else "delete",
        "synchronous": "full",
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": "memory",
        "cache_size": -16_000,
        "wal_autocheckpoint": 4_000,  # pages: a large sync is not copied into the file twice
    }
    pragmas |= other
    raw_key = f"x'{key.hex()}'"
    return SqlCipherDatabase(str(path), passphrase=raw_key, pragmas=pragmas, timeout=15)


def _statements(script: str) -> list[str]:
    return [part.strip() for part in script.split(";") if part.strip()]


@contextmanager
def _translated(store: Store) -> Iterator[None]:
    try:
        yield
    except (*DRIVER_ERRORS, OSError) as error:
        text = str(error)
        if "disk is full" in text or getattr(error, "errno", None) == 28:
            raise DiskFullError(text) from error
        if "malformed" in text or "not a database" in text or "file is encrypted" in text:
            raise StoreDamagedError(store.path, store.backups()) from error
        raise
