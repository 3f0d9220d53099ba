"""Timers made without keyword properties: PySide does not find those while the C locale is Turkish."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def single_shot(parent: QObject, milliseconds: int, slot: Callable[[], object] | None = None) -> QTimer:
    """A stopped timer that fires once each time it is started; ``slot`` is called then."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    if slot is not None:
        timer.timeout.connect(slot)
    return timer


def soon(parent: QObject, act: Callable[[], object]) -> None:
    """Call ``act`` once the present event is dealt with, unless ``parent`` is gone by then."""
    timer = single_shot(parent, 0, act)
    timer.timeout.connect(timer.deleteLater)
    timer.start()
