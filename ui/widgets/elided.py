"""One line of words that ends in dots where there is no room; the whole is its tool tip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QStylePainter

from ui.theme import theme


class ElidedLabel(QLabel):
    """Shows as much of its text as fits. ``text()`` and the screen reader have all of it."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__(text)
        self._whole = True  # as the other widgets that end in dots by themselves
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setIndent(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(theme.px(40), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text where it does not fit."""
        super().resizeEvent(event)
        self._tell()

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits, in the colour and font of the style sheet."""
        option = QStyleOption()
        option.initFrom(self)
        painter = QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading) | Qt.TextFlag.TextSingleLine.value
        painter.drawItemText(self.rect(), flags, option.palette, self.isEnabled(), shown, self.foregroundRole())

    def _tell(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.width()
        self.setToolTip("" if fits else self.text())
