"""One program at a time has a profile open."""

import json
import platform
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from local_db.errors import ProfileInUseError
from local_db.naming import translated

HOLDER = "in-use.json"  # beside the lock: which computer has it, for whoever finds it taken


def hold(profile: Path) -> FileLock:
    """The profile's lock, taken; any thread may release it. Raises ProfileInUseError, ReadOnlyError, DiskFullError."""
    lock = FileLock(profile / "in-use.lock", thread_local=False)
    try:
        with translated(profile):
            lock.acquire(timeout=0)
    except Timeout:
        raise _in_use(profile) from None
    with suppress(OSError):  # it is only told to others
        (profile / HOLDER).write_text(json.dumps({"computer": platform.node(), "since": time.time()}), "utf-8")
    return lock


def _in_use(profile: Path) -> ProfileInUseError:
    computer, since = "", None
    with suppress(OSError, ValueError, AttributeError, TypeError):
        said = json.loads((profile / HOLDER).read_text("utf-8")[:2_000])
        computer, since = str(said["computer"])[:100], float(said["since"])
    return ProfileInUseError(str(profile), "" if computer == platform.node() else computer, since)
