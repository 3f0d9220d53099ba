"""A choice that says what follows from it: a radio button with a sentence below, chosen by a click anywhere on it."""

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QRadioButton

from ui.widgets.basics import column, label


class OptionCard(QFrame):
    """One of several; ``radio`` belongs into a button group."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("role", "option")
        self.radio = QRadioButton(title)
        self.radio.setAccessibleDescription(text)
        self.radio.toggled.connect(self._colour)
        self.body = column(self, spacing=4, margin=12)
        self.body.addWidget(self.radio)
        said = label(text, "muted", wrap=True)
        said.setContentsMargins(24, 0, 0, 0)
        self.body.addWidget(said)
        self._colour(False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if self.rect().contains(event.position().toPoint()):
            self.radio.setChecked(True)
            self.radio.setFocus()

    def _colour(self, chosen: bool) -> None:
        self.setProperty("chosen", chosen)
        self.style().unpolish(self)
        self.style().polish(self)
