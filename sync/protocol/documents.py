"""Shared documents as CRDTs (Yjs by pycrdt), merged alike by client and server.

How a kind's parts lie in the document, for ever: a text is a root text of its
name; a set is a root map ``set:NAME`` from item to true; scalars are entries of
the root map ``values``; a list is a root map ``list:NAME`` from an item's id to
a map of its texts, scalars and ``at`` (its place); a map is a root map
``map:NAME`` with entries ``KEY:FIELD``. Everything else in a document belongs
to newer versions and stays as it is.

No bytes from outside reach the library before :mod:`sync.protocol.yjs` has read
them, and no edit is taken in that does not stand on what is there.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sync.protocol import places
from sync.protocol.document_parts import DocumentKind, ListPart, MapPart, ScalarPart, SetPart, TextPart
from sync.protocol.document_view import PLACE, place, read_field, read_part, root_name, roots
from sync.protocol.text_edits import rewrite
from sync.protocol.yjs import MAX_EDIT_STRUCTS, MAX_STRUCTS, TYPE, DocumentError, read, read_state_vector
from sync.protocol.yjs_order import Integration, Owners

if TYPE_CHECKING:  # pycrdt brings a tenth of a second of modules: the first document loads it, not every start
    from pycrdt import TransactionEvent

__all__ = ["MAX_STATE", "DocumentError", "DocumentKind", "RebuiltError", "SharedDocument", "merge", "merged"]


class RebuiltError(DocumentError):
    """An edit was found bad only by merging it, and the document had to be loaded anew without it."""


MAX_STATE = 8 * 1024 * 1024
Admit = Callable[[Integration], None]


class SharedDocument:
    """One replica of a document. Not for sharing between threads.

    Calls that change it return the edit made, for others to ``apply``; it is empty where nothing changed.
    """

    def __init__(self, kind: DocumentKind, state: bytes | None = None) -> None:
        """Open a state of the own store. Raises DocumentError for bytes that are none."""
        self.kind = kind
        self._kept: list[bytes] = []
        self._begin()
        if state:
            self.take_in(state)

    def _begin(self) -> None:
        from pycrdt import Doc

        self._doc: Doc[Any] = Doc()
        self._made: list[bytes] = []
        self._known: dict[int, int] | None = None
        self._owners: Owners | None = None
        self._roots = roots(self.kind, self._doc)
        self._doc.observe(self._note)

    def _note(self, event: "TransactionEvent") -> None:
        self._made.append(bytes(event.update))

    # -- reading ---------------------------------------------------------------------------

    def fields(self) -> dict[str, Any]:
        """All parts as plain values: texts, sorted items, scalars, lists of items with their ids, maps."""
        return {name: self.field(name) for name in self.kind.names}

    def field(self, name: str) -> Any:
        """One part as a plain value."""
        return read_part(self.kind.by_name[name], self._roots[name])

    def state(self) -> bytes:
        """The whole document, as an edit that makes an empty one equal to it."""
        return bytes(self._doc.get_update())

    def state_vector(self) -> bytes:
        """How far every author's edits are in here, for :meth:`update_since` of another replica."""
        return bytes(self._doc.get_state())

    def update_since(self, vector: bytes) -> bytes:
        """What a replica with that state vector lacks."""
        return bytes(self._doc.get_update(vector))

    # -- merging ---------------------------------------------------------------------------

    def apply(self, update: bytes, structs: int = MAX_STRUCTS, admit: Admit | None = None) -> frozenset[str]:
        """Merge an edit from elsewhere; the names of the parts it touched.

        Raises DocumentError, and then nothing changed: for bytes that are no edit, bring more than ``structs``
        insertions, or do not stand on what is here ("gap"). ``admit`` is asked before about what is new, and may
        raise it too.
        """
        parsed = read(update)
        Integration(parsed, self._vector()).run()  # a gap is found without looking at the whole document
        owners = self._place_owners()
        touched, integration = owners.take_in(parsed, self._vector())
        self._integrate(update, integration, structs, admit)
        self._owners = owners
        return touched

    def merge(self, update: bytes, structs: int = MAX_EDIT_STRUCTS, admit: Admit | None = None) -> None:
        """As :meth:`apply`, without looking up what was touched. Raises DocumentError likewise."""
        parsed = read(update)
        if self._owners or any(struct.content == TYPE for run in parsed.structs.values() for struct in run):
            self.apply(update, structs, admit)  # which also knows how deep types lie in each other
        else:
            self._integrate(update, Integration(parsed, self._vector()).run(), structs, admit)

    def take_in(self, state: bytes) -> None:
        """Merge a state of the own store, which was checked when it came there; only what is new of it is read."""
        from pycrdt import get_update

        with suppress(ValueError):
            state = bytes(get_update(state, self.state_vector()))
        self._take(state)
        self._known = self._owners = None

    def take_in_all(self, edits: Iterable[bytes]) -> None:
        """Merge edits of the own store, in their order; one that lacks earlier ones waits inside."""
        for edit in edits:
            self._take(edit)
        self._known = self._owners = None

    def _integrate(self, update: bytes, integration: Integration, structs: int, admit: Admit | None) -> None:
        if integration.new > structs:
            raise DocumentError("too many structs at once")
        if admit:
            admit(integration)
        self._take(update)
        self._known = integration.state
        if integration.overlaps and read_state_vector(self.state_vector()) != integration.state:
            self._kept.pop()
            self._rebuild()
            raise RebuiltError("it contradicts what is there")

    def _take(self, update: bytes) -> None:
        try:
            self._doc.apply_update(update)
        except BaseException as error:  # the library panics on some malformed input
            if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
                raise
            self._rebuild()
            raise RebuiltError("not a document's edits") from None
        self._keep(update)

    def _vector(self) -> dict[int, int]:
        if self._known is None:
            self._known = read_state_vector(self.state_vector())
        return self._known

    def _place_owners(self) -> Owners:
        """Which part every insertion is in; made when it is first asked for."""
        owners, self._owners = self._owners, None  # they stand again when the edit at hand was taken in
        if owners is None:
            owners = Owners(self._name_of)
            owners.take_in(read(self.state(), None), {})
        return owners

    def _name_of(self, root: str, key: str | None) -> str | None:
        for part in self.kind.parts:
            if root_name(part) == root and (not isinstance(part, ScalarPart) or part.name == key):
                return part.name
        return None

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
        from pycrdt import Map, Text

        part, root = self._list(name), self._roots[name]
        fields = {field.name: field for field in part.fields}
        made = {n: Text(v) if isinstance(fields[n], TextPart) else v for n, v in values.items()}
        missing = {f.name: Text("") for f in part.fields if isinstance(f, TextPart) and f.name not in values}

        def put() -> None:
            root[item_id] = Map({**missing, **made, PLACE: self._free_place(part, index, item_id)})

        return self._change(put)

    def change_item(self, name: str, item_id: str, values: Mapping[str, Any]) -> bytes:
        """Change fields of an item; nothing happens if it was removed meanwhile."""
        from pycrdt import Text

        fields, item = {field.name: field for field in self._list(name).fields}, self._item(name, item_id)
        if item is None:
            return b""

        def change() -> None:
            for field_name, value in values.items():
                field, now = fields[field_name], item.get(field_name)
                if read_field(field, now) == value:
                    continue
                if isinstance(field, TextPart) and isinstance(now, Text):
                    rewrite(now, value)
                else:
                    item[field_name] = Text(value) if isinstance(field, TextPart) else value

        return self._change(change)

    def move_item(self, name: str, item_id: str, index: int) -> bytes:
        """Move an item so that it becomes number ``index`` of the list; its words stay mergeable meanwhile."""
        part, item = self._list(name), self._item(name, item_id)
        ids = [entry["id"] for entry in self.field(name)]
        if item is None or (item_id in ids and ids.index(item_id) == index):
            return b""

        def move() -> None:
            item[PLACE] = self._free_place(part, index, item_id)

        return self._change(move)

    def remove_item(self, name: str, item_id: str) -> bytes:
        """Take an item out of a list, or an entry of that key out of a map."""
        root = self._roots[name]
        keys = list(root.keys())
        is_map = isinstance(self.kind.by_name[name], MapPart)
        gone = [key for key in keys if (key.rpartition(":")[0] if is_map else key) == item_id]
        return self._change(lambda: [root.pop(key) for key in gone])

    def change_entry(self, name: str, key: str, values: Mapping[str, Any]) -> bytes:
        """Make or change an entry of a map."""
        part, root = self.kind.by_name[name], self._roots[name]
        if not isinstance(part, MapPart) or not {field.name for field in part.fields} >= set(values):
            raise KeyError(name)
        now = self.field(name).get(key, {})
        changed = {f"{key}:{field}": v for field, v in values.items() if field not in now or now[field] != v}
        return self._change(lambda: root.update(changed))

    def _change(self, change: Callable[[], Any]) -> bytes:
        self._made.clear()
        with self._doc.transaction():
            change()
        made = self._made[0] if self._made else b""
        if made:
            self._keep(made)
            self._known = self._owners = None
        return made

    def _set(self, name: str, value: Any) -> None:
        part, root = self.kind.by_name[name], self._roots[name]
        if isinstance(part, TextPart):
            rewrite(root, str(value))
        elif isinstance(part, ScalarPart):
            root[name] = value
        else:
            now, chosen = set(self.field(name)), set(value)
            for item in now - chosen:
                root.pop(item)
            for item in chosen - now:
                root[item] = True

    def _list(self, name: str) -> ListPart:
        part = self.kind.by_name[name]
        if not isinstance(part, ListPart):
            raise KeyError(name)
        return part

    def _item(self, name: str, item_id: str) -> Any:
        from pycrdt import Map

        item = self._roots[name].get(item_id)
        return item if isinstance(item, Map) else None

    def _free_place(self, part: ListPart, index: int | None, moving: str) -> str:
        """A place before the item that is number ``index`` without the one that moves; makes room where there is none."""
        root = self._roots[part.name]
        ids = [item["id"] for item in self.field(part.name) if item["id"] != moving]
        index = len(ids) if index is None else max(0, min(index, len(ids)))
        taken = [place(root[item_id]) for item_id in ids]
        low, high = taken[index - 1] if index else "", taken[index] if index < len(ids) else ""
        with suppress(ValueError):
            return places.between(low, high)
        room = places.spread(len(ids) + 1)
        for item_id, new in zip(ids, room[:index] + room[index + 1 :], strict=True):
            root[item_id][PLACE] = new
        return room[index]


def merge(updates: Iterable[bytes]) -> bytes:
    """Several edits as one."""
    from pycrdt import merge_updates

    return bytes(merge_updates(*updates))


def merged(kind: DocumentKind, state: bytes | None, edits: Iterable[bytes]) -> tuple[bytes, dict[str, Any]]:
    """A state with edits merged in, and its plain values; the document is loaded once. Raises DocumentError."""
    document = SharedDocument(kind, state)
    for edit in edits:
        document.merge(edit)
    new = document.state()
    if len(new) > MAX_STATE:
        raise DocumentError("the document is too large")
    return new, document.fields()
