"""The directory's files: whole packs and deltas as zstd-compressed JSON lines, and the signed list of them.

Deterministic: the same lines give the same bytes. Nothing here knows accounts or tables.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sync.protocol.messages import Pack, PackFile, PackList, SignedPackList

LEVEL = 12
SMALL = 1 << 20  # bytes
MOST_DELTAS = 30
WORTH_A_DELTA = 0.4  # deltas together larger than this part of the whole pack: the pack is written anew
Teacher = Mapping[str, Any]


class PackFolder:
    """A folder of packs with its list and signing key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._list_path = folder / "packs.json"
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, country: str, part: str, since: int, number: int) -> Path:
        """Where a pack's file lies: a whole pack if ``since`` is 0, else the delta from ``since`` to ``number``."""
        return self.folder / f"{country}-{part}-{since}-{number}.jsonl.zst"

    def signed_list(self) -> SignedPackList:
        """The list as it was signed; an empty one where nothing was published."""
        if not self._list_path.exists():
            return self._sign(PackList(number=0, made=0.0, packs=[]))
        return SignedPackList.model_validate_json(self._list_path.read_bytes())

    def changed(self) -> tuple[int, int, int]:
        """Another value whenever the list was replaced; cheap."""
        try:
            now = self._list_path.stat()
        except FileNotFoundError:
            return 0, 0, 0
        return now.st_mtime_ns, now.st_ino, now.st_size

    def list(self) -> PackList:
        """The list that counts now."""
        return PackList.model_validate_json(self.signed_list().text)

    def write_whole(self, country: str, part: str, number: int, teachers: Iterable[Teacher]) -> PackFile:
        """Write a country's part whole. Nobody sees the file until :meth:`publish` lists it."""
        return self._write(country, part, 0, number, (_line(teacher) for teacher in teachers))

    def write_delta(
        self, country: str, part: str, since: int, number: int, changed: Iterable[Teacher], gone: Iterable[str]
    ) -> PackFile:
        """Write what changed in a part since number ``since``: new or changed teachers whole, of those ``gone`` the ids."""
        lines = [*(_line(teacher) for teacher in changed), *(_line({"id": name, "gone": True}) for name in gone)]
        return self._write(country, part, since, number, lines)

    def publish(self, packs: Iterable[Pack], number: int, *, keep: PackList | None = None) -> PackList:
        """Replace the list in one step, then delete the files that neither it names nor ``keep``, the one before,
        from which somebody may be fetching."""
        ordered = sorted(packs, key=lambda pack: (pack.country, pack.part))
        listing = PackList(number=number, made=time.time(), packs=ordered)
        _replace(self._list_path, self._sign(listing).model_dump_json().encode())
        named = {path for known in (listing, keep) if known for path in self._files_of(known)}
        for path in (*self.folder.glob("*.jsonl.zst"), *self.folder.glob("*.jsonl.part")):
            if path not in named:
                path.unlink(missing_ok=True)
        return listing

    def _files_of(self, listing: PackList) -> Iterator[Path]:
        for pack in listing.packs:
            for file in (pack.whole, *pack.deltas):
                yield self.path(pack.country, pack.part, file.since, file.number)

    def _write(self, country: str, part: str, since: int, number: int, lines: Iterable[str]) -> PackFile:
        counts = _Counts()
        digest, size = hashlib.sha256(), 0
        target = self.path(country, part, since, number)
        unfinished = target.with_suffix(".part")
        with unfinished.open("wb") as out:
            for packed in _compressed(counts.over(lines)):
                digest.update(packed)
                size += out.write(packed)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
        return PackFile(
            since=since, number=number, sha256=digest.hexdigest(), size=size, plain=counts.plain, lines=counts.lines
        )

    def _sign(self, listing: PackList) -> SignedPackList:
        key, text = self._key(), listing.model_dump_json()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return SignedPackList(text=text, signature=key.sign(text.encode()).hex(), key=public.hex())

    def _key(self) -> Ed25519PrivateKey:
        path = self.folder / "signing.key"
        if not path.exists():
            made = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            with suppress(FileExistsError):  # another process was quicker, and its key is the key
                _put_new(path, made)
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


@dataclass
class _Counts:
    """How many lines and bytes went by."""

    lines: int = 0
    plain: int = 0

    def over(self, lines: Iterable[str]) -> Iterator[bytes]:
        for line in lines:
            data = line.encode()
            self.lines, self.plain = self.lines + 1, self.plain + len(data)
            yield data


def _compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """One zstd frame. Of a small pack the size is told beforehand: the tables for one of unknown size are 40 MB."""
    start = bytearray()
    for piece in pieces:
        start += piece
        if len(start) > SMALL:
            break
    else:
        yield zstandard.ZstdCompressor(level=LEVEL).compress(bytes(start))
        return
    compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
    yield compressor.compress(bytes(start))
    for piece in pieces:
        yield compressor.compress(piece)
    yield compressor.flush()


def _put_new(path: Path, data: bytes) -> None:
    """Write a file for the platform's own account alone, whole or not at all. Raises FileExistsError."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.link(part, path)
    finally:
        Path(part).unlink()


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def changed_fields(before: Teacher, after: Teacher) -> dict[str, Any]:
    """What a delta says of a teacher: the id and the fields that are not as before."""
    return {"id": after["id"], **{name: value for name, value in after.items() if before.get(name) != value}}


def wants_whole(pack: Pack) -> bool:
    """Whether a pack's deltas have grown so long that writing it anew is better for everyone."""
    together = sum(delta.size for delta in pack.deltas)
    return len(pack.deltas) > MOST_DELTAS or together > max(WORTH_A_DELTA * pack.whole.size, 2_000)


def _line(values: Teacher) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"
