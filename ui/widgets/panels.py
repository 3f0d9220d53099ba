"""Panels side by side, or one at a time with their names above where the window is small for the size of the text."""

from typing import NamedTuple

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QTabBar, QWidget

from ui.theme import theme
from ui.widgets.basics import column

ENOUGH = 0.74  # of the wished widths; with less, texts are cut


class Panel(NamedTuple):
    """A widget with the width it wishes at the usual size of text, and its name."""

    widget: QWidget
    width: int
    name: str


class Panels(QWidget):
    """Panels that the person can resize; ``grows`` takes the rest of the room, ``first`` is seen where there is room for one.

    What is chosen in a list of one panel is shown by the next.
    """

    def __init__(self, *panels: Panel, grows: int, first: int = 0) -> None:
        super().__init__()
        self._panels, self._current, self._narrow = panels, first, False
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(12)
        self._bar = QTabBar()
        self._bar.setExpanding(False)
        self._bar.setDrawBase(False)
        for panel in panels:
            self._bar.addTab(panel.name)
        self._bar.setCurrentIndex(first)
        self._bar.currentChanged.connect(self.show_panel)
        layout = column(self)
        layout.addWidget(self._bar)
        layout.addWidget(self.split, 1)
        self._bar.hide()
        for number, panel in enumerate(panels):
            self.split.addWidget(panel.widget)
            for view in panel.widget.findChildren(QAbstractItemView):
                if number + 1 < len(panels):
                    view.clicked.connect(lambda _index, number=number: self._chosen_in(number))
                    view.activated.connect(lambda _index, number=number: self._chosen_in(number))
        self.split.setSizes([min(theme.px(panel.width), round(panel.width * 1.3)) for panel in panels])
        self.split.setStretchFactor(grows, 1)

    @property
    def narrow(self) -> bool:
        """Whether one panel is shown at a time."""
        return self._narrow

    def show_panel(self, number: int) -> None:
        """Show a panel, where there is room for one alone."""
        self._current = number
        self._bar.setCurrentIndex(number)
        for place, panel in enumerate(self._panels):
            panel.widget.setVisible(not self._narrow or place == number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change between all and one when the room changes."""
        super().resizeEvent(event)
        wished = sum(theme.px(panel.width) for panel in self._panels)
        narrow = self.width() < wished * ENOUGH
        if narrow != self._narrow:
            self._narrow = narrow
            self._bar.setVisible(narrow)
            self.show_panel(self._current)

    def _chosen_in(self, number: int) -> None:
        if self._narrow:
            self.show_panel(number + 1)
            self._bar.setFocus()
