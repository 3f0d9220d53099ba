"""Records that people write: checked by their kind, numbered, and written many at a time."""

import json
from dataclasses import dataclass, field
from typing import Any

from server.core import quotas, records
from server.core.database import Database
from server.core.door import Door
from server.core.outcomes import NOTHING, Outcome
from sync.protocol.kind import ACCOUNT, DELETED, RecordKind
from sync.protocol.messages import RecordChange
from sync.protocol.registry import RECORDS

Row = dict[str, Any]
Target = tuple[str, str]  # kind and id
as_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: a run has thousands of records
_COLUMNS = ("kind", "id", "scope", "revision", "fields", "owner_id", "device")


@dataclass
class _Run:
    """A run of changes in one scope, and what became of them."""

    device: str
    now: float
    account: Row
    current: dict[Target, Row]
    results: dict[str, Outcome] = field(default_factory=dict)
    changed: dict[Target, Row] = field(default_factory=dict)
    _stamps: dict[str, records.Fields] = field(default_factory=dict)

    def stamps(self, kind: RecordKind) -> records.Fields:
        """What the platform writes into new records of a kind; not to be changed."""
        if kind.name not in self._stamps:
            self._stamps[kind.name] = records.stamps(kind, self.account, self.now)
        return self._stamps[kind.name]


def apply(
    db: Database, door: Door, device: str, changes: list[RecordChange], now: float, meter: quotas.Meter
) -> dict[str, Outcome]:
    """Apply changes of one scope in their order; a result for each."""
    if not changes:
        return {}
    run = _Run(device, now, door.account, _current(db, changes))
    rights = _Rights(door, changes[0].scope)
    for change in changes:
        row = run.current.get((change.kind, change.record_id))
        size = _size(change)
        meter.note_sent(size)
        if code := _refusal(rights, change, row) or meter.refusal(change.scope):
            run.results[change.id] = Outcome(id=change.id, status="refused", code=code)
        else:
            meter.fill(change.scope, size)
            _change(run, change, row)
    _write(db, changes[0].scope, run)
    return {change.id: run.results[change.id] for change in changes}


class _Rights:
    """The answers of the door for one scope, asked once each: a run has thousands of changes of one kind."""

    def __init__(self, door: Door, scope: str) -> None:
        self.account_id, self.scope = door.account["id"], scope
        self._door, self._known = door, dict[tuple[str, bool], str | None]()

    def refusal(self, action: str, own: bool) -> str | None:
        """As :meth:`Door.refusal`."""
        if (action, own) not in self._known:
            self._known[(action, own)] = self._door.refusal(self.scope, action, own=own)
        return self._known[(action, own)]


def _refusal(rights: _Rights, change: RecordChange, row: Row | None) -> str | None:
    kind = RECORDS.get(change.kind)
    if kind is None:
        return "unknown_kind"
    if not kind.written_by_people or not change.scope.startswith(f"{kind.scope}:"):
        return "not_yours"
    if kind.identity == ACCOUNT and change.record_id != rights.account_id:
        return "not_yours"
    if row and row["scope"] != change.scope:
        return "not_yours"
    if change.fields.get(DELETED) is True and not kind.delete:
        return "not_yours"
    own = row is None or row["owner_id"] == rights.account_id
    if code := rights.refusal(_action(kind, change, row), own):
        return code if own else "not_yours"
    return "invalid" if kind.complaint(change.fields, new=_begins(row)) else None


def _begins(row: Row | None) -> bool:
    return row is None or bool(row["fields"].get(DELETED))


def _action(kind: RecordKind, change: RecordChange, row: Row | None) -> str:
    if change.fields.get(DELETED) is True:
        return kind.delete
    return kind.change if row else kind.create


def _change(run: _Run, change: RecordChange, row: Row | None) -> None:
    kind = RECORDS[change.kind]
    old = row or {"fields": run.stamps(kind), "revision": 0, "device": run.device}
    knew = change.base_revision == old["revision"] or old["device"] == run.device
    buried = bool(old["fields"].get(DELETED)) and not change.fields.get(DELETED)
    if buried and change.base_revision == 0 and DELETED not in change.fields:
        # who deleted it knew its beginning
        run.results[change.id] = Outcome(change.id, "applied", old["revision"], replaced={DELETED: True})
        return
    fields = {**(run.stamps(kind) if buried else old["fields"]), **change.fields}
    if change.fields.get(DELETED):
        fields = kind.tombstone(old["fields"])
    else:
        fields.pop(DELETED, None)
    new = {
        "fields": fields,
        "revision": old["revision"] + 1,
        "device": run.device if knew else "",
        "owner_id": row["owner_id"] if row else run.account["id"],
        "scope": change.scope,
    }
    target = (change.kind, change.record_id)
    run.current[target] = run.changed[target] = new
    replaced = NOTHING if knew else {name: old["fields"].get(name) for name in change.fields if name != DELETED}
    run.results[change.id] = Outcome(change.id, "applied", new["revision"], replaced=replaced)


def _write(db: Database, scope: str, run: _Run) -> None:
    if not run.changed:
        return  # a refused stranger moves no numbers
    first = db.next_seq(scope, len(run.changed))
    db.many(
        "insert into record (kind, id, scope, seq, revision, fields, owner_id, device, changed_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "on conflict (kind, id) do update set seq = excluded.seq, revision = excluded.revision, "
        "fields = excluded.fields, device = excluded.device, changed_at = excluded.changed_at",
        [
            (
                kind,
                record_id,
                scope,
                number,
                row["revision"],
                as_json(row["fields"]),
                row["owner_id"],
                row["device"],
                run.now,
            )
            for number, ((kind, record_id), row) in enumerate(run.changed.items(), start=first)
        ],
    )
    for (kind, record_id), row in run.changed.items():
        if RECORDS[kind].keys:
            records.index(db, RECORDS[kind], record_id, row["fields"])


def _current(db: Database, changes: list[RecordChange]) -> dict[Target, Row]:
    ids: dict[str, list[str]] = {}
    for kind, record_id in {(change.kind, change.record_id): None for change in changes}:
        ids.setdefault(kind, []).append(record_id)
    select = f"select {', '.join(_COLUMNS)} from record where kind = ? and id"
    rows = [row for kind, of_kind in ids.items() for row in db.rows_in(select, of_kind, kind)]
    return {(row[0], row[1]): {**dict(zip(_COLUMNS, row, strict=True)), "fields": json.loads(row[4])} for row in rows}


def _size(change: RecordChange) -> int:
    size = 100
    for value in change.fields.values():
        size += len(value) if isinstance(value, (str, list)) else 8
    return size
