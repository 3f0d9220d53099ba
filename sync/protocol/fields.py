"""Types of fields: what a value of a record or a command's argument may be, checked alike on both sides.

A type says of a value whether it is one of its own (:meth:`FieldType.accepts`) and describes itself in a few words for
docs/protocol.md. Nothing is converted: a value is taken as it is or refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

LARGEST = 2**53 - 1  # the largest whole number that every JSON reader keeps
_ID = re.compile(r"[0-9a-zA-Z_-]{1,64}\Z")
_WORD = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,39}\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class FieldType:
    """What a field holds. Subclasses say which values are theirs."""

    def accepts(self, value: Any) -> bool:
        """Whether ``value`` is of this type and within its limits."""
        raise NotImplementedError

    def describe(self) -> str:
        """The type in a few words, for the documentation."""
        raise NotImplementedError


def is_plain_text(value: Any) -> bool:
    """Whether a value is a string that every database and encoding can keep: no NUL, no half of a surrogate pair."""
    return isinstance(value, str) and "\0" not in value and (value.isascii() or not _has_surrogate(value))


def _has_surrogate(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


@dataclass(frozen=True)
class Text(FieldType):
    """Text of at most ``limit`` characters (code points) and at least ``least`` that are not blank."""

    limit: int
    least: int = 0

    def accepts(self, value: Any) -> bool:
        """A string without NUL or halves of surrogate pairs, within the limit, with enough that is not blank."""
        return (
            is_plain_text(value) and len(value) <= self.limit and (not self.least or len(value.strip()) >= self.least)
        )

    def describe(self) -> str:
        """Says the limit, and whether a blank text will do."""
        return f"text, {'not blank, ' if self.least else ''}at most {self.limit:,} characters"


@dataclass(frozen=True)
class Number(FieldType):
    """A whole number from ``low`` to ``high``."""

    low: int = 0
    high: int = LARGEST

    def accepts(self, value: Any) -> bool:
        """An int within the range; neither a float nor True, which Python counts as 1."""
        return type(value) is int and self.low <= value <= self.high

    def describe(self) -> str:
        """Says the range."""
        return f"number, {self.low:,} to {self.high:,}"


@dataclass(frozen=True)
class Flag(FieldType):
    """True or false, nothing that merely looks like it."""

    def accepts(self, value: Any) -> bool:
        """True or False; not 0, 1 or a word."""
        return isinstance(value, bool)

    def describe(self) -> str:
        """Says that there are two values."""
        return "true or false"


@dataclass(frozen=True)
class Choice(FieldType):
    """One of a few words."""

    options: tuple[str, ...]

    def accepts(self, value: Any) -> bool:
        """One of the options, letter for letter."""
        return isinstance(value, str) and value in self.options

    def describe(self) -> str:
        """Lists the options."""
        return "one of " + ", ".join(self.options)


@dataclass(frozen=True)
class _Pattern(FieldType):
    pattern: re.Pattern[str]
    words: str

    def accepts(self, value: Any) -> bool:
        """A string that fits the pattern from beginning to end."""
        return isinstance(value, str) and self.pattern.match(value) is not None

    def describe(self) -> str:
        """The words that were given with the pattern."""
        return self.words


IDENTIFIER = _Pattern(_ID, "id")
WORD = _Pattern(_WORD, "word of a vocabulary")
COUNTRY = _Pattern(_COUNTRY, "country, two capital letters")
CHECKSUM = _Pattern(_SHA256, "SHA-256 in hex")


@dataclass(frozen=True)
class Day(FieldType):
    """A calendar day in ISO form."""

    def accepts(self, value: Any) -> bool:
        """A string such as 2026-02-28; not a day that no calendar has."""
        if not isinstance(value, str) or not _DAY.match(value):
            return False
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True

    def describe(self) -> str:
        """Says the form of a day."""
        return "day, YYYY-MM-DD"


@dataclass(frozen=True)
class Items(FieldType):
    """A list of at most ``limit`` values of one type."""

    of: FieldType
    limit: int

    def accepts(self, value: Any) -> bool:
        """A list, not longer than the limit, of values that the type of its items accepts."""
        return isinstance(value, list) and len(value) <= self.limit and all(self.of.accepts(item) for item in value)

    def describe(self) -> str:
        """Says the limit and what the items are."""
        return f"list of at most {self.limit}: {self.of.describe()}"


MOMENT = Number(0, 100_000_000_000)  # seconds since 1970


@dataclass(frozen=True)
class Field:
    """A named value of a record or command.

    ``required``: a new record or a command does not go without it. ``empty``: None is a value too. ``server``: only
    the platform writes it, and what a client sends for it is refused.
    """

    name: str
    type: FieldType
    required: bool = False
    empty: bool = False
    server: bool = False

    def accepts(self, value: Any) -> bool:
        """Whether the field may hold ``value``."""
        return (self.empty and value is None) or self.type.accepts(value)


Fields = Mapping[str, Field]


def named(*fields: Field) -> dict[str, Field]:
    """Fields by their names, in their order."""
    return {field.name: field for field in fields}


def first_bad(fields: Fields, values: Mapping[str, Any], *, by_server: bool = False) -> str | None:
    """The name of the first value that is unknown, not of its type, or not the writer's to set; None if all are well."""
    for name, value in values.items():
        field = fields.get(name)
        if field is None or (field.server and not by_server) or not field.accepts(value):
            return name
    return None


def first_missing(fields: Fields, values: Mapping[str, Any]) -> str | None:
    """The name of the first required field that is not among the values."""
    return next((name for name, field in fields.items() if field.required and name not in values), None)
