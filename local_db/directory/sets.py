"""Rows gathered by word, facet or pair of words, and how such a set lies in the directory's file (roaring bitmaps)."""

import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Generic, TypeVar

from pyroaring import BitMap

PREFIX_LETTERS = 3  # beginnings of words up to this length have sets of their own
_ALONE = struct.Struct("<IIHHIH")


def written_alone(row: int) -> bytes:
    """The set of one row, as roaring's portable format writes it; most words stand once in a pack."""
    return _ALONE.pack(12346, 1, row >> 16, 0, 16, row & 0xFFFF)


def written(rows: "array[int]") -> bytes:
    """A set as it lies in the file."""
    return written_alone(rows[0]) if len(rows) == 1 else BitMap(rows).serialize()


Key = TypeVar("Key", str, int)


class Gathered(Generic[Key]):
    """Rows by key, until they are written."""

    def __init__(self) -> None:
        self.rows: defaultdict[Key, array[int]] = defaultdict(partial(array, "I"))

    def add(self, keys: Iterable[Key], row: int) -> None:
        """Note that ``row`` has all of ``keys``."""
        rows = self.rows
        for key in keys:
            rows[key].append(row)

    def sets(self) -> Iterator[tuple[Key, BitMap]]:
        """Every key with its set, by key."""
        for key in sorted(self.rows):
            yield key, BitMap(self.rows[key])

    def written(self) -> Iterator[tuple[Key, bytes]]:
        """Every key with its set as it lies in the file, by key."""
        for key in sorted(self.rows):
            yield key, written(self.rows[key])


class GatheredWords(Gathered[str]):
    """Rows by word, which have beginnings."""

    def with_beginnings(self) -> Iterator[tuple[str, BitMap]]:
        """The words' sets and those of all their beginnings."""
        yield from self.sets()
        for beginning, parts in self._beginnings():
            yield beginning + "*", BitMap(_joined(parts))

    def segment(self) -> Iterator[tuple[str, bytes]]:
        """What a segment holds: beginnings of one word alone are left out, for the word itself is there."""
        for key in self._in_order():
            yield key, written(self.rows[key])
        for beginning, parts in self._beginnings():
            if len(parts) > 1:
                yield beginning + "*", BitMap(_joined(parts)).serialize()

    def _in_order(self) -> Iterator[str]:
        """The words as the database has them, so that it is written from front to back."""
        by_letters: dict[str, list[str]] = {}  # sorted letter by letter: no long sort holds the interpreter
        for key in self.rows:
            by_letters.setdefault(key[:2], []).append(key)
        for letters in sorted(by_letters):
            yield from sorted(by_letters[letters])

    def _beginnings(self) -> Iterator[tuple[str, list["array[int]"]]]:
        by_beginning: defaultdict[str, list[array[int]]] = defaultdict(list)
        for word, rows in self.rows.items():
            for letters in range(1, min(PREFIX_LETTERS, len(word)) + 1):
                by_beginning[word[:letters]].append(rows)
        for beginning in sorted(by_beginning):
            yield beginning, by_beginning[beginning]


def _joined(parts: list["array[int]"]) -> "array[int]":
    joined = array("I")
    joined.frombytes(b"".join(parts))
    return joined
