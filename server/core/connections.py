"""How the platform reaches SQLite or PostgreSQL, and what its database's errors mean."""

import contextlib
import os
import select
import sqlite3
from pathlib import Path
from typing import Any, Literal

import peewee
from playhouse.db_url import parse
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase

POOL = 20  # connections of one process
STATEMENT_MS, LOCK_MS, IDLE_MS = 30_000, 15_000, 60_000
Trouble = Literal["conflict", "lost", "busy", "full", ""]
_CONFLICTS = {"40001", "40P01", "23505"}  # serialization failure, deadlock, two made one id at once
_BUSY = {"55P03", "57014", "53300"}  # lock not available, statement cancelled, too many connections
_FULL = {"53100", "53200"}  # disk, memory
_LOST = ("08", "57P")  # connection errors, the server is going down or coming up


def open_sqlite(path: Path) -> peewee.SqliteDatabase:
    """A SQLite database for its owner's eyes alone; the file is made where there is none."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        if name.exists() and os.name == "posix":
            name.chmod(0o600)
    pragmas = {"journal_mode": "wal", "synchronous": "full", "cache_size": -32_000}
    return peewee.SqliteDatabase(str(path), pragmas=pragmas, timeout=30)


def open_postgresql(url: str) -> peewee.PostgresqlDatabase:
    """A pool of connections to PostgreSQL. Raises peewee.ImproperlyConfigured without its driver."""
    settings: dict[str, Any] = parse(url)
    limits = {
        "statement_timeout": STATEMENT_MS,
        "lock_timeout": LOCK_MS,
        "idle_in_transaction_session_timeout": IDLE_MS,
    }
    ours = " ".join(f"-c {name}={value}" for name, value in limits.items())
    settings["options"] = f"{ours} {settings.get('options', '')}".strip()
    settings = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 30_000, **settings}
    return _Pool(
        settings.pop("database"), prefer_psycopg3=True, max_connections=POOL, timeout=LOCK_MS / 1_000, **settings
    )


class _Pool(PooledPostgresqlDatabase):  # type: ignore[misc]
    """Hands out no connection that the database has closed meanwhile."""

    def _is_closed(self, connection: Any) -> bool:
        """An idle connection that has something to say was ended by the database: no round trip is needed to know."""
        return bool(connection.closed) or _readable(connection.fileno())


def _readable(number: int) -> bool:
    if hasattr(select, "poll"):
        waiting = select.poll()
        waiting.register(number, select.POLLIN)
        return bool(waiting.poll(0))
    return bool(select.select([number], [], [], 0)[0])


def trouble(error: BaseException) -> Trouble:
    """What a database error means: ``conflict`` and ``lost`` are worth another try, ``busy`` and ``full`` later.

    Empty for all others.
    """
    if isinstance(error, MaxConnectionsExceeded):
        return "busy"
    driver = getattr(error, "orig", error)
    if isinstance(driver, sqlite3.Error):
        return _of_sqlite(getattr(driver, "sqlite_errorcode", 0) & 0xFF)
    reached = peewee.OperationalError | peewee.InterfaceError | peewee.IntegrityError
    if isinstance(error, reached) and hasattr(driver, "sqlstate"):
        return _of_postgresql(driver.sqlstate)
    return ""


def _of_sqlite(code: int) -> Trouble:
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "busy"
    return "full" if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY) else ""


def _of_postgresql(state: str | None) -> Trouble:
    if state in _CONFLICTS:
        return "conflict"
    if state in _BUSY:
        return "busy"
    if state in _FULL:
        return "full"
    return "lost" if state is None or state.startswith(_LOST) else ""


def copy_sqlite(source: Path, target: Path) -> None:
    """A whole copy of a SQLite database that may be in use; ``target`` appears only when it is complete."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_RDWR | os.O_CREAT, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(part)) as new:
            old.backup(new)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
