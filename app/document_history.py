"""A document's history: listed from columns alone; what one sitting changed is computed when it is asked for."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from local_db.store import Store
from local_db.tables import documents
from sync.protocol.document_parts import DocumentKind
from sync.protocol.documents import DocumentError, SharedDocument

CHECKPOINT_EVERY = 500  # edits; so many are applied in a few milliseconds


@dataclass(frozen=True)
class HistoryEntry:
    """One author's sitting and the parts it changed. ``changed`` is empty while nobody has looked yet."""

    edit_id: str
    author: str
    at: float
    sent: bool
    changed: tuple[str, ...]


def entries(store: Store, kind: DocumentKind, document_id: str) -> list[HistoryEntry]:
    """Who wrote what, oldest first; sittings that changed nothing are left out."""
    lines = documents.history_lines(store, document_id)
    in_order = {changed: _in_order(kind, changed) for changed in {line.changed for line in lines}}
    return [
        HistoryEntry(line.id, line.author, line.at, line.seq is not None, in_order[line.changed])
        for line in lines
        if line.changed != ()
    ]


def version(store: Store, kind: DocumentKind, document_id: str, edit_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document's fields before and after one edit. Raises LookupError for an edit that is not there.

    Takes milliseconds from the nearest checkpoint; where there is none yet, as long as the history needs.
    """
    edit = documents.edit_named(store, document_id, edit_id)
    if edit is None:
        raise LookupError(edit_id)
    begin, state = documents.checkpoint_before(store, document_id, edit.seq)
    *earlier, last = documents.edits_between(store, document_id, begin, edit)
    replica = SharedDocument(kind, state or None)
    for start in range(0, len(earlier), CHECKPOINT_EVERY):
        part = earlier[start : start + CHECKPOINT_EVERY]
        replica.take_in_all([each.data for each in part if each.data])
        if len(part) == CHECKPOINT_EVERY and part[-1].seq is not None:
            documents.keep_checkpoint(store, document_id, part[-1].seq, replica.state())
    before = replica.fields()
    replica.take_in_all([last.data])
    return before, replica.fields()


def complete(store: Store, kind: DocumentKind, document_id: str) -> bool:
    """Look up what older edits changed, for which nobody did yet. For a worker; tells whether there were any."""
    if all(line.changed is not None for line in documents.history_lines(store, document_id)):
        return False
    replica = SharedDocument(kind)
    changed: dict[str, tuple[str, ...]] = {}
    for edit in documents.history(store, document_id):
        with suppress(DocumentError):
            if edit.data:
                changed[edit.id] = tuple(sorted(replica.apply(edit.data)))
    with store.transaction():
        documents.note_changed(store, changed)
    return True


def _in_order(kind: DocumentKind, changed: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in kind.names if name in (changed or ()))
