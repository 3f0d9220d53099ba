"""Publishing what changed of the teachers' entries as packs, while everybody else goes on working.

Entries are read page by page, the files are written outside any transaction, and short transactions note what was
published. Three steps make a kill at any instant harmless:

1. a journal says what each entry will be in the packs;
2. the list is replaced, and with it the packs count;
3. the journal is noted in the database, page by page, and deleted.

Whoever publishes next finishes a journal whose list stands, and throws away one whose list does not. An entry that was
changed meanwhile stays dirty and goes out the next time. A lock on the folder lets one publisher in at a time.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import peewee
from filelock import FileLock

from app.rules.directory import PARTS, part_of
from server.core.database import Database, DirectoryEntry
from server.directory.journal import Journal, Noted
from server.directory.pace import Pace
from server.directory.packs import PackFolder, changed_fields, wants_whole
from sync.protocol.messages import Pack, PackFile, PackList

PAGE = 500  # entries read at once, and the most that are noted at once
KEPT_DELTAS = 7  # of a pack that is written anew
PackName = tuple[str, str]  # country and part


class Change(NamedTuple):
    """What a teacher is in the packs as JSON, before and after; empty where they are in none."""

    before: str
    after: str


@dataclass(frozen=True)
class _Publication:
    """One publication at work."""

    db: Database
    folder: PackFolder
    number: int
    packs: dict[PackName, Pack]


def waiting(db: Database, today: date) -> bool:
    """Whether anything changed since the last publication."""
    return db.one(DirectoryEntry.select(DirectoryEntry.id).where(_stale(today)).limit(1)) is not None


def publish(db: Database, folder: PackFolder, today: date) -> PackList:
    """Write what changed as one delta for each pack it touches, or a whole pack where that is better."""
    with FileLock(folder.folder / "publishing.lock"):
        listing = folder.list()
        for journal in Journal.all_of(folder.folder):
            if journal.number <= listing.number:
                _note_published(db, journal)
            journal.delete()
        return _publish(db, folder, listing, today) if waiting(db, today) else listing


def _publish(db: Database, folder: PackFolder, listing: PackList, today: date) -> PackList:
    packs: dict[PackName, Pack] = {(pack.country, pack.part): pack for pack in listing.packs}
    publication = _Publication(db, folder, listing.number + 1, packs)
    journal = Journal(folder.folder, publication.number)
    with journal.writing() as note:
        for country, ids in _stale_by_country(db, today).items():
            changes = _changes(db, ids, today, note)
            for part in PARTS:
                _publish_part(publication, (country, part), changes)
    published = folder.publish(packs.values(), publication.number, keep=listing)
    _note_published(db, journal)
    journal.delete()
    return published


def _changes(db: Database, ids: list[str], today: date, note: Callable[[Noted], None]) -> dict[str, Change]:
    """What becomes of some entries in the packs, by id; each is noted."""
    changes: dict[str, Change] = {}
    for teacher_id, fields, keepable, expires, published in _entries(
        db, ids, "id, fields, keepable, expires, published"
    ):
        goes_out = bool(keepable) and expires >= today.isoformat()
        noted = Noted(teacher_id, fields, bool(keepable), expires, goes_out)
        note(noted)
        changes[teacher_id] = Change(published, noted.published)
    return changes


def _publish_part(publication: _Publication, name: PackName, changes: dict[str, Change]) -> None:
    known, (country, part) = publication.packs.get(name), name
    was = _in_part(part, {teacher_id: change.before for teacher_id, change in changes.items()})
    now = _in_part(part, {teacher_id: change.after for teacher_id, change in changes.items()})
    changed = [
        changed_fields(was.get(teacher_id, {}), teacher)
        for teacher_id, teacher in now.items()
        if was.get(teacher_id) != teacher
    ]
    gone = sorted(set(was) - set(now))
    if not changed and not gone:
        return
    if known is None:
        publication.packs[name] = _whole(publication, name, changes)
        return
    delta = publication.folder.write_delta(country, part, known.number, publication.number, changed, gone)
    count = max(0, known.profiles + len(set(now) - set(was)) - len(gone))
    update = {"number": publication.number, "deltas": [*known.deltas, delta], "profiles": count}
    grown = known.model_copy(update=update)
    publication.packs[name] = _whole(publication, name, changes, grown.deltas) if wants_whole(grown) else grown


def _in_part(part: str, texts: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The teachers who are in one of a country's two packs, by id."""
    parsed = ((teacher_id, json.loads(text)) for teacher_id, text in texts.items() if text)
    return {teacher_id: teacher for teacher_id, teacher in parsed if part_of(teacher) == part}


def _whole(
    publication: _Publication, name: PackName, changes: dict[str, Change], deltas: list[PackFile] | None = None
) -> Pack:
    """A pack written anew. The newest deltas stay for those who have them almost all."""
    (country, part), lines = name, []
    others = [teacher_id for teacher_id in _published_ids(publication.db, country) if teacher_id not in changes]
    unchanged = (published for (published,) in _entries(publication.db, others, "published"))
    for texts in (unchanged, (change.after for change in changes.values())):
        for text in filter(None, texts):
            teacher = json.loads(text)
            if part_of(teacher) == part:
                lines.append((teacher["last_active"], teacher["id"], text))
    lines.sort(reverse=True)
    teachers = (json.loads(text) for _day, _id, text in lines)
    whole = publication.folder.write_whole(country, part, publication.number, teachers)
    kept = _worth_keeping(deltas or [], whole.size)
    return Pack.model_validate(
        {
            "country": country,
            "part": part,
            "number": publication.number,
            "profiles": len(lines),
            "whole": whole.model_dump(),
            "deltas": [delta.model_dump() for delta in kept],
        }
    )


def _worth_keeping(deltas: list[PackFile], room: int) -> list[PackFile]:
    """The newest of the deltas that are less to fetch than the whole pack."""
    kept: list[PackFile] = []
    for delta in reversed(deltas):
        room -= delta.size
        if room < 0 or len(kept) == KEPT_DELTAS:
            break
        kept.insert(0, delta)
    return kept


# -- the database -----------------------------------------------------------------------------


def _stale_by_country(db: Database, today: date) -> dict[str, list[str]]:
    """The ids of entries to look at, by country in order."""
    by_country: dict[str, list[str]] = {}
    for row in db.all(DirectoryEntry.select(DirectoryEntry.country, DirectoryEntry.id).where(_stale(today))):
        by_country.setdefault(row["country"], []).append(row["id"])
    return {country: sorted(by_country[country]) for country in sorted(by_country)}


def _published_ids(db: Database, country: str) -> list[str]:
    where = (DirectoryEntry.country == country) & (DirectoryEntry.published != "")
    return sorted(row["id"] for row in db.all(DirectoryEntry.select(DirectoryEntry.id).where(where)))


def _entries(db: Database, ids: list[str], columns: str) -> Iterator[tuple[Any, ...]]:
    """Some columns of entries, read page by page, so that no statement and no transaction lasts."""
    for start in range(0, len(ids), PAGE):
        yield from db.rows_in(f"select {columns} from card where id", ids[start : start + PAGE])


def _note_published(db: Database, journal: Journal) -> None:
    """Note what the packs have now. What is not as it was read stays dirty. May be done again."""
    pace = Pace()
    for page in journal.pages(PAGE):
        while page:
            now, page = page[: pace.rows], page[pace.rows :]
            with pace.turn(len(now)):
                db.transact(lambda rows=now: _mark(db, rows))  # type: ignore[misc]
            if db.is_sqlite:  # else whoever writes next would have to put all of it into the file
                db.execute("pragma wal_checkpoint(passive)")
            pace.rest()


def _mark(db: Database, page: list[Noted]) -> None:
    db.many(
        "update card set published = ?, dirty = case when fields = ? and keepable = ? and expires = ? then ? "
        "else dirty end where id = ?",
        [(n.published, n.fields, n.keepable, n.expires, False, n.id) for n in page],
    )


def _stale(today: date) -> peewee.Expression:
    """Entries that changed, and those in the packs whose time has passed."""
    expired = (DirectoryEntry.published != "") & (DirectoryEntry.expires < today.isoformat())
    return (DirectoryEntry.dirty == True) | expired  # noqa: E712
