"""Works opened in the computer's own programs: copies in clear in a private folder, which goes when the program ends.

The folder is written down in the store before anything is in it, so that the next start removes what a killed program left.
A copy is called by the pupil's pseudonym: other programs remember the names of files.
"""

import os
import secrets
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.rules import filenames
from app.rules.pupil_work import kind_of
from local_db import disk
from local_db.naming import translated
from local_db.store import Store
from local_db.tables import pupil_work, settings

_PREFIX = "twindesk-"
_SETTING = "viewing_folders"


class ViewingCopies:
    """The copies of one run of the program; :meth:`end` removes them, and those of a run that was killed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def copy(self, work_id: str) -> Path:
        """A copy of a work that another program can open; for a worker thread. It can be read by nobody else, and not changed.

        Raises ValueError (``no_such_work``) and StoreError.
        """
        work = pupil_work.work(self._store, work_id)
        if work is None or kind_of(work.filename) is None or pupil_work.is_removed(self._store, work_id):
            raise ValueError("no_such_work")
        name = f"{filenames.plain_name(work.pseudonym)}.{filenames.ending(work.filename)}"
        with self._lock, translated(Path(tempfile.gettempdir())):
            place = self._private_folder() / work.sha256[:16] / name
            if not place.exists():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                disk.write_out(place, self._store.files.read(work.sha256))
                place.chmod(stat.S_IRUSR)
        return place

    def end(self) -> None:
        """Remove every copy. What another program still holds is tried again at the next start."""
        with self._lock:
            known = settings.get(self._store, _SETTING, [])
            self._folder = None
            left = [one for one in known if _is_ours(one) and not _removed(Path(one))]
            if left != known:
                settings.put(self._store, _SETTING, left)

    def _private_folder(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            folder = Path(tempfile.gettempdir()).absolute() / f"{_PREFIX}{secrets.token_hex(16)}"
            settings.put(self._store, _SETTING, [*settings.get(self._store, _SETTING, []), str(folder)])
            folder.mkdir(mode=0o700)
            self._folder = folder
        return self._folder


def _is_ours(name: Any) -> bool:
    """Whether a name could be one of our folders; a profile brought here from elsewhere makes nothing else be removed."""
    return isinstance(name, str) and Path(name).name.startswith(_PREFIX) and len(Path(name).name) == len(_PREFIX) + 32


def _removed(folder: Path) -> bool:
    """Remove a folder of ours, but never what a link leads to; whether it is gone."""
    if not folder.is_symlink() and folder.is_dir():
        shutil.rmtree(folder, onerror=_once_more)
    return not os.path.lexists(folder) or folder.is_symlink()


def _once_more(remove: Callable[..., object], path: str, _why: object) -> None:
    """Windows removes nothing that is read-only."""
    try:
        Path(path).chmod(stat.S_IRWXU)
        remove(path)
    except OSError:
        pass  # still open somewhere: at the next start
