"""Pairs of common words that stand next to each other: what makes phrases of common words quick.

A phrase is looked up as the intersection of its words, and who has all of them is read to see whether they stand
together. Where one word is rare, few are left to read. Where both are common, their pair has a set of its own, which
answers exactly; pairs that hardly anybody has share a set with others, which leaves few to read. Which words are
common is decided for each pack from its first teachers; being wrong only costs time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pyroaring import BitMap

from local_db.directory.sets import Gathered

SAMPLE = 4_096  # teachers of a pack from whom its common words are learnt
COMMON = 500  # a word that one of so many teachers has is common
LEAST = 8  # in small packs no word is common that fewer have
EXACT = 4  # a pair that so many teachers of a pack have gets a set of its own
SHARED = 251  # sets for all other pairs of a pack
Numbers = dict[str, int]  # common words with their numbers, from 1 on


def common_words(terms: Iterable[set[str]]) -> Numbers:
    """The words that many of these teachers have."""
    teachers, counts = 0, Counter[str]()
    for own in terms:
        teachers += 1
        counts.update(own)
    least = max(LEAST, teachers // COMMON)
    common = sorted(word for word, count in counts.items() if count >= least)
    return {word: number for number, word in enumerate(common[: 2**16 - 1], start=1)}


def pair(first: int, second: int) -> int:
    """Two words' numbers as one key."""
    return first << 16 | second


def pairs_in(sequence: list[str], numbers: Numbers) -> set[int]:
    """The pairs of common words next to each other in a sequence of :func:`app.rules.directory.sequence_of`."""
    own = map(numbers.get, sequence)
    return {first << 16 | second for first, second in pairwise(own) if first and second}


def shared(key: int) -> int:
    """The key of the set that a rare pair shares with others; no pair has such a low one."""
    return key % SHARED


def sets_of(gathered: Gathered[int]) -> Iterator[tuple[int, bytes]]:
    """The sets as they are written for a pack, by key."""
    together = Gathered[int]()
    for key, rows in gathered.rows.items():
        if len(rows) < EXACT:
            together.rows[shared(key)].extend(rows)
    yield from together.written()
    for key in sorted(key for key, rows in gathered.rows.items() if len(rows) >= EXACT):
        yield key, BitMap(gathered.rows[key]).serialize()


def stored(segment: int, key: int) -> int:
    """A pair's number in the file: those of one segment lie together."""
    return segment << 32 | key
