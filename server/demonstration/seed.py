"""The demonstration's platform: two schools, two teachers, two offices, and 5,000 invented profiles."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.accounts.sign_in import hash_password
from server.contacts import commands as contacts
from server.core import records
from server.core.database import Account, Database, School
from server.demonstration import community
from server.directory import entries, publishing
from server.directory.packs import PackFolder
from server.posts import commands as posts

PASSWORD = "demo-password"  # a demonstration's, printed on its banner; never a default of the platform
TEACHERS = ("ayse@example.org", "nikos@example.org")


def seed(db: Database, data: Path, *, count: int = 5_000) -> None:
    """Fill an empty platform. Does nothing to one that has accounts."""
    if db.one(Account.select().limit(1)):
        return
    with db.transaction():
        for school in _SCHOOLS:
            db.run(School.insert(**school))
        for account in _ACCOUNTS:
            db.run(Account.insert(**account, password=hash_password(PASSWORD)))
        one, other = (_account(db, email) for email in TEACHERS)
        contacts.put(db, one, other, "contact")
        contacts.put(db, other, one, "contact")
        for teacher in (one, other):
            _profile_record(db, teacher)
        for number, post in enumerate(_POSTS):
            posts.publish(db, other, {**post, "post_id": f"post-{number}"})
        today = datetime.now(UTC).date()
        until = (today + timedelta(days=entries.KEPT_DAYS)).isoformat()
        own = [
            {
                **_COMMON,
                **entry,
                "last_active": today.isoformat(),
                "expires": until,
                "place": community.place_of(entry["country"], entry["town"]),
            }
            for entry in _ENTRIES
        ]
        entries.put(db, own + community.profiles(count - len(own), 2026, today))
    publishing.publish(db, PackFolder(data / "packs"), today)


def _account(db: Database, email: str) -> dict[str, Any]:
    row = db.one(Account.select().where(Account.email == email))
    assert row is not None
    return row


def _profile_record(db: Database, teacher: dict[str, Any]) -> None:
    entry = next(entry for entry in _ENTRIES if entry["id"] == teacher["id"])
    names = ("about", "languages", "subjects", "available", "age_from", "age_to", "school_type")
    fields = {name: {**_COMMON, **entry}[name] for name in names}
    records.put(db, f"account:{teacher['id']}", "profile", teacher["id"], fields, teacher["id"])


_SCHOOLS = [
    {"id": "s-tr", "name": "Ağrı Dağı Ortaokulu", "town": "Iğdır", "country": "TR"},
    {"id": "s-el", "name": "2ο Γυμνάσιο Χανίων", "town": "Χανιά", "country": "EL"},
]
_ACCOUNTS: list[dict[str, Any]] = [
    {
        "id": "t-ayse",
        "email": TEACHERS[0],
        "name": "Ayşe Işık",
        "role": "teacher",
        "country": "TR",
        "school_id": "s-tr",
    },
    {
        "id": "t-nikos",
        "email": TEACHERS[1],
        "name": "Νίκος Δημητρίου",
        "role": "teacher",
        "country": "EL",
        "school_id": "s-el",
    },
    {
        "id": "o-tr",
        "email": "office-tr@example.org",
        "name": "eTwinning Türkiye",
        "role": "office",
        "country": "TR",
        "school_id": None,
    },
    {
        "id": "o-el",
        "email": "office-el@example.org",
        "name": "eTwinning Ελλάδα",
        "role": "office",
        "country": "EL",
        "school_id": None,
    },
]
_POSTS: list[dict[str, Any]] = [
    {
        "kind": "partner",
        "title": "Water between mountains and sea",
        "languages": ["en"],
        "subjects": ["biology", "geography"],
        "ages": ["12_15"],
        "text": "We measure salt and temperature in the harbour every week. Who lives on a mountain or by a river "
        "and would like to compare from January to May?",
    },
    {
        "kind": "idea",
        "title": "A cookbook of winter soups",
        "languages": ["en", "el"],
        "subjects": ["citizenship"],
        "ages": ["7_11", "12_15"],
        "text": "Each class asks its grandparents for one soup, cooks it, and writes down the story behind it.",
    },
]
_COMMON: dict[str, Any] = {
    "school_type": "lower_secondary",
    "etwinning_school": True,
    "active_projects": 0,
    "projects": [{"title": "Bees and gardens", "year": 2025, "partners": ["t-ayse", "t-nikos", "p000012"]}],
}
_ENTRIES: list[dict[str, Any]] = [
    {
        "id": "t-ayse",
        "country": "TR",
        "name": "Ayşe Işık",
        "school": "Ağrı Dağı Ortaokulu",
        "town": "Iğdır",
        "role": "teacher",
        "languages": ["en", "tr"],
        "subjects": ["natural_sciences", "environmental_education"],
        "age_from": 12,
        "age_to": 15,
        "available": True,
        "about": "We live at the foot of Mount Ağrı. My pupils measure snow and water and would like to compare.",
    },
    {
        "id": "t-nikos",
        "country": "EL",
        "name": "Νίκος Δημητρίου",
        "school": "2ο Γυμνάσιο Χανίων",
        "town": "Χανιά",
        "role": "teacher",
        "languages": ["el", "en"],
        "subjects": ["biology", "geography"],
        "age_from": 12,
        "age_to": 15,
        "available": True,
        "about": "We live between the mountains and the sea, and my pupils measure both. Water, climate and stories.",
    },
]
