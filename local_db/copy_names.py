"""The names of a store's copies: a counter orders them, so that no clock decides which copy is the newest."""

import re
from pathlib import Path

KEEP_ORDINARY = 5
KEEP_BEFORE_MIGRATION = 2
FOLDER = "backups"
_COUNTED = re.compile(r"copy-(\d{9})-(.+)\.db")
_BY_CLOCK = re.compile(r"(\d{15})-(.+)\.db")  # how earlier versions named them, by milliseconds


def list_backups(profile: Path) -> list[Path]:
    """A profile's copies, newest first; needs no key. Counted ones are newer than any named by a clock."""
    return sorted((profile / FOLDER).glob("*.db"), key=_rank, reverse=True)


def next_name(profile: Path, reason: str) -> Path:
    """The path of the next copy: its number is one above every copy's that is there."""
    number = max((_rank(path)[1] for path in list_backups(profile) if _rank(path)[0] == 2), default=0) + 1
    return profile / FOLDER / f"copy-{number:09d}-{reason}.db"


def before_migration(version: int) -> str:
    """The reason in the name of a copy made before the step to a schema version."""
    return f"before-{version}"


def surplus(profile: Path) -> list[Path]:
    """The copies that may go: all but the newest five, and but the newest two made before a migration.

    Files that somebody else put into the folder stay.
    """
    ours = [path for path in list_backups(profile) if _rank(path)[0] > 0]
    before = [path for path in ours if _reason(path).startswith("before-")]
    ordinary = [path for path in ours if path not in before]
    return ordinary[KEEP_ORDINARY:] + before[KEEP_BEFORE_MIGRATION:]


def _rank(path: Path) -> tuple[int, int, str]:
    for generation, pattern in ((2, _COUNTED), (1, _BY_CLOCK)):
        if match := pattern.fullmatch(path.name):
            return generation, int(match[1]), path.name
    return 0, 0, path.name


def _reason(path: Path) -> str:
    match = _COUNTED.fullmatch(path.name) or _BY_CLOCK.fullmatch(path.name)
    return match[2] if match else ""
