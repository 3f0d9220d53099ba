"""Classes and pupils in the bin, each with what went there with it, and the way back.

What is deleted with a class or pupil carries its id (``removed_with``), so that exactly this comes back with it, and not what
had been deleted before. Nothing is ever in a class, or of a pupil, that is in the bin: what is brought back brings those along.
"""

import time
from dataclasses import dataclass, field

from local_db.store import Store

CLASS, PUPIL, WORK = "school_class", "pupil", "work"
_OF_CLASS = "select id from pupil where class_id = ?"


@dataclass(frozen=True)
class Lying:
    """A class or pupil in the bin. ``of`` is a pupil's class; ``of_too`` whether that lies there as well."""

    kind: str
    id: str
    name: str
    day: int
    pupils: int
    works: int
    of: str = ""
    of_too: bool = False


@dataclass
class Back:
    """What came back: the names of classes and pupils, the ids of works, and what the whole can be put away by again."""

    top: tuple[str, str]
    classes: list[str] = field(default_factory=list)
    pupils: list[str] = field(default_factory=list)
    works: list[str] = field(default_factory=list)


def put_away(store: Store, kind: str, thing_id: str, day: int) -> list[str] | None:
    """Put a class, pupil or work into the bin with all that is in it; the ids of the works, None where it is not here.

    ``day`` is today as :mod:`local_db.elapsed` counts.
    """
    with store.transaction():
        if not store.sql(f"select 1 from {kind} where id = ? and removed_at is null", (thing_id,)):
            return None
        now = (time.time(), day)
        store.sql(f"update {kind} set removed_at = ?, removed_day = ? where id = ?", (*now, thing_id))
        if kind == WORK:
            return [thing_id]
        whose = f"in ({_OF_CLASS})" if kind == CLASS else "= ?"
        here = f"pupil_id {whose} and removed_at is null"
        works = [row[0] for row in store.sql(f"select id from work where {here} order by at", (thing_id,))]
        together = "set removed_at = ?, removed_day = ?, removed_with = ?"
        store.sql(f"update work {together} where {here}", (*now, thing_id, thing_id))
        if kind == CLASS:
            store.sql(f"update pupil {together} where class_id = ? and removed_at is null", (*now, thing_id, thing_id))
        return works


def bring_back(store: Store, kind: str, thing_id: str) -> Back | None:
    """Take something out of the bin with all that went there with it, and with the pupil and class that it needs.

    None where it is gone for good; nothing changes where it is here.
    """
    with store.transaction():
        if not store.sql(f"select 1 from {kind} where id = ?", (thing_id,)):
            return None
        back = _bring_back_what_it_is_in(store, kind, thing_id) or Back((kind, thing_id))
        name = "name" if kind != WORK else "id"
        for (one,) in store.sql(f"select {name} from {kind} where id = ? and removed_at is not null", (thing_id,)):
            _list_of(back, kind).append(one)
            with_it = "" if kind == CLASS else ", removed_with = ''"
            store.sql(f"update {kind} set removed_at = null, removed_day = null{with_it} where id = ?", (thing_id,))
        for inner in (PUPIL, WORK):
            name = "name" if inner != WORK else "id"
            rows = store.sql(f"select {name} from {inner} where removed_with = ?", (thing_id,))
            _list_of(back, inner).extend(row[0] for row in rows)
            store.sql(
                f"update {inner} set removed_at = null, removed_day = null, removed_with = '' where removed_with = ?",
                (thing_id,),
            )
        return back


def _bring_back_what_it_is_in(store: Store, kind: str, thing_id: str) -> Back | None:
    """Bring back a work's pupil or a pupil's class where that lies in the bin."""
    if kind == CLASS:
        return None
    outer, column = (PUPIL, "pupil_id") if kind == WORK else (CLASS, "class_id")
    statement = (
        f"select o.id from {kind} i join {outer} o on o.id = i.{column} where i.id = ? and o.removed_at is not null"
    )
    rows = store.sql(statement, (thing_id,))
    return bring_back(store, outer, rows[0][0]) if rows else None


def _list_of(back: Back, kind: str) -> list[str]:
    return {CLASS: back.classes, PUPIL: back.pupils, WORK: back.works}[kind]


def lying(store: Store) -> list[Lying]:
    """The classes and pupils that went into the bin by themselves, the last one first."""
    with_it = "(select count(*) from {} w where w.removed_with = t.id)"
    counts = f"{with_it.format(PUPIL)}, {with_it.format(WORK)}"
    rows = store.sql(
        f"select 'school_class', t.id, t.name, t.removed_day, {counts}, '', 0, t.removed_at from school_class t "
        "where t.removed_at is not null "
        f"union all select 'pupil', t.id, t.name, t.removed_day, {counts}, c.name, c.removed_at is not null, t.removed_at "
        "from pupil t join school_class c on c.id = t.class_id "
        "where t.removed_at is not null and t.removed_with = '' order by 9 desc"
    )
    return [Lying(*(*row[:7], bool(row[7]))) for row in rows]


def whose_pupil_lies(store: Store) -> set[str]:
    """The ids of the works whose pupil is in the bin as well."""
    statement = "select w.id from work w join pupil p on p.id = w.pupil_id where p.removed_at is not null"
    return {row[0] for row in store.sql(statement)}


def purge(store: Store, before: int) -> None:
    """Delete the classes and pupils that were removed on a day before ``before``, with all that is theirs, for good."""
    old = "removed_at is not null and removed_day < ?"
    of_old = f"class_id in (select id from school_class where {old})"
    with store.transaction():
        store.sql(
            f"delete from work where pupil_id in (select id from pupil where ({old}) or {of_old})", (before, before)
        )
        store.sql(f"delete from pupil where ({old}) or {of_old}", (before, before))
        store.sql(f"delete from school_class where {old}", (before,))
