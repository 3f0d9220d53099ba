"""Shared documents as CRDTs (Yjs by pycrdt), merged alike by client and server.

How a kind's parts lie in the document, for ever: a text is a root text of its
name; a set is a root map ``set:NAME`` from item to true; scalars are entries of
the root map ``values``; a list is a root map ``list:NAME`` from an item's id to
a map of its texts, scalars and ``at`` (its place); a map is a root map
``map:NAME`` with entries ``KEY:FIELD``. Everything else in a document belongs
to newer versions and stays as it is.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from pycrdt import Doc, Map, Text, TransactionEvent, merge_updates

from sync.protocol import places
from sync.protocol.document_parts import (
    LONGEST_KEY,
    MOST_ITEMS,
    DocumentKind,
    ListPart,
    MapPart,
    ScalarPart,
    SetPart,
    TextPart,
)
from sync.protocol.text_edits import rewrite

__all__ = ["MAX_STATE", "DocumentError", "DocumentKind", "SharedDocument", "merge", "merged"]

MAX_STATE = 8 * 1024 * 1024
PLACE = "at"


class DocumentError(ValueError):
    """The bytes are not edits of such a document, or are not whole: ``gap`` where earlier edits are missing."""


class SharedDocument:
    """One replica of a document. Not for sharing between threads.

    Calls that change it return the edit made, for others to ``apply``; it is empty where nothing changed.
    """

    def __init__(self, kind: DocumentKind, state: bytes | None = None) -> None:
        """Open a stored state. Raises DocumentError for bytes that are none."""
        self.kind = kind
        self._kept: list[bytes] = []
        self._begin()
        if state:
            self.apply(state)

    def _begin(self) -> None:
        self._doc: Doc[Any] = Doc()
        self._made: list[bytes] = []
        self._changed: set[str] = set()
        self._values: Map[Any] = self._doc.get("values", type=Map)
        self._roots: dict[str, Any] = {part.name: self._root(part) for part in self.kind.parts}
        self._watch()

    def _root(self, part: Any) -> Any:
        if isinstance(part, TextPart):
            return self._doc.get(part.name, type=Text)
        if isinstance(part, ScalarPart):
            return self._values
        prefix = {SetPart: "set", ListPart: "list", MapPart: "map"}[type(part)]
        return self._doc.get(f"{prefix}:{part.name}", type=Map)

    def _watch(self) -> None:
        """Have every transaction say which parts it touched and which edit it is."""
        scalars = {part.name for part in self.kind.parts if isinstance(part, ScalarPart)}
        self._values.observe(lambda event: self._changed.update(scalars.intersection(event.keys)))  # type: ignore[attr-defined]
        for name, root in self._roots.items():
            if name not in scalars:
                root.observe_deep(self._noter(name))
        self._doc.observe(self._note)

    def _noter(self, name: str) -> Callable[[Any], None]:
        def note(_events: Any) -> None:
            self._changed.add(name)

        return note

    def _note(self, event: TransactionEvent) -> None:
        self._made.append(bytes(event.update))

    # -- reading ---------------------------------------------------------------------------

    def fields(self) -> dict[str, Any]:
        """All parts as plain values: texts, sorted items, scalars, lists of items with their ids, maps."""
        return {name: self.field(name) for name in self.kind.names}

    def field(self, name: str) -> Any:
        """One part as a plain value."""
        part, root = self.kind.by_name[name], self._roots[name]
        if isinstance(part, TextPart):
            return str(root)
        if isinstance(part, ScalarPart):
            return part.read(root.get(name))
        if isinstance(part, SetPart):
            return self._shown(root.keys())
        return self._items(part) if isinstance(part, ListPart) else self._entries(part)

    def state(self) -> bytes:
        """The whole document, as an edit that makes an empty one equal to it."""
        return bytes(self._doc.get_update())

    def state_vector(self) -> bytes:
        """How far every author's edits are in here, for :meth:`update_since` of another replica."""
        return bytes(self._doc.get_state())

    def update_since(self, vector: bytes) -> bytes:
        """What a replica with that state vector lacks."""
        return bytes(self._doc.get_update(vector))

    @staticmethod
    def _shown(keys: Iterable[str]) -> list[str]:
        return sorted(key for key in keys if len(key) <= LONGEST_KEY)[:MOST_ITEMS]

    def _items(self, part: ListPart) -> list[dict[str, Any]]:
        root = self._roots[part.name]
        read = ((key, root.get(key)) for key in self._shown(root.keys()))
        items = [(_place(item), key, item) for key, item in read if isinstance(item, Map)]
        items.sort(key=lambda entry: entry[:2])
        return [{"id": key} | {f.name: _value(f, item.get(f.name)) for f in part.fields} for _at, key, item in items]

    def _entries(self, part: MapPart) -> dict[str, dict[str, Any]]:
        root, fields = self._roots[part.name], {field.name: field for field in part.fields}
        entries: dict[str, dict[str, Any]] = {}
        for name in sorted(root.keys()):
            key, _, field = name.rpartition(":")
            if field in fields and len(key) <= LONGEST_KEY and (key in entries or len(entries) < MOST_ITEMS):
                entry = entries.setdefault(key, {other.name: other.default for other in part.fields})
                entry[field] = fields[field].read(root.get(name))
        return entries

    # -- merging ---------------------------------------------------------------------------

    def apply(self, update: bytes) -> frozenset[str]:
        """Merge an edit from elsewhere; the names of the parts it changed. Raises DocumentError, then nothing changed."""
        if _announced(update) > len(update):
            raise DocumentError("more authors than bytes")
        self._changed.clear()
        try:
            self._doc.apply_update(update)
        except BaseException as error:  # the library panics on some malformed input
            if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
                raise
            self._rebuild()
            raise DocumentError("not a document's edits") from None
        self._keep(update)
        return frozenset(self._changed)

    def _keep(self, update: bytes) -> None:
        """Remember what this replica is made of, so that a bad edit can be taken out again."""
        self._made.clear()
        self._kept.append(update)
        if len(self._kept) > 5_000:
            self._kept = [self.state()]

    def _rebuild(self) -> None:
        self._begin()
        for update in self._kept:
            self._doc.apply_update(update)
        self._made.clear()

    # -- changing --------------------------------------------------------------------------

    def set_fields(self, values: Mapping[str, Any]) -> bytes:
        """Change texts, sets and scalars to the given values. Raises KeyError for a part that is none of these."""
        for name in values:
            if not isinstance(self.kind.by_name[name], TextPart | SetPart | ScalarPart):
                raise KeyError(name)
        changed = {name: value for name, value in values.items() if self.field(name) != value}

        def change() -> None:
            for name, value in changed.items():
                self._set(name, value)

        return self._change(change)

    def insert_item(self, name: str, item_id: str, values: Mapping[str, Any], index: int | None = None) -> bytes:
        """Put an item with an id of its own into a list, at the end or before the item at ``index``."""
        part, root = self._list(name), self._roots[name]
        fields = {field.name: field for field in part.fields}
        made = {n: Text(v) if isinstance(fields[n], TextPart) else v for n, v in values.items()}
        missing = {f.name: Text("") for f in part.fields if isinstance(f, TextPart) and f.name not in values}

        def put() -> None:
            root[item_id] = Map({**missing, **made, PLACE: self._free_place(part, index, item_id)})

        return self._change(put)

    def change_item(self, name: str, item_id: str, values: Mapping[str, Any]) -> bytes:
        """Change fields of an item; nothing happens if it was removed meanwhile."""
        fields, item = {field.name: field for field in self._list(name).fields}, self._item(name, item_id)
        if item is None:
            return b""

        def change() -> None:
            for field_name, value in values.items():
                field, now = fields[field_name], item.get(field_name)
                if _value(field, now) == value:
                    continue
                if isinstance(field, TextPart) and isinstance(now, Text):
                    rewrite(now, value)
                else:
                    item[field_name] = Text(value) if isinstance(field, TextPart) else value

        return self._change(change)

    def move_item(self, name: str, item_id: str, index: int) -> bytes:
        """Move an item so that it becomes number ``index`` of the list; its words stay mergeable meanwhile."""
        part, item = self._list(name), self._item(name, item_id)
        others = [entry["id"] for entry in self._items(part)]
        if item is None or (item_id in others and others.index(item_id) == index):
            return b""

        def move() -> None:
            item[PLACE] = self._free_place(part, index, item_id)

        return self._change(move)

    def remove_item(self, name: str, item_id: str) -> bytes:
        """Take an item out of a list, or an entry of that key out of a map."""
        root = self._roots[name]
        if isinstance(self.kind.by_name[name], MapPart):
            gone = [key for key in root.keys() if key.rpartition(":")[0] == item_id]  # noqa: SIM118
        else:
            gone = [item_id] if item_id in root else []
        return self._change(lambda: [root.pop(key) for key in gone])

    def change_entry(self, name: str, key: str, values: Mapping[str, Any]) -> bytes:
        """Make or change an entry of a map."""
        part, root = self.kind.by_name[name], self._roots[name]
        if not isinstance(part, MapPart) or not {field.name for field in part.fields} >= set(values):
            raise KeyError(name)
        now = self._entries(part).get(key, {})
        changed = {field: value for field, value in values.items() if field not in now or now[field] != value}
        return self._change(lambda: [root.update({f"{key}:{field}": v}) for field, v in changed.items()])

    def _change(self, change: Callable[[], Any]) -> bytes:
        self._made.clear()
        with self._doc.transaction():
            change()
        made = self._made[0] if self._made else b""
        if made:
            self._keep(made)
        return made

    def _set(self, name: str, value: Any) -> None:
        part, root = self.kind.by_name[name], self._roots[name]
        if isinstance(part, TextPart):
            rewrite(root, str(value))
        elif isinstance(part, ScalarPart):
            root[name] = value
        else:
            shown, chosen = set(self.field(name)), set(value)
            for item in shown - chosen:
                root.pop(item)
            for item in chosen - shown:
                root[item] = True

    def _list(self, name: str) -> ListPart:
        part = self.kind.by_name[name]
        if not isinstance(part, ListPart):
            raise KeyError(name)
        return part

    def _item(self, name: str, item_id: str) -> Any:
        item = self._roots[name].get(item_id)
        return item if isinstance(item, Map) else None

    def _free_place(self, part: ListPart, index: int | None, moving: str) -> str:
        """A place before the item that is number ``index`` without the one that moves; makes room where there is none."""
        root = self._roots[part.name]
        ids = [item["id"] for item in self._items(part) if item["id"] != moving]
        index = len(ids) if index is None else max(0, min(index, len(ids)))
        taken = [_place(root[item_id]) for item_id in ids]
        low, high = taken[index - 1] if index else "", taken[index] if index < len(ids) else ""
        with suppress(ValueError):
            return places.between(low, high)
        room = places.spread(len(ids) + 1)
        for item_id, place in zip(ids, room[:index] + room[index + 1 :], strict=True):
            root[item_id][PLACE] = place
        return room[index]


def merge(updates: Iterable[bytes]) -> bytes:
    """Several edits as one."""
    return bytes(merge_updates(*updates))


def merged(kind: DocumentKind, state: bytes | None, edits: Iterable[bytes]) -> tuple[bytes, dict[str, Any]]:
    """A state with edits merged in, and its plain values; the document is loaded once. Raises DocumentError."""
    document = SharedDocument(kind, state)
    for edit in edits:
        document.apply(edit)
    new = document.state()
    if len(new) > MAX_STATE:
        raise DocumentError("the document is too large")
    return new, document.fields()


def _place(item: Any) -> str:
    place = item.get(PLACE)
    return place if isinstance(place, str) else ""


def _value(field: TextPart | ScalarPart, value: Any) -> Any:
    if isinstance(field, TextPart):
        return str(value) if isinstance(value, Text | str) else ""
    return field.read(value)


def _announced(edits: bytes) -> int:
    """How many authors an update says it has (its first number, LEB128): the library makes room for that many at once."""
    number = 0
    for place, byte in enumerate(edits[:10]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return number
