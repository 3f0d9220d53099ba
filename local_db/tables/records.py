"""Records: the server's row, the local edits on top of it, and what the teacher sees.

``fields`` is what is shown: the server's fields with every unsent local edit
replayed on top; empty while there is none, for then the server's row is shown. When the server's row moves under an unsent edit of the same
field, the local edit stays and the other value is kept as a conflict.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee
from uuid6 import uuid7

from local_db.store import Store
from local_db.tables import outbox

Fields = dict[str, Any]


class Record(peewee.Model):
    kind = peewee.TextField()
    id = peewee.TextField()
    scope = peewee.TextField()
    revision = peewee.IntegerField()
    server_fields = peewee.TextField()
    fields = peewee.TextField()
    deleted = peewee.IntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("kind", "id")


class Conflict(peewee.Model):
    id = peewee.TextField(primary_key=True)
    kind = peewee.TextField()
    record_id = peewee.TextField()
    field = peewee.TextField()
    mine = peewee.TextField()
    theirs = peewee.TextField()
    at = peewee.FloatField()


@dataclass(frozen=True)
class Row:
    """A record as the teacher sees it."""

    kind: str
    id: str
    scope: str
    revision: int
    fields: Fields


@dataclass(frozen=True)
class Difference:
    """Both sides changed the same field; ``theirs`` is kept for the teacher to look at."""

    id: str
    kind: str
    record_id: str
    field: str
    mine: Any
    theirs: Any


def _row(row: dict[str, Any]) -> Row:
    return Row(row["kind"], row["id"], row["scope"], row["revision"], _shown(row))


def _shown(row: dict[str, Any]) -> Fields:
    found: Fields = json.loads(row["fields"] or row["server_fields"])
    return found


def get(store: Store, kind: str, record_id: str) -> Row | None:
    row = store.one(Record.select().where(Record.kind == kind, Record.id == record_id, Record.deleted == 0))
    return _row(row) if row else None


def all_of(store: Store, kind: str, scope: str | None = None) -> list[Row]:
    query = Record.select().where(Record.kind == kind, Record.deleted == 0)
    if scope is not None:
        query = query.where(Record.scope == scope)
    return [_row(row) for row in store.all(query.order_by(Record.id))]


def change(store: Store, kind: str, record_id: str, scope: str, fields: Fields) -> None:
    """Change fields of a record (or make it) and queue the change, in one transaction."""
    with store.transaction():
        known = store.one(Record.select().where(Record.kind == kind, Record.id == record_id))
        waiting = outbox.last_open(store, "record", (kind, record_id))
        if waiting:
            outbox.fold_in(store, waiting.id, {**waiting.body, **fields})
        else:
            revision = known["revision"] if known else 0
            outbox.add(store, str(uuid7()), "record", scope, (kind, record_id), fields, revision)
        shown = {**(_shown(known) if known else {}), **fields}
        server = known["server_fields"] if known else "{}"
        store.run(
            Record.replace(
                kind=kind,
                id=record_id,
                scope=scope,
                revision=known["revision"] if known else 0,
                server_fields=server,
                fields=_json(shown),
                deleted=int(bool(shown.get("deleted"))),
            )
        )


def accept(store: Store, scope: str, rows: Iterable[tuple[str, str, int, Fields]]) -> list[Difference]:
    """Take the server's rows ``(kind, id, revision, fields)``; unsent local edits are replayed on top."""
    pending, plain, differences = outbox.pending_targets(store, "record"), [], []
    for kind, record_id, revision, fields in rows:
        if (kind, record_id) in pending:
            differences += _rebase(store, scope, kind, record_id, revision, fields)
        else:
            plain.append((kind, record_id, scope, revision, _json(fields), "", int(bool(fields.get("deleted")))))
    store.many("insert or replace into record values (?, ?, ?, ?, ?, ?, ?)", plain)
    return differences


def settle(store: Store, applied: Iterable[tuple[str, str, int]]) -> None:
    """Local edits ``(kind, id, revision)`` that the server took become the server's row."""
    store.many(
        "update record set server_fields = iif(fields = '', server_fields, fields), fields = '', revision = ?3 "
        "where kind = ?1 and id = ?2",
        list(applied),
    )


def note_replaced(store: Store, target: tuple[str, str], mine: Fields, replaced: Fields) -> int:
    """Keep the others' values that an edit of ours wrote over unseen; returns how many. Call it before ``settle``."""
    row = store.one(Record.select().where(Record.kind == target[0], Record.id == target[1]))
    known = json.loads(row["server_fields"]) if row else {}
    found = [name for name, theirs in replaced.items() if theirs not in (known.get(name), mine.get(name))]
    for name in found:
        _keep_difference(store, Difference(str(uuid7()), *target, name, mine.get(name), replaced[name]))
    return len(found)


def undo_refused(store: Store, kind: str, record_id: str) -> None:
    """Show the server's row again after an edit of it was given up."""
    store.sql("update record set fields = '' where kind = ? and id = ?", (kind, record_id))


def forget_scope(store: Store, scope: str) -> None:
    """Drop the server's rows of a scope before it is read anew; what waits in the outbox stays."""
    pending = outbox.pending_targets(store, "record")
    for row in store.all(Record.select(Record.kind, Record.id).where(Record.scope == scope)):
        if (row["kind"], row["id"]) not in pending:
            store.run(Record.delete().where(Record.kind == row["kind"], Record.id == row["id"]))


def differences(store: Store) -> list[Difference]:
    return [
        Difference(r["id"], r["kind"], r["record_id"], r["field"], json.loads(r["mine"]), json.loads(r["theirs"]))
        for r in store.all(Conflict.select().order_by(Conflict.at))
    ]


def close_difference(store: Store, difference_id: str) -> None:
    store.run(Conflict.delete().where(Conflict.id == difference_id))


def _rebase(store: Store, scope: str, kind: str, record_id: str, revision: int, theirs: Fields) -> list[Difference]:
    known = store.one(Record.select().where(Record.kind == kind, Record.id == record_id))
    before = json.loads(known["server_fields"]) if known else {}
    mine: Fields = {}
    query = outbox.Outbox.select(outbox.Outbox.body).where(
        outbox.Outbox.kind == "record", outbox.Outbox.target_kind == kind, outbox.Outbox.target_id == record_id
    )
    for entry in store.all(query.order_by(outbox.Outbox.n)):
        mine.update(json.loads(entry["body"]))
    found = []
    for name, value in mine.items():
        if theirs.get(name) not in (before.get(name), value):
            found.append(Difference(str(uuid7()), kind, record_id, name, value, theirs.get(name)))
    for item in found:
        _keep_difference(store, item)
    shown = {**theirs, **mine}
    store.run(
        Record.replace(
            kind=kind,
            id=record_id,
            scope=scope,
            revision=revision,
            server_fields=_json(theirs),
            fields=_json(shown),
            deleted=int(bool(shown.get("deleted"))),
        )
    )
    return found


def _keep_difference(store: Store, item: Difference) -> None:
    store.run(
        Conflict.insert(
            id=item.id,
            kind=item.kind,
            record_id=item.record_id,
            field=item.field,
            mine=_json(item.mine),
            theirs=_json(item.theirs),
            at=time.time(),
        )
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
