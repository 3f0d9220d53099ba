"""Values that are none of a field's, and honest ones, made from the types of the registry."""

import string
from typing import Any

from sync.protocol import fields
from sync.protocol.fields import Choice, Day, Field, FieldType, Flag, Items, Number, Text

HALF = "\ud800"  # half of a surrogate pair
UNSENDABLE = (  # JSON that is no value of any field; told as 422 for the whole request
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "1" + "0" * 30,
    "1.5",
    '{"a": 1}',
    "[[1]]",
    "[1]",
    "[" * 50 + "]" * 50,
    '"\\ud800"',
    '"' + "x" * 20_001 + '"',
    "[" + ",".join(['"a"'] * 201) + "]",
)
_WRONG: tuple[Any, ...] = (
    None,
    -1,
    2**53 - 1,
    True,
    "",
    "\0",
    "no id of ours!",
    "../../x",
    [],
    ["a", "a"],
    "x" * 20_000,
)


def wrong(field: Field) -> list[Any]:
    """Values that can be sent and are not the field's: of other types, empty, one too long, one too many."""
    values = [*_WRONG, *_beyond(field.type)]
    return [value for value in values if not _is_honest(field, value)]


def honest(kind: FieldType) -> Any:
    """One value of a type."""
    if isinstance(kind, Text):
        return "Words of a teacher"[: kind.limit]
    if isinstance(kind, Number):
        return kind.high
    if isinstance(kind, Flag):
        return True
    if isinstance(kind, Choice):
        return kind.options[0]
    if isinstance(kind, Day):
        return "2026-02-28"
    if isinstance(kind, Items):
        return [honest(kind.of)]
    return {fields.COUNTRY: "TR", fields.CHECKSUM: "0" * 64}.get(kind, "biology")


def _beyond(kind: FieldType) -> list[Any]:
    if isinstance(kind, Text):
        return ["x" * (kind.limit + 1)] if kind.limit < 20_000 else []
    if isinstance(kind, Number):
        return [kind.low - 1, kind.high + 1]
    if isinstance(kind, Day):
        return ["2026-02-30", "2026-2-3", "0000-00-00", "2026-02-28\n"]
    if isinstance(kind, Items):
        return [[honest(kind.of)] * (kind.limit + 1), [""], ["\0"], honest(kind.of)]
    if isinstance(kind, Choice):
        return [kind.options[0].upper(), kind.options[0] + "\n"]
    return [] if isinstance(kind, Flag) else ["x" * 65, "a b", "a\n", "x/y", "İ"]


def _is_honest(field: Field, value: Any) -> bool:
    """Said anew here, in other words than the registry's, so that the two can disagree."""
    kind = field.type
    if value is None:
        return field.empty
    if isinstance(kind, Text):
        fits = isinstance(value, str) and len(value) <= kind.limit and "\0" not in value
        return fits and len("".join(value.split())) >= kind.least
    if isinstance(kind, Number):
        return isinstance(value, int) and not isinstance(value, bool) and kind.low <= value <= kind.high
    if isinstance(kind, Flag):
        return value is True or value is False
    if isinstance(kind, Choice):
        return isinstance(value, str) and value in kind.options
    if isinstance(kind, Items):
        each = [_is_honest(Field("one", kind.of), item) for item in value] if isinstance(value, list) else [False]
        return all(each) and len(each) <= kind.limit
    return not isinstance(kind, Day) and isinstance(value, str) and _is_name(kind, value)


def _is_name(kind: FieldType, value: str) -> bool:
    signs = set(value)
    if kind == fields.COUNTRY:
        return len(value) == 2 and signs <= set(string.ascii_uppercase)
    if kind == fields.CHECKSUM:
        return len(value) == 64 and signs <= set("0123456789abcdef")
    longest = 64 if kind == fields.IDENTIFIER else 40
    plain = signs <= set(string.ascii_letters + string.digits + "_-")
    return plain and 0 < len(value) <= longest and (kind == fields.IDENTIFIER or value[0] not in "_-")
