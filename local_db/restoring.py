"""Putting a copy in a damaged store's place, so that a kill at any moment leaves the old store or the copy.

The copy is first written whole under a ready name, ``store-restored-N.db``. From
then on the restore is decided: whoever opens the profile next finishes it. The
damaged file and its log are kept as ``store-damaged-N.db``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from local_db import copy_names, disk, keys, profile_lock
from local_db.database import problems_of_copy
from local_db.errors import StoreDamagedError
from local_db.naming import translated

_PIECE = 1024 * 1024
_NUMBER = re.compile(r"store-(?:damaged|restored)-(\d+)\.db.*")
_READY = re.compile(r"store-restored-(\d+)\.db")


def restore(profile: Path, key: bytes, backup: Path) -> Path:
    """Put a copy in the store's place; the damaged file is kept and its path returned.

    The copy still takes itself for the device that made it; its older turn shows the
    platform that it is not. Raises ProfileInUseError, and
    StoreDamagedError when the copy itself is damaged: its ``backups`` begin with the
    next best. Nothing was changed then.
    """
    keys.check(profile, key)
    lock = profile_lock.hold(profile)
    try:
        finish(profile)
        if problems_of_copy(backup, key):
            raise StoreDamagedError(backup, list(sound_copies(profile, key, beside=backup)))
        number = _next_number(profile)
        _make_ready(profile / f"store-restored-{number:04d}.db", key, backup)
        finish(profile)
    finally:
        lock.release()
    return profile / f"store-damaged-{number:04d}.db"


def sound_copies(profile: Path, key: bytes, beside: Path | None = None) -> Iterator[Path]:
    """The copies that can be read whole, the newest first; each is read when it is asked for."""
    for path in copy_names.list_backups(profile):
        if path != beside and not problems_of_copy(path, key):
            yield path


def finish(profile: Path) -> None:
    """Carry a decided restore to its end; for whoever holds the profile's lock."""
    with translated(profile / "store.db"):
        for ready in sorted(path for path in profile.iterdir() if _READY.fullmatch(path.name)):
            _take_the_place(profile / "store.db", ready)


def _make_ready(ready: Path, key: bytes, backup: Path) -> None:
    part = ready.with_suffix(".part")
    try:
        with translated(part):
            disk.write_whole(part, _pieces(backup))
            disk.rename(part, ready)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _take_the_place(store: Path, ready: Path) -> None:
    kept = ready.with_name(ready.name.replace("restored", "damaged"))
    for suffix in ("-wal", "-shm", ""):  # the log first: it must never meet the copy
        old, new = store.with_name(store.name + suffix), kept.with_name(kept.name + suffix)
        if old.exists():
            disk.rename(old, new)
    disk.rename(ready, store)


def _next_number(profile: Path) -> int:
    numbers = (match[1] for path in profile.iterdir() if (match := _NUMBER.fullmatch(path.name)))
    return max(map(int, numbers), default=0) + 1


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece
