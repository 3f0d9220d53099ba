"""What is new in a scope since a cursor, in pages bounded by items and by bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import peewee

from server.core.database import Database, Edit, Record, Scope
from server.core.door import Door
from sync.protocol import messages
from sync.protocol.json_parts import listed, quoted, stored, with_member
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


def news(db: Database, door: Door, reader: Reader) -> dict[str, str]:
    """What is new in every scope that the account may read: :class:`ScopeChanges` as JSON by the scopes' names."""
    known, room, answer = numbers(db, door.scopes()), Room(), {}
    for scope in sorted(known):
        changes = _of_scope(db, door, reader, scope, known[scope], room)
        if changes:
            answer[scope] = changes
    return answer


def _of_scope(
    db: Database, door: Door, reader: "Reader", scope: str, stands: tuple[int, int], room: Room
) -> str | None:
    newest, oldest = stands
    cursor, began = reader.cursors.get(scope, 0), reader.began.get(scope, 0)
    reset = cursor > newest or 0 < max(cursor, began) < max(oldest, door.joined(scope))
    if newest == cursor and not reset:
        return None
    since = 0 if reset else cursor
    known_by = reader.device if since and not began else ""  # who begins anew is told everything, its own things too
    end, more = _page_end(db, scope, since, newest, known_by, room)
    records = _records(db, "kind, id, revision, fields", scope, since, end, known_by)
    edits = db.all(_edits(scope, since, end).order_by(Edit.seq)) if end > since else []
    room.take(len(records) + len(edits), sum(len(row[3]) for row in records) + sum(len(row["data"]) for row in edits))
    changes = ScopeChanges.model_construct(
        seq=end,
        reset=reset,
        more=more,
        began=(began if since else newest) if more else 0,
        edits=[_edit(row, known_by) for row in edits if _may_read_document(door, scope, row["kind"])],
    ).model_dump_json(exclude_defaults=True)
    seen = _seen(door, scope)
    shown = [_record(*row) for row in records if row[0] in seen and (since or not row[3].startswith(TOMBSTONE))]
    return with_member(changes, "records", listed(shown)) if shown else changes


def _records(
    db: Database, columns: str, scope: str, since: int, end: int, device: str, limit: int | None = None
) -> list[tuple[Any, ...]]:
    """Records in the order of their numbers. A device knows what it wrote itself, but for its first reading."""
    others = " and device <> ?" if device else ""
    page = f" limit {limit}" if limit is not None else ""
    statement = f"select {columns} from record where scope = ? and seq > ? and seq <= ?{others} order by seq{page}"
    return db.read(statement, scope, since, end, *([device] if device else []))


def _edits(scope: str, since: int, end: int, *columns: Any) -> Any:
    return Edit.select(*columns).where(Edit.scope == scope, Edit.seq > since, Edit.seq <= end)


def _page_end(db: Database, scope: str, since: int, newest: int, device: str, room: Room) -> tuple[int, bool]:
    """The last number that fits into the answer, and whether more comes behind it. Sizes are read, not contents."""
    records = _records(db, "seq, length(fields)", scope, since, newest, device, room.items + 1)
    size = peewee.fn.length(Edit.data).coerce(False).alias("size")
    edits = db.all(_edits(scope, since, newest, Edit.seq, size).order_by(Edit.seq).limit(room.items + 1))
    rows = sorted([*records, *((row["seq"], row["size"]) for row in edits)])
    last, used = since, 0
    for count, (seq, length) in enumerate(rows):
        used += length
        if count >= AT_LEAST and (count >= room.items or used > room.bytes):
            return last, True
        last = seq
    return newest, False


def _seen(door: Door, scope: str) -> set[str]:
    """The kinds that the account may see in a scope. A tombstone tells nothing to who begins anew."""
    return {name for name, kind in RECORDS.items() if door.may_read(scope, kind.read)}


def _may_read_document(door: Door, scope: str, kind: str) -> bool:
    return kind in DOCUMENTS and door.may_read(scope, DOCUMENTS[kind].read)


def _record(kind: str, record_id: str, revision: int, fields: str) -> str:
    """A :class:`~sync.protocol.messages.Record` as JSON."""
    return f'{{"kind":{quoted(kind)},"id":{quoted(record_id)},"revision":{revision},"fields":{stored(fields)}}}'


def _edit(row: dict[str, Any], device: str) -> messages.Edit:
    data = b"" if device and row["device"] == device else bytes(row["data"])
    values = {name: row[name] for name in ("id", "document_id", "kind", "seq", "author_id", "author", "at")}
    return messages.Edit.model_construct(**values, data=data)


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
