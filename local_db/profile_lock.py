"""One program at a time has a profile open."""

from pathlib import Path

from filelock import FileLock, Timeout

from local_db.errors import ProfileInUseError
from local_db.naming import translated


def hold(profile: Path) -> FileLock:
    """The profile's lock, taken; any thread may release it. Raises ProfileInUseError, ReadOnlyError, DiskFullError."""
    lock = FileLock(profile / "in-use.lock", thread_local=False)
    try:
        with translated(profile):
            lock.acquire(timeout=0)
    except Timeout:
        raise ProfileInUseError(str(profile)) from None
    return lock
