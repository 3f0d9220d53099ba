"""Work that nobody asks for: one thread that does what is due, in one process at a time.

A job that fails is told in the log and done again when it is due next; it never keeps the others from theirs.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from server.core.database import Database

_log = logging.getLogger(__name__)
LOCK = "jobs"  # held by the one process that does them, on PostgreSQL


@dataclass
class Job:
    """Something to do every so many seconds. ``work`` must bear being stopped anywhere and done again.

    ``stop`` is called from another thread when the platform ends: work that lasts comes back soon.
    """

    name: str
    every: float
    work: Callable[[], object]
    stop: Callable[[], object] = lambda: None
    due: float = field(default=0.0, compare=False)  # by the monotonic clock; 0 is at once


class Jobs:
    """The thread. ``start`` it once; ``stop`` waits until the job at hand is done."""

    def __init__(self, database: Database, jobs: Sequence[Job], tick: float = 5.0) -> None:
        self._database, self._jobs, self._tick = database, jobs, tick
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin; everything is due at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        for job in self._jobs:
            job.stop()
        if self._thread.is_alive():
            self._thread.join(30)

    def do_due(self) -> list[str]:
        """Do what is due, unless another process is at it; the names of those that were done without a fault."""
        with self._database.only_here(LOCK) as mine:
            return [job.name for job in self._jobs if mine and self._is_due(job) and self._do(job)]

    def _is_due(self, job: Job) -> bool:
        return not self._stopped.is_set() and time.monotonic() >= job.due

    def _do(self, job: Job) -> bool:
        job.due = time.monotonic() + job.every
        try:
            job.work()
        except Exception:
            _log.exception("the job %r failed; it is tried again in %.0f seconds", job.name, job.every)
            return False
        return True

    def _loop(self) -> None:
        while not self._stopped.is_set():
            try:
                self.do_due()
            except Exception:  # the database itself does not answer
                _log.exception("no jobs could be done")
            self._stopped.wait(self._tick)
