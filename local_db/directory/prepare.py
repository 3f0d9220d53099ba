"""All the thinking about a whole pack, without the database: it can be done in another process.

The sets of words of a whole pack are a segment of their own, written once in the order of the words. Words of up to
three letters are also kept as beginnings (``wat*``), so that a search while typing reads one set instead of thousands.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from app.rules.directory import sequence_of, tags_of, terms_in
from local_db.directory import bodies, pairs
from local_db.directory.sets import Gathered, GatheredWords

BATCH = 500  # rows for one statement: short enough not to hold the interpreter
Teacher = Mapping[str, Any]
Line = tuple[Teacher, bytes]  # a teacher, and the same as JSON


@dataclass(frozen=True)
class Rows:
    """Teachers ready to be written: ``(row, id, expires, compressed JSON)``."""

    rows: list[tuple[int, str, str, bytes]]


@dataclass(frozen=True)
class Common:
    """The pack's common words with their numbers, of which pairs are kept."""

    words: list[tuple[str, int]]


@dataclass(frozen=True)
class Sets:
    """Words (``posting``), pairs of common words (``pair``) or facets (``facet``) with their sets as they are stored."""

    table: str
    sets: list[tuple[str | int, bytes]]


Prepared = Rows | Common | Sets


def prepare(lines: Iterable[Line], first_row: int) -> Iterator[Prepared]:
    """What is to be written for a whole pack whose rows begin at ``first_row``; who comes twice is taken once."""
    coming = iter(_each_once(lines))
    sample = list(islice(coming, pairs.SAMPLE))
    numbers = pairs.common_words(terms_in(sequence_of(teacher)) for teacher, _json in sample)
    terms, tags, near = GatheredWords(), Gathered[str](), Gathered[int]()
    rows: list[tuple[int, str, str, bytes]] = []
    for row, (teacher, line) in enumerate(chain(sample, coming), start=first_row):
        rows.append((row, teacher["id"], teacher["expires"], bodies.pack(line)))
        sequence = sequence_of(teacher)
        terms.add(terms_in(sequence), row)
        tags.add(tags_of(teacher), row)
        near.add(pairs.pairs_in(sequence, numbers), row)
        if len(rows) == BATCH:
            yield Rows(rows)
            rows = []
    yield Rows(rows)
    yield Common(list(numbers.items()))
    yield from _in_chunks("posting", terms.segment())
    yield from _in_chunks("pair", pairs.sets_of(near))
    yield from _in_chunks("facet", tags.written())


def _each_once(lines: Iterable[Line]) -> Iterator[Line]:
    seen = set()
    for teacher, line in lines:
        if teacher["id"] not in seen:
            seen.add(teacher["id"])
            yield teacher, line


def _in_chunks(table: str, sets: Iterable[tuple[str | int, bytes]]) -> Iterator[Sets]:
    coming = iter(sets)
    while chunk := list(islice(coming, 4 * BATCH)):
        yield Sets(table, chunk)
