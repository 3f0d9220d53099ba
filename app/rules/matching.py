"""How well a teacher fits a project's draft: criteria, points, and the reasons in codes.

Every criterion looks at facets alone, so that a whole directory can be ranked by sets, and one
teacher explained by the same table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.rules.directory import Teacher, age_bands, tags_of

WEIGHTS = {"country": 2, "language": 3, "age": 3, "subject": 2, "available": 3, "activity": 2, "workload": 1}
HEAVIEST = 3


@dataclass(frozen=True)
class Wish:
    """What a draft looks for. ``countries`` are those the project has already."""

    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    bands: frozenset[str] = frozenset()
    today: date = field(default_factory=date.today)


@dataclass(frozen=True)
class Criterion:
    """``points`` for who has at least ``least`` of the ``tags``, or, with ``none``, has none of them."""

    name: str
    reason: str
    points: int
    tags: frozenset[str]
    least: int = 1
    none: bool = False


def wish_of(draft: Mapping[str, Any], countries: Iterable[str], today: date) -> Wish:
    """What a draft of a project asks of a partner."""
    first, last = draft.get("age_from"), draft.get("age_to")
    bands = age_bands(first, last) if isinstance(first, int) and isinstance(last, int) else []
    return Wish(
        frozenset(countries),
        frozenset(draft.get("languages") or ()),
        frozenset(draft.get("subjects") or ()),
        frozenset(bands),
        today,
    )


def criteria(wish: Wish, weights: Mapping[str, int]) -> list[Criterion]:
    """The criteria that a wish gives, each with its points; a weight of 0 leaves it out."""
    subjects = frozenset(f"s:{item}" for item in wish.subjects)
    plain = [
        Criterion("country", "new_country", 2, frozenset(f"c:{item}" for item in wish.countries), none=True),
        Criterion("language", "language", 2, frozenset(f"l:{item}" for item in wish.languages)),
        Criterion("age", "age", 2, frozenset(f"a:{item}" for item in wish.bands)),
        Criterion("subject", "subject", 1, subjects),
        Criterion("subject", "subjects", 1, subjects, least=2),
        Criterion("available", "available", 2, frozenset({"v:yes"})),
        Criterion("activity", "active_month", 1, _days(wish.today, 30)),
        Criterion("activity", "active_quarter", 1, _days(wish.today, 90)),
        Criterion("workload", "free", 1, frozenset({"w:free"})),
        Criterion("workload", "not_busy", 1, frozenset({"w:free", "w:some"})),
    ]
    weighed = [Criterion(c.name, c.reason, c.points * weights.get(c.name, 0), c.tags, c.least, c.none) for c in plain]
    return [c for c in weighed if c.points and (c.tags or c.none)]


def explain(teacher: Teacher, weighed: Iterable[Criterion]) -> tuple[int, list[str]]:
    """A teacher's points, and the reasons that gave them."""
    own, points, reasons = tags_of(teacher), 0, []
    for criterion in weighed:
        count = len(own & criterion.tags)
        if count == 0 if criterion.none else count >= criterion.least:
            points += criterion.points
            reasons.append(criterion.reason)
    return points, reasons


def best(weighed: Iterable[Criterion]) -> int:
    """The most points anybody could have."""
    return sum(criterion.points for criterion in weighed)


def _days(today: date, count: int) -> frozenset[str]:
    return frozenset(f"d:{(today - timedelta(days=n)).isoformat()}" for n in range(-1, count))
