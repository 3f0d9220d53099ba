"""What a teacher keeps of partners: stars in folders, private notes, saved searches, reminders. None of it is ever sent.

Only ids are kept here, so that who leaves the directory leaves this computer too.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

import peewee

from app.rules.ids import uuid7
from local_db.store import Store


class PartnerStar(peewee.Model):
    """A starred teacher and the folder they are in, empty for none. ``at`` is when it was starred, in seconds since 1970."""

    partner_id = peewee.TextField(primary_key=True)
    at = peewee.FloatField()
    folder_id = peewee.TextField(default="")

    class Meta:
        table_name = "partner_star"


class PartnerNote(peewee.Model):
    """The private note about one teacher. ``at`` is when it was last written, in seconds since 1970."""

    partner_id = peewee.TextField(primary_key=True)
    text = peewee.TextField()
    at = peewee.FloatField()

    class Meta:
        table_name = "partner_note"


class PartnerFolder(peewee.Model):
    """A folder for starred teachers. ``at`` is when it was made, in seconds since 1970."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    at = peewee.FloatField()

    class Meta:
        table_name = "partner_folder"


class SavedSearchRow(peewee.Model):
    """A saved search as it is stored: ``query`` is JSON, ``at`` when it was saved, in seconds since 1970."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    query = peewee.TextField()
    newest = peewee.IntegerField()
    at = peewee.FloatField()

    class Meta:
        table_name = "saved_search"


class FollowUpRow(peewee.Model):
    """A reminder as it is stored; see :class:`FollowUp`. ``at`` is when it was last changed, in seconds since 1970."""

    partner_id = peewee.TextField(primary_key=True)
    remind_on = peewee.TextField(default="")
    silent = peewee.BooleanField(default=False)
    at = peewee.FloatField()

    class Meta:
        table_name = "follow_up"


@dataclass(frozen=True)
class SavedSearch:
    """A search with a name; ``newest`` is the newest row of the directory when it was last looked at."""

    id: str
    name: str
    query: dict[str, Any]
    newest: int


@dataclass(frozen=True)
class FollowUp:
    """When to write again (an ISO date or empty), and whether the person is marked as silent."""

    remind_on: str = ""
    silent: bool = False


def star(store: Store, partner_id: str, on: bool, folder_id: str = "") -> None:
    """Star a teacher and put them into a folder (empty for none), or take the star away."""
    if on:
        store.run(PartnerStar.replace(partner_id=partner_id, at=time.time(), folder_id=folder_id))
    else:
        store.run(PartnerStar.delete().where(PartnerStar.partner_id == partner_id))


def stars(store: Store, folder_id: str | None = None) -> dict[str, str]:
    """The folder of each starred teacher ("" for none), of one folder or of all."""
    query = PartnerStar.select(PartnerStar.partner_id, PartnerStar.folder_id)
    if folder_id is not None:
        query = query.where(PartnerStar.folder_id == folder_id)
    return {row["partner_id"]: row["folder_id"] for row in store.all(query)}


def folders(store: Store) -> list[tuple[str, str]]:
    """``(id, name)`` of every folder, by name."""
    rows = store.all(PartnerFolder.select().order_by(PartnerFolder.name))
    return [(row["id"], row["name"]) for row in rows]


def add_folder(store: Store, name: str) -> str:
    """Make an empty folder; returns its id."""
    folder_id = str(uuid7())
    store.run(PartnerFolder.insert(id=folder_id, name=name, at=time.time()))
    return folder_id


def remove_folder(store: Store, folder_id: str) -> list[str]:
    """Remove a folder; its teachers stay starred. Returns their ids, for an undo."""
    with store.transaction():
        held = list(stars(store, folder_id))
        store.run(PartnerStar.update(folder_id="").where(PartnerStar.folder_id == folder_id))
        store.run(PartnerFolder.delete().where(PartnerFolder.id == folder_id))
    return held


def restore_folder(store: Store, folder_id: str, name: str, held: list[str]) -> None:
    """Undo :func:`remove_folder`: the folder comes back with the teachers it held, as far as they are still starred."""
    with store.transaction():
        store.run(PartnerFolder.replace(id=folder_id, name=name, at=time.time()))
        store.run(PartnerStar.update(folder_id=folder_id).where(PartnerStar.partner_id.in_(held)))


def note(store: Store, partner_id: str) -> str:
    """The note about a teacher, empty if there is none."""
    row = store.one(PartnerNote.select().where(PartnerNote.partner_id == partner_id))
    return row["text"] if row else ""


def notes(store: Store) -> dict[str, str]:
    """Every note, by the teacher's id."""
    return {row["partner_id"]: row["text"] for row in store.all(PartnerNote.select())}


def keep_note(store: Store, partner_id: str, words: str) -> None:
    """Write the note about a teacher, in place of the one before."""
    store.run(PartnerNote.replace(partner_id=partner_id, text=words, at=time.time()))


def saved_searches(store: Store) -> list[SavedSearch]:
    """Every saved search, the oldest first."""
    rows = store.all(SavedSearchRow.select().order_by(SavedSearchRow.at))
    return [SavedSearch(row["id"], row["name"], json.loads(row["query"]), row["newest"]) for row in rows]


def save_search(store: Store, name: str, query: dict[str, Any], newest: int, search_id: str | None = None) -> str:
    """Save a search, in place of the one with ``search_id`` if there is one; returns its id."""
    search_id = search_id or str(uuid7())
    text = json.dumps(query, ensure_ascii=False)
    store.run(SavedSearchRow.replace(id=search_id, name=name, query=text, newest=newest, at=time.time()))
    return search_id


def looked_at(store: Store, search_id: str, newest: int) -> None:
    """A search was opened: from now on, new teachers are those behind row ``newest`` of the directory."""
    store.run(SavedSearchRow.update(newest=newest).where(SavedSearchRow.id == search_id))


def remove_search(store: Store, search_id: str) -> None:
    """Delete a saved search."""
    store.run(SavedSearchRow.delete().where(SavedSearchRow.id == search_id))


def follow_up(store: Store, partner_id: str) -> FollowUp:
    """The reminder about a teacher; an empty one if none was set."""
    row = store.one(FollowUpRow.select().where(FollowUpRow.partner_id == partner_id))
    return FollowUp(row["remind_on"], bool(row["silent"])) if row else FollowUp()


def follow_ups(store: Store) -> dict[str, FollowUp]:
    """Every reminder, by the teacher's id."""
    rows = store.all(FollowUpRow.select())
    return {row["partner_id"]: FollowUp(row["remind_on"], bool(row["silent"])) for row in rows}


def keep_follow_up(store: Store, partner_id: str, kept: FollowUp) -> None:
    """Set the reminder about a teacher, in place of the one before."""
    store.run(FollowUpRow.replace(partner_id=partner_id, remind_on=kept.remind_on, silent=kept.silent, at=time.time()))
