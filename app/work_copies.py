"""Pupils' works written where the teacher says: copies in clear, which TwinDesk looks after no more."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.rules import filenames
from local_db import disk
from local_db.errors import FileDamagedError, StoreError
from local_db.store import Store
from local_db.tables.pupil_work import WorkRow

Progress = Callable[[int, int], None]


@dataclass
class Copied:
    """How many works were written, and the titles of those whose file is damaged or gone. ``failure``: why no more were."""

    count: int = 0
    stopped: bool = False
    failure: StoreError | None = None
    damaged: list[str] = field(default_factory=list)


def name_of(work: WorkRow) -> str:
    """The name offered for a copy: whose it is and its title, with the ending it came with."""
    ending = filenames.ending(work.filename)
    return filenames.plain_name(f"{work.pupil} - {work.title}.{ending}" if ending else f"{work.pupil} - {work.title}")


def write_copy(store: Store, work: WorkRow, target: Path) -> None:
    """Write one work to a file, whole or not at all. Raises StoreError: DiskFullError, ReadOnlyError, FileDamagedError…"""
    disk.write_out(target, store.files.read(work.sha256))


def write_copies(
    store: Store, works: Sequence[WorkRow], folder: Path, progress: Progress, stopped: Callable[[], bool]
) -> Copied:
    """Write works into a folder; nothing that is there is replaced. Ends with a failure where no more can be written."""
    copied = Copied()
    for number, work in enumerate(works, 1):
        if stopped():
            copied.stopped = True
            break
        try:
            write_copy(store, work, _free(folder, name_of(work)))
            copied.count += 1
        except FileDamagedError:
            copied.damaged.append(work.title)
        except StoreError as error:
            copied.failure = error
            break
        progress(number, len(works))
    return copied


def _free(folder: Path, name: str) -> Path:
    stem, dot, ending = name.rpartition(".")
    stem, after = (stem, f".{ending}") if dot else (name, "")
    target, number = folder / name, 2
    while os.path.lexists(target):
        target, number = folder / f"{stem} ({number}){after}", number + 1
    return target
