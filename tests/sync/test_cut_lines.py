"""Two teachers work over a line that cuts, repeats, delays and truncates at any byte: all is there once in the evening.

tests/long/test_cut_lines_long.py lives many more days.
"""

from tests.sync.working_day import live

SEEDS = range(50)


def test_nothing_is_lost_and_nothing_is_there_twice() -> None:
    assert live(SEEDS) > len(SEEDS)  # the line was bad indeed
