"""A row that opens something as a whole: picture, what, detail, and a sign that it leads on."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.basics import column
from ui.widgets.basics import row as in_a_row
from ui.widgets.elided import ElidedLabel


class LinkRow(QPushButton):
    """Pressed anywhere it calls ``act``. The text of the button is for the screen reader; labels lie on it."""

    def __init__(self, picture: QWidget, act: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title, self.detail = ElidedLabel(role="rowTitle"), ElidedLabel(role="muted")
        words = column(spacing=2)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        caret = QLabel()
        caret.setPixmap(theme.icon("caret-right", "muted").pixmap(theme.px(16), theme.px(16)))
        line = in_a_row(picture, spacing=12)
        line.addLayout(words, 1)
        line.addWidget(caret)
        line.setContentsMargins(4, 7, 4, 7)
        self.setLayout(line)
        for child in (picture, caret, self.title, self.detail):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda: act())

    def say(self, title: str, detail: str, spoken: str = "") -> None:
        """Show a title and a detail below it; ``spoken`` is the button's name where the title alone says too little."""
        self.title.setText(title)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.setAccessibleName(spoken or title)
        self.setAccessibleDescription(detail)

    def sizeHint(self) -> QSize:
        """As its labels need."""
        return self.layout().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As its labels need at least."""
        return self.layout().minimumSize()
