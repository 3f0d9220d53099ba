"""A list and the thing itself: side by side, or one at a time with a way back where the window is small for its text."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import theme

ROOM = 1100  # window width ÷ text scale
LIST_WIDTH = 332


class Columns(QWidget):
    """``changed`` tells that there is room for one or for both from now on, or that the other one is shown."""

    changed = Signal()

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__()
        self.left, self.right = left, right
        self._right_first, self._narrow = False, False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(left, LIST_WIDTH)
        layout.addWidget(right, 762)

    @property
    def narrow(self) -> bool:
        """Whether there is room for one alone."""
        return self._narrow

    @property
    def shows_right(self) -> bool:
        """Whether the thing itself is in view."""
        return not self._narrow or self._right_first

    def show_right(self, on: bool) -> None:
        """Show the thing itself, or the list, where there is room for one alone."""
        self._right_first = on
        self._apply()

    def fit(self) -> None:
        """Look again how much room there is."""
        narrow = self.window().width() * 100 / theme.scale < ROOM
        if narrow != self._narrow:
            self._narrow = narrow
            self._apply()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One or both, by the new width."""
        super().resizeEvent(event)
        self.fit()

    def _apply(self) -> None:
        self.left.setVisible(not self._narrow or not self._right_first)
        self.right.setVisible(not self._narrow or self._right_first)
        self.changed.emit()
