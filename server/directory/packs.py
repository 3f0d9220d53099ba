"""The directory's files: whole packs and deltas as zstd-compressed JSON lines, and the signed list of them.

Deterministic: the same lines give the same bytes. Nothing here knows accounts or tables.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sync.protocol.messages import Pack, PackFile, PackList, SignedPackList

LEVEL = 12
MOST_DELTAS = 30
WORTH_A_DELTA = 0.4  # deltas together larger than this part of the whole pack: the pack is written anew
Profile = Mapping[str, Any]


class PackFolder:
    """A folder of packs with its list and signing key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, country: str, part: str, since: int, number: int) -> Path:
        return self.folder / f"{country}-{part}-{since}-{number}.jsonl.zst"

    def signed_list(self) -> SignedPackList:
        """The list as it was signed; an empty one where nothing was published."""
        listing = self.folder / "packs.json"
        if not listing.exists():
            return self._sign(PackList(number=0, made=0.0, packs=[]))
        return SignedPackList.model_validate_json(listing.read_bytes())

    def list(self) -> PackList:
        return PackList.model_validate_json(self.signed_list().text)

    def write_whole(self, country: str, part: str, number: int, profiles: Iterable[Profile]) -> PackFile:
        return self._write(country, part, 0, number, (_line(profile) for profile in profiles))

    def write_delta(
        self, country: str, part: str, since: int, number: int, changed: Iterable[Profile], gone: Iterable[str]
    ) -> PackFile:
        lines = [*(_line(profile) for profile in changed), *(_line({"id": name, "gone": True}) for name in gone)]
        return self._write(country, part, since, number, lines)

    def publish(self, packs: Iterable[Pack], number: int) -> PackList:
        """Replace the list in one step, then delete the files that it no longer names."""
        ordered = sorted(packs, key=lambda pack: (pack.country, pack.part))
        listing = PackList(number=number, made=time.time(), packs=ordered)
        part = self.folder / "packs.json.part"
        part.write_text(self._sign(listing).model_dump_json(), "utf-8")
        part.replace(self.folder / "packs.json")
        named = {self.path(p.country, p.part, f.since, f.number) for p in listing.packs for f in (p.whole, *p.deltas)}
        for path in self.folder.glob("*.jsonl.zst"):
            if path not in named:
                path.unlink()
        return listing

    def _write(self, country: str, part: str, since: int, number: int, lines: Iterable[str]) -> PackFile:
        compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        digest, size, plain, count = hashlib.sha256(), 0, 0, 0
        target = self.path(country, part, since, number)
        unfinished = target.with_suffix(".part")
        with unfinished.open("wb") as out:
            for line in lines:
                data = line.encode()
                plain, count = plain + len(data), count + 1
                packed = compressor.compress(data)
                digest.update(packed)
                size += out.write(packed)
            packed = compressor.flush()
            digest.update(packed)
            size += out.write(packed)
        unfinished.replace(target)
        return PackFile(since=since, number=number, sha256=digest.hexdigest(), size=size, plain=plain, lines=count)

    def _sign(self, listing: PackList) -> SignedPackList:
        key, text = self._key(), listing.model_dump_json()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return SignedPackList(text=text, signature=key.sign(text.encode()).hex(), key=public.hex())

    def _key(self) -> Ed25519PrivateKey:
        path = self.folder / "signing.key"
        if not path.exists():
            made = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(made)
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def changed_fields(before: Profile, after: Profile) -> dict[str, Any]:
    """What a delta says of a teacher: the id and the fields that are not as before."""
    return {"id": after["id"], **{name: value for name, value in after.items() if before.get(name) != value}}


def wants_whole(pack: Pack) -> bool:
    """Whether a pack's deltas have grown so long that writing it anew is better for everyone."""
    together = sum(delta.size for delta in pack.deltas)
    return len(pack.deltas) > MOST_DELTAS or together > max(WORTH_A_DELTA * pack.whole.size, 2_000)


def _line(values: Profile) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"
