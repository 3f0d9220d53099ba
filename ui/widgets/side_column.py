"""Main things with a column of further ones beside them, or below where the window is narrow for the size of the text."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from ui.theme import theme

SIDE, ENOUGH = 344, 820  # pixels at the usual size of text


class SideColumn(QWidget):
    """``main`` takes the room, ``side`` keeps its width."""

    def __init__(self, main: QWidget, side: QWidget) -> None:
        super().__init__()
        self._main, self._side = main, side
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(24)
        self._layout.addWidget(main, 1)
        self._layout.addWidget(side)
        self._place()

    @property
    def narrow(self) -> bool:
        """Whether the side column stands below."""
        return self._layout.direction() == QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change between beside and below when the room changes."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        narrow = self.width() < theme.px(ENOUGH)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._layout.setDirection(way)
        self._layout.setStretchFactor(self._main, 0 if narrow else 1)
        self._side.setFixedWidth(self.width() if narrow else theme.px(SIDE))
