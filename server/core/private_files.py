"""The platform's data folder is for its owner alone: folders 0700, files 0600."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

OURS = ("files", "uploads", "packs")  # folders of ours inside the data folder; whatever else lies there is not touched
_FOLDER, _FILE = 0o700, 0o600


def own_folder(data: Path) -> None:
    """Make the data folder, and take others' rights from it and from all that the platform put there.

    Raises OSError for a folder of somebody else.
    """
    if os.name != "posix":
        data.mkdir(parents=True, exist_ok=True)
        return
    data.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
    _narrow(data, _FOLDER)
    for path in (*_of_ours(data), *data.glob("platform.db*"), *data.glob("*.key")):
        _narrow(path, _FOLDER if path.is_dir() else _FILE)


def _of_ours(data: Path) -> Iterator[Path]:
    for name in OURS:
        for folder, _folders, files in os.walk(data / name):
            yield Path(folder)
            yield from (Path(folder, file) for file in files)


def _narrow(path: Path, mode: int) -> None:
    now = path.lstat().st_mode
    if not stat.S_ISLNK(now) and stat.S_IMODE(now) & ~mode:
        path.chmod(mode)
