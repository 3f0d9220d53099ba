"""What is under a pressed button waits: a click that was begun counts, whatever arrives meanwhile."""

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.widgets.timers import soon


def pressed_button(root: QWidget) -> QAbstractButton | None:
    """The button inside ``root`` that the mouse or the space bar holds down."""
    return next((one for one in root.findChildren(QAbstractButton) if one.isDown()), None)


def when_released(root: QWidget, act: Callable[[], object]) -> None:
    """Call ``act`` at once, or, while a button inside ``root`` is held down, after it was let go and its click done."""
    held = pressed_button(root)
    if held is None:
        act()
        return

    def let_go() -> None:
        held.released.disconnect(let_go)
        soon(root, lambda: when_released(root, act))

    held.released.connect(let_go)
