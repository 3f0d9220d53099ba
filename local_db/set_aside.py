"""Beginning anew beside a profile that does not open: nothing of it is deleted."""

import os
import sys
from pathlib import Path

from local_db import profile_lock
from local_db.errors import IoError
from local_db.naming import translated


def set_aside(profile: Path) -> Path:
    """Give the profile's folder another name, under which it can be looked at or put back.

    Raises ProfileInUseError while a program has it open, or another StoreError.
    """
    number = 1
    while os.path.lexists(target := profile.with_name(f"{profile.name}-set-aside-{number}")):
        number += 1
    try:
        _rename(profile, target)
    except OSError as error:  # the folder is gone, or a disk of its own
        raise IoError(f"{profile} cannot be renamed: {error}") from error
    return target


def _rename(profile: Path, target: Path) -> None:
    lock = profile_lock.hold(profile)
    try:
        if sys.platform == "win32":
            lock.release()  # Windows renames no folder in which a file is open
        with translated(profile):
            profile.rename(target)
    finally:
        lock.release()
