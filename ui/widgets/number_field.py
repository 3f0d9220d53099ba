"""A field for a whole number: room before the digits, and the wheel turns it only where one has gone into it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSpinBox

from ui.theme import theme


class NumberField(QSpinBox):
    """A spin box from ``lowest`` to ``highest``. Scrolling a form over it changes nothing."""

    def __init__(self, name: str, lowest: int, highest: int) -> None:
        super().__init__()
        self.setRange(lowest, highest)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(theme.px(10), 0, 0, 0)  # Qt puts the line at the frame whatever the style says

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
