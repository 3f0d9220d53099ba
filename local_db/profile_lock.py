"""One program at a time has a profile open."""

import json
import platform
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from local_db.errors import ProfileInUseError
from local_db.naming import translated

MOST_BYTES = 2_000
DAY = 86_400  # seconds; clocks of two computers differ
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
        (profile / HOLDER).write_text(json.dumps({"computer": _this_computer(), "since": time.time()}), "utf-8")
    return lock


def _in_use(profile: Path) -> ProfileInUseError:
    computer, since = _holder(profile)
    return ProfileInUseError(str(profile), "" if computer == _this_computer() else computer, since)


def _holder(profile: Path) -> tuple[str, float | None]:
    """Which computer holds the profile, and since when, as far as its note can be believed."""
    with suppress(OSError, ValueError, AttributeError, TypeError, LookupError, OverflowError, RecursionError):
        with (profile / HOLDER).open("rb") as note:
            said = json.loads(note.read(MOST_BYTES))
        computer, since = _plain(said["computer"]), said.get("since")
        is_moment = type(since) in (int, float) and 0 < since < time.time() + DAY
        return computer, float(since) if is_moment else None
    return "", None


def _this_computer() -> str:
    return _plain(platform.node())


def _plain(name: object) -> str:
    """A computer's name as one short line: the note is another program's, and its words are shown."""
    return "".join(sign for sign in str(name) if sign.isprintable())[:60].strip()
