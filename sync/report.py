"""What a sync did, and how far it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Touched = dict[str, set[str]]  # kinds of things that changed here, each with the ids; no ids: any of them
OnTouched = Callable[[Mapping[str, set[str]]], None]


@dataclass
class Report:
    """What a sync did. ``topics`` names the kinds of things that changed here."""

    sent: int = 0
    received: int = 0
    refused: int = 0
    files: int = 0
    differences: int = 0
    topics: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Progress:
    """How far a sync is: ``stage`` is changes, files or directory; counts of items or bytes."""

    stage: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]


def touch(touched: Touched, kind: str, ids: Iterable[str] = ()) -> None:
    """Note things of a kind that changed; without ids, that any of them may have."""
    known, more = touched.get(kind), set(ids)
    touched[kind] = set() if not more or known == set() else (known or set()) | more
