"""Files on their way, up or down, so that a cut transfer goes on where it stopped."""

import json
from dataclasses import dataclass
from typing import Any

import peewee

from local_db.store import Store


class Transfer(peewee.Model):
    id = peewee.TextField(primary_key=True)
    direction = peewee.TextField()
    project_id = peewee.TextField()
    material_id = peewee.TextField()
    sha256 = peewee.TextField()
    size = peewee.IntegerField()
    url = peewee.TextField(default="")
    done = peewee.IntegerField(default=0)
    state = peewee.TextField(default="waiting")
    reason = peewee.TextField(default="")
    body = peewee.TextField(default="{}")


@dataclass(frozen=True)
class TransferRow:
    """One file going ``up`` or ``down``; ``done`` and ``size`` in bytes; waiting, refused or finished."""

    id: str
    direction: str
    project_id: str
    material_id: str
    sha256: str
    size: int
    url: str
    done: int
    state: str
    reason: str
    body: dict[str, Any]


def add(store: Store, **values: Any) -> None:
    values["body"] = json.dumps(values.get("body", {}), ensure_ascii=False)
    store.run(Transfer.insert(**values).on_conflict_ignore())


def change(store: Store, transfer_id: str, **values: Any) -> None:
    store.run(Transfer.update(**values).where(Transfer.id == transfer_id))


def remove(store: Store, transfer_id: str) -> None:
    store.run(Transfer.delete().where(Transfer.id == transfer_id))


def waiting(store: Store) -> list[TransferRow]:
    query = Transfer.select().where(Transfer.state == "waiting").order_by(Transfer.id)
    return [_row(row) for row in store.all(query)]


def of_work(store: Store, work_id: str) -> TransferRow | None:
    row = store.one(Transfer.select().where(Transfer.direction == "up", Transfer.id.startswith(work_id)))
    return _row(row) if row else None


def refused(store: Store) -> list[TransferRow]:
    return [_row(row) for row in store.all(Transfer.select().where(Transfer.state == "refused"))]


def _row(row: dict[str, Any]) -> TransferRow:
    return TransferRow(**{**row, "body": json.loads(row["body"])})
