"""Pupils' files at rest: content-addressed, encrypted in authenticated chunks.

Format of one file: an 8-byte magic, a 7-byte random nonce prefix, then chunks
of 64 KiB sealed with AES-256-GCM. Nonce = prefix + 4-byte counter + 1-byte
last-chunk flag (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015), so that chunks cannot be swapped, repeated or cut off unseen.
"""

import errno
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local_db.errors import DiskFullError, FileDamagedError

MAGIC = b"TDFILE1\n"
CHUNK = 64 * 1024
TAG = 16
PREFIX = 7
Progress = Callable[[int], None]


class FileVault:
    """Keeps files under a folder; names on disk tell nothing about the content."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key

    def path(self, sha256: str) -> Path:
        """Where a file lies: a keyed hash, so that a known file cannot be recognised by name."""
        name = hmac.new(self._key, sha256.encode(), hashlib.sha256).hexdigest()
        return self.folder / name[:2] / name

    def has(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def add(self, chunks: Iterable[bytes], *, expected: str | None = None) -> tuple[str, int]:
        """Keep a stream; returns its SHA-256 and size in bytes.

        Written to a temporary file (encrypted as well), synced, then renamed.
        Raises DiskFullError, or FileDamagedError when ``expected`` is another hash.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f"{secrets.token_hex(8)}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("xb") as out:
                sealer = _Sealer(out, self._key)
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    sealer.write(chunk)
                sealer.finish()
                out.flush()
                os.fsync(out.fileno())
            found = digest.hexdigest()
            if expected is not None and found != expected:
                raise FileDamagedError("the file's checksum is not the expected one")
            target = self.path(found)
            target.parent.mkdir(exist_ok=True, mode=0o700)
            part.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            part.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFullError(str(error)) from error
            raise
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return found, size

    def read(self, sha256: str) -> Iterator[bytes]:
        """The file's bytes in chunks. Raises FileDamagedError before a forged chunk, or at the end of another file."""
        digest = hashlib.sha256()
        with self.path(sha256).open("rb") as source:
            for chunk in _open_chunks(source, self._key):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != sha256:
            raise FileDamagedError("another file stands in this one's place")

    def read_all(self, sha256: str) -> bytes:
        return b"".join(self.read(sha256))

    def remove(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def clear_parts(self) -> int:
        """Remove what an interrupted write left; returns how many."""
        parts = list(self.folder.glob("*.part"))
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)


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
    def __init__(self, out: BinaryIO, key: bytes) -> None:
        self._out, self._cipher = out, AESGCM(key)
        self._prefix, self._count, self._held = os.urandom(PREFIX), 0, b""
        out.write(MAGIC + self._prefix)

    def write(self, data: bytes) -> None:
        self._held += data
        while len(self._held) > CHUNK:
            self._seal(self._held[:CHUNK], last=False)
            self._held = self._held[CHUNK:]

    def finish(self) -> None:
        self._seal(self._held, last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
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


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
