"""Classes, pupils and their works. Nothing of these tables is ever sent by itself."""

import time
from dataclasses import dataclass
from typing import Any

import peewee
from uuid6 import uuid7

from app.rules.text import fold
from local_db.store import Store


class SchoolClass(peewee.Model):
    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    at = peewee.FloatField()

    class Meta:
        table_name = "school_class"


class Pupil(peewee.Model):
    id = peewee.TextField(primary_key=True)
    class_id = peewee.TextField()
    name = peewee.TextField()
    pseudonym = peewee.TextField()
    at = peewee.FloatField()


class Work(peewee.Model):
    id = peewee.TextField(primary_key=True)
    pupil_id = peewee.TextField()
    title = peewee.TextField()
    filename = peewee.TextField()
    kind = peewee.TextField()
    sha256 = peewee.TextField()
    size = peewee.IntegerField()
    thumbnail = peewee.BlobField(null=True)
    permitted = peewee.IntegerField(default=0)
    at = peewee.FloatField()
    removed_at = peewee.FloatField(null=True)


@dataclass(frozen=True)
class PupilRow:
    id: str
    class_id: str
    name: str
    pseudonym: str


@dataclass(frozen=True)
class WorkRow:
    """One piece of work; ``size`` in bytes, ``thumbnail`` a PNG or None."""

    id: str
    pupil_id: str
    pupil: str
    pseudonym: str
    title: str
    filename: str
    kind: str
    sha256: str
    size: int
    thumbnail: bytes | None
    permitted: bool
    at: float


def classes(store: Store) -> list[tuple[str, str]]:
    rows = [(row["id"], row["name"]) for row in store.all(SchoolClass.select())]
    return sorted(rows, key=lambda row: fold(row[1]))


def add_class(store: Store, name: str) -> str:
    class_id = str(uuid7())
    store.run(SchoolClass.insert(id=class_id, name=name, at=time.time()))
    return class_id


def pupils(store: Store, class_id: str) -> list[PupilRow]:
    query = Pupil.select(Pupil.id, Pupil.class_id, Pupil.name, Pupil.pseudonym).where(Pupil.class_id == class_id)
    return sorted((PupilRow(**row) for row in store.all(query)), key=lambda row: fold(row.name))


def pseudonyms(store: Store) -> set[str]:
    return {row["pseudonym"] for row in store.all(Pupil.select(Pupil.pseudonym))}


def names(store: Store) -> set[str]:
    """Every pupil's name on this computer."""
    return {row["name"] for row in store.all(Pupil.select(Pupil.name))}


def add_pupil(store: Store, class_id: str, name: str, pseudonym: str) -> str:
    pupil_id = str(uuid7())
    store.run(Pupil.insert(id=pupil_id, class_id=class_id, name=name, pseudonym=pseudonym, at=time.time()))
    return pupil_id


def _works(store: Store, *where: Any) -> list[WorkRow]:
    query = (
        Work.select(
            Work.id,
            Work.pupil_id,
            Pupil.name.alias("pupil"),
            Pupil.pseudonym,
            Work.title,
            Work.filename,
            Work.kind,
            Work.sha256,
            Work.size,
            Work.thumbnail,
            Work.permitted,
            Work.at,
        )
        .join(Pupil, on=(Pupil.id == Work.pupil_id))
        .where(*where)
        .order_by(Work.at)
    )
    return [
        WorkRow(
            **{
                **row,
                "permitted": bool(row["permitted"]),
                "thumbnail": bytes(row["thumbnail"]) if row["thumbnail"] else None,
            }
        )
        for row in store.all(query)
    ]


def works(store: Store, class_id: str) -> list[WorkRow]:
    return _works(store, Pupil.class_id == class_id, Work.removed_at.is_null())


def work(store: Store, work_id: str) -> WorkRow | None:
    return next(iter(_works(store, Work.id == work_id)), None)


def pupil(store: Store, pupil_id: str) -> PupilRow | None:
    query = Pupil.select(Pupil.id, Pupil.class_id, Pupil.name, Pupil.pseudonym).where(Pupil.id == pupil_id)
    row = store.one(query)
    return PupilRow(**row) if row else None


def add_work(store: Store, values: dict[str, Any]) -> str:
    work_id = str(uuid7())
    store.run(Work.insert(id=work_id, at=time.time(), **values))
    return work_id


def change_work(store: Store, work_id: str, **values: Any) -> None:
    store.run(Work.update(**values).where(Work.id == work_id))


def purge_removed(store: Store, before: float) -> list[str]:
    """Delete works removed before a moment for good; returns their files' hashes."""
    gone = store.all(Work.select(Work.sha256).where(Work.removed_at < before))
    store.run(Work.delete().where(Work.removed_at < before))
    return [row["sha256"] for row in gone]


def file_hashes(store: Store) -> set[str]:
    return {row["sha256"] for row in store.all(Work.select(Work.sha256))}
