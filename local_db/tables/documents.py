"""Documents (CRDT): the merged state, its edits with their authors, and columns for lists."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee
from uuid6 import uuid7

from local_db.store import Store
from local_db.tables import outbox

GROUP_SECONDS = 600  # typing of one sitting is one entry of the history
Merge = Callable[[list[bytes]], bytes]


class Document(peewee.Model):
    id = peewee.TextField(primary_key=True)
    scope = peewee.TextField()
    kind = peewee.TextField()
    state = peewee.BlobField()
    fields = peewee.TextField()
    at = peewee.FloatField()


class DocumentUpdate(peewee.Model):
    n = peewee.AutoField()
    id = peewee.TextField(unique=True)
    document_id = peewee.TextField()
    seq = peewee.IntegerField(null=True)
    author_id = peewee.TextField()
    author = peewee.TextField()
    at = peewee.FloatField()
    data = peewee.BlobField()

    class Meta:
        table_name = "document_update"


@dataclass(frozen=True)
class Stored:
    """A document: ``state`` is its CRDT state, ``fields`` the projection for lists and search."""

    id: str
    scope: str
    kind: str
    state: bytes
    fields: dict[str, Any]
    at: float


@dataclass(frozen=True)
class Edit:
    """One author's edits of one sitting. ``seq`` is None while unsent."""

    id: str
    document_id: str
    seq: int | None
    author_id: str
    author: str
    at: float
    data: bytes


def get(store: Store, document_id: str) -> Stored | None:
    row = store.one(Document.select().where(Document.id == document_id))
    return Stored(**{**row, "state": bytes(row["state"]), "fields": json.loads(row["fields"])}) if row else None


def projections(store: Store, kind: str) -> list[tuple[str, str, dict[str, Any], float]]:
    """``(id, scope, fields, changed at)`` of every document of a kind, newest first; no CRDT is loaded."""
    query = Document.select(Document.id, Document.scope, Document.fields, Document.at).where(Document.kind == kind)
    return [
        (row["id"], row["scope"], json.loads(row["fields"]), row["at"])
        for row in store.all(query.order_by(Document.at.desc()))
    ]


def keep(store: Store, document: Stored) -> None:
    store.run(
        Document.replace(
            id=document.id,
            scope=document.scope,
            kind=document.kind,
            state=document.state,
            fields=json.dumps(document.fields, ensure_ascii=False),
            at=document.at,
        )
    )


def keep_local_edit(store: Store, document: Stored, edit: bytes, author: tuple[str, str], merge: Merge) -> None:
    """Keep the new state and queue the edit, in one transaction; typing of one sitting is folded together."""
    now = time.time()
    with store.transaction():
        keep(store, document)
        waiting = outbox.last_open(store, "document", (document.kind, document.id))
        if waiting and 0 <= now - waiting.at < GROUP_SECONDS:
            earlier = store.one(DocumentUpdate.select(DocumentUpdate.data).where(DocumentUpdate.id == waiting.id))
            whole = merge([bytes(earlier["data"]), edit]) if earlier else edit
            store.run(DocumentUpdate.update(data=whole).where(DocumentUpdate.id == waiting.id))
            return
        edit_id = str(uuid7())
        store.run(
            DocumentUpdate.insert(
                id=edit_id, document_id=document.id, seq=None, author_id=author[0], author=author[1], at=now, data=edit
            )
        )
        outbox.add(store, edit_id, "document", document.scope, (document.kind, document.id), {})


def edit_data(store: Store, edit_id: str) -> bytes:
    row = store.one(DocumentUpdate.select(DocumentUpdate.data).where(DocumentUpdate.id == edit_id))
    return bytes(row["data"]) if row else b""


def accept_edits(store: Store, edits: list[Edit]) -> None:
    """Keep the server's edits; one of ours that comes back only gets its place in the order."""
    store.many(
        "insert into document_update (id, document_id, seq, author_id, author, at, data) values (?, ?, ?, ?, ?, ?, ?) "
        "on conflict (id) do update set seq = excluded.seq",
        [(e.id, e.document_id, e.seq, e.author_id, e.author, e.at, e.data) for e in edits],
    )


def history(store: Store, document_id: str) -> list[Edit]:
    """All edits in the server's order, the unsent ones last."""
    query = DocumentUpdate.select().where(DocumentUpdate.document_id == document_id)
    rows = store.all(query.order_by(DocumentUpdate.seq.is_null(), DocumentUpdate.seq, DocumentUpdate.n))
    return [Edit(**{k: v for k, v in {**row, "data": bytes(row["data"])}.items() if k != "n"}) for row in rows]


def forget(store: Store, document_id: str) -> None:
    store.run(DocumentUpdate.delete().where(DocumentUpdate.document_id == document_id))
    store.run(Document.delete().where(Document.id == document_id))
