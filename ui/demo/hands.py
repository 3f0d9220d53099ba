"""What the guided week does with a window: wait, press, look."""

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.partners.map import shapes


class StepFailedError(Exception):
    """A step of the week did not hold."""


def check(holds: object, what: str) -> None:
    """Go on if something holds. Raises StepFailedError."""
    if not holds:
        raise StepFailedError(what)


def pause(milliseconds: int) -> None:
    """Let the windows live for a while. (QTest.qWait would keep the other threads from running.)"""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def settled(widget: QWidget) -> QPixmap:
    """A picture of a widget once it stays as it is; after three seconds, as it is then."""
    picture, alike = widget.grab(), 0
    for _look in range(30):
        pause(100)
        later = widget.grab()
        alike = alike + 1 if later.toImage() == picture.toImage() else 0
        picture = later
        if alike == 3:
            break
    return picture


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Let the windows live until something is true."""
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}")
        pause(20)


def label_of(country: str) -> Any:
    """Where a country's number stands on the map."""
    return next(place for name, _path, place in shapes()[0] if name == country)


def press(parent: QWidget, text: str) -> None:
    """Click a visible, enabled button by its words or accessible name."""
    for found in parent.findChildren(QAbstractButton):
        if text in (found.text(), found.accessibleName()) and found.isVisible() and found.isEnabled():
            QTest.mouseClick(found, Qt.MouseButton.LeftButton)
            return
    raise StepFailedError(f"there is no button “{text}” to press")
