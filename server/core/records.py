"""Records written by the platform itself: made once, changed, buried; each by the rules that its kind declares."""

import json
import time
from typing import Any

from server.core.database import Database, Record
from server.core.exchange_tables import Buried, RecordKey
from server.core.refusals import Refused
from sync.protocol.kind import DELETED, RecordKind
from sync.protocol.registry import RECORDS

Fields = dict[str, Any]


def get(db: Database, kind: str, record_id: str) -> dict[str, Any] | None:
    """A record's row with its fields read; None where there is none or only a tombstone."""
    row = with_tombstone(db, kind, record_id)
    return row if row and not row["fields"].get(DELETED) else None


def with_tombstone(db: Database, kind: str, record_id: str) -> dict[str, Any] | None:
    """A record's row with its fields read, also when it is deleted."""
    row = db.one(Record.select().where(Record.kind == kind, Record.id == record_id))
    return {**row, "fields": json.loads(row["fields"])} if row else None


def create(db: Database, scope: str, kind: str, record_id: str, fields: Fields, account: dict[str, Any]) -> bool:
    """Make a record of somebody's, stamped; whether it is new. An id that exists is refused, except for its owner
    who says the same again."""
    declared = RECORDS[kind]
    known = with_tombstone(db, kind, record_id)
    if known is None:
        _write(db, declared, scope, record_id, fields | stamps(declared, account), account["id"])
        return True
    same = all(known["fields"].get(name) == value for name, value in fields.items())
    if known["owner_id"] != account["id"] or known["scope"] != scope or not same:
        raise Refused("exists")
    return False


def put(db: Database, scope: str, kind: str, record_id: str, fields: Fields, owner_id: str = "") -> None:
    """Make or change a record that is the platform's own to write, such as a membership."""
    known = with_tombstone(db, kind, record_id)
    merged = {**(known["fields"] if known and not known["fields"].get(DELETED) else {}), **fields}
    _write(db, RECORDS[kind], scope, record_id, merged, known["owner_id"] if known else owner_id, known)


def bury(db: Database, kind: str, record_id: str, *, under: str | None = None) -> Fields | None:
    """Leave a tombstone without content; returns what the record was, None where there was none.

    ``under`` keeps what it said aside, to be found again by that id with :func:`unbury`.
    """
    known = get(db, kind, record_id)
    if known is None:
        return None
    declared = RECORDS[kind]
    if under is not None:
        said = json.dumps(known["fields"], ensure_ascii=False)
        kept = {"parent_id": under, "fields": said, "at": time.time()}
        db.put(Buried, [Buried.kind, Buried.id], kind=kind, id=record_id, **kept)
    _write(db, declared, known["scope"], record_id, declared.tombstone(known["fields"]), known["owner_id"], known)
    return dict(known["fields"])


def unbury(db: Database, kind: str, under: str) -> int:
    """Bring back what was buried under an id and is still deleted; returns how many records."""
    rows = db.all(Buried.select().where(Buried.kind == kind, Buried.parent_id == under))
    back = 0
    for row in rows:
        known = with_tombstone(db, kind, row["id"])
        if known and known["fields"].get(DELETED):
            fields = json.loads(row["fields"])
            _write(db, RECORDS[kind], known["scope"], row["id"], fields, known["owner_id"], known)
            back += 1
    db.run(Buried.delete().where(Buried.kind == kind, Buried.parent_id == under))
    return back


def forget_buried(db: Database, before: float) -> int:
    """Remove for good what was buried before a moment."""
    return int(db.run(Buried.delete().where(Buried.at < before)))


def ids_by(db: Database, kind: str, field: str, value: str) -> list[str]:
    """The records of a kind whose key ``field`` has a value."""
    where = (RecordKey.kind == kind, RecordKey.field == field, RecordKey.value == value)
    return [row["record_id"] for row in db.all(RecordKey.select(RecordKey.record_id).where(*where))]


def ids_before(db: Database, kind: str, field: str, value: str) -> list[str]:
    """The records of a kind whose key ``field`` is less than a value, as text."""
    where = (RecordKey.kind == kind, RecordKey.field == field, RecordKey.value < value)
    return [row["record_id"] for row in db.all(RecordKey.select(RecordKey.record_id).where(*where))]


def stamps(kind: RecordKind, account: dict[str, Any], now: float | None = None) -> Fields:
    """What the platform writes into a new record of somebody's by itself."""
    at = int(time.time() if now is None else now)
    values = (
        (kind.stamps.author_id, account["id"]),
        (kind.stamps.author, account["name"]),
        (kind.stamps.country, account["country"]),
        (kind.stamps.made_at, at),
    )
    return {name: value for name, value in values if name}


def index(db: Database, kind: RecordKind, record_id: str, fields: Fields) -> None:
    """Renew the keys by which a record is looked up."""
    if not kind.keys:
        return
    db.run(RecordKey.delete().where(RecordKey.kind == kind.name, RecordKey.record_id == record_id))
    for name in kind.keys:
        if fields.get(name) not in (None, "") and not fields.get(DELETED):
            db.run(RecordKey.insert(kind=kind.name, field=name, value=str(fields[name]), record_id=record_id))


def _write(
    db: Database,
    kind: RecordKind,
    scope: str,
    record_id: str,
    fields: Fields,
    owner_id: str,
    known: dict[str, Any] | None = None,
) -> None:
    if not kind.is_readable(fields):
        raise ValueError(f"not a {kind.name}: {sorted(fields)}")  # a fault of the platform itself
    values = {
        "scope": scope,
        "seq": db.next_seq(scope),
        "revision": (known["revision"] if known else 0) + 1,
        "fields": json.dumps(fields, ensure_ascii=False),
        "owner_id": owner_id,
        "device": "",
        "changed_at": time.time(),
    }
    if known is None:
        db.run(Record.insert(kind=kind.name, id=record_id, **values))
    else:
        db.run(Record.update(**values).where(Record.kind == kind.name, Record.id == record_id))
    index(db, kind, record_id, fields)
