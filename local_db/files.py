"""Pupils' files at rest: content-addressed, encrypted in authenticated chunks.

Format of one file: an 8-byte magic, a 7-byte random nonce prefix, then chunks
of 64 KiB sealed with AES-256-GCM. Nonce = prefix + 4-byte counter + 1-byte
last-chunk flag (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015), so that chunks cannot be swapped, repeated or cut off unseen.
"""

import hashlib
import hmac
import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local_db import disk
from local_db.errors import FileDamagedError, FileMissingError
from local_db.naming import translated

MAGIC = b"TDFILE1\n"
CHUNK = 64 * 1024
TAG = 16
PREFIX = 7
Progress = Callable[[int], None]


class FileVault:
    """Keeps files under a folder; names on disk tell nothing about the content.

    A file belongs to the row that names it. Until that row is kept, the file is held
    by its intake, so that :meth:`collect` passes it by; a kill ends every hold, and
    what nobody came to own goes at the next collection.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key
        self._lock = threading.Lock()  # between giving a file its name, holding and removing it
        self._held: Counter[str] = Counter()  # by intakes, by name on disk
        self._loose: set[str] = set()  # added outside any intake: theirs until the program ends
        self._writing: set[Path] = set()
        self._here = _ThreadIntakes()

    def name_of(self, sha256: str) -> str:
        """A file's name on disk: a keyed hash, so that a known file cannot be recognised by it."""
        return hmac.new(self._key, sha256.encode(), hashlib.sha256).hexdigest()

    def path(self, sha256: str) -> Path:
        """Where a file lies."""
        return self._place(self.name_of(sha256))

    def has(self, sha256: str) -> bool:
        """Whether the file is there; inside :meth:`intake`, :meth:`hold` also keeps it there."""
        return self.path(sha256).exists()

    def names(self) -> Iterator[str]:
        """The names on disk of every file that is there."""
        for path in self.folder.glob("??/*"):
            if len(path.name) == 64:
                yield path.name

    @contextmanager
    def intake(self) -> Iterator[None]:
        """What this thread adds in the block is held until its end: commit the row that owns it inside."""
        self._here.intakes.append([])
        try:
            yield
        finally:
            with self._lock:
                self._held.subtract(self._here.intakes.pop())
                self._held += Counter()  # without those that nobody holds any more

    def hold(self, sha256: str) -> bool:
        """Inside :meth:`intake`: keep a file that is there from being collected; False when it is not."""
        name = self.name_of(sha256)
        with self._lock:
            if not self._place(name).exists():
                return False
            self._hold(name)
        return True

    def add(self, chunks: Iterable[bytes], *, expected: str | None = None) -> tuple[str, int]:
        """Keep a stream; returns its SHA-256 and size in bytes.

        Written to a temporary file (encrypted as well), synced, then renamed. Raises
        FileDamagedError when ``expected`` is another hash; DiskFullError, ReadOnlyError, IoError.
        """
        part = self.folder / f"{secrets.token_hex(8)}.part"
        self._writing.add(part)
        try:
            with translated(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                sha256, size = self._write(part, chunks)
                if expected is not None and sha256 != expected:
                    raise FileDamagedError("the file's checksum is not the expected one")
                self._name(part, self.name_of(sha256))
        except BaseException:
            _remove(part)
            raise
        finally:
            self._writing.discard(part)
        return sha256, size

    def read(self, sha256: str) -> Iterator[bytes]:
        """The file's bytes in chunks.

        Raises FileDamagedError before a forged chunk, or at the end of another file, and
        FileMissingError when it is not there.
        """
        digest = hashlib.sha256()
        with translated(self.folder), self._open(sha256) as source:
            for chunk in _open_chunks(source, self._key):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != sha256:
            raise FileDamagedError("another file stands in this one's place")

    def read_all(self, sha256: str) -> bytes:
        """The whole file; as :meth:`read`."""
        return b"".join(self.read(sha256))

    def remove(self, sha256: str) -> None:
        """Delete a file whose owner is gone, unless another intake holds the same bytes."""
        name = self.name_of(sha256)
        with self._lock:
            self._let_go(name)
            if not self._held[name]:
                _remove(self._place(name))

    def collect(self, needed: Iterable[str]) -> int:
        """Delete every file that is neither needed (by SHA-256) nor held, and dead writers' parts; returns how many.

        The caller keeps new owners from being written meanwhile (:mod:`local_db.tables.file_use`).
        """
        keep = {self.name_of(sha256) for sha256 in needed}
        removed = self.clear_parts()
        for name in set(self.names()) - keep:
            with self._lock:
                if not self._held[name] and name not in self._loose:
                    removed += _remove(self._place(name))
        return removed

    def clear_parts(self) -> int:
        """Remove what interrupted writes left, but not what is being written; returns how many."""
        return sum(_remove(part) for part in self.folder.glob("*.part") if part not in self._writing)

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def _open(self, sha256: str) -> BinaryIO:
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise FileMissingError("a kept file is no longer there") from None

    def _write(self, part: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with part.open("xb") as out:
            sealer = _Sealer(out, self._key)
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                sealer.write(chunk)
            sealer.finish()
            out.flush()
            os.fsync(out.fileno())
        return digest.hexdigest(), size

    def _name(self, part: Path, name: str) -> None:
        target = self._place(name)
        with self._lock:
            self._hold(name)
            if not target.parent.exists():
                target.parent.mkdir(exist_ok=True, mode=0o700)
                disk.sync_folder(self.folder)
            disk.rename(part, target)

    def _hold(self, name: str) -> None:
        if self._here.intakes:
            self._here.intakes[-1].append(name)
            self._held[name] += 1
        else:
            self._loose.add(name)

    def _let_go(self, name: str) -> None:
        """End this thread's own holds, and those of nobody in particular."""
        self._loose.discard(name)
        for held in self._here.intakes:
            while name in held:
                held.remove(name)
                self._held[name] -= 1


class _ThreadIntakes(threading.local):
    """The names that each intake of one thread holds, the innermost last."""

    def __init__(self) -> None:
        self.intakes: list[list[str]] = []


def chunks_of(path: Path, progress: Progress | None = None) -> Iterator[bytes]:
    """A file's bytes in chunks, telling ``progress`` the bytes read so far."""
    done = 0
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            done += len(chunk)
            yield chunk
            if progress:
                progress(done)


class _Sealer:
    """Cuts a stream into chunks and seals each; the last one only when the end is known."""

    def __init__(self, out: BinaryIO, key: bytes) -> None:
        self._out, self._cipher = out, AESGCM(key)
        self._prefix, self._count, self._held = os.urandom(PREFIX), 0, bytearray()
        out.write(MAGIC + self._prefix)

    def write(self, data: bytes) -> None:
        """Seal what is whole; a view of the data is cut, for cutting bytes would copy the rest at each chunk."""
        rest = memoryview(data)
        while len(self._held) + len(rest) > CHUNK:
            taken = CHUNK - len(self._held)
            self._held += rest[:taken]
            self._seal(self._held, last=False)
            self._held.clear()
            rest = rest[taken:]
        self._held += rest

    def finish(self) -> None:
        self._seal(self._held, last=True)

    def _seal(self, chunk: bytearray, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._prefix, self._count, last), chunk, MAGIC))
        self._count += 1


def _open_chunks(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    header = source.read(len(MAGIC) + PREFIX)
    if not header.startswith(MAGIC) or len(header) != len(MAGIC) + PREFIX:
        raise FileDamagedError("not a kept file")
    cipher, prefix, count = AESGCM(key), header[len(MAGIC) :], 0
    sealed = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(prefix, count, not following), sealed, MAGIC)
        except InvalidTag:
            raise FileDamagedError("a kept file is damaged") from None
        if not following:
            return
        sealed, count = following, count + 1


def _nonce(prefix: bytes, count: int, last: bool) -> bytes:
    return prefix + count.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _remove(path: Path) -> bool:
    """Delete a file; False when it is gone, or when something has it open and a later collection must try again."""
    try:
        path.unlink()
    except OSError:
        return False
    return True
