"""Finding the place of the keyboard focus inside a widget, to give it to the one that takes its place."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def reachable(root: QWidget) -> list[QWidget]:
    """What the Tab key reaches inside ``root``, in the order of creation."""
    return [one for one in root.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def focus_place(root: QWidget, focused: QWidget) -> int:
    """The how manieth control of ``root`` has the focus; 0 for the root itself."""
    controls = reachable(root)
    return controls.index(focused) if focused in controls else 0


def focus_at(root: QWidget, place: int) -> None:
    """Give the focus to the control at ``place``, or to the last one before it."""
    controls = [one for one in reachable(root) if one.isEnabled()]
    if controls:
        controls[min(place, len(controls) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)


def chain_tabs(rows: Sequence[QWidget]) -> None:
    """Let the Tab key go through the rows in this order."""
    controls = [control for row in rows for control in reachable(row)]
    for one, following in pairwise(controls):
        QWidget.setTabOrder(one, following)
