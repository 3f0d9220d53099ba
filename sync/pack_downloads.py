"""Files of the directory on their way here: kept piece by piece, continued after a cut, checked when they are whole."""

import hashlib
import threading
from collections.abc import Callable

from local_db.directory.database import DirectoryDatabase
from sync.client import ApiClient, FileVersion
from sync.errors import BadAnswerError, BadPackError, RefusedError, StoppedError
from sync.protocol.messages import PackFile

CHUNK = 512 * 1024
OnBytes = Callable[[int], None]


class PackDownloads:
    """Fetches files, and remembers what has come of each."""

    def __init__(self, db: DirectoryDatabase) -> None:
        self._db = db

    def fetch(
        self, client: ApiClient, path: str, name: str, file: PackFile, on_bytes: OnBytes, stopped: threading.Event
    ) -> bytes:
        """The file called ``name`` from ``path``. Raises SyncError, StoppedError, BadPackError or StoreError.

        What was kept of it may be what is wrong, so a file that was continued is fetched once more from its start.
        """
        continued = self._kept(name, file) > 0
        try:
            data = self._fetch(client, path, name, file, on_bytes, stopped)
        except (BadAnswerError, RefusedError):
            if not continued:
                raise
            data = b""
        if continued and not _is_the_one(file, data):
            self.forget(name)
            data = self._fetch(client, path, name, file, on_bytes, stopped)
        if not _is_the_one(file, data):
            self.forget(name)
            raise BadPackError("the file is not the one announced")
        return data

    def forget(self, name: str) -> None:
        """Let go of what is kept of a file."""
        self._db.sql("delete from download where file = ?", (name,))

    def forget_others(self, names: set[str]) -> None:
        """Let go of everything but what is kept of these files."""
        for (name,) in self._db.sql("select distinct file from download"):
            if name not in names:
                self.forget(name)

    def _fetch(
        self, client: ApiClient, path: str, name: str, file: PackFile, on_bytes: OnBytes, stopped: threading.Event
    ) -> bytes:
        start, held, version = self._kept(name, file), bytearray(), FileVersion(self._version(name))
        try:
            for piece in client.download(path, start, version) if start < file.size else ():
                if version.changed:  # it is another file by now, and comes from its start
                    self.forget(name)
                    start, version.changed = 0, False
                held += piece
                on_bytes(start + len(held))
                if start + len(held) > file.size:
                    break
                if len(held) >= CHUNK:
                    start = self._keep(name, version.tag, start, held)
                if stopped.is_set():
                    raise StoppedError("stopped by the teacher")
        finally:
            if held and start + len(held) <= file.size:
                self._keep(name, version.tag, start, held)
        pieces = self._db.sql("select data from download where file = ? order by start", (name,))
        return b"".join(piece for (piece,) in pieces) + bytes(held)

    def _keep(self, name: str, tag: str, start: int, held: bytearray) -> int:
        """Keep what has come; returns where it goes on."""
        self._db.sql("insert into download values (?, ?, ?, ?)", (name, tag, start, bytes(held)))
        end = start + len(held)
        held.clear()
        return end

    def _kept(self, name: str, file: PackFile) -> int:
        """How many bytes of a file are here. Pieces that do not follow each other are let go of."""
        end = 0
        for start, size in self._db.sql(
            "select start, length(data) from download where file = ? order by start", (name,)
        ):
            if start != end:
                self.forget(name)
                return 0
            end += size
        if end > file.size:
            self.forget(name)
            return 0
        return end

    def _version(self, name: str) -> str:
        known = self._db.sql("select tag from download where file = ? order by start limit 1", (name,))
        return str(known[0][0]) if known else ""


def _is_the_one(file: PackFile, data: bytes) -> bool:
    return len(data) == file.size and hashlib.sha256(data).hexdigest() == file.sha256
