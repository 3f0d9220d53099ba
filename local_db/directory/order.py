"""Orders as lists of disjoint sets: random access into a million results without sorting them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from pyroaring import BitMap

Arrange = Callable[[BitMap], "Sequence[int]"]
FAIR = 300  # places at the top of each level that countries share out among them


class Buckets:
    """The rows of a result in order. ``arrange`` orders within one set; without it, by row."""

    def __init__(self, hits: BitMap, order: Sequence[BitMap], arrange: Arrange | None) -> None:
        self._hits, self._order, self._arrange = hits, order, arrange
        self._ends: list[int] = []  # how many rows the first n sets hold; grows as far as was looked
        self._arranged: dict[int, Sequence[int]] = {}

    def rows(self, offset: int, limit: int) -> list[int]:
        """Rows ``offset`` to ``offset + limit`` of the result."""
        rows: list[int] = []
        self._count_to(offset + 1)
        place = bisect_right(self._ends, offset)
        before = self._ends[place - 1] if place else 0
        while len(rows) < limit and place < len(self._order):
            part = self._part(place)
            rows += part[max(0, offset - before) : offset - before + limit - len(rows)]
            offset, before, place = max(offset, before + len(part)), before + len(part), place + 1
        return rows

    def _part(self, place: int) -> Sequence[int]:
        if place not in self._arranged:
            rows = self._hits & self._order[place]
            self._arranged[place] = self._arrange(rows) if self._arrange else _Rows(rows)
        return self._arranged[place]

    def _count_to(self, end: int) -> None:
        total = self._ends[-1] if self._ends else 0
        while total < end and len(self._ends) < len(self._order):
            total += self._hits.intersection_cardinality(self._order[len(self._ends)])
            self._ends.append(total)


class _Rows(Sequence[int]):
    """A set read like a list, by places."""

    def __init__(self, rows: BitMap) -> None:
        self._rows, self._count = rows, len(rows)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int | slice) -> "int | list[int]":  # type: ignore[override]
        return list(self._rows[place]) if isinstance(place, slice) else int(self._rows[place])


class _Top(Sequence[int]):
    """Some rows first, then the rest by row."""

    def __init__(self, first: list[int], rest: BitMap) -> None:
        self._first, self._rest, self._count = first, rest, len(first) + len(rest)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int | slice) -> "int | list[int]":  # type: ignore[override]
        if not isinstance(place, slice):
            return self[place : place + 1][0]  # type: ignore[index]
        start, stop, _step = place.indices(self._count)
        head = len(self._first)
        return self._first[start:stop] + (list(self._rest[max(0, start - head) : max(0, stop - head)]))


def by_points(everyone: BitMap, sets: Iterable[tuple[BitMap, int]]) -> list[BitMap]:
    """Split ``everyone`` by the sum of the points of the sets each is in, most points first.

    The sums are kept bit by bit, one set for each binary digit, and added as a circuit adds: a few operations
    on whole sets instead of one for each teacher.
    """
    digits: list[BitMap] = []
    for rows, points in sets:
        for place in range(points.bit_length()):
            if points >> place & 1:
                _add(digits, rows, place)
    levels = [everyone]
    for digit in reversed(digits):
        levels = [part for level in levels for part in (level & digit, level - digit) if part]
    return levels


def _add(digits: list[BitMap], rows: BitMap, place: int) -> None:
    carry = rows
    while carry:
        while place >= len(digits):
            digits.append(BitMap())
        digits[place], carry = digits[place] ^ carry, digits[place] & carry
        place += 1


def fair_first(rows: BitMap, countries: Sequence[BitMap], turn: int) -> Sequence[int]:
    """Equals in turn, one of each country after the other, beginning at another one with every ``turn``."""
    own = [part for country in countries if (part := rows & country)]
    if not own or len(rows) <= 1:
        return list(rows)
    chosen: list[int] = []
    begin = [turn * 7919 % len(part) for part in own]
    order = [(turn + number) % len(own) for number in range(len(own))]
    step = 0
    while len(chosen) < min(FAIR, len(rows)):
        left = [number for number in order if step < len(own[number])]
        chosen += [own[number][(begin[number] + step) % len(own[number])] for number in left]
        step += 1
    chosen = chosen[:FAIR]
    return _Top(chosen, rows - BitMap(chosen))
