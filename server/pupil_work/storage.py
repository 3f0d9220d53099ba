"""Where the platform keeps files: by content once they are whole, and before that a part for each upload.

Locks are files, so that several processes of one platform exclude each other. There is a fixed number of them: two
uploads that share one wait for each other for the moment of a write.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from server.core.problems import ProblemError

LOCK_SECONDS = 20
BUSY_SECONDS = 5  # what a client is asked to wait for a lock that somebody holds


class Storage:
    """The files under a platform's data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def part(self, upload_id: str) -> Path:
        """Where the bytes of an upload gather."""
        return self._data / "uploads" / f"{upload_id}.part"

    def kept(self, sha256: str) -> Path:
        """Where a whole file lies."""
        return self._data / "files" / sha256[:2] / sha256

    def arrived(self, upload_id: str) -> int:
        """How many bytes of an upload have come."""
        path = self.part(upload_id)
        return path.stat().st_size if path.exists() else 0

    def append(self, upload_id: str, body: bytes) -> None:
        """Add bytes to an upload, on the disk when this returns. 507 when the disk is full."""
        path = self.part(upload_id)
        _make_folder(path.parent)
        try:
            with open(path, "ab", opener=_owner_only) as out:
                out.write(body)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise ProblemError(507, "no_room", "The platform cannot store more at the moment") from error

    def checksum(self, upload_id: str) -> str:
        """The SHA-256 of what has come of an upload."""
        with self.part(upload_id).open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()

    def keep(self, upload_id: str, sha256: str) -> None:
        """Put a whole upload among the kept files. Safe to repeat."""
        part, target = self.part(upload_id), self.kept(sha256)
        if part.exists():
            _make_folder(target.parent)
            part.replace(target)
            _sync_folder(target.parent)

    def forget_part(self, upload_id: str) -> None:
        """Delete what came of an upload."""
        self.part(upload_id).unlink(missing_ok=True)

    def parts_before(self, moment: float) -> list[str]:
        """The ids of uploads whose bytes did not move since a moment (seconds since 1970)."""
        folder = self._data / "uploads"
        parts = folder.glob("*.part") if folder.exists() else ()
        return [part.stem for part in parts if part.stat().st_mtime < moment]

    def erase(self, sha256: str) -> None:
        """Delete a kept file."""
        self.kept(sha256).unlink(missing_ok=True)

    @contextmanager
    def upload_lock(self, upload_id: str) -> Iterator[None]:
        """One request at a time works on an upload. 503 when another one holds it for long."""
        with self._lock(f"upload-{hashlib.sha256(upload_id.encode()).hexdigest()[:2]}"):
            yield

    @contextmanager
    def file_lock(self, sha256: str) -> Iterator[None]:
        """Nobody erases a file while somebody else keeps the same one. 503 when it is held for long."""
        with self._lock(f"file-{sha256[:2]}"):
            yield

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        folder = self._data / "locks"
        _make_folder(folder)
        lock = FileLock(folder / name, timeout=LOCK_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise ProblemError(503, "busy", "Try again", {"Retry-After": str(BUSY_SECONDS)}) from None
        try:
            yield
        finally:
            lock.release()


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
