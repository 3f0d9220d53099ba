"""The publisher: a process of its own beside the platform, so that it never has the interpreter others wait for.

It ends with the platform, also when that one is killed. Being ended is harmless at any instant
(:mod:`server.directory.publishing`).
"""

import gc
import multiprocessing
import os
import signal
import threading
from datetime import UTC, date, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from server.core.database import Database
from server.directory import publishing
from server.directory.packs import PackFolder

NICE = 5  # more, and others would wait for one who holds a lock and gets no turn
PATIENCE = 10.0  # seconds that an ended process may take to be gone


class PublisherFailedError(Exception):
    """The publisher's process came to a bad end; its own last words are in the log."""


class Publisher:
    """Starts the process when there is something to publish, and waits for it."""

    def __init__(self, database: Database, data: Path) -> None:
        self._database, self._packs = database, data / "packs"
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._stopped = False

    def publish(self) -> bool:
        """What teachers changed of their entries goes into the directory; whether there was anything.

        Raises PublisherFailedError, and OSError where no process can be started. Then everything waits for the next
        time. After :meth:`stop` nothing is published.
        """
        today = datetime.now(UTC).date()
        if not publishing.waiting(self._database, today):
            return False
        process = self._start(today)
        if process is None:
            return False
        process.join()
        if process.exitcode and not self._stopped:
            raise PublisherFailedError(f"the publisher ended with {process.exitcode}")
        return not process.exitcode

    def stop(self) -> None:
        """End the process that is at work, and start no other."""
        with self._lock:
            self._stopped = True
            if self._process is not None and self._process.is_alive():
                self._process.terminate()
                self._process.join(PATIENCE)

    def _start(self, today: date) -> BaseProcess | None:
        arguments = (self._database.url, self._packs, today)
        with self._lock:
            if self._stopped:
                return None
            context = multiprocessing.get_context("spawn")
            self._process = context.Process(target=_work, args=arguments, name="publisher", daemon=True)
            self._process.start()
            return self._process


def _work(url: str, packs: Path, today: date) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the platform, which ends this process
    threading.Thread(target=_end_with_the_platform, daemon=True).start()
    gc.disable()  # millions of objects, hardly a cycle, and the process ends soon
    if hasattr(os, "nice"):
        os.nice(NICE)
    database = Database(url, migrate=False)
    try:
        publishing.publish(database, PackFolder(packs), today)
    finally:
        database.close()


def _end_with_the_platform() -> None:
    platform = multiprocessing.parent_process()
    assert platform is not None
    platform.join()
    os._exit(1)
