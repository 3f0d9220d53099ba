"""Reading a document's parts as plain values, whatever a partner's program has stored there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sync.protocol.document_parts import (
    LONGEST_KEY,
    MOST_ITEMS,
    DocumentKind,
    ListPart,
    MapPart,
    Part,
    ScalarPart,
    SetPart,
    TextPart,
)

if TYPE_CHECKING:
    from pycrdt import Doc

VALUES = "values"  # the root map of all scalars
PLACE = "at"  # an item's place in its list
_PREFIXES: dict[type, str] = {SetPart: "set", ListPart: "list", MapPart: "map"}


def roots(kind: DocumentKind, doc: "Doc[Any]") -> dict[str, Any]:
    """The root type of each part, made where it is not there yet."""
    from pycrdt import Map, Text

    types = {root_name(part): Text if isinstance(part, TextPart) else Map for part in kind.parts}
    made = {name: doc.get(name, type=shared) for name, shared in types.items()}
    return {part.name: made[root_name(part)] for part in kind.parts}


def root_name(part: Part) -> str:
    """Under which name a part lies in the document."""
    if isinstance(part, TextPart):
        return part.name
    return VALUES if isinstance(part, ScalarPart) else f"{_PREFIXES[type(part)]}:{part.name}"


def read_part(part: Part, root: Any) -> Any:
    """One part as a plain value."""
    if isinstance(part, TextPart):
        return str(root)
    if isinstance(part, ScalarPart):
        return part.read(root.get(part.name))
    if isinstance(part, SetPart):
        return shown(root.keys())
    return _items(part, root) if isinstance(part, ListPart) else _entries(part, root)


def read_field(field: TextPart | ScalarPart, value: Any) -> Any:
    """One field of an item as a plain value."""
    from pycrdt import Text

    if isinstance(field, TextPart):
        return str(value) if isinstance(value, Text | str) else ""
    return field.read(value)


def shown(keys: Iterable[str]) -> list[str]:
    """The keys that are shown, in order: not the absurdly long ones, and not more than a page can bear."""
    return sorted(key for key in keys if len(key) <= LONGEST_KEY)[:MOST_ITEMS]


def place(item: Any) -> str:
    """An item's place among the others, as a text that sorts."""
    value = item.get(PLACE)
    return value if isinstance(value, str) else ""


def _items(part: ListPart, root: Any) -> list[dict[str, Any]]:
    from pycrdt import Map

    read = ((key, root.get(key)) for key in shown(root.keys()))
    items = sorted((place(item), key) for key, item in read if isinstance(item, Map))
    return [{"id": key} | _fields(part, root[key]) for _place, key in items]


def _fields(part: ListPart, item: Any) -> dict[str, Any]:
    return {field.name: read_field(field, item.get(field.name)) for field in part.fields}


def _entries(part: MapPart, root: Any) -> dict[str, dict[str, Any]]:
    fields = {field.name: field for field in part.fields}
    entries: dict[str, dict[str, Any]] = {}
    for name in sorted(root.keys()):
        key, _, field = name.rpartition(":")
        if field in fields and len(key) <= LONGEST_KEY and (key in entries or len(entries) < MOST_ITEMS):
            entry = entries.setdefault(key, {other.name: other.default for other in part.fields})
            entry[field] = fields[field].read(root.get(name))
    return entries
