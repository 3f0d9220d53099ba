"""What waits to be sent, in the order in which it was done, and how far each scope was read."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee
from uuid6 import uuid7

from local_db.store import Store
from local_db.tables import settings

OPEN, REFUSED = "open", "refused"
SEALED = "outbox_sealed"  # the setting that tells up to which number entries were handed out for sending


class Outbox(peewee.Model):
    n = peewee.AutoField()
    id = peewee.TextField(unique=True)
    kind = peewee.TextField()
    scope = peewee.TextField()
    target_kind = peewee.TextField()
    target_id = peewee.TextField()
    body = peewee.TextField()
    data = peewee.BlobField(null=True)
    base_revision = peewee.IntegerField(default=0)
    state = peewee.TextField(default=OPEN)
    reason = peewee.TextField(default="")
    at = peewee.FloatField()


class Cursor(peewee.Model):
    scope = peewee.TextField(primary_key=True)
    seq = peewee.IntegerField()


@dataclass(frozen=True)
class Waiting:
    """One change that waits: a record's fields, a document's edits, or a command. ``at`` is seconds since 1970."""

    n: int
    id: str
    kind: str
    scope: str
    target_kind: str
    target_id: str
    body: dict[str, Any]
    base_revision: int
    state: str
    reason: str
    at: float


_COLUMNS = (
    Outbox.n,
    Outbox.id,
    Outbox.kind,
    Outbox.scope,
    Outbox.target_kind,
    Outbox.target_id,
    Outbox.body,
    Outbox.base_revision,
    Outbox.state,
    Outbox.reason,
    Outbox.at,
)


def _waiting(row: dict[str, Any]) -> Waiting:
    return Waiting(**{**row, "body": json.loads(row["body"])})


def add(
    store: Store,
    change_id: str,
    kind: str,
    scope: str,
    target: tuple[str, str],
    body: dict[str, Any],
    base_revision: int = 0,
) -> None:
    """Queue one change. Call it inside the transaction that makes the change."""
    store.run(
        Outbox.insert(
            id=change_id,
            kind=kind,
            scope=scope,
            target_kind=target[0],
            target_id=target[1],
            body=json.dumps(body, ensure_ascii=False),
            base_revision=base_revision,
            at=time.time(),
        )
    )


def queue_command(
    store: Store, scope: str, target: tuple[str, str], args: dict[str, Any], queued: Callable[[], None]
) -> Callable[[], bool]:
    """Queue a command of its own; returns the undo, which is True as long as it was not handed out for sending."""
    change_id = str(uuid7())
    with store.transaction():
        add(store, change_id, "command", scope, target, args)
    queued()

    def undo() -> bool:
        with store.transaction():
            entry = last_open(store, "command", target)
            if entry is None or entry.id != change_id:
                return False
            done(store, [change_id])
        queued()
        return True

    return undo


def last_open(store: Store, kind: str, target: tuple[str, str]) -> Waiting | None:
    """The newest unsent entry for a target, if nothing of it is on its way yet: more can be folded in."""
    query = Outbox.select(*_COLUMNS).where(Outbox.target_kind == target[0], Outbox.target_id == target[1])
    row = store.one(query.order_by(Outbox.n.desc()).limit(1))
    fits = (
        row is not None and row["state"] == OPEN and row["kind"] == kind and row["n"] > settings.get(store, SEALED, 0)
    )
    return _waiting(row) if row and fits else None


def fold_in(store: Store, change_id: str, body: dict[str, Any]) -> None:
    store.run(Outbox.update(body=json.dumps(body, ensure_ascii=False)).where(Outbox.id == change_id))


def take(store: Store, limit: int, after: int = 0) -> list[Waiting]:
    """The next entries behind number ``after``; from now on they are sealed: they keep their content and id
    until an answer comes, and later edits become entries of their own."""
    with store.transaction():
        names = [column.name for column in _COLUMNS]  # thousands of rows: too many for the query builder
        select = f"select {', '.join(names)} from outbox where n > ? and state <> ? order by n limit ?"
        rows = store.sql(select, (after, REFUSED, limit))
        entries = [_waiting(dict(zip(names, row, strict=True))) for row in rows]
        if entries and entries[-1].n > settings.get(store, SEALED, 0):
            settings.put(store, SEALED, entries[-1].n)
    return entries


def done(store: Store, change_ids: list[str]) -> None:
    """Take out what was settled."""
    store.many("delete from outbox where id = ?", [(change_id,) for change_id in change_ids])


def refuse(store: Store, change_id: str, reason: str) -> None:
    store.run(Outbox.update(state=REFUSED, reason=reason).where(Outbox.id == change_id))


def waiting(store: Store) -> list[Waiting]:
    return [_waiting(row) for row in store.all(Outbox.select(*_COLUMNS).order_by(Outbox.n))]


def counts(store: Store) -> tuple[int, int]:
    """How many changes wait, and how many were refused and need the teacher."""
    row = store.sql(
        "select count(*) filter (where state <> 'refused'), count(*) filter (where state = 'refused') from outbox"
    )
    return int(row[0][0]), int(row[0][1])


def pending_targets(store: Store, kind: str) -> set[tuple[str, str]]:
    query = Outbox.select(Outbox.target_kind, Outbox.target_id).where(Outbox.kind == kind)
    return {(row["target_kind"], row["target_id"]) for row in store.all(query)}


def has_command(store: Store, names: tuple[str, ...], target_id: str) -> str | None:
    """The state of a queued command about a target, or None."""
    query = Outbox.select(Outbox.state).where(
        Outbox.kind == "command", Outbox.target_kind.in_(names), Outbox.target_id == target_id
    )
    row = store.one(query.order_by(Outbox.n.desc()).limit(1))
    return str(row["state"]) if row else None


def cursors(store: Store) -> dict[str, int]:
    return {row["scope"]: row["seq"] for row in store.all(Cursor.select())}


def move_cursor(store: Store, scope: str, seq: int) -> None:
    store.run(Cursor.replace(scope=scope, seq=seq))


def renew(store: Store, change_id: str) -> None:
    """Make a refused change a new one, for the server remembers its refusal by id."""
    new = str(uuid7())
    store.run(Outbox.update(id=new, state=OPEN, reason="").where(Outbox.id == change_id))
    store.sql("update document_update set id = ? where id = ?", (new, change_id))
