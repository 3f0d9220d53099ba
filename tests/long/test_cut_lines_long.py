"""A thousand days over bad lines: ``TWINDESK_LINE_SEEDS=5000-6000 make long`` chooses others than the usual seeds."""

import os

import pytest

from tests.sync.working_day import live

FIRST, _to, LAST = os.environ.get("TWINDESK_LINE_SEEDS", "1000-2000").partition("-")
PART = 50


@pytest.mark.parametrize("first", range(int(FIRST), int(LAST), PART))
def test_many_days_over_bad_lines(first: int) -> None:
    assert live(range(first, min(first + PART, int(LAST)))) > 0
