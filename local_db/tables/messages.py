"""Messages by the people they were exchanged with, and how far each person's were read.

The platform gives each message to both sides as a record; here they are found by the indexes of ``from_id`` and
``to_id``, so that what a list costs depends on how many people wrote, not on how much.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from local_db.store import Store
from local_db.tables import records, settings

MARKS = "messages_seen"  # {person: [at, id, [ids read beyond it]]}
OLD_MARKS = "messages_read"  # {person: at}, of versions before
DRAFT = "preference:message-draft:"
_READABLE = "kind = 'message' and deleted = 0 and unreadable = 0"
_INDEX = "record_message_by_{}"
_AT = f"json_extract({records.SHOWN}, '$.at')"


class Moment(NamedTuple):
    """Where a message stands among others: its time in seconds since 1970, and its record's id."""

    at: float
    id: str


class Mark(NamedTuple):
    """Up to where somebody's messages were read, and which of the later ones were read as well."""

    until: Moment
    beyond: frozenset[str]

    def has(self, moment: Moment) -> bool:
        """Whether a message counts as read."""
        return moment <= self.until or moment.id in self.beyond


NOTHING_READ = Mark(Moment(0, ""), frozenset())


def newest_of_each(store: Store, side: str) -> dict[str, Moment]:
    """The newest message of everybody who wrote (``side`` is ``from_id``) or was written to (``to_id``)."""
    person = f"json_extract({records.SHOWN}, '$.{side}')"
    source = f"record indexed by {_INDEX.format(side)}"  # SQLite would go through all messages instead
    following = f"select {person} from {source} where kind = 'message' and {person} > {{}} order by {person} limit 1"
    newest = (
        f"select json_array({_AT}, id) from {source} where {_READABLE} and {person} = each.person "
        f"order by {_AT} desc, id desc limit 1"
    )
    rows = store.sql(
        f"with recursive each (person) as (select ({following.format(repr(''))}) "
        f"union all select ({following.format('each.person')}) from each where each.person is not null) "
        f"select person, ({newest}) from each where person is not null"
    )
    return {person: Moment(*json.loads(found)) for person, found in rows if found}


def since(store: Store, person_id: str, at: float) -> list[Moment]:
    """The messages that somebody wrote from a moment on, the newest first."""
    person = f"json_extract({records.SHOWN}, '$.from_id')"
    source = f"record indexed by {_INDEX.format('from_id')}"
    where = f"{_READABLE} and {person} = ? and {_AT} >= ?"
    rows = store.sql(f"select {_AT}, id from {source} where {where} order by {_AT} desc, id desc", (person_id, at))
    return [Moment(*row) for row in rows]


def latest(store: Store, person_id: str, most: int) -> list[records.Row]:
    """The newest messages from and to somebody, ``most`` of them, the oldest of them first."""
    both = [
        records.select(store, records.Query("message", None, {side: person_id}, "at", True, most))
        for side in ("from_id", "to_id")
    ]
    rows = sorted(both[0] + both[1], key=lambda row: (float(row.fields["at"]), row.id))
    return rows[-most:]


def ids(store: Store) -> set[str]:
    """The records of all messages."""
    return {row[0] for row in store.sql(f"select id from record where {_READABLE}")}


def contents(store: Store, wanted: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``(record id, fields)`` of messages; thousands are read for a search: too many for the query builder."""
    left = list(wanted)
    for start in range(0, len(left), 500):
        some = left[start : start + 500]
        where = f"{_READABLE} and id in ({', '.join('?' * len(some))})"
        for record_id, text in store.sql(f"select id, {records.SHOWN} from record where {where}", tuple(some)):
            yield record_id, json.loads(text)


def marks(store: Store) -> dict[str, Mark]:
    """How far each person's messages were read."""
    old = {who: Mark(Moment(at, "\U0010ffff"), frozenset()) for who, at in settings.get(store, OLD_MARKS, {}).items()}
    new = settings.get(store, MARKS, {})
    return old | {who: Mark(Moment(at, last), frozenset(beyond)) for who, (at, last, beyond) in new.items()}


def unread(store: Store, person_id: str, mark: Mark) -> list[Moment]:
    """What somebody wrote and nobody has read yet, the newest first."""
    return [moment for moment in since(store, person_id, mark.until.at) if not mark.has(moment)]


def unread_of_each(store: Store, newest: Mapping[str, Moment]) -> dict[str, list[Moment]]:
    """What nobody has read yet of those whose newest messages are given; who has nothing of it is left out."""
    known = marks(store)
    later = {who: mark for who, at in newest.items() if at > (mark := known.get(who, NOTHING_READ)).until}
    return {who: found for who, mark in later.items() if (found := unread(store, who, mark))}


def mark_read(store: Store, person_id: str, seen: Iterable[str] | None = None) -> bool:
    """These messages of somebody were read, by their records' ids, or all of them; whether that is news."""
    with store.transaction():
        mark = marks(store).get(person_id, NOTHING_READ)
        later = [moment for moment in since(store, person_id, mark.until.at) if moment > mark.until]
        read = {moment.id for moment in later} if seen is None else mark.beyond | set(seen)
        read &= {moment.id for moment in later}
        if read <= mark.beyond:
            return False
        until = mark.until
        for moment in reversed(later):
            if moment.id not in read:
                break
            until = moment
        beyond = sorted(moment.id for moment in later if moment.id in read and moment > until)
        kept = settings.get(store, MARKS, {})
        settings.put(store, MARKS, {**kept, person_id: [until.at, until.id, beyond]})
    return True


def drafts(store: Store) -> dict[str, str]:
    """The half-written message to each person."""
    rows = store.sql("select name, value from setting where name >= ? and name < ?", (DRAFT, DRAFT[:-1] + ";"))
    texts = {name.removeprefix(DRAFT): json.loads(value) for name, value in rows}
    return {person: str(text) for person, text in texts.items() if text}
