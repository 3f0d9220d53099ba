"""Making a copy of the store: whole, looked through, and never in the place of a better one."""

from contextlib import closing
from pathlib import Path

from local_db import copy_names, disk
from local_db.database import encrypted_database, problems, problems_of_copy
from local_db.errors import StoreDamagedError
from local_db.naming import translated


def make(store: Path, key: bytes, reason: str) -> Path:
    """Copy a store into its profile's ``backups``, encrypted alike; the surplus goes. Returns the copy's path.

    Raises StoreDamagedError when the store cannot be copied whole: no older copy goes then.
    """
    profile = store.parent
    folder = profile / copy_names.FOLDER
    with translated(folder):
        folder.mkdir(exist_ok=True, mode=0o700)
        _clear_unfinished(folder)
    target = copy_names.next_name(profile, reason)
    part = target.with_suffix(".part")
    try:
        _copy(store, part, key)
        _look_through(store, part, key)
        with translated(folder):
            disk.rename(part, target)
    except BaseException:
        _clear_unfinished(folder)
        raise
    with translated(folder):
        for old in copy_names.surplus(profile):
            old.unlink(missing_ok=True)
    return target


def _copy(store: Path, part: Path, key: bytes) -> None:
    source, copy = encrypted_database(store, key), encrypted_database(part, key, wal=False)
    with closing(source), closing(copy), translated(store):
        source.connection().backup(copy.connection())
        copy.execute_sql("pragma journal_mode = delete")  # a copy is one file


def _look_through(store: Path, part: Path, key: bytes) -> None:
    """SQLite copies a page that it cannot read as an empty one, without a word: so both files are read."""
    if problems_of_copy(part, key) or problems(store, key):
        raise StoreDamagedError(store, copy_names.list_backups(store.parent))


def _clear_unfinished(folder: Path) -> None:
    for part in folder.glob("*.part*"):
        part.unlink(missing_ok=True)
