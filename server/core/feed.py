"""What is new in a scope since a cursor, in pages bounded by items and by bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import peewee

from server.core.database import Database, Edit, Record, Scope
from server.core.door import Door
from sync.protocol import messages
from sync.protocol.messages import PAGE_BYTES, PAGE_ITEMS, ScopeChanges
from sync.protocol.registry import DOCUMENTS, RECORDS

TOMBSTONE = '{"deleted": true'  # how the fields of a deleted record begin
AT_LEAST = 1  # item in every scope that has news, however full the answer is already


@dataclass
class Room:
    """What still fits into an answer."""

    items: int = PAGE_ITEMS
    bytes: int = PAGE_BYTES

    def take(self, items: int, size: int) -> None:
        """Use some of the room."""
        self.items, self.bytes = max(AT_LEAST, self.items - items), max(0, self.bytes - size)


def numbers(db: Database, scopes: set[str]) -> dict[str, tuple[int, int]]:
    """How far each scope has come and where its history begins; scopes in which nothing ever happened are not there."""
    rows = db.rows_in("select name, seq, oldest from scope where name", sorted(scopes))
    return {str(name): (int(seq), int(oldest)) for name, seq, oldest in rows}


@dataclass(frozen=True)
class Reader:
    """Who asks: a device, how far it read each scope, and for scopes it is still beginning how far those were then."""

    device: str
    cursors: Mapping[str, int]
    began: Mapping[str, int]


def news(db: Database, door: Door, reader: Reader) -> dict[str, ScopeChanges]:
    """What is new in every scope that the account may read."""
    known, room, answer = numbers(db, door.scopes()), Room(), {}
    for scope in sorted(known):
        changes = _of_scope(db, door, reader, scope, known[scope], room)
        if changes:
            answer[scope] = changes
    return answer


def _of_scope(
    db: Database, door: Door, reader: "Reader", scope: str, stands: tuple[int, int], room: Room
) -> ScopeChanges | None:
    newest, oldest = stands
    cursor, began = reader.cursors.get(scope, 0), reader.began.get(scope, 0)
    reset = cursor > newest or 0 < max(cursor, began) < max(oldest, door.joined(scope))
    if newest == cursor and not reset:
        return None
    since = 0 if reset else cursor
    known_by = reader.device if since and not began else ""  # who begins anew is told everything, its own things too
    end, more = _page_end(db, scope, since, newest, known_by, room)
    records = db.all(_records(scope, since, end, known_by).order_by(Record.seq))
    edits = db.all(_edits(scope, since, end).order_by(Edit.seq))
    room.take(len(records) + len(edits), _size(records, "fields") + _size(edits, "data"))
    return ScopeChanges.model_construct(
        seq=end,
        reset=reset,
        more=more,
        began=(began if since else newest) if more else 0,
        records=[_record(row) for row in records if _is_seen(door, scope, row, since)],
        edits=[_edit(row, known_by) for row in edits if _may_read_document(door, scope, row["kind"])],
    )


def _records(scope: str, since: int, end: int, device: str, *columns: Any) -> Any:
    newer = Record.select(*columns).where(Record.scope == scope, Record.seq > since, Record.seq <= end)
    return newer.where(Record.device != device) if device else newer  # a device knows what it wrote itself


def _edits(scope: str, since: int, end: int, *columns: Any) -> Any:
    return Edit.select(*columns).where(Edit.scope == scope, Edit.seq > since, Edit.seq <= end)


def _page_end(db: Database, scope: str, since: int, newest: int, device: str, room: Room) -> tuple[int, bool]:
    """The last number that fits into the answer, and whether more comes behind it. Sizes are read, not contents."""
    size = peewee.fn.length
    records = _records(scope, since, newest, device, Record.seq, size(Record.fields).coerce(False).alias("size"))
    edits = _edits(scope, since, newest, Edit.seq, size(Edit.data).coerce(False).alias("size"))
    rows = [
        *db.all(records.order_by(Record.seq).limit(room.items + 1)),
        *db.all(edits.order_by(Edit.seq).limit(room.items + 1)),
    ]
    last, used = since, 0
    for count, row in enumerate(sorted(rows, key=lambda row: row["seq"])):
        used += row["size"]
        if count >= AT_LEAST and (count >= room.items or used > room.bytes):
            return last, True
        last = row["seq"]
    return newest, False


def _is_seen(door: Door, scope: str, row: dict[str, Any], since: int) -> bool:
    """A tombstone tells nothing to who begins anew."""
    kind = RECORDS.get(row["kind"])
    if kind is None or not door.may_read(scope, kind.read):
        return False
    return bool(since) or not row["fields"].startswith(TOMBSTONE)


def _may_read_document(door: Door, scope: str, kind: str) -> bool:
    return kind in DOCUMENTS and door.may_read(scope, DOCUMENTS[kind].read)


def _record(row: dict[str, Any]) -> messages.Record:
    return messages.Record.model_construct(
        kind=row["kind"], id=row["id"], revision=row["revision"], fields=json.loads(row["fields"])
    )


def _edit(row: dict[str, Any], device: str) -> messages.Edit:
    data = b"" if device and row["device"] == device else bytes(row["data"])
    values = {name: row[name] for name in ("id", "document_id", "kind", "seq", "author_id", "author", "at")}
    return messages.Edit.model_construct(**values, data=data)


def _size(rows: list[dict[str, Any]], column: str) -> int:
    return sum(len(row[column]) for row in rows)


def forget_tombstones(db: Database, before: float) -> int:
    """Remove what was deleted before a moment. Who has read less of a scope than that reads it anew."""
    is_old = (Record.changed_at < before, Record.fields.startswith(TOMBSTONE))
    newest = peewee.fn.max(Record.seq).alias("newest")
    scopes = db.all(Record.select(Record.scope, newest).where(*is_old).group_by(Record.scope))
    for row in scopes:
        end = row["newest"]
        db.run(Record.delete().where(Record.scope == row["scope"], Record.seq <= end, *is_old))
        db.run(Scope.update(oldest=end).where(Scope.name == row["scope"], Scope.oldest < end))
    return len(scopes)
