"""Small named values of a profile: the signed-in account, preferences, directory version."""

import json
from typing import Any

import peewee

from local_db.store import Store


class Setting(peewee.Model):
    name = peewee.TextField(primary_key=True)
    value = peewee.TextField()


def get(store: Store, name: str, default: Any = None) -> Any:
    row = store.one(Setting.select().where(Setting.name == name))
    return default if row is None else json.loads(row["value"])


def put(store: Store, name: str, value: Any) -> None:
    store.run(Setting.replace(name=name, value=json.dumps(value, ensure_ascii=False)))
