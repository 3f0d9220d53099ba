"""What waits to be sent, in the order in which it was done, and how far each scope was read."""

import json
import time
from typing import Any, NamedTuple

import peewee

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import settings

OPEN, REFUSED = "open", "refused"
LAST = 2**63 - 1  # no entry has a larger number
SEALED = "outbox_sealed"  # the setting that tells up to which number entries were handed out for sending


class Outbox(peewee.Model):
    """A queued change as it is stored; see :class:`Waiting`. ``n`` gives the order, ``body`` is JSON."""

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
    """How far a scope was read; ``began`` while it is read from its beginning: how far it had come then."""

    scope = peewee.TextField(primary_key=True)
    seq = peewee.IntegerField()
    began = peewee.IntegerField(default=0)


class Waiting(NamedTuple):
    """One change that waits: a record's fields, a document's edits, or a command. ``at`` is seconds since 1970.

    ``text`` is JSON, and ``body`` what it says: thousands are sent without being read.
    """

    n: int
    id: str
    kind: str
    scope: str
    target_kind: str
    target_id: str
    text: str
    base_revision: int
    state: str
    reason: str
    at: float

    @property
    def body(self) -> dict[str, Any]:
        """A record's fields or a command's arguments."""
        read: dict[str, Any] = json.loads(self.text)
        return read


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
    return Waiting(*row.values())


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


def cancel(store: Store, change_id: str) -> bool:
    """Take a change out again, unless it was handed out for sending; whether it could be."""
    row = store.one(Outbox.select(Outbox.n, Outbox.state).where(Outbox.id == change_id))
    if row is None or (row["state"] == OPEN and row["n"] <= settings.get(store, SEALED, 0)):
        return False
    done(store, [change_id])
    return True


def last_open(store: Store, kind: str, target: tuple[str, str]) -> Waiting | None:
    """The newest unsent entry for a target, if nothing of it is on its way yet: more can be folded in."""
    query = Outbox.select(*_COLUMNS).where(Outbox.target_kind == target[0], Outbox.target_id == target[1])
    row = store.one(query.order_by(Outbox.n.desc()).limit(1))
    fits = (
        row is not None and row["state"] == OPEN and row["kind"] == kind and row["n"] > settings.get(store, SEALED, 0)
    )
    return _waiting(row) if row and fits else None


def fold_in(store: Store, change_id: str, body: dict[str, Any]) -> None:
    """Give an unsent entry a new body, with later edits in it. Only for one that :func:`last_open` gave."""
    store.run(Outbox.update(body=json.dumps(body, ensure_ascii=False)).where(Outbox.id == change_id))


def take(store: Store, limit: int, after: int = 0, until: int | None = None) -> list[Waiting]:
    """The next entries behind number ``after`` and up to ``until``; from now on they are sealed: they keep their content and id
    until an answer comes, and later edits become entries of their own."""
    with store.transaction():
        names = [column.name for column in _COLUMNS]  # thousands of rows: too many for the query builder
        select = f"select {', '.join(names)} from outbox where n > ? and n <= ? and state <> ? order by n limit ?"
        rows = store.sql(select, (after, LAST if until is None else until, REFUSED, limit))
        entries = [Waiting(*row) for row in rows]
        if entries and entries[-1].n > settings.get(store, SEALED, 0):
            settings.put(store, SEALED, entries[-1].n)
    return entries


def done(store: Store, change_ids: list[str]) -> None:
    """Take out what was settled."""
    for start in range(0, len(change_ids), 500):
        ids = change_ids[start : start + 500]
        store.sql(f"delete from outbox where id in ({', '.join('?' * len(ids))})", ids)


def get(store: Store, change_id: str) -> Waiting | None:
    """A queued change, or None."""
    row = store.one(Outbox.select(*_COLUMNS).where(Outbox.id == change_id))
    return _waiting(row) if row else None


def put_back(store: Store, entry: Waiting) -> None:
    """Queue a change that was taken out as it was, behind all others."""
    values = entry._asdict()
    store.run(Outbox.insert(body=values.pop("text"), **{name: value for name, value in values.items() if name != "n"}))


def refuse(store: Store, change_id: str, reason: str) -> None:
    """The platform refused a change; it stays, with the code of the reason, until the teacher decides about it."""
    store.run(Outbox.update(state=REFUSED, reason=reason).where(Outbox.id == change_id))


def waiting(store: Store, *, refused: bool | None = None, most: int | None = None) -> list[Waiting]:
    """What is queued, in order: everything, refused changes alone or those that wait; the first ones of them."""
    query = Outbox.select(*_COLUMNS)
    if refused is not None:
        query = query.where(Outbox.state == REFUSED if refused else Outbox.state != REFUSED)
    return [_waiting(row) for row in store.all(query.order_by(Outbox.n).limit(most))]


def counts(store: Store) -> tuple[int, int]:
    """How many changes wait, and how many were refused and need the teacher."""
    row = store.sql(
        "select count(*) filter (where state <> 'refused'), count(*) filter (where state = 'refused') from outbox"
    )
    return int(row[0][0]), int(row[0][1])


def pending_targets(store: Store, kind: str) -> set[tuple[str, str]]:
    """``(kind, id)`` of what queued changes of a kind are about, refused ones too."""
    rows = store.sql("select target_kind, target_id from outbox where kind = ?", (kind,))
    return {(target_kind, target_id) for target_kind, target_id in rows}


def has_command(store: Store, names: tuple[str, ...], target_id: str) -> str | None:
    """The state of a queued command about a target, or None."""
    query = Outbox.select(Outbox.state).where(
        Outbox.kind == "command", Outbox.target_kind.in_(names), Outbox.target_id == target_id
    )
    row = store.one(query.order_by(Outbox.n.desc()).limit(1))
    return str(row["state"]) if row else None


def commands(store: Store, *names: str) -> list[Waiting]:
    """The commands of these names that wait and were not refused, in their order."""
    where = (Outbox.kind == "command", Outbox.target_kind.in_(names), Outbox.state != REFUSED)
    return [_waiting(row) for row in store.all(Outbox.select(*_COLUMNS).where(*where).order_by(Outbox.n))]


def commanded(store: Store, *names: str) -> list[tuple[str, str]]:
    """As :func:`commands`, the name and the target of each alone."""
    query = Outbox.select(Outbox.target_kind, Outbox.target_id).where(
        Outbox.kind == "command", Outbox.target_kind.in_(names), Outbox.state != REFUSED
    )
    return [(row["target_kind"], row["target_id"]) for row in store.all(query.order_by(Outbox.n))]


def commands_and_refused(store: Store, name: str) -> list[Waiting]:
    """The commands of a name that wait or were refused, in their order."""
    where = (Outbox.kind == "command", Outbox.target_kind == name)
    return [_waiting(row) for row in store.all(Outbox.select(*_COLUMNS).where(*where).order_by(Outbox.n))]


def of_target(store: Store, kind: str, target_id: str) -> list[Waiting]:
    """Everything queued about one record or document, refused entries too, in their order."""
    where = (Outbox.kind == kind, Outbox.target_id == target_id)
    return [_waiting(row) for row in store.all(Outbox.select(*_COLUMNS).where(*where).order_by(Outbox.n))]


def cursors(store: Store) -> tuple[dict[str, int], dict[str, int]]:
    """How far each scope was read, and for those still being begun, how far they had come then."""
    rows = store.sql("select scope, seq, began from cursor")
    return {scope: seq for scope, seq, _began in rows}, {scope: began for scope, _seq, began in rows if began}


def move_cursor(store: Store, scope: str, seq: int, began: int = 0) -> None:
    """A scope was read up to ``seq``."""
    store.run(Cursor.replace(scope=scope, seq=seq, began=began))


def forget_cursor(store: Store, scope: str) -> None:
    """A scope is not this account's any more."""
    store.run(Cursor.delete().where(Cursor.scope == scope))


def renew(store: Store, change_id: str) -> None:
    """Make a refused change a new one, for the server remembers its refusal by id."""
    store.run(Outbox.update(state=OPEN, reason="").where(Outbox.id == change_id))
    _give_new_id(store, change_id)


def begin_anew(store: Store) -> None:
    """Every scope from its beginning, and what waits under new ids: the old ones may have gone out from another copy,
    and the entries gone on growing since."""
    store.run(Cursor.update(seq=0, began=0))
    for row in store.all(Outbox.select(Outbox.id)):
        _give_new_id(store, row["id"])
    settings.put(store, SEALED, 0)


def _give_new_id(store: Store, change_id: str) -> None:
    new = str(uuid7())
    store.run(Outbox.update(id=new).where(Outbox.id == change_id))
    store.sql("update document_update set id = ? where id = ?", (new, change_id))
