"""What was typed, as a set of rows: words and their beginnings are read from the index, phrases from pairs of words."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pyroaring import BitMap

from app.rules.directory import Words, has_phrase
from local_db.directory import bodies, pairs
from local_db.directory.database import DirectoryDatabase
from local_db.directory.sets import PREFIX_LETTERS

DELTAS = 0  # the segment of what came since the whole packs
_HIGHEST = "\U0010ffff"
Postings = dict[int, BitMap]  # a word's rows by segment


class WordSets:
    """The sets of words at one moment of the directory: make another after it changed."""

    def __init__(self, db: DirectoryDatabase, everyone: BitMap) -> None:
        self._db, self._all = db, everyone
        segments = [DELTAS, *(segment for (segment,) in db.sql("select segment from pack"))]
        self._segments = ", ".join(str(int(segment)) for segment in segments)

    def rows(self, words: Words) -> BitMap:
        """Everyone whose texts fit the words."""
        single = [word for phrase in words.phrases if len(phrase) == 1 for word in phrase]
        parts = [self.beginning(prefix) for prefix in words.prefixes] + [self.word(word) for word in single]
        rows = self._all
        for part in sorted(parts, key=len):
            rows = rows & part
        for word in words.without:
            rows = rows - self.word(word)
        for phrase in words.phrases:
            if len(phrase) > 1:
                rows = self._with_phrase(rows, phrase)
        return rows

    def word(self, word: str) -> BitMap:
        """Everyone who has a word."""
        return united(
            self._db.sql(f"select rows from posting where segment in ({self._segments}) and term = ?", (word,))
        )

    def beginning(self, prefix: str) -> BitMap:
        """Everyone who has a word that begins so."""
        parts: list[tuple[Any, ...]] = []
        left = self._segments
        if len(prefix) <= PREFIX_LETTERS:
            select = f"select rows, segment from posting where segment in ({left}) and term = ?"
            kept = self._db.sql(select, (prefix + "*",))
            parts = [(rows,) for rows, _segment in kept]
            done = {str(segment) for _rows, segment in kept}
            left = ", ".join(number for number in left.split(", ") if number not in done)
        if left:  # segments in which one word alone begins so, or none, and beginnings longer than those kept
            where = f"segment in ({left}) and term >= ? and term < ?"
            parts += self._db.sql(f"select rows from posting where {where}", (prefix, prefix + _HIGHEST))
        return united(parts)

    # -- phrases ---------------------------------------------------------------------------

    def _with_phrase(self, candidates: BitMap, phrase: tuple[str, ...]) -> BitMap:
        """Those of the candidates in one of whose texts the words stand together."""
        by_word = [self._by_segment(word) for word in dict.fromkeys(phrase)]
        numbers = self._numbers(phrase)
        segments = set.intersection(*(set(postings) for postings in by_word))
        keys = {segment: _pairs_of(phrase, numbers.get(segment, {})) for segment in segments}
        near = self._pairs(keys)
        sure, to_read = [BitMap()], [BitMap()]
        for segment in segments:
            rows = candidates
            for postings in by_word:
                rows = rows & postings[segment]
            exact = len(phrase) == 2 and bool(keys[segment])
            for key in keys[segment]:
                own = near.get(pairs.stored(segment, key))
                exact = exact and own is not None
                shared = near.get(pairs.stored(segment, pairs.shared(key)), BitMap())
                rows = rows & (shared if own is None else own)
            (sure if exact else to_read).append(rows)
        return BitMap.union(*sure) | self._standing_together(BitMap.union(*to_read), phrase)

    def _pairs(self, keys: dict[int, set[int]]) -> dict[int, BitMap]:
        """The sets of pairs, of their own and shared, by their numbers in the file."""
        ids = {pairs.stored(segment, key) for segment, own in keys.items() for key in own}
        ids |= {pairs.stored(segment, pairs.shared(key)) for segment, own in keys.items() for key in own}
        near: dict[int, BitMap] = {}
        for part in parts_of(sorted(ids)):
            select = f"select id, rows from pair where id in ({', '.join('?' * len(part))})"
            near.update((int(key), BitMap.deserialize(rows)) for key, rows in self._db.sql(select, part))
        return near

    def _by_segment(self, word: str) -> Postings:
        select = f"select segment, rows from posting where segment in ({self._segments}) and term = ?"
        return {int(segment): BitMap.deserialize(rows) for segment, rows in self._db.sql(select, (word,))}

    def _numbers(self, phrase: tuple[str, ...]) -> dict[int, pairs.Numbers]:
        """In each segment, the numbers of those words of the phrase that are common in it."""
        marks = ", ".join("?" * len(phrase))
        where = f"segment in ({self._segments}) and word in ({marks})"
        numbers: dict[int, pairs.Numbers] = {}
        for segment, word, number in self._db.sql(f"select segment, word, number from common where {where}", phrase):
            numbers.setdefault(int(segment), {})[word] = int(number)
        return numbers

    def _standing_together(self, candidates: BitMap, phrase: tuple[str, ...]) -> BitMap:
        """The slow way: read every candidate."""
        standing = BitMap()
        for part in parts_of(list(candidates)):
            select = f"select row, body from teacher where row in ({', '.join('?' * len(part))})"
            standing.update(row for row, body in self._db.sql(select, part) if has_phrase(bodies.unpack(body), phrase))
        return standing

    # -- slips of the pen ------------------------------------------------------------------

    def suggestion(self, words: Words) -> str:
        """Another spelling of the words that nobody has, one slip of the pen away; empty if there is none."""
        mended = [word if self.beginning(word) else self._nearest(word) for word in words.prefixes]
        return " ".join(mended) if all(mended) and tuple(mended) != words.prefixes else ""

    def _nearest(self, word: str) -> str:
        best, most = "", 0
        for other in _slips(word):
            if (count := len(self.word(other))) > most:
                best, most = other, count
        return best


def parts_of(keys: list[int]) -> Iterator[list[int]]:
    """Keys in parts that fit into one statement."""
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]


def _pairs_of(phrase: tuple[str, ...], numbers: pairs.Numbers) -> set[int]:
    """The keys of a phrase's pairs of common words."""
    return {pairs.pair(numbers[a], numbers[b]) for a, b in pairwise(phrase) if a in numbers and b in numbers}


def united(sets: Iterable[tuple[Any, ...]]) -> BitMap:
    """One set of several as they lie in the file."""
    parts = [BitMap.deserialize(rows) for (rows,) in sets]
    return parts[0] if len(parts) == 1 else BitMap.union(*parts, BitMap())


_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяіїєјљњћџђ",
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
)


def _slips(word: str) -> set[str]:
    """Every word one slip away: a letter too many, missing, wrong, or two swapped."""
    letters = next((alphabet for alphabet in _ALPHABETS if word[:1] in alphabet), _ALPHABETS[0])
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    slips = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    slips |= {a + c + b[1:] for a, b in cuts if b for c in letters} | {a + c + b for a, b in cuts for c in letters}
    return {other for other in slips if len(other) > 1} - {word}
