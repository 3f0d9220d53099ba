"""A box to tick whose words wrap; Qt's own keeps them in one line, and a form with large text is as wide as that."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget


class CheckLine(QWidget):
    """``clicked`` tells that the person ticked or unticked it; a click on the words counts too."""

    clicked = Signal(bool)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.setAccessibleName(text)
        self.box.clicked.connect(self.clicked)
        self.setFocusProxy(self.box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(_Words(text, self.box), 1, Qt.AlignmentFlag.AlignVCenter)

    def isChecked(self) -> bool:
        """Whether it is ticked."""
        return self.box.isChecked()

    def click(self) -> None:
        """Tick or untick it as the person would."""
        self.box.click()

    def setChecked(self, on: bool) -> None:
        """Tick or untick it; ``clicked`` is not told."""
        self.box.setChecked(on)


class _Words(QLabel):
    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text)
        self._box = box
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setBuddy(box)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick the box as its own words would."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._box.setFocus(Qt.FocusReason.MouseFocusReason)
            self._box.click()
