"""Days are counted as the program saw them, whatever the clock shows."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db import keys
from local_db.elapsed import DAY, LONGEST_GAP, days_seen
from local_db.store import Store

KEY = secrets.token_bytes(32)
TODAY = 1_800_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    keys.adopt(tmp_path, KEY)
    opened = Store.open(tmp_path, KEY)
    yield opened
    opened.close()


def test_a_day_counts_once_and_a_gap_counts_as_days(store: Store) -> None:
    first = days_seen(store, TODAY)
    assert days_seen(store, TODAY + 60) == first
    assert days_seen(store, TODAY + DAY) == first + 1
    assert days_seen(store, TODAY + 5 * DAY) == first + 5


def test_thirty_ordinary_days_are_thirty(store: Store) -> None:
    first = days_seen(store, TODAY)
    for day in range(1, 31):
        count = days_seen(store, TODAY + day * DAY)
    assert count == first + 30


def test_one_start_years_ahead_is_worth_a_week_and_coming_back_a_day(store: Store) -> None:
    first = days_seen(store, TODAY)
    assert days_seen(store, TODAY + 4 * 365 * DAY) == first + LONGEST_GAP
    assert days_seen(store, TODAY) == first + LONGEST_GAP
    assert days_seen(store, TODAY + DAY) == first + LONGEST_GAP + 1


def test_a_clock_that_falls_back_to_1970_at_every_start_adds_nothing_more(store: Store) -> None:
    days_seen(store, 0)
    before = days_seen(store, TODAY)
    for day in range(1, 11):
        days_seen(store, 0)
        days_seen(store, TODAY + day * DAY)
    assert days_seen(store, -5 * DAY) == before + 11
    assert days_seen(store, TODAY + 10 * DAY) == before + 11


def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    for day in range(3):
        store = Store.open(tmp_path, KEY)
        count = days_seen(store, TODAY + day * DAY)
        store.close()
    assert count == 3
