"""Files on their way, up or down, so that a cut transfer goes on where it stopped."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import peewee

from local_db.store import Store

WAITING, REFUSED, FINISHED, CANCELLED = "waiting", "refused", "finished", "cancelled"


class Transfer(peewee.Model):
    """The table of :class:`TransferRow`."""

    id = peewee.TextField(primary_key=True)
    direction = peewee.TextField()
    project_id = peewee.TextField()
    material_id = peewee.TextField()
    sha256 = peewee.TextField()
    size = peewee.IntegerField()
    url = peewee.TextField(default="")
    done = peewee.IntegerField(default=0)
    state = peewee.TextField(default=WAITING)
    reason = peewee.TextField(default="")
    body = peewee.TextField(default="{}")


@dataclass(frozen=True)
class TransferRow:
    """One file going ``up`` or ``down``; ``done`` and ``size`` in bytes.

    ``state``: ``waiting``; ``refused`` with a ``reason``; ``finished`` (an upload whose publication is queued or
    done); ``cancelled`` (an upload that was begun, and that the platform is still to be told to forget).
    An upload's ``body`` says what is published; a download's has the ``segments`` (SHA-256) that are here already, and
    their ``sizes`` in bytes.
    """

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
    """Queue a file; nothing happens where the id is known already."""
    values["body"] = _json(values.get("body", {}))
    store.run(Transfer.insert(**values).on_conflict_ignore())


def put(store: Store, row: TransferRow) -> None:
    """Keep a row as it is given, new or again."""
    store.run(Transfer.replace(**{**asdict(row), "body": _json(row.body)}))


def change(store: Store, transfer_id: str, **values: Any) -> None:
    """Change columns of a row; ``body`` as a dictionary or as JSON."""
    if isinstance(values.get("body"), dict):
        values["body"] = _json(values["body"])
    store.run(Transfer.update(**values).where(Transfer.id == transfer_id))


def remove(store: Store, transfer_id: str) -> None:
    """Forget a row; the files that only it needed go with :func:`local_db.tables.file_use.remove_unused`."""
    store.run(Transfer.delete().where(Transfer.id == transfer_id))


def get(store: Store, transfer_id: str) -> TransferRow | None:
    """One row, or None once it is gone."""
    row = store.one(Transfer.select().where(Transfer.id == transfer_id))
    return _row(row) if row else None


def waiting(store: Store, most: int | None = None) -> list[TransferRow]:
    """What is to be moved, or the first of it."""
    return _rows(store, Transfer.state == WAITING, most=most)


def refused(store: Store, most: int | None = None) -> list[TransferRow]:
    """What was put aside and needs the teacher, or the first of it."""
    return _rows(store, Transfer.state == REFUSED, most=most)


def counts(store: Store) -> tuple[int, int]:
    """How many files wait, and how many were put aside and need the teacher."""
    rows = store.sql("select state, count(*) from transfer where state in (?, ?) group by state", (WAITING, REFUSED))
    of_state = dict(rows)
    return of_state.get(WAITING, 0), of_state.get(REFUSED, 0)


def cancelled(store: Store) -> list[TransferRow]:
    """Uploads that the platform is still to be told to forget."""
    return _rows(store, Transfer.state == CANCELLED)


def of_work(store: Store, work_id: str) -> list[TransferRow]:
    """Every publication of a work, on its way or finished: it may be in several projects."""
    return _rows(store, Transfer.direction == "up", Transfer.id.startswith(work_id), Transfer.state != CANCELLED)


def uploads(store: Store) -> list[TransferRow]:
    """Every publication of every work, on its way or finished."""
    return _rows(store, Transfer.direction == "up", Transfer.state != CANCELLED)


def files_of(rows: Iterable[TransferRow]) -> set[str]:
    """The SHA-256 of every file that rows name, pieces of downloads included."""
    return {name for row in rows for name in (row.sha256, *map(str, row.body.get("segments", ())))}


def _rows(store: Store, *where: Any, most: int | None = None) -> list[TransferRow]:
    return [_row(row) for row in store.all(Transfer.select().where(*where).order_by(Transfer.id).limit(most))]


def _row(row: dict[str, Any]) -> TransferRow:
    return TransferRow(**{**row, "body": json.loads(row["body"])})


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
