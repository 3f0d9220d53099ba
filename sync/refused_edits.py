"""What follows when the platform does not take an edit of a document: no hole is left for later work to fall into."""

import time

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import documents, outbox
from sync.protocol.document_kinds import kind_named
from sync.protocol.documents import SharedDocument
from sync.protocol.messages import DocumentChange
from sync.protocol.yjs_split import pieces
from sync.rebuild import as_on_the_platform, rebuild

GAP = "gap"
MOST_WHOLE = 700_000  # bytes of a document that fit into one edit
WHOLE = "whole"  # in an outbox entry's body: this edit is part of all that the platform misses


def settle(store: Store, change: DocumentChange, code: str) -> None:
    """Deal with a refused edit. Call it in the transaction that stores the answer.

    Where the platform misses an earlier edit, all that it misses goes out once. Otherwise the document becomes what the
    platform has of it, and the words that only this computer has are put aside for the teacher.
    """
    waiting = outbox.of_target(store, "document", change.document_id)
    mine = next((entry for entry in waiting if entry.id == change.id), None)
    stored = documents.get(store, change.document_id)
    if mine is None or stored is None:
        return  # dealt with together with an edit before it
    if code == GAP and WHOLE not in mine.body:
        _send_whole(store, change, stored)
    else:
        rebuild(store, change.document_id, reason=code)


def put_scope_aside(store: Store, scope: str) -> None:
    """A scope is not this account's any more: what its documents say and was never sent is put aside."""
    for document_id in documents.ids_in(store, scope):
        rebuild(store, document_id, reason="gone")


def _send_whole(store: Store, change: DocumentChange, stored: documents.Stored) -> None:
    """Queue anew all that the platform has not taken of a document, in place of every edit that waits."""
    author = next((e for e in documents.history(store, stored.id) if e.id == change.id), None)
    missing = stored.state if len(stored.state) <= MOST_WHOLE else _unsent(store, stored)
    documents.take_out_unsent(store, stored)
    name, now = (author.author_id, author.author) if author else ("", ""), time.time()
    for piece in pieces(missing):
        edit_id = str(uuid7())
        documents.accept_edits(store, [documents.Edit(edit_id, stored.id, None, *name, now, piece, None)])
        outbox.add(store, edit_id, "document", change.scope, (change.kind, change.document_id), {WHOLE: True})


def _unsent(store: Store, stored: documents.Stored) -> bytes:
    """What this computer was never told that the platform has; of a large document there is no room for more."""
    kind = kind_named(stored.kind)
    there = as_on_the_platform(store, stored, kind)
    return SharedDocument(kind, stored.state).update_since(there.state_vector())
