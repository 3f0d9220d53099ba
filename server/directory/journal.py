"""What a publication makes of each teacher's entry, kept on the disk until the database knows it too."""

import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import zstandard


class Noted(NamedTuple):
    """An entry as it was read, and whether it goes out to others' computers."""

    id: str
    fields: str
    keepable: bool
    expires: str
    goes_out: bool

    @property
    def published(self) -> str:
        """What the packs have of it; empty for nothing."""
        return self.fields if self.goes_out else ""


class Journal:
    """The journal of publication ``number``, readable by the platform's own account alone."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number, self._path = number, folder / f"publication-{number}.journal"

    @classmethod
    def all_of(cls, folder: Path) -> "list[Journal]":
        """The journals that a publisher left behind, oldest first; what was not written whole is deleted."""
        for unfinished in folder.glob("publication-*.journal.part"):
            unfinished.unlink(missing_ok=True)
        numbers = sorted(int(path.stem.removeprefix("publication-")) for path in folder.glob("publication-*.journal"))
        return [cls(folder, number) for number in numbers]

    @contextmanager
    def writing(self) -> Iterator[Callable[[Noted], None]]:
        """Write the journal; it is there, whole and on the disk, when the block ends well, else not at all."""
        part = self._path.with_name(self._path.name + ".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            with zstandard.ZstdCompressor(level=1).stream_writer(out, closefd=False) as packed:
                yield lambda noted: _write(packed, noted)
            out.flush()
            os.fsync(out.fileno())
        part.replace(self._path)

    def pages(self, size: int) -> Iterator[list[Noted]]:
        """The notes in parts of ``size``."""
        with self._path.open("rb") as held, zstandard.ZstdDecompressor().stream_reader(held) as plain:
            notes = (Noted(*json.loads(line)) for line in io.TextIOWrapper(plain, "utf-8"))
            while page := list(islice(notes, size)):
                yield page

    def delete(self) -> None:
        """It is noted, or of no use."""
        self._path.unlink(missing_ok=True)


def _write(packed: zstandard.ZstdCompressionWriter, noted: Noted) -> None:
    packed.write(json.dumps(noted, ensure_ascii=False).encode() + b"\n")
