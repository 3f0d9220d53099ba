"""When the next sync may begin."""

import random
import threading
import time
from dataclasses import dataclass

from sync.errors import BusyError, OfflineError, SignInNeededError, WrongAccountError

EVERY = 60.0
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
clock = time.monotonic


@dataclass
class _Hold:
    """Until when whom nothing wakes: ``typing`` alone, or the ``person`` as well. In seconds of the clock."""

    typing: float = 0.0
    person: float = 0.0


class Waits:
    """Waiting times of one thing that is tried again and again.

    A change wakes the loop when only the line was bad; a wait that the platform asked for holds whatever is typed or
    pressed, and a fault of the program is not run into again with every word that is typed.
    """

    def __init__(self) -> None:
        self._failures, self._hold, self._lock = 0, _Hold(), threading.Lock()

    def succeeded(self) -> float:
        """Forget failures; returns the usual pause in seconds."""
        with self._lock:
            self._failures, self._hold = 0, _Hold()
            return EVERY

    def failed(self, error: BaseException) -> float:
        """Note a failure; returns the pause until the next try in seconds."""
        with self._lock:
            now, pause = clock(), self._pause(error)
            asked = isinstance(error, BusyError) and error.asked
            holds = not isinstance(error, OfflineError | SignInNeededError | WrongAccountError)
            self._hold = _Hold(now + pause if holds else 0.0, now + pause if asked else 0.0)
            return pause

    def left(self, *, person: bool) -> float:
        """Seconds during which this may not be tried yet, by itself or when a ``person`` asks."""
        with self._lock:
            return max(0.0, (self._hold.person if person else self._hold.typing) - clock())

    def _pause(self, error: BaseException) -> float:
        if isinstance(error, BusyError):
            return error.retry_after
        if isinstance(error, SignInNeededError | WrongAccountError):
            return LONGEST_WAIT
        longer = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures, 10))
        self._failures += 1
        return longer * random.uniform(0.8, 1.2)
