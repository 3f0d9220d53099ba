"""Classes, pupils and their works. Nothing of these tables is ever sent by itself."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import peewee

from app.rules.ids import uuid7
from app.rules.text import fold
from local_db.store import Store

PLACES_AT_ONCE = 500
_PLACE = "c.id, c.name, p.id, p.name, p.pseudonym"
_CLASS = "join school_class c on c.id = p.class_id"


class SchoolClass(peewee.Model):
    """A class of the teacher's; see :class:`Work` for what is in the bin."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    at = peewee.FloatField()
    removed_at = peewee.FloatField(null=True)
    removed_day = peewee.IntegerField(null=True)

    class Meta:
        table_name = "school_class"


class Pupil(peewee.Model):
    """A pupil: the name stays here, the pseudonym may leave."""

    id = peewee.TextField(primary_key=True)
    class_id = peewee.TextField()
    name = peewee.TextField()
    pseudonym = peewee.TextField()
    at = peewee.FloatField()
    removed_at = peewee.FloatField(null=True)
    removed_day = peewee.IntegerField(null=True)
    removed_with = peewee.TextField(default="")


class Work(peewee.Model):
    """A piece of work; ``removed_at`` is for people, ``removed_day`` counts days as :mod:`local_db.elapsed` does.

    ``removed_with`` is the class or pupil it went into the bin with; empty where it went alone.
    """

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
    removed_day = peewee.IntegerField(null=True)
    removed_with = peewee.TextField(default="")


@dataclass(frozen=True)
class PupilRow:
    """A pupil as the window shows them."""

    id: str
    class_id: str
    name: str
    pseudonym: str


@dataclass(frozen=True)
class WorkRow:
    """One piece of work; ``size`` in bytes. ``has_picture``: :func:`small_picture` gives it."""

    id: str
    pupil_id: str
    pupil: str
    pseudonym: str
    title: str
    filename: str
    kind: str
    sha256: str
    size: int
    has_picture: bool
    permitted: bool
    at: float


@dataclass(frozen=True)
class Place:
    """Where a pupil is, or a work of theirs: what a search by name needs. ``work_id`` and ``title`` are empty for a pupil."""

    class_id: str
    class_name: str
    pupil_id: str
    pupil: str
    pseudonym: str
    work_id: str = ""
    title: str = ""


def places_of_pupils(store: Store) -> list[Place]:
    """Every pupil that is not in the bin, with their class, by name."""
    statement = f"select {_PLACE} from pupil p {_CLASS} where p.removed_at is null order by p.name, p.id"
    return [Place(*row) for row in store.sql(statement)]


def places_of_works(store: Store) -> Iterator[Place]:
    """Every work that is not in the bin, the newest first, read a few at a time: ids are in the order of their making."""
    statement = (
        f"select {_PLACE}, w.id, w.title from work w join pupil p on p.id = w.pupil_id {_CLASS} "
        "where w.removed_at is null and w.id < ? order by w.id desc limit ?"
    )
    rows = [Place("", "", "", "", "", "~")]
    while rows:
        rows = [Place(*row) for row in store.sql(statement, (rows[-1].work_id, PLACES_AT_ONCE))]
        yield from rows


def classes(store: Store) -> list[tuple[str, str]]:
    """Id and name of every class that is not in the bin, by name."""
    query = SchoolClass.select(SchoolClass.id, SchoolClass.name).where(SchoolClass.removed_at.is_null())
    rows = [(row["id"], row["name"]) for row in store.all(query)]
    return sorted(rows, key=lambda row: fold(row[1]))


def add_class(store: Store, name: str) -> str:
    """Make a class; returns its id."""
    class_id = str(uuid7())
    store.run(SchoolClass.insert(id=class_id, name=name, at=time.time()))
    return class_id


def pupils(store: Store, class_id: str) -> list[PupilRow]:
    """The pupils of a class that are not in the bin, by name."""
    where = (Pupil.class_id == class_id, Pupil.removed_at.is_null())
    query = Pupil.select(Pupil.id, Pupil.class_id, Pupil.name, Pupil.pseudonym).where(*where)
    return sorted((PupilRow(**row) for row in store.all(query)), key=lambda row: fold(row.name))


def pseudonyms(store: Store) -> set[str]:
    """Every pseudonym that is taken."""
    return {row["pseudonym"] for row in store.all(Pupil.select(Pupil.pseudonym))}


def names(store: Store) -> set[str]:
    """Every pupil's name on this computer."""
    return {row["name"] for row in store.all(Pupil.select(Pupil.name))}


def names_and_pseudonyms(store: Store) -> dict[str, str]:
    """Every pupil's name on this computer, with the pseudonym; empty where two pupils of one name have different ones."""
    found: dict[str, str] = {}
    for row in store.all(Pupil.select(Pupil.name, Pupil.pseudonym)):
        found[row["name"]] = row["pseudonym"] if found.get(row["name"], row["pseudonym"]) == row["pseudonym"] else ""
    return found


def add_pupil(store: Store, class_id: str, name: str, pseudonym: str) -> str:
    """Add a pupil; returns the id."""
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
            Work.thumbnail.is_null(False).alias("has_picture"),
            Work.permitted,
            Work.at,
        )
        .join(Pupil, on=(Pupil.id == Work.pupil_id))
        .where(*where)
        .order_by(Work.at)
    )
    rows = store.all(query)
    return [WorkRow(**row | {name: bool(row[name]) for name in ("permitted", "has_picture")}) for row in rows]


def works(store: Store, class_id: str) -> list[WorkRow]:
    """The works of a class that are not in the bin, oldest first."""
    return _works(store, Pupil.class_id == class_id, Work.removed_at.is_null())


def work(store: Store, work_id: str) -> WorkRow | None:
    """One work, also from the bin; None when it is gone."""
    return next(iter(_works(store, Work.id == work_id)), None)


def small_picture(store: Store, work_id: str) -> bytes | None:
    """A work's small picture as a PNG, or None."""
    row = store.one(Work.select(Work.thumbnail).where(Work.id == work_id))
    return bytes(row["thumbnail"]) if row and row["thumbnail"] else None


def pupil(store: Store, pupil_id: str) -> PupilRow | None:
    """One pupil that is not in the bin, or None."""
    where = (Pupil.id == pupil_id, Pupil.removed_at.is_null())
    query = Pupil.select(Pupil.id, Pupil.class_id, Pupil.name, Pupil.pseudonym).where(*where)
    row = store.one(query)
    return PupilRow(**row) if row else None


def who_has_works(store: Store, pupil_ids: list[str]) -> set[str]:
    """Those of the pupils who have works, also in the bin."""
    return {row["pupil_id"] for row in store.all(Work.select(Work.pupil_id).distinct())} & set(pupil_ids)


def add_work(store: Store, values: dict[str, Any]) -> str:
    """Add a work with the columns given; returns its id."""
    work_id = str(uuid7())
    store.run(Work.insert(id=work_id, at=time.time(), **values))
    return work_id


def change_work(store: Store, work_id: str, **values: Any) -> None:
    """Change columns of a work."""
    store.run(Work.update(**values).where(Work.id == work_id))


def has_file(store: Store, pupil_id: str, sha256: str) -> bool:
    """Whether a pupil has a work, not a removed one, with the same bytes."""
    where = (Work.pupil_id == pupil_id, Work.sha256 == sha256, Work.removed_at.is_null())
    return store.one(Work.select(Work.id).where(*where).limit(1)) is not None


def permissions(store: Store) -> dict[str, bool]:
    """For every work, removed ones included, whether it may be published now."""
    query = Work.select(Work.id, Work.permitted, Work.removed_at)
    return {row["id"]: bool(row["permitted"]) and row["removed_at"] is None for row in store.all(query)}


def may_leave(store: Store, work_id: str) -> bool:
    """Whether a work may be published now: it is there, permitted and not removed."""
    where = (Work.id == work_id, Work.permitted == 1, Work.removed_at.is_null())
    return store.one(Work.select(Work.id).where(*where)) is not None


def is_removed(store: Store, work_id: str) -> bool:
    """Whether a work is in the bin."""
    return store.one(Work.select(Work.id).where(Work.id == work_id, Work.removed_at.is_null(False))) is not None


def removed(store: Store) -> list[tuple[WorkRow, int | None]]:
    """The works that went into the bin alone, the last removed first, each with the day (None: before days were counted)."""
    query = Work.select(Work.id, Work.removed_day).where(Work.removed_at.is_null(False), Work.removed_with == "")
    days = {row["id"]: row["removed_day"] for row in store.all(query.order_by(Work.removed_at.desc()))}
    rows = {row.id: row for row in _works(store, Work.removed_at.is_null(False))}
    return [(rows[work_id], day) for work_id, day in days.items()]


def count_from(store: Store, day: int) -> None:
    """Let the waiting time of works that were removed before days were counted begin now."""
    store.run(Work.update(removed_day=day).where(Work.removed_at.is_null(False), Work.removed_day.is_null()))


def purge_removed(store: Store, before: int) -> list[str]:
    """Delete works removed on a day before ``before`` for good; returns their files' hashes."""
    return _delete(store, Work.removed_at.is_null(False), Work.removed_day < before)


def delete_work(store: Store, work_id: str) -> list[str]:
    """Delete a work in the bin for good; returns its file's hash in a list."""
    return _delete(store, Work.id == work_id, Work.removed_at.is_null(False))


def _delete(store: Store, *where: Any) -> list[str]:
    with store.transaction():
        gone = store.all(Work.select(Work.sha256).where(*where))
        store.run(Work.delete().where(*where))
    return [row["sha256"] for row in gone]


def file_hashes(store: Store) -> set[str]:
    """The SHA-256 of every work's file, removed ones included."""
    return {row["sha256"] for row in store.all(Work.select(Work.sha256))}
