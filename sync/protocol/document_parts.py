"""What a kind of shared document is made of. Kinds are data: both sides read, merge and show by them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.rules.projects import Problem

PROJECT_SCOPE = "project"
LARGEST_NUMBER = 2**31 - 1  # what a number field of the window can hold
LONGEST_KEY = 200  # characters of an item of a set, or of an id; longer ones are nobody's honest choice
MOST_ITEMS = 2_000  # of a set, list or map that are shown


@dataclass(frozen=True)
class TextPart:
    """A text that many can write in at once. ``limit`` (characters) blocks submitting, never an edit."""

    name: str
    limit: int | None = None
    marked: bool = False


@dataclass(frozen=True)
class SetPart:
    """A choice of items; what two people choose is united. ``limit`` (items) blocks submitting only."""

    name: str
    limit: int | None = None
    vocabulary: str | None = None


@dataclass(frozen=True)
class ScalarPart:
    """One value: a whole number, a truth value or a short text; of two at once, one stays.

    ``lowest`` and ``highest`` bound what may be submitted, or a text's length. A stored value of another type reads
    as ``default``.
    """

    name: str
    type: Literal["int", "bool", "str"] = "int"
    lowest: int = 0
    highest: int = LARGEST_NUMBER
    default: int | bool | str | None = None

    def read(self, value: Any) -> int | bool | str | None:
        """The value as this part's type, whatever a partner's program has stored there."""
        if self.type == "bool":
            return value if isinstance(value, bool) else self.default
        if self.type == "str":
            return value if isinstance(value, str) and len(value) <= max(self.highest, LONGEST_KEY) else self.default
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = is_number and abs(value) <= LARGEST_NUMBER and value == int(value)
        return int(value) if fits else self.default


@dataclass(frozen=True)
class ListPart:
    """An ordered list of items that each have an id, texts and scalars. ``limit`` (items) blocks submitting only."""

    name: str
    fields: tuple[TextPart | ScalarPart, ...]
    limit: int | None = None


@dataclass(frozen=True)
class MapPart:
    """Entries by key, each with scalars; two people who make the same entry both keep their values."""

    name: str
    fields: tuple[ScalarPart, ...]
    limit: int | None = None


Part = TextPart | SetPart | ScalarPart | ListPart | MapPart


@dataclass(frozen=True)
class DocumentKind:
    """A declared kind of document.

    ``scope`` is the kind of scope it lives in, ``write`` and ``read`` name the rights of the matrix that
    its writers and readers need.
    ``identity`` is ``scope`` where a scope has exactly one such document under the scope's own id, and ``free``
    where it has any number of them, each with an id of its own.
    """

    name: str
    parts: tuple[Part, ...]
    write: str
    read: str = "read"
    scope: str = PROJECT_SCOPE
    identity: Literal["scope", "free"] = "scope"
    version: int = 1
    topic: str = field(default="projects")

    @cached_property
    def by_name(self) -> dict[str, Part]:
        """Its parts by their names."""
        return {part.name: part for part in self.parts}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its parts, in the order in which they were declared."""
        return tuple(part.name for part in self.parts)

    def too_long(self, fields: dict[str, Any]) -> list[Problem]:
        """What is over its limit and so may not be submitted; it can still be written and merged."""
        return [
            Problem(part.name, "too_long")
            for part in self.parts
            if not isinstance(part, ScalarPart)
            and part.limit is not None
            and len(fields.get(part.name) or ()) > part.limit
        ]
