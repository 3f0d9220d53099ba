"""Making a copy of the store: whole, looked through, and never in the place of a better one."""

from contextlib import closing
from pathlib import Path

from local_db import copy_names, disk
from local_db.database import encrypted_database, problems_of_copy
from local_db.errors import IoError
from local_db.naming import translated


def make(store: Path, key: bytes, reason: str) -> Path:
    """Copy a store into its profile's ``backups``, encrypted alike; the surplus goes. Returns the copy's path.

    Raises StoreDamagedError when the store cannot be read whole, DiskFullError and the like
    when the copy cannot be written: no older copy goes then.
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
        if problems_of_copy(part, key):
            raise IoError("the copy is not what was written")
        with translated(folder):
            disk.rename(part, target)
    except BaseException:
        _clear_unfinished(folder)
        raise
    with translated(folder):
        for old in copy_names.surplus(profile):
            disk.remove(old)
    return target


def _copy(store: Path, part: Path, key: bytes) -> None:
    """Write a store anew into ``part``.

    Not by SQLite's backup interface: that one copies a page that it cannot read as an
    empty one without a word, and tells a full disk without its code.
    """
    with closing(encrypted_database(store, key)) as source, translated(store):
        source.execute_sql("vacuum into ?", (str(part),))
    with translated(part):
        disk.sync_file(part)


def _clear_unfinished(folder: Path) -> None:
    for part in folder.glob("*.part*"):
        part.unlink(missing_ok=True)
