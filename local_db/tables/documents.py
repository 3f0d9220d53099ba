"""Documents (CRDT): the merged state, its edits with their authors, and columns for lists."""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import peewee

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import outbox

GROUP_SECONDS = 600  # typing of one sitting is one entry of the history
GROUP_BYTES = 40_000  # but never more than the platform takes as one edit
Merge = Callable[[list[bytes]], bytes]
Author = tuple[str, str]  # account id and name


class Document(peewee.Model):
    """``generation`` is another one after the document was rebuilt, or came anew: earlier replicas may hold what it lacks."""

    id = peewee.TextField(primary_key=True)
    scope = peewee.TextField()
    kind = peewee.TextField()
    state = peewee.BlobField()
    fields = peewee.TextField()
    at = peewee.FloatField()
    generation = peewee.IntegerField(default=0)


class DocumentUpdate(peewee.Model):
    """``changed`` names parts as a JSON list, null where nobody looked yet.

    ``merged`` is 0 while an edit is not part of the state: earlier ones lack, or the platform refused it.
    """

    n = peewee.AutoField()
    id = peewee.TextField(unique=True)
    document_id = peewee.TextField()
    seq = peewee.IntegerField(null=True)
    author_id = peewee.TextField()
    author = peewee.TextField()
    at = peewee.FloatField()
    data = peewee.BlobField()
    changed = peewee.TextField(null=True)
    merged = peewee.IntegerField(default=1)

    class Meta:
        table_name = "document_update"


class Checkpoint(peewee.Model):
    """A document's state as it was after the edit number ``seq``."""

    document_id = peewee.TextField()
    seq = peewee.IntegerField()
    state = peewee.BlobField()

    class Meta:
        table_name = "document_checkpoint"
        primary_key = peewee.CompositeKey("document_id", "seq")


@dataclass(frozen=True)
class Stored:
    """A document: ``state`` is its CRDT state, ``fields`` the projection for lists and search."""

    id: str
    scope: str
    kind: str
    state: bytes
    fields: dict[str, Any]
    at: float
    generation: int = 0


@dataclass(frozen=True)
class Edit:
    """One author's edits of one sitting. ``seq`` is None while unsent, ``changed`` while nobody looked what it changed."""

    id: str
    document_id: str
    seq: int | None
    author_id: str
    author: str
    at: float
    data: bytes
    changed: tuple[str, ...] | None = None
    merged: bool = True


@dataclass(frozen=True)
class EditLine:
    """An edit as the history lists it, without its bytes."""

    id: str
    seq: int | None
    author: str
    at: float
    changed: tuple[str, ...] | None


def get(store: Store, document_id: str) -> Stored | None:
    """A document, or None."""
    row = store.one(Document.select().where(Document.id == document_id))
    return Stored(**{**row, "state": bytes(row["state"]), "fields": json.loads(row["fields"])}) if row else None


def projections(store: Store, kind: str, scope: str | None = None) -> list[tuple[str, str, dict[str, Any], float]]:
    """``(id, scope, fields, changed at)`` of every document of a kind, newest first; no CRDT is loaded."""
    query = Document.select(Document.id, Document.scope, Document.fields, Document.at).where(Document.kind == kind)
    if scope is not None:
        query = query.where(Document.scope == scope)
    return [
        (row["id"], row["scope"], json.loads(row["fields"]), row["at"])
        for row in store.all(query.order_by(Document.at.desc()))
    ]


def titles(store: Store, kind: str) -> list[tuple[str, str, float]]:
    """``(id, title, changed at)`` of every document of a kind, newest first; as quick for long texts as for short ones."""
    rows = store.sql(
        "select id, json_extract(fields, '$.title'), at from document where kind = ? order by at desc", (kind,)
    )
    return [(document_id, str(title or ""), at) for document_id, title, at in rows]


def new_generation() -> int:
    """The generation of a document that comes to this computer, perhaps again: no replica of one that was here before
    is taken for one of it."""
    return 1 + secrets.randbits(40)


def keep(store: Store, document: Stored) -> None:
    """Put a document in place of what is stored of it."""
    values = {**vars(document), "fields": json.dumps(document.fields, ensure_ascii=False)}
    store.run(Document.replace(**values))


def keep_local_edit(
    store: Store, document: Stored, edit: bytes, author: Author, merge: Merge, changed: Iterable[str]
) -> None:
    """Keep the new state and queue the edit, in one transaction; typing of one sitting is folded together."""
    now, changed = time.time(), set(changed)
    with store.transaction():
        keep(store, document)
        waiting = outbox.last_open(store, "document", (document.kind, document.id))
        earlier = _edit(store, waiting.id) if waiting and 0 <= now - waiting.at < GROUP_SECONDS else None
        if earlier and len(earlier.data) + len(edit) <= GROUP_BYTES:
            names = json.dumps(sorted(changed | set(earlier.changed or ())))
            values = {"data": merge([earlier.data, edit]), "changed": names}
            store.run(DocumentUpdate.update(**values).where(DocumentUpdate.id == earlier.id))
            return
        made = Edit(str(uuid7()), document.id, None, *author, now, edit, tuple(sorted(changed)))
        accept_edits(store, [made])
        outbox.add(store, made.id, "document", document.scope, (document.kind, document.id), {})


def edit_data(store: Store, edit_id: str) -> bytes:
    """An edit's bytes; empty for one that is not there."""
    edit = _edit(store, edit_id)
    return edit.data if edit else b""


def accept_edits(store: Store, edits: list[Edit]) -> None:
    """Keep edits; one of ours that comes back only gets its place in the order."""
    store.many(
        "insert into document_update (id, document_id, seq, author_id, author, at, data, changed, merged) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set seq = excluded.seq",
        [(e.id, e.document_id, e.seq, e.author_id, e.author, e.at, e.data, _names(e.changed), e.merged) for e in edits],
    )


def history(store: Store, document_id: str) -> list[Edit]:
    """All edits of the state in the server's order, the unsent ones last."""
    query = DocumentUpdate.select().where(DocumentUpdate.document_id == document_id, DocumentUpdate.merged == 1)
    return [_from_row(row) for row in store.all(_in_order(query))]


def history_lines(store: Store, document_id: str) -> list[EditLine]:
    """As :func:`history`, without the bytes: as quick for thousands as for one."""
    rows = store.sql(
        "select id, seq, author, at, changed from document_update where document_id = ? and merged = 1 and length(data) > 0 "
        "order by seq is null, seq, n",
        (document_id,),
    )
    return [EditLine(row[0], row[1], row[2], row[3], _parsed(row[4])) for row in rows]


def edits_between(store: Store, document_id: str, after: int, up_to: Edit) -> list[Edit]:
    """The edits behind number ``after`` up to one of them, that one included."""
    query = DocumentUpdate.select().where(DocumentUpdate.document_id == document_id, DocumentUpdate.merged == 1)
    if up_to.seq is not None:
        query = query.where(DocumentUpdate.seq > after, DocumentUpdate.seq <= up_to.seq)
        return [_from_row(row) for row in store.all(_in_order(query))]
    query = query.where((DocumentUpdate.seq > after) | DocumentUpdate.seq.is_null())
    edits = [_from_row(row) for row in store.all(_in_order(query))]
    return edits[: [edit.id for edit in edits].index(up_to.id) + 1]


def edit_named(store: Store, document_id: str, edit_id: str) -> Edit | None:
    """An edit of a document, or None."""
    edit = _edit(store, edit_id)
    return edit if edit and edit.document_id == document_id else None


def note_changed(store: Store, changed: Mapping[str, Iterable[str]]) -> None:
    """Write down which parts edits changed, where nobody looked yet."""
    store.many(
        "update document_update set changed = ? where id = ? and changed is null",
        [(_names(names), edit_id) for edit_id, names in changed.items()],
    )


def unmerged(store: Store, document_id: str) -> list[Edit]:
    """Edits that the platform has, and that are not part of the state yet."""
    query = DocumentUpdate.select().where(DocumentUpdate.document_id == document_id, DocumentUpdate.merged == 0)
    query = query.where(DocumentUpdate.seq.is_null(False))
    return [_from_row(row) for row in store.all(_in_order(query))]


def note_merged(store: Store, edits: list[Edit]) -> None:
    """Edits that waited have found their place."""
    store.many(
        "update document_update set merged = 1, changed = ? where id = ?", [(_names(e.changed), e.id) for e in edits]
    )


def checkpoint_before(store: Store, document_id: str, seq: int | None) -> tuple[int, bytes]:
    """The newest kept state from before edit number ``seq`` (None: any), as ``(its number, state)``; (0, b"") if none."""
    query = Checkpoint.select().where(Checkpoint.document_id == document_id)
    if seq is not None:
        query = query.where(Checkpoint.seq < seq)
    row = store.one(query.order_by(Checkpoint.seq.desc()).limit(1))
    return (row["seq"], bytes(row["state"])) if row else (0, b"")


def keep_checkpoint(store: Store, document_id: str, seq: int, state: bytes) -> None:
    """Keep a state from which later ones are computed."""
    store.run(Checkpoint.replace(document_id=document_id, seq=seq, state=state))


def take_out_unsent(store: Store, document: Stored) -> None:
    """Take every edit that waits, or was refused, out of the outbox and the history of a document.

    Their bytes stay: one that was on its way already may still come back with a number, and is merged then.
    """
    unsent = "select id from outbox where kind = 'document' and target_kind = ? and target_id = ?"
    store.sql(f"update document_update set merged = 0 where id in ({unsent})", (document.kind, document.id))
    store.sql(
        "delete from outbox where kind = 'document' and target_kind = ? and target_id = ?", (document.kind, document.id)
    )


def unsent_ids(store: Store, document: Stored) -> set[str]:
    """The ids of the document's edits that the platform does not have."""
    query = "select id from outbox where kind = 'document' and target_kind = ? and target_id = ?"
    return {row[0] for row in store.sql(query, (document.kind, document.id))}


def ids_in(store: Store, scope: str) -> list[str]:
    """The ids of a scope's documents."""
    return [row["id"] for row in store.all(Document.select(Document.id).where(Document.scope == scope))]


def forget_scope(store: Store, scope: str) -> None:
    """Remove every document of a scope with all its edits, and what of them waited to be sent."""
    for document_id in ids_in(store, scope):
        stored = get(store, document_id)
        if stored:
            take_out_unsent(store, stored)
        forget(store, document_id)


def forget(store: Store, document_id: str) -> None:
    """Remove a document with all its edits."""
    for model in (DocumentUpdate, Checkpoint):
        store.run(model.delete().where(model.document_id == document_id))
    store.run(Document.delete().where(Document.id == document_id))


def _edit(store: Store, edit_id: str) -> Edit | None:
    row = store.one(DocumentUpdate.select().where(DocumentUpdate.id == edit_id))
    return _from_row(row) if row else None


def _from_row(row: dict[str, Any]) -> Edit:
    values = {name: value for name, value in row.items() if name != "n"}
    values |= {"data": bytes(row["data"]), "changed": _parsed(row["changed"]), "merged": bool(row["merged"])}
    return Edit(**values)


def _in_order(query: Any) -> Any:
    return query.order_by(DocumentUpdate.seq.is_null(), DocumentUpdate.seq, DocumentUpdate.n)


def _names(changed: Iterable[str] | None) -> str | None:
    return None if changed is None else json.dumps(sorted(changed))


@lru_cache(1_000)
def _parsed(changed: str | None) -> tuple[str, ...] | None:
    return None if changed is None else tuple(json.loads(changed))
