"""Records are found by their indexes, however many there are."""

import secrets
from pathlib import Path

import pytest

from local_db.store import Store
from local_db.tables import records
from local_db.tables.records import Query, ServerRow
from sync.protocol import registry

QUERIES = (
    Query("message", None, {"from_id": "p1"}, "at"),
    Query("message", None, {"to_id": "me"}, "at", newest=True, limit=3),
    Query("message", None, {}, "at", newest=True, limit=4, offset=1),
    Query("message", None, {"from_id": ["p1", "p2"]}),
    Query("message", "account:me", {}, "at"),
    Query("message"),
)


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path, secrets.token_bytes(32))
    rows = [
        {"from_id": f"p{n % 3}", "from_name": "P", "to_id": "me", "to_name": "Me", "text": "Hello", "at": 100 - n}
        for n in range(12)
    ]
    records.accept(opened, "account:me", [ServerRow("message", f"m{n}", 1, row) for n, row in enumerate(rows)])
    yield opened
    opened.close()


def test_an_index_changes_no_answer(store: Store) -> None:
    before = [records.select(store, query) for query in QUERIES]
    counted = [records.count(store, query) for query in QUERIES]
    records.ensure_indexes(store, registry.indexes())
    assert [records.select(store, query) for query in QUERIES] == before and all(before)
    assert [records.count(store, query) for query in QUERIES] == counted


@pytest.mark.parametrize("query", QUERIES[:3])
def test_a_conversation_is_looked_up_and_not_searched_for(store: Store, query: Query, monkeypatch) -> None:
    records.ensure_indexes(store, registry.indexes())
    asked, sql = [], store.sql
    monkeypatch.setattr(store, "sql", lambda text, values=(): asked.append((text, values)) or sql(text, values))
    records.select(store, query)
    text, values = asked[-1]
    plan = [row[3] for row in sql(f"explain query plan {text}", values)]
    assert len(plan) == 1 and "USING INDEX record_message_by_" in plan[0]  # and nothing is sorted


def test_indexes_of_an_earlier_version_are_replaced(store: Store) -> None:
    store.sql("create index record_message_at on record (id) where kind = 'message'")
    for _time in range(2):
        records.ensure_indexes(store, registry.indexes())
    names = {row[0] for row in store.sql("select name from sqlite_master where type = 'index'")}
    assert "record_message_by_at" in names and "record_message_at" not in names
