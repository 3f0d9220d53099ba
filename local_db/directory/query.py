"""What a search of the directory asks: light, because the window has it from its start."""

from dataclasses import dataclass

from app.rules.directory import Words
from app.rules.geography import Point
from app.rules.matching import Criterion


@dataclass(frozen=True)
class Search:
    """What is looked for. Facets of one kind are alternatives, facets of different kinds must all hold.

    ``active_since`` is an ISO date; ``within_km`` counts from ``home``; ``only`` limits to some teachers' ids.
    """

    words: Words = Words()
    tags: frozenset[str] = frozenset()
    active_since: str = ""
    within_km: int = 0
    home: Point | None = None
    only: frozenset[str] | None = None


@dataclass(frozen=True)
class Ranking:
    """The order of the results: by ``activity``, by ``distance`` from home, or by ``fit`` to criteria.

    ``turn`` changes who of equals comes first, so that the same people are not always on top.
    """

    by: str = "activity"
    home: Point | None = None
    criteria: tuple[Criterion, ...] = ()
    turn: int = 0
