"""Small named values of a profile: the signed-in account, preferences, directory version."""

import json
from typing import Any

import peewee

from local_db.store import Store


class Setting(peewee.Model):
    """One named value, as JSON."""

    name = peewee.TextField(primary_key=True)
    value = peewee.TextField()


def get(store: Store, name: str, default: Any = None) -> Any:
    """The value of a name, or ``default``. A sync asks a dozen times, so the query is not built anew each time."""
    rows = store.sql("select value from setting where name = ?", (name,))
    return json.loads(rows[0][0]) if rows else default


def put(store: Store, name: str, value: Any) -> None:
    """Keep a value that JSON knows under a name."""
    store.sql("replace into setting (name, value) values (?, ?)", (name, json.dumps(value, ensure_ascii=False)))
