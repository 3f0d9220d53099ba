"""Searching the directory: every search is a set of rows, every order a list of disjoint sets.

Words are read from the index, facets from sets held in memory. A page of results is cut out of the search's set by
going through the order's sets (days of last activity, rings of distance, points of fit), so nothing is sorted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyroaring import BitMap

from app.rules.directory import KINDS, Words
from app.rules.geography import Point, distance_km, point_of
from app.rules.matching import Criterion
from local_db.directory import bodies
from local_db.directory.database import DirectoryDatabase
from local_db.directory.order import Arrange, Buckets, by_points, fair_first
from local_db.directory.query import Ranking, Search
from local_db.directory.words import WordSets

PAGE = 50
NEAR_KM = (50, 200, 500, 1000, 2000)
_RINGS_KM = (*range(25, 500, 25), *range(500, 5_001, 50), 25_000)


@dataclass
class Hits:
    """A search's result: how many, what each facet would leave, and the rows in order by :meth:`Directory.page`."""

    total: int
    facets: dict[str, int]
    active: dict[str, int]
    near: dict[int, int]
    rows: BitMap = field(repr=False)
    buckets: Buckets = field(repr=False)


class Directory:
    """Searches of one thread on one connection; keeps the facets' sets until the directory changes."""

    def __init__(self, db: DirectoryDatabase) -> None:
        self._db = db
        self._stamp: tuple[int, int, int, int] | None = None
        self._facets: dict[str, BitMap] = {}
        self._all = BitMap()
        self._words: WordSets  # made anew with the facets
        self._days: list[tuple[str, BitMap]] = []
        self._rings: dict[Point, list[BitMap]] = {}
        self._points: dict[tuple[Criterion, ...], list[BitMap]] = {}

    def search(self, search: Search, ranking: Ranking = Ranking()) -> Hits:  # noqa: B008 - frozen
        """The set, the counts and the order of a search."""
        with self._db.snapshot():
            self._refresh()
            base = self._base(search)
            chosen = self._chosen(search)
            hits = _all_of(base, chosen.values())
            facets = self._counts(base, chosen)
            since = self._active_counts(_all_of(base, (v for k, v in chosen.items() if k != "active")))
            near = self._near_counts(search.home, _all_of(base, (v for k, v in chosen.items() if k != "near")))
            buckets = Buckets(hits, self._order(ranking), self._arrange(ranking))
            return Hits(len(hits), facets, since, near, hits, buckets)

    def page(self, hits: Hits, offset: int, limit: int = PAGE) -> list[dict[str, Any]]:
        """Teachers of a result from ``offset`` on; fewer when some left the directory meanwhile."""
        return self._teachers(hits.buckets.rows(offset, limit))

    def get(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Teachers by id; those who are not in the directory are left out."""
        wanted = list(ids)
        teachers: dict[str, dict[str, Any]] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ", ".join("?" * len(part))
            rows = self._db.sql(f"select id, body from teacher where id in ({marks})", part)
            teachers.update({row_id: bodies.unpack(body) for row_id, body in rows})
        return teachers

    def size(self) -> tuple[int, int, float | None]:
        """How many teachers and countries are here, and when the newest pack came (seconds since 1970)."""
        countries = self._db.sql("select rows from facet where tag >= 'c:' and tag < 'c;'")
        ((at,),) = self._db.sql("select max(at) from pack")
        return sum(len(BitMap.deserialize(rows)) for (rows,) in countries), len(countries), at

    def by_country(self, hits: Hits) -> dict[str, int]:
        """How many of a result are in each country."""
        tags = ((tag[2:], rows) for tag, rows in self._facets.items() if tag[0] == "c")
        counts = {country: rows.intersection_cardinality(hits.rows) for country, rows in tags}
        return {country: count for country, count in counts.items() if count}

    def newest_row(self) -> int:
        """The highest row there is: teachers who come later have higher ones."""
        return int(self._db.sql("select coalesce(max(row), 0) from teacher")[0][0])

    def new_since(self, search: Search, known_row: int) -> int:
        """How many of a search's rows came after ``known_row``."""
        rows = self.search(search).rows
        return len(rows) - rows.rank(known_row)

    def suggestion(self, words: Words) -> str:
        """Another spelling of the words that nobody has, one slip of the pen away; empty if there is none."""
        with self._db.snapshot():
            self._refresh()
            return self._words.suggestion(words)

    # -- sets ------------------------------------------------------------------------------

    def _refresh(self) -> None:
        stamp = self._db.stamp()
        if stamp == self._stamp:
            return
        self._facets = {tag: BitMap.deserialize(rows) for tag, rows in self._db.sql("select tag, rows from facet")}
        self._days = sorted(((tag[2:], rows) for tag, rows in self._facets.items() if tag[0] == "d"), reverse=True)
        self._all = BitMap.union(*(rows for _day, rows in self._days)) if self._days else BitMap()
        self._rings, self._points = {}, {}
        self._words = WordSets(self._db, self._all)
        self._stamp = stamp

    def _base(self, search: Search) -> BitMap:
        base = self._words.rows(search.words)
        if search.only is not None:
            base = base & self._rows_of(search.only)
        return base

    def _rows_of(self, ids: frozenset[str]) -> BitMap:
        wanted, rows = sorted(ids), BitMap()
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ", ".join("?" * len(part))
            rows.update(row for (row,) in self._db.sql(f"select row from teacher where id in ({marks})", part))
        return rows

    def _chosen(self, search: Search) -> dict[str, BitMap]:
        """For each kind with a choice, the rows it leaves."""
        rows_left = {
            kind: self._union(tag for tag in search.tags if tag[0] == kind) for kind in {tag[0] for tag in search.tags}
        }
        if search.active_since:
            rows_left["active"] = self._since(search.active_since)
        if search.within_km and search.home:
            rows_left["near"] = BitMap.union(*self._near(search.home, search.within_km), BitMap())
        return rows_left

    def _union(self, tags: Iterable[str]) -> BitMap:
        return BitMap.union(*(self._facets.get(tag, BitMap()) for tag in tags), BitMap())

    def _since(self, day: str) -> BitMap:
        return BitMap.union(*(rows for active, rows in self._days if active >= day), BitMap())

    def _near(self, home: Point, kilometres: int) -> list[BitMap]:
        return [ring for limit, ring in zip(_RINGS_KM, self._rings_around(home), strict=True) if limit <= kilometres]

    def _rings_around(self, home: Point) -> list[BitMap]:
        if home not in self._rings:
            rings: list[list[BitMap]] = [[] for _ in _RINGS_KM]
            for tag, rows in self._facets.items():
                if tag[0] == "p" and (point := point_of(tag[2:])):
                    away = distance_km(home, point)
                    rings[next(n for n, limit in enumerate(_RINGS_KM) if away <= limit)].append(rows)
            self._rings = {home: [BitMap.union(*ring, BitMap()) for ring in rings]}
        return self._rings[home]

    # -- counts ----------------------------------------------------------------------------

    def _counts(self, base: BitMap, chosen: dict[str, BitMap]) -> dict[str, int]:
        """How many would remain with each facet ticked, beside the facets ticked in other kinds."""
        whole = len(base) == len(self._all)
        narrowed = {kind: _all_of(base, (rows for other, rows in chosen.items() if other != kind)) for kind in KINDS}
        free = whole and not chosen
        counts = {}
        for tag, rows in self._facets.items():
            if tag[0] in KINDS:
                count = len(rows) if free else rows.intersection_cardinality(narrowed[tag[0]])
                if count:
                    counts[tag] = count
        return counts

    def _active_counts(self, hits: BitMap) -> dict[str, int]:
        """How many were active since each day there is, newest day first, as sums."""
        sums, total = {}, 0
        for day, rows in self._days:
            total += rows.intersection_cardinality(hits)
            sums[day] = total
        return sums

    def _near_counts(self, home: Point | None, hits: BitMap) -> dict[int, int]:
        if home is None:
            return {}
        counts, total = {}, 0
        for limit, ring in zip(_RINGS_KM, self._rings_around(home), strict=True):
            total += ring.intersection_cardinality(hits)
            if limit in NEAR_KM:
                counts[limit] = total
        return counts

    # -- order -----------------------------------------------------------------------------

    def _order(self, ranking: Ranking) -> Sequence[BitMap]:
        if ranking.by == "distance" and ranking.home:
            rings = self._rings_around(ranking.home)
            return [*rings, self._all - BitMap.union(*rings)]  # last, whose school's place is not known
        if ranking.by == "fit":
            if ranking.criteria not in self._points:
                sets = [(self._fitting(criterion), criterion.points) for criterion in ranking.criteria]
                self._points = {ranking.criteria: by_points(self._all, sets)}
            return self._points[ranking.criteria]
        return [rows for _day, rows in self._days]

    def _arrange(self, ranking: Ranking) -> Arrange | None:
        if ranking.by != "fit":
            return None
        countries = [rows for tag, rows in sorted(self._facets.items()) if tag[0] == "c"]
        return lambda rows: fair_first(rows, countries, ranking.turn)

    def _fitting(self, criterion: Criterion) -> BitMap:
        sets = [self._facets[tag] for tag in criterion.tags if tag in self._facets]
        if criterion.none:
            return self._all - BitMap.union(*sets, BitMap())
        seen = [BitMap() for _ in range(criterion.least)]
        for rows in sets:  # seen[n]: rows that have more than n of the tags
            for deep in range(criterion.least - 1, 0, -1):
                seen[deep] |= seen[deep - 1] & rows
            seen[0] |= rows
        return seen[-1]

    def _teachers(self, rows: list[int]) -> list[dict[str, Any]]:
        marks = ", ".join("?" * len(rows))
        bodies_of = dict(self._db.sql(f"select row, body from teacher where row in ({marks})", rows)) if rows else {}
        return [bodies.unpack(bodies_of[row]) for row in rows if row in bodies_of]


def _all_of(base: BitMap, sets: Iterable[BitMap]) -> BitMap:
    for rows in sets:
        base = base & rows
    return base
