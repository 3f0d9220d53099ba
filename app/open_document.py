"""A document that is being edited: what is typed is kept, and what others wrote is taken in beside it."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.rules.text import storable
from local_db.store import Store
from local_db.tables import documents
from local_db.tables.documents import Author, Stored
from sync.protocol.document_parts import DocumentKind
from sync.protocol.documents import DocumentError, SharedDocument, merge
from sync.protocol.yjs_split import pieces
from sync.rebuild import put_aside

Queued = Callable[[], None]


class OpenDocument:
    """One open replica of a stored document, of whatever kind.

    Calls that change it keep the change in one transaction and tell whether anything was kept. Where the store fails
    (a full disk), they raise its error and ``unsaved`` is true: the change stays here and is stored with the next
    call, whatever that is, or by :meth:`keep`.
    """

    def __init__(
        self, store: Store, kind: DocumentKind, document_id: str, author: Author, queued: Queued, scope: str = ""
    ) -> None:
        """``scope`` is where a document with an id of its own lives; others live in the scope of their id."""
        self._store, self.kind, self._author, self._queued = store, kind, author, queued
        self.id, self._scope = document_id, scope or f"{kind.scope}:{document_id}"
        self._unstored: list[bytes] = []
        self._unstored_names: set[str] = set()
        self.left_out = False
        stored = self._stored()
        self._was_stored = stored.at > 0
        self._replica = SharedDocument(kind, stored.state or None)
        self._generation, self._seen = stored.generation, stored.state
        self._kept_fields = self._replica.fields()

    @property
    def fields(self) -> dict[str, Any]:
        """The document as it is on the screen."""
        return self._replica.fields()

    @property
    def unsaved(self) -> bool:
        """Whether something that was written here is not stored yet."""
        return bool(self._unstored)

    def set_fields(self, values: Mapping[str, Any]) -> bool:
        """Keep changed texts, sets and scalars.

        ``left_out`` tells afterwards whether a text had characters that no text can have (NUL, half a character).
        """
        clean = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
        self.left_out = clean != dict(values)
        changed = {name for name, value in clean.items() if self._replica.field(name) != value}
        return self._keep(self._replica.set_fields(clean), changed)

    def insert_item(self, name: str, item_id: str, values: Mapping[str, Any], index: int | None = None) -> bool:
        """Put an item into a list, at the end or before the item at ``index``."""
        return self._keep(self._replica.insert_item(name, item_id, _storable(values), index), {name})

    def change_item(self, name: str, item_id: str, values: Mapping[str, Any]) -> bool:
        """Change fields of an item of a list."""
        return self._keep(self._replica.change_item(name, item_id, _storable(values)), {name})

    def move_item(self, name: str, item_id: str, index: int) -> bool:
        """Move an item of a list so that it becomes number ``index``."""
        return self._keep(self._replica.move_item(name, item_id, index), {name})

    def remove_item(self, name: str, item_id: str) -> bool:
        """Remove an item of a list, or an entry of a map."""
        return self._keep(self._replica.remove_item(name, item_id), {name})

    def change_entry(self, name: str, key: str, values: Mapping[str, Any]) -> bool:
        """Make or change an entry of a map."""
        return self._keep(self._replica.change_entry(name, key, _storable(values)), {name})

    def keep(self) -> bool:
        """Store what could not be stored before."""
        return self._keep(b"", ())

    def refresh(self) -> set[str]:
        """Take in what arrived from others; gives the names of the parts that changed. What is unsaved stays."""
        before, stored = self._replica.fields(), self._stored()
        if self._is_another(stored):
            self._begin_again(stored)
        elif stored.state != self._seen:
            self._replica.take_in(stored.state)
            self._seen = stored.state
        else:
            return set()
        after = self._replica.fields()
        return {name for name in after if before.get(name) != after[name]}

    def _keep(self, edit: bytes, names: Iterable[str]) -> bool:
        if edit:
            self._unstored.append(edit)
            self._unstored_names |= set(names)
        if not self._unstored:
            return False
        with self._store.transaction():  # the sync thread may have put others' edits into the state meanwhile
            stored = self._stored()
            is_rebuilt = self._is_another(stored)
            seen = self._seen if is_rebuilt else self._store_edits(stored)
        if is_rebuilt:
            self._begin_again(stored)
            return self._keep(b"", ())
        self._seen, self._kept_fields, self._was_stored = seen, self._replica.fields(), True
        self._unstored.clear()
        self._unstored_names.clear()
        self._queued()
        return True

    def _store_edits(self, stored: Stored) -> bytes:
        """Write all that is unstored; gives the newest stored state of which this replica has everything."""
        whole = self._replica
        if stored.state != self._seen:
            whole = SharedDocument(self.kind, stored.state)
            whole.take_in(merge(self._unstored))
        kept = Stored(
            self.id, stored.scope, self.kind.name, whole.state(), whole.fields(), time.time(), stored.generation
        )
        for piece in pieces(merge(self._unstored)):
            documents.keep_local_edit(self._store, kept, piece, self._author, merge, self._unstored_names)
        return kept.state if whole is self._replica else self._seen

    def _begin_again(self, stored: Stored) -> None:
        """The document was rebuilt from the platform's state: unsaved words stand on it, or are put aside.

        So they are when it is not on this computer any more, because the project is not the teacher's any more.
        """
        new = SharedDocument(self.kind, stored.state or None)
        is_gone = self._was_stored and not stored.at
        try:
            if is_gone and self._unstored:
                raise DocumentError("gone")
            for edit in self._unstored:
                new.apply(edit)
        except DocumentError:
            versions = (self._replica.fields(), self._kept_fields)
            with self._store.transaction():
                put_aside(self._store, self.kind, self.id, versions, "gone" if is_gone else "rebuilt")
            self._queued()
            new = SharedDocument(self.kind, stored.state or None)
            self._unstored.clear()
            self._unstored_names.clear()
        self._replica, self._generation, self._seen = new, stored.generation, stored.state
        self._kept_fields, self._was_stored = new.fields(), stored.at > 0

    def _is_another(self, stored: Stored) -> bool:
        """Whether what is stored did not grow out of what is open here: it was rebuilt, or is gone from this computer."""
        return stored.generation != self._generation or (self._was_stored and not stored.at)

    def _stored(self) -> Stored:
        return documents.get(self._store, self.id) or Stored(self.id, self._scope, self.kind.name, b"", {}, 0.0)


def _storable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
