"""Long work away from the Qt thread, with progress, and its result brought back to it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal
from shiboken6 import isValid


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)
    progress = Signal(int, int)


class Worker(QRunnable):
    """Runs ``work(progress)`` in the pool; ``on_done`` and ``on_failed`` are called in the Qt thread."""

    def __init__(self, work: Callable[[Callable[[int, int], None]], Any], close: Callable[[], None]) -> None:
        super().__init__()
        self.signals = _Signals()
        self._work, self._close = work, close
        self.setAutoDelete(False)

    def run(self) -> None:
        """Do the work in a thread of the pool."""
        try:
            result = self._work(self.signals.progress.emit)
        except Exception as error:  # shown to the teacher by on_failed
            self.signals.failed.emit(error)
        else:
            self.signals.done.emit(result)
        finally:
            self._close()


_running: set[Worker] = set()


def run_in_worker(
    work: Callable[[Callable[[int, int], None]], Any],
    on_done: Callable[[Any], None],
    on_failed: Callable[[Exception], None],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    close: Callable[[], None] = lambda: None,
    owner: QObject | None = None,
) -> None:
    """Start ``work``. ``close`` runs in the worker at its end (to close its connection of the store).

    Nothing is delivered once ``owner`` is gone: built anew, or its window closed. Bound methods of a widget own themselves.
    """
    worker = Worker(work, close)
    _running.add(worker)

    def finish(deliver: Callable[[Any], None], value: Any) -> None:
        _running.discard(worker)
        page = owner or getattr(deliver, "__self__", None)
        if not isinstance(page, QObject) or isValid(page):
            deliver(value)

    worker.signals.done.connect(lambda value: finish(on_done, value))
    worker.signals.failed.connect(lambda error: finish(on_failed, error))
    if on_progress:
        worker.signals.progress.connect(on_progress)
    QThreadPool.globalInstance().start(worker)
