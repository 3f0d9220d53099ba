"""Records: the server's row, the local edits on top of it, and what the teacher sees.

``fields`` is what is shown: the server's fields with every unsent local edit
replayed on top; empty while there is none, for then the server's row is shown. When the server's row moves under an unsent edit of the same
field, the local edit stays and the other value is kept as a conflict.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import peewee

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import outbox

Fields = dict[str, Any]
SHOWN = "iif(fields = '', server_fields, fields)"  # what the teacher sees of a record, as the indexes know it
TIME = "at"  # the field that tells when something was made
_NAMES = ("kind", "id", "scope", "revision", "server_fields", "fields")


class Record(peewee.Model):
    """A record as it is stored; both kinds of fields are JSON, and the module says how they differ.

    ``deleted``: what is shown is a deletion. ``stale``: its scope is being read anew and it has not come again yet.
    ``unreadable``: it came in a form that nobody here can read.
    """

    kind = peewee.TextField()
    id = peewee.TextField()
    scope = peewee.TextField()
    revision = peewee.IntegerField()
    server_fields = peewee.TextField()
    fields = peewee.TextField()
    deleted = peewee.IntegerField(default=0)
    stale = peewee.IntegerField(default=0)
    unreadable = peewee.IntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("kind", "id")


class Conflict(peewee.Model):
    """A difference as it is stored: ``mine`` and ``theirs`` are JSON, ``at`` is seconds since 1970."""

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
    fields: Fields = json.loads(row["fields"] or row["server_fields"])
    return fields


class ServerRow(NamedTuple):
    """A record as the server has it. ``unreadable`` ones are kept as they came, and shown to nobody.

    ``text`` is the fields as JSON where somebody has it already.
    """

    kind: str
    id: str
    revision: int
    fields: Fields
    unreadable: bool = False
    text: str = ""


@dataclass(frozen=True)
class Query:
    """Records of a kind: those of a scope, with given values of indexed fields, in an order, a page of them.

    A list of values means any of them. ``order`` names a field, ``newest`` turns it round.
    """

    kind: str
    scope: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    order: str = ""
    newest: bool = False
    limit: int | None = None
    offset: int = 0
    deleted: bool = False


def get(store: Store, kind: str, record_id: str, *, deleted: bool = False) -> Row | None:
    """A record as it is shown; with ``deleted``, also one that was deleted here."""
    where = (Record.kind == kind, Record.id == record_id, Record.unreadable == 0)
    row = store.one(Record.select().where(*where))
    return _row(row) if row and (deleted or not row["deleted"]) else None


def all_of(store: Store, kind: str, scope: str | None = None) -> list[Row]:
    """All records of a kind in the order of their ids; for kinds of which there are few."""
    return select(store, Query(kind, scope))


def select(store: Store, query: Query) -> list[Row]:
    """The records that a query asks for."""
    condition, values = _condition(query)
    turned = " desc" if query.newest else ""
    order = ", ".join(f"{column}{turned}" for column in ([_field(query.order)] if query.order else []) + ["id"])
    page = f" limit {int(query.limit)} offset {int(query.offset)}" if query.limit is not None else ""
    source = f"record{_hint(store, query)}"
    rows = store.sql(f"select {', '.join(_NAMES)} from {source} where {condition} order by {order}{page}", values)
    return [_row(dict(zip(_NAMES, row, strict=True))) for row in rows]


def count(store: Store, query: Query) -> int:
    """How many records a query asks for, whatever its page."""
    condition, values = _condition(query)
    return int(store.sql(f"select count(*) from record{_hint(store, query)} where {condition}", values)[0][0])


def count_by(store: Store, kind: str, name: str, values: Sequence[str]) -> dict[str, int]:
    """How many records of a kind have each of the values in a field; values that none has are left out."""
    if not values:
        return {}
    condition, wanted = _condition(Query(kind, where={name: values}))
    source = f"record{_hint(store, Query(kind, where={name: values}))}"
    rows = store.sql(f"select {_field(name)}, count(*) from {source} where {condition} group by 1", wanted)
    return {str(value): int(number) for value, number in rows}


def ensure_indexes(store: Store, indexed: Mapping[str, Sequence[str]]) -> None:
    """Make the indexes that kinds declare for their fields; those that are there already cost nothing.

    Each is in the order of the kind's time as well, so that the newest of one value are found without looking at all.
    """
    known = {row[0] for row in store.sql("select name from sqlite_master where type = 'index' and tbl_name = 'record'")}
    if "record_stale" not in known:
        store.sql("create index record_stale on record (scope) where stale = 1")
    for kind, fields in indexed.items():
        for name in fields:
            if f"record_{kind}_{name}" in known:  # of an earlier version
                store.sql(f"drop index record_{kind}_{name}")
            if _index(kind, name) not in known:
                columns = ", ".join(_field(column) for column in dict.fromkeys([name, *({TIME} & set(fields))]))
                store.sql(f"create index {_index(kind, name)} on record ({columns}, id) where kind = '{kind}'")


def _index(kind: str, name: str) -> str:
    return f"record_{kind}_by_{name}"


def _hint(store: Store, query: Query) -> str:
    """Which index to use: SQLite would take all records of a kind instead, for it cannot know how many there are."""
    names = [*query.where] or ([query.order] if query.order and query.scope is None else [])
    wanted = [_index(query.kind, name) for name in names]
    rows = store.sql(f"select name from sqlite_master where name in ({', '.join('?' * len(wanted))})", wanted)
    there = {row[0] for row in rows}
    return next((f" indexed by {name}" for name in wanted if name in there), "")


def _condition(query: Query) -> tuple[str, tuple[Any, ...]]:
    parts, values = [f"kind = '{query.kind}'", f"deleted = {int(query.deleted)}", "unreadable = 0"], list[Any]()
    if query.scope is not None:
        parts.append("scope = ?")
        values.append(query.scope)
    for name, wanted in query.where.items():
        options = list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
        parts.append(
            f"{_field(name)} = ?" if len(options) == 1 else f"{_field(name)} in ({', '.join('?' * len(options))})"
        )
        values += options
    return " and ".join(parts), tuple(values)


def _field(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(name)
    return f"json_extract({SHOWN}, '$.{name}')"


def change(
    store: Store, kind: str, record_id: str, scope: str, fields: Fields, shown_too: Fields | None = None
) -> None:
    """Change fields of a record (or make it) and queue the change, in one transaction.

    What was refused of it before goes along with it: a text that was too long and is shorter now takes the other fields
    of its refused change with it. A deletion ends what was refused: tried again later, it would undo the deletion.
    ``shown_too`` is shown until the server's own values come: what it stamps itself, such as the author.
    """
    with store.transaction():
        known = store.one(Record.select().where(Record.kind == kind, Record.id == record_id))
        revision = known["revision"] if known else 0
        waiting = outbox.last_open(store, "record", (kind, record_id))
        queued = _of_record(store, kind, record_id)
        refused = _take_refused(store, queued)
        if fields.get("deleted"):
            refused = {}
        body = {**refused, **(waiting.body if waiting else {}), **fields}
        is_known = revision or any(e.state != outbox.REFUSED for e in queued if not waiting or e.id != waiting.id)
        if not is_known and not body.get("deleted"):
            body.pop("deleted", None)  # nobody ever heard of it: it begins, and is not brought back
        if waiting and waiting.body.get("deleted") and known and not body.get("deleted"):
            body = _without_deletion(known, body)
        if waiting and not body:
            outbox.done(store, [waiting.id])
        elif waiting:
            outbox.fold_in(store, waiting.id, body)
        else:
            outbox.add(store, str(uuid7()), "record", scope, (kind, record_id), body, revision)
        shown = {**(_shown(known) if known else {}), **(shown_too or {}), **fields}
        _put(
            store,
            kind,
            record_id,
            scope,
            revision,
            known["server_fields"] if known else "{}",
            shown,
        )


def _without_deletion(known: dict[str, Any], body: Fields) -> Fields:
    """What is left to be sent of a record whose deletion was taken back before anybody heard of it."""
    server: Fields = json.loads(known["server_fields"])
    if server.get("deleted"):
        return body
    return {name: value for name, value in body.items() if name != "deleted" and value != server.get(name)}


def accept(store: Store, scope: str, rows: Iterable[ServerRow]) -> list[Difference]:
    """Take the server's rows; unsent local edits are replayed on top."""
    rows = list(rows)
    pending, plain, differences = outbox.pending_targets(store, "record") if rows else set(), [], list[Difference]()
    for row in rows:
        if (row.kind, row.id) in pending and not row.unreadable:
            differences += _rebase(store, scope, row.kind, row.id, row.revision, row.fields)
        else:
            deleted = int(bool(row.fields.get("deleted")))
            plain.append(
                (
                    row.kind,
                    row.id,
                    scope,
                    row.revision,
                    row.text or _json(row.fields),
                    "",
                    deleted,
                    0,
                    int(row.unreadable),
                )
            )
    store.many("insert or replace into record values (?, ?, ?, ?, ?, ?, ?, ?, ?)", plain)
    return differences


class Settled(NamedTuple):
    """A local edit that the server took; ``text`` is its fields as JSON.

    ``stamped`` names the field in which the server wrote its time ``at`` (seconds since 1970), where it did.
    """

    kind: str
    id: str
    revision: int
    text: str
    stamped: str = ""
    at: int = 0


def settle(store: Store, applied: Sequence[Settled]) -> None:
    """Local edits that the server took become the server's row.

    What else of a record waits, or was refused, stays on top of it. Call it when the edits left the outbox.
    """
    pending = outbox.pending_targets(store, "record") if applied else set()
    newest, stamped = dict[tuple[str, str], int](), dict[tuple[str, str], tuple[str, int]]()
    for one in applied:
        target = (one.kind, one.id)
        if target in pending:
            _settle_beneath(store, one)
            continue
        newest[target] = one.revision
        if one.stamped:
            stamped[target] = (one.stamped, one.at)
    _settle(store, f"json_set({SHOWN}, '$.' || ?4, ?5)", [(*i, newest[i], *stamp) for i, stamp in stamped.items()])
    _settle(store, SHOWN, [(*i, revision) for i, revision in newest.items() if i not in stamped])


def _settle(store: Store, server_fields: str, rows: list[tuple[Any, ...]]) -> None:
    store.many(
        f"update record set server_fields = {server_fields}, fields = '', revision = ?3, stale = 0 "
        "where kind = ?1 and id = ?2",
        rows,
    )


def note_replaced(store: Store, target: tuple[str, str], mine: Fields, replaced: Fields) -> int:
    """Keep the others' values that an edit of ours wrote over unseen; returns how many. Call it before ``settle``."""
    row = store.one(Record.select().where(Record.kind == target[0], Record.id == target[1]))
    known = json.loads(row["server_fields"]) if row else {}
    unseen = [name for name, theirs in replaced.items() if theirs not in (None, known.get(name), mine.get(name))]
    for name in unseen:
        _keep_difference(store, Difference(str(uuid7()), *target, name, mine.get(name), replaced[name]))
    return len(unseen)


def refuse(store: Store, change_id: str, reason: str, sent_since: Fields) -> None:
    """The platform refused an edit of a record: it stays, with the code of the reason, until the teacher decides about it.

    What was said anew since (``sent_since``, and what waits behind it) it says no more, so that trying it again takes
    nothing back; after a deletion nothing of it is left.
    """
    entry = outbox.get(store, change_id)
    if entry is None:
        return
    since = dict(sent_since)
    for later in _of_record(store, entry.target_kind, entry.target_id):
        if later.n > entry.n:
            since |= later.body
    left = {name: value for name, value in entry.body.items() if name not in since}
    if since.get("deleted") or not left:
        outbox.done(store, [change_id])
        return
    if since:
        outbox.fold_in(store, change_id, left)
    outbox.refuse(store, change_id, reason)


def undo_refused(store: Store, kind: str, record_id: str) -> None:
    """Show a record without an edit of it that was given up and left the outbox: the server's row and what else waits.

    A record that the server never had goes, unless something of it waits.
    """
    known = store.one(Record.select().where(Record.kind == kind, Record.id == record_id))
    if known is None:
        return
    server, mine = json.loads(known["server_fields"]), _unsent(store, kind, record_id)
    if mine or server:
        _put(store, kind, record_id, known["scope"], known["revision"], known["server_fields"], {**server, **mine})
    else:
        store.run(Record.delete().where(Record.kind == kind, Record.id == record_id))
    if not mine:
        store.run(Record.update(fields="").where(Record.kind == kind, Record.id == record_id))


def put_back(store: Store, row: Row) -> None:
    """Show a record as ``row`` again, after the edit that made it so was given up and came back."""
    known = store.one(Record.select().where(Record.kind == row.kind, Record.id == row.id))
    revision, server = (known["revision"], known["server_fields"]) if known else (row.revision, "{}")
    _put(store, row.kind, row.id, row.scope, revision, server, row.fields)


def forget_scope(store: Store, scope: str) -> None:
    """Drop every record of a scope that is not this account's any more; what waits in the outbox stays there."""
    store.run(Record.delete().where(Record.scope == scope))


def expect_anew(store: Store, scope: str | None = None) -> None:
    """A scope (or every one) is read from its beginning: what does not come again will have been deleted meanwhile."""
    query = Record.update(stale=1)
    store.run(query if scope is None else query.where(Record.scope == scope))


def drop_stale(store: Store, scope: str) -> None:
    """A scope was read to its end: what did not come again goes, except what waits to be sent."""
    waits = "select 1 from outbox where kind = 'record' and target_kind = record.kind and target_id = record.id"
    store.sql(f"delete from record where scope = ? and stale = 1 and not exists ({waits})", (scope,))


def unreadable(store: Store) -> list[tuple[str, str]]:
    """``(kind, id)`` of what came in a form that nobody here can read."""
    rows = store.all(Record.select(Record.kind, Record.id).where(Record.unreadable == 1))
    return [(row["kind"], row["id"]) for row in rows]


def count_differences(store: Store) -> int:
    """How many differences there are."""
    return int(store.sql("select count(*) from conflict")[0][0])


def differences(store: Store, most: int | None = None) -> list[Difference]:
    """What both sides changed and the teacher can settle, oldest first: everything, or the first ones."""
    return [
        Difference(r["id"], r["kind"], r["record_id"], r["field"], json.loads(r["mine"]), json.loads(r["theirs"]))
        for r in store.all(Conflict.select().order_by(Conflict.at).limit(most))
    ]


def close_difference(store: Store, difference_id: str) -> None:
    """The teacher settled a difference: forget the other value."""
    store.run(Conflict.delete().where(Conflict.id == difference_id))


def _rebase(store: Store, scope: str, kind: str, record_id: str, revision: int, theirs: Fields) -> list[Difference]:
    known = store.one(Record.select().where(Record.kind == kind, Record.id == record_id))
    before = json.loads(known["server_fields"]) if known else {}
    mine = _unsent(store, kind, record_id)
    new = []
    for name, value in mine.items():
        if theirs.get(name) not in (None, before.get(name), value):  # of what was deleted there is nothing to keep
            new.append(Difference(str(uuid7()), kind, record_id, name, value, theirs.get(name)))
    for item in new:
        _keep_difference(store, item)
    _put(store, kind, record_id, scope, revision, _json(theirs), {**theirs, **mine})
    return new


def _unsent(store: Store, kind: str, record_id: str) -> Fields:
    """What waits of a record or was refused, the newest value of each field."""
    mine: Fields = {}
    for entry in _of_record(store, kind, record_id):
        mine.update(entry.body)
    return mine


def _of_record(store: Store, kind: str, record_id: str) -> list[outbox.Waiting]:
    """What is queued of a record, refused edits too, in order."""
    return [entry for entry in outbox.of_target(store, "record", record_id) if entry.target_kind == kind]


def _take_refused(store: Store, queued: list[outbox.Waiting]) -> Fields:
    """Take the refused edits of a record out of the outbox: the next one carries what they said, as far as it still holds."""
    said: Fields = {}
    for entry in queued:
        if entry.state == outbox.REFUSED:
            said.update(entry.body)
            outbox.done(store, [entry.id])
    return said


def _settle_beneath(store: Store, one: Settled) -> None:
    """The server took one edit of a record while another waits or was refused: that one is shown, not called taken."""
    known = store.one(Record.select().where(Record.kind == one.kind, Record.id == one.id))
    if known is None:
        return
    mine, server = _unsent(store, one.kind, one.id), {**json.loads(known["server_fields"]), **json.loads(one.text)}
    unknown = {name: value for name, value in _shown(known).items() if name not in mine and name not in server}
    server |= unknown  # what the server sets itself, shown until its own values come
    if one.stamped:
        server[one.stamped] = one.at
    _put(store, one.kind, one.id, known["scope"], one.revision, _json(server), {**server, **mine})


def _put(store: Store, kind: str, record_id: str, scope: str, revision: int, server: str, shown: Fields) -> None:
    deleted = int(bool(shown.get("deleted")))
    row = {"kind": kind, "id": record_id, "scope": scope, "revision": revision, "server_fields": server}
    store.run(Record.replace(**row, fields=_json(shown), deleted=deleted))


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
