"""Teachers' entries in the directory.

An entry goes into the packs while its owner allows it to be kept on others' computers and until it expires; when
either ends, the next delta takes it away (:mod:`server.directory.publishing`).
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from server.core.database import Database, DirectoryEntry, School
from sync.protocol.messages import Teacher

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
_teacher: TypeAdapter[Teacher] = TypeAdapter(Teacher)


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
    row = db.one(DirectoryEntry.select().where(DirectoryEntry.id == account["id"]))
    today = datetime.now(UTC).date()
    before = json.loads(row["fields"]) if row else _first_entry(db, account)
    after = {**before, **{name: fields[name] for name in OWN_FIELDS if name in fields}}
    after |= {"last_active": today.isoformat(), "expires": (today + timedelta(days=KEPT_DAYS)).isoformat()}
    try:
        _teacher.validate_python(after)
    except ValidationError:
        return
    keepable = bool(fields.get("keepable", row["keepable"] if row else True))
    if row is None:
        put(db, [after])
    db.run(
        DirectoryEntry.update(
            fields=json.dumps(after, ensure_ascii=False), expires=after["expires"], keepable=keepable, dirty=True
        ).where(DirectoryEntry.id == account["id"])
    )


def _first_entry(db: Database, account: dict[str, Any]) -> dict[str, Any]:
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
