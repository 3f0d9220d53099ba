"""Teachers' entries in the directory, and publishing what changed of them as packs.

An entry goes into the packs while its owner allows it to be kept on others' computers and until it expires; when
either ends, the next delta takes it away.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import peewee
from pydantic import TypeAdapter, ValidationError

from app.rules.directory import PARTS, part_of
from server.core.database import Card, Database, School
from server.directory.packs import PackFolder, changed_fields, wants_whole
from sync.protocol.messages import DirectoryProfile, Pack, PackFile, PackList

KEPT_DAYS = 365  # unused for a year, an entry is hidden (facts: retention of the platform)
OWN_FIELDS = (
    "about",
    "languages",
    "subjects",
    "age_from",
    "age_to",
    "available",
    "school",
    "town",
    "school_type",
)  # what owners write themselves
PackName = tuple[str, str]  # country and part
_profile: TypeAdapter[DirectoryProfile] = TypeAdapter(DirectoryProfile)


def put(db: Database, profiles: list[dict[str, Any]]) -> None:
    """Add or replace entries."""
    rows = [(p["id"], p["country"], json.dumps(p, ensure_ascii=False), "", True, p["expires"], True) for p in profiles]
    db.many(
        "insert into card (id, country, fields, published, keepable, expires, dirty) values (?, ?, ?, ?, ?, ?, ?) "
        "on conflict (id) do update set fields = excluded.fields, expires = excluded.expires, dirty = excluded.dirty",
        rows,
    )


def own_changes(db: Database, account: dict[str, Any], fields: dict[str, Any]) -> None:
    """A teacher changed their profile, which also shows that they are active. What is not valid is left as it was."""
    row = db.one(Card.select().where(Card.id == account["id"]))
    today = datetime.now(UTC).date()
    before = json.loads(row["fields"]) if row else _first_card(db, account)
    after = {**before, **{name: fields[name] for name in OWN_FIELDS if name in fields}}
    after |= {"last_active": today.isoformat(), "expires": (today + timedelta(days=KEPT_DAYS)).isoformat()}
    try:
        _profile.validate_python(after)
    except ValidationError:
        return
    keepable = bool(fields.get("keepable", row["keepable"] if row else True))
    if row is None:
        put(db, [after])
    db.run(
        Card.update(
            fields=json.dumps(after, ensure_ascii=False), expires=after["expires"], keepable=keepable, dirty=True
        ).where(Card.id == account["id"])
    )


def _first_card(db: Database, account: dict[str, Any]) -> dict[str, Any]:
    """The entry of a teacher who has none yet, from what the platform knows."""
    school = db.one(School.select().where(School.id == account["school_id"])) or {"name": "", "town": ""}
    return {
        "id": account["id"],
        "country": account["country"],
        "name": account["name"],
        "school": school["name"],
        "school_type": "school",
        "etwinning_school": False,
        "town": school["town"],
        "place": "",
        "role": "teacher",
        "languages": [],
        "subjects": [],
        "age_from": 3,
        "age_to": 19,
        "about": "",
        "projects": [],
        "active_projects": 0,
        "available": False,
    }


def waiting(db: Database, today: date) -> bool:
    """Whether anything changed since the last publication."""
    return db.one(Card.select(Card.id).where(_stale(today)).limit(1)) is not None


def publish(db: Database, folder: PackFolder, today: date) -> PackList:
    """Write what changed as one delta for each pack it touches, or a whole pack where that is better."""
    with db.transaction():
        rows = db.all(Card.select().where(_stale(today)))
        listing = folder.list()
        packs: dict[PackName, Pack] = {(pack.country, pack.part): pack for pack in listing.packs}
        number = listing.number + 1
        by_country: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_country.setdefault(row["country"], []).append(row)
        for country, changes in by_country.items():
            _mark_published(db, changes, today)
            for part in PARTS:
                _publish_part(db, folder, packs, (country, part), changes, number, today)
        return folder.publish(packs.values(), number) if rows else listing


def _publish_part(
    db: Database,
    folder: PackFolder,
    packs: dict[PackName, Pack],
    name: tuple[str, str],
    changes: list[dict[str, Any]],
    number: int,
    today: date,
) -> None:
    known, (country, part) = packs.get(name), name
    before = {r["id"]: json.loads(r["published"]) for r in changes if r["published"]}
    after = {r["id"]: json.loads(r["fields"]) for r in changes if _goes_out(r, today)}
    was = {card_id: card for card_id, card in before.items() if part_of(card) == part}
    now = {card_id: card for card_id, card in after.items() if part_of(card) == part}
    changed = [changed_fields(was.get(card_id, {}), card) for card_id, card in now.items() if was.get(card_id) != card]
    gone = sorted(set(was) - set(now))
    if not changed and not gone:
        return
    if known is None:
        packs[name] = _whole(db, folder, country, part, number)
        return
    delta = folder.write_delta(country, part, known.number, number, changed, gone)
    count = known.profiles + len(set(now) - set(was)) - len(gone)
    grown = known.model_copy(update={"number": number, "deltas": [*known.deltas, delta], "profiles": count})
    packs[name] = _whole(db, folder, country, part, number, grown.deltas) if wants_whole(grown) else grown


def _whole(
    db: Database, folder: PackFolder, country: str, part: str, number: int, deltas: list[PackFile] | None = None
) -> Pack:
    """A pack written anew. The newest deltas stay for those who have them almost all."""
    rows = db.all(Card.select(Card.published).where(Card.country == country, Card.published != ""))
    cards = [card for row in rows if part_of(card := json.loads(row["published"])) == part]
    cards.sort(key=lambda card: (card["last_active"], card["id"]), reverse=True)
    whole = folder.write_whole(country, part, number, cards)
    kept: list[PackFile] = []
    room = whole.size
    for delta in reversed(deltas or []):
        room -= delta.size
        if room < 0 or len(kept) == 7:
            break
        kept.insert(0, delta)
    return Pack(country=country, part=part, number=number, profiles=len(cards), whole=whole, deltas=kept)  # type: ignore[arg-type]


def _mark_published(db: Database, rows: list[dict[str, Any]], today: date) -> None:
    db.many(
        "update card set published = ?, dirty = ? where id = ?",
        [(row["fields"] if _goes_out(row, today) else "", False, row["id"]) for row in rows],
    )


def _goes_out(row: dict[str, Any], today: date) -> bool:
    return bool(row["keepable"]) and row["expires"] >= today.isoformat()


def _stale(today: date) -> peewee.Expression:
    """Entries that changed, and those in the packs whose time has passed."""
    return (Card.dirty == True) | ((Card.published != "") & (Card.expires < today.isoformat()))  # noqa: E712
