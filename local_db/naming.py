"""The one place where errors of SQLite and the operating system get their names: by code, never by text.

SQLite's driver gives only the primary code, so a plain "I/O error" or "cannot
open" is asked once more: a disk without room, or a folder without the right to
write, is called that.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from sqlcipher3 import dbapi2 as sqlcipher

from local_db.copy_names import list_backups
from local_db.errors import BusyError, DiskFullError, IoError, ReadOnlyError, StoreDamagedError, StoreError

DRIVER_ERRORS = (peewee.DatabaseError, peewee.InterfaceError, sqlcipher.Error, sqlite3.Error)
ROOM_FOR_ONE_STEP = 128 * 1024  # bytes; SQLite's shared memory file grows by 32 KiB

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_UNCLEAR = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}

_FULL_ERRNO = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_READ_ONLY_ERRNO = {errno.EROFS, errno.EACCES, errno.EPERM}
_BUSY_ERRNO = {errno.EBUSY, errno.EAGAIN, getattr(errno, "ETXTBSY", errno.EBUSY)}
_IO_ERRNO = {errno.EIO, errno.EFBIG, errno.ENXIO, errno.ENODEV, getattr(errno, "ESTALE", errno.EIO)}
_SHARING_VIOLATIONS = {32, 33}  # Windows: another program has the file open


def named(error: BaseException, path: Path) -> StoreError | None:
    """The store's error for one of SQLite or the system about ``path``; None for what is no fault of the surroundings.

    A broken rule (a duplicate key, a mistake in a statement) is not of the
    surroundings, and goes on as what it is.
    """
    if isinstance(error, StoreError):
        return error
    if isinstance(error, OSError):
        return _of_the_system(error)
    code = sqlite_code(error)
    return None if code is None else _of_sqlite(code, str(error), path)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Errors in the block about ``path`` leave it under the store's names."""
    try:
        yield
    except (*DRIVER_ERRORS, OSError) as error:
        name = named(error, path)
        if name is None:
            raise
        raise name from error


def sqlite_code(error: BaseException | None) -> int | None:
    """SQLite's primary result code of a driver's error, also of one that peewee wrapped."""
    while error is not None:
        code = getattr(error, "sqlite_errorcode", None)
        if isinstance(code, int):
            return code & 0xFF
        error = error.__cause__ or error.__context__
    return None


def _of_sqlite(code: int, text: str, path: Path) -> StoreError | None:
    if code in _BUSY:
        return BusyError(text)
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(text)
    if code in _READ_ONLY:
        return ReadOnlyError(text)
    if code in _DAMAGED:
        return StoreDamagedError(path, list_backups(path.parent))
    return _of_an_unclear_code(text, path) if code in _UNCLEAR else None


def _of_an_unclear_code(text: str, path: Path) -> StoreError:
    if not path.parent.is_dir():
        return IoError(f"{path.parent} is not there: {text}")
    if shutil.disk_usage(path.parent).free < ROOM_FOR_ONE_STEP:
        return DiskFullError(text)
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return ReadOnlyError(text)
    return IoError(text)


def _of_the_system(error: OSError) -> StoreError | None:
    if getattr(error, "winerror", None) in _SHARING_VIOLATIONS:
        return BusyError(str(error))
    for numbers, kind in (
        (_FULL_ERRNO, DiskFullError),
        (_READ_ONLY_ERRNO, ReadOnlyError),
        (_BUSY_ERRNO, BusyError),
        (_IO_ERRNO, IoError),
    ):
        if error.errno in numbers:
            return kind(str(error))
    return None
