"""Ids: valid, in order, and never twice, whatever the clock does."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

import pytest

from app.rules.ids import uuid7


def test_ids_are_of_version_seven_and_tell_their_time() -> None:
    made = uuid7()
    assert made.version == 7 and made.variant == RFC_4122
    assert abs((made.int >> 80) - time.time_ns() // 1_000_000) < 60_000


def test_ids_grow_and_are_never_twice_in_any_thread() -> None:
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _n: [uuid7() for _id in range(2_000)], range(4)))
    assert len({one for batch in batches for one in batch}) == 8_000
    assert all(sorted(batch) == batch for batch in batches)


def test_ids_grow_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    second, third = uuid7(), uuid7()
    assert first < second < third and third.version == 7 and third.variant == RFC_4122
