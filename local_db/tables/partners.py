"""The partner directory on this computer: read-only packs, search, facets; stars and notes beside it."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import peewee

from app.rules import text
from local_db.store import Store

PAGE = 50


class Partner(peewee.Model):
    rowid = peewee.AutoField()
    id = peewee.TextField(unique=True)
    country = peewee.TextField()
    name = peewee.TextField()
    school = peewee.TextField()
    town = peewee.TextField()
    role = peewee.TextField()
    languages = peewee.TextField()
    subjects = peewee.TextField()
    age_from = peewee.IntegerField()
    age_to = peewee.IntegerField()
    about = peewee.TextField()
    available = peewee.IntegerField()
    last_active = peewee.TextField()


class PartnerNote(peewee.Model):
    partner_id = peewee.TextField(primary_key=True)
    text = peewee.TextField()
    at = peewee.FloatField()

    class Meta:
        table_name = "partner_note"


@dataclass(frozen=True)
class PartnerRow:
    """A teacher of the directory; ``last_active`` is an ISO date."""

    id: str
    country: str
    name: str
    school: str
    town: str
    role: str
    languages: tuple[str, ...]
    subjects: tuple[str, ...]
    age_from: int
    age_to: int
    about: str
    available: bool
    last_active: str
    starred: bool = False


@dataclass(frozen=True)
class Query:
    """What is looked for: words and ticked facets (``c:PT``, ``l:en``, ``s:biology``, ``a:12_15``).

    Facets of one kind are alternatives, facets of different kinds must all hold.
    """

    words: str = ""
    tags: frozenset[str] = frozenset()
    only_starred: bool = False


@dataclass(frozen=True)
class Found:
    """One page of a search: the rows, how many there are in all, and how many each facet would leave."""

    rows: list[PartnerRow]
    total: int
    facets: dict[str, int] = field(default_factory=dict)


def replace_pack(store: Store, country: str, version: str, rows: Iterable[dict[str, Any]]) -> int:
    """Put a country's pack in the place of the one before, in one transaction; returns how many rows."""
    with store.transaction():
        _remove_country(store, country)
        start = store.sql("select coalesce(max(rowid), 0) from partner")[0][0]
        values, tags, words = [], [], []
        for number, row in enumerate(rows, start=start + 1):
            values.append(_values(number, row))
            tags += [(tag, number) for tag in _tags(row)]
            words.append((number, text.fold(" ".join((row["name"], row["school"], row["town"], row["about"])))))
        store.many("insert into partner values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", values)
        store.many("insert into partner_tag values (?, ?)", tags)
        store.many("insert into partner_text (rowid, words) values (?, ?)", words)
        store.sql("insert or replace into partner_pack values (?, ?, ?)", (country, version, time.time()))
    return len(values)


def forget_country(store: Store, country: str) -> None:
    with store.transaction():
        _remove_country(store, country)
        store.sql("delete from partner_pack where country = ?", (country,))


def packs(store: Store) -> dict[str, str]:
    """The version of each country's pack here."""
    return dict(store.sql("select country, version from partner_pack"))


def directory_size(store: Store) -> tuple[int, int, float | None]:
    """How many teachers and countries are here, and when the newest pack came (seconds since 1970)."""
    (teachers,) = store.sql("select count(*) from partner")[0]
    countries, newest = store.sql("select count(*), max(at) from partner_pack")[0]
    return teachers, countries, newest


def search(store: Store, query: Query, offset: int = 0) -> Found:
    """A page of teachers, most recently active first, with live facet counts."""
    base, values = _base(query)
    with_tags, tag_values = _tagged(query.tags)
    where = f"rowid in ({base})" + with_tags
    (total,) = store.sql(f"select count(*) from partner where {where}", (*values, *tag_values))[0]
    rows = store.sql(
        f"select {_SHOWN} from partner where {where} order by last_active desc, rowid limit {PAGE} offset ?",
        (*values, *tag_values, offset),
    )
    facets = _facets(store, query) if offset == 0 else {}
    return Found([_partner(row) for row in rows], total, facets)


def get(store: Store, partner_id: str) -> PartnerRow | None:
    rows = store.sql(f"select {_SHOWN} from partner where id = ?", (partner_id,))
    return _partner(rows[0]) if rows else None


def star(store: Store, partner_id: str, on: bool) -> None:
    if on:
        store.sql("insert or replace into partner_star values (?, ?)", (partner_id, time.time()))
    else:
        store.sql("delete from partner_star where partner_id = ?", (partner_id,))


def note(store: Store, partner_id: str) -> str:
    row = store.one(PartnerNote.select().where(PartnerNote.partner_id == partner_id))
    return row["text"] if row else ""


def keep_note(store: Store, partner_id: str, words: str) -> None:
    store.run(PartnerNote.replace(partner_id=partner_id, text=words, at=time.time()))


_COLUMNS = "id, country, name, school, town, role, languages, subjects, age_from, age_to, about, available, last_active"
_SHOWN = f"{_COLUMNS}, id in (select partner_id from partner_star)"


def _partner(row: tuple[Any, ...]) -> PartnerRow:
    values = dict(zip([*_COLUMNS.split(", "), "starred"], row, strict=True))
    values["languages"], values["subjects"] = tuple(json.loads(row[6])), tuple(json.loads(row[7]))
    return PartnerRow(**{**values, "available": bool(values["available"]), "starred": bool(values["starred"])})


def _values(number: int, row: dict[str, Any]) -> tuple[Any, ...]:
    return (number, row["id"], row["country"], row["name"], row["school"], row["town"], row["role"],
            json.dumps(row["languages"]), json.dumps(row["subjects"]), row["age_from"], row["age_to"],
            row["about"], int(row["available"]), row["last_active"])  # fmt: skip


def _tags(row: dict[str, Any]) -> set[str]:
    ages = {f"a:{band}" for band, low, high in AGE_BANDS if row["age_from"] <= high and row["age_to"] >= low}
    lists = {f"l:{x}" for x in row["languages"]} | {f"s:{x}" for x in row["subjects"]}
    return {f"c:{row['country']}"} | lists | ages


AGE_BANDS = (("u6", 3, 6), ("7_11", 7, 11), ("12_15", 12, 15), ("16_19", 16, 19))


def _base(query: Query) -> tuple[str, tuple[Any, ...]]:
    parts, values = ["select rowid from partner"], []
    conditions = []
    if found := text.words(query.words):
        conditions.append("rowid in (select rowid from partner_text where partner_text match ?)")
        values.append(" ".join(f'"{word}"*' for word in found))
    if query.only_starred:
        conditions.append("id in (select partner_id from partner_star)")
    if conditions:
        parts.append("where " + " and ".join(conditions))
    return " ".join(parts), tuple(values)


def _tagged(tags: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    sql, values = "", []
    for kind in sorted({tag[0] for tag in tags}):
        chosen = sorted(tag for tag in tags if tag[0] == kind)
        sql += f" and rowid in (select partner from partner_tag where tag in ({','.join('?' * len(chosen))}))"
        values += chosen
    return sql, tuple(values)


def _facets(store: Store, query: Query) -> dict[str, int]:
    counts: dict[str, int] = {}
    base, values = _base(query)
    for kind in "clsa":
        others = frozenset(tag for tag in query.tags if tag[0] != kind)
        with_tags, tag_values = _tagged(others)
        rows = store.sql(
            "select tag, count(*) from partner_tag where tag >= ? and tag < ? "
            f"and partner in (select rowid from partner where rowid in ({base}){with_tags}) group by tag",
            (f"{kind}:", f"{kind};", *values, *tag_values),
        )
        counts.update(rows)
    return counts


def _remove_country(store: Store, country: str) -> None:
    ids = store.sql("select rowid from partner where country = ?", (country,))
    store.many("delete from partner_text where rowid = ?", ids)
    store.many("delete from partner_tag where partner = ?", ids)
    store.sql("delete from partner where country = ?", (country,))
