"""The line at the foot of the page that says what just happened, with its undo. It takes room and covers nothing."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from i18n import _
from ui.theme import theme
from ui.widgets.basics import button, label, row
from ui.widgets.timers import single_shot

STAYS_MS, LETTER_MS = 9_000, 70  # at least; for each letter of a long text
MOST = 0.3  # of the window's height; what is longer scrolls


class FootLine(QFrame):
    """Hides itself once it could be read. ``undo`` is called by its button."""

    def __init__(self, undo: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "toast")
        self.text = label("", wrap=True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.text)
        self.undo = button(_("Undo"), undo, icon="arrow-u-up-left")
        self.close_ = button("", self.hide, "quiet", "x")
        self.close_.setAccessibleName(_("Close this message"))
        layout = row(self._area, self.undo, self.close_)
        layout.setStretch(0, 1)
        layout.setContentsMargins(16, 8, 10, 8)
        self.setLayout(layout)
        self.hide()
        self._timer = single_shot(self, STAYS_MS, self.hide)

    def say(self, text: str, *, with_undo: bool) -> None:
        """Show a text for as long as it takes to read it."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.undo.setVisible(with_undo)
        self.show()
        self._fit()
        self._timer.start(max(STAYS_MS, LETTER_MS * len(text)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the text at the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(self._area.viewport().width(), theme.px(80))
        wanted = max(self.text.heightForWidth(width), self.close_.sizeHint().height() - 4)
        height = min(wanted, round(self.window().height() * MOST))
        if self._area.height() != height:
            self._area.setFixedHeight(height)
