"""Boxes that belong together are one stop of the Tab key; the arrow keys move among them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}


class ArrowGroup(QObject):
    """Makes one stop of several widgets: the one that had the focus last, or the first."""

    def __init__(self, widgets: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._widgets = list(widgets)
        for widget in self._widgets:
            widget.installEventFilter(self)
        self._stop_at(self._widgets[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move by the arrow keys, Home and End."""
        if event.type() == QEvent.Type.FocusIn and watched in self._widgets:
            self._stop_at(watched)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched in self._widgets:
            place, last = self._widgets.index(watched), len(self._widgets) - 1
            wanted = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}.get(event.key(), place + _STEPS.get(event.key(), 0))
            if wanted != place:
                self._widgets[max(0, min(last, wanted))].setFocus(Qt.FocusReason.TabFocusReason)
            return event.key() in _STEPS or event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End)
        return super().eventFilter(watched, event)

    def _stop_at(self, stop: QObject) -> None:
        for widget in self._widgets:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus if widget is stop else Qt.FocusPolicy.ClickFocus)
