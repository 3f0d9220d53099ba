"""How much the publisher writes in one transaction, and how long it lets others go first: by the clock, not by a guess."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

AIM = 0.015  # seconds that one transaction should take
FEWEST, MOST = 50, 500  # rows of one transaction
# SQLite's other processes look every 25 ms, at first, whether it is their turn: rest longer than that
SHORTEST_REST, LONGEST_REST = 0.03, 0.2


class Pace:
    """Small transactions with rests between them; smaller ones, and longer rests, where the disk or the machine is busy."""

    def __init__(self) -> None:
        self.rows, self._took = 100, 0.0

    @contextmanager
    def turn(self, rows: int) -> Iterator[None]:
        """A transaction of so many rows; afterwards ``rows`` says how many the next one should have."""
        begun = time.perf_counter()
        yield
        self.note(rows, time.perf_counter() - begun)

    def note(self, rows: int, seconds: float) -> None:
        """So long did a transaction of so many rows take. Grows by half at most, so that one quick turn proves little."""
        fitting = rows * AIM / max(seconds, 1e-6)
        self.rows = int(max(min(fitting, self.rows * 1.5, MOST), FEWEST))
        self._took = seconds

    @property
    def due_rest(self) -> float:
        """Seconds for others until the next turn."""
        return min(max(self._took, SHORTEST_REST), LONGEST_REST)

    def rest(self) -> None:
        """Let others go first."""
        time.sleep(self.due_rest)
