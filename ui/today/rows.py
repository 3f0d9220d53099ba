"""The rows of Today: one that asks for an answer, and one that leads on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QWidget

from app.rules.text import brief
from app.today import TodayItem
from i18n import _, formats
from ui.host import Host
from ui.theme import theme
from ui.today.declared import LINES
from ui.today.lines import TodayButton, TodayLine
from ui.widgets.basics import as_high_as_it_wraps, breakable, button, column, label, row
from ui.widgets.link_row import LinkRow
from ui.widgets.row_picture import row_picture

Shown = tuple[TodayItem, bool]
NARROW = 520  # pixels at the usual size of text


class AskingRow(QFrame):
    """Who or what, what it is about, what can be done, and *Later*. ``acted`` is called after a button."""

    def __init__(self, host: Host, shown: Shown, acted: Callable[[], object], later: Callable[[TodayItem], object]):
        super().__init__()
        self.setProperty("role", "line")
        self._host, self._item, self._acted, self._line = host, shown[0], acted, LINES[shown[0].kind]
        self._sentence, self._detail = label("", "rowTitle", wrap=True), label("", "muted", wrap=True)
        words = column(spacing=2)
        words.addStretch()
        words.addWidget(self._sentence)
        words.addWidget(self._detail)
        words.addStretch()
        self._buttons = [self._button(one) for one in self._line.buttons]
        self._later = button(_("Later"), lambda: later(self._item), "quiet")
        self._later.setToolTip(_("Not today; it is back here tomorrow"))
        layout = row(self._picture(), spacing=12)
        layout.setContentsMargins(8, 10, 8, 10)
        layout.addLayout(words, 1)
        self._answers = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._answers.setSpacing(8)
        for made in (*self._buttons, self._later):
            self._answers.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(self._answers)
        layout.setAlignment(layout.itemAt(0).widget(), Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        as_high_as_it_wraps(self)

    def show_value(self, shown: Shown) -> None:
        """Show the present state of the same thing; the first of the page has its main action filled."""
        self._item, first = shown
        sentence, detail = said(self._line, self._item), detail_of(self._item)
        self._sentence.setText(breakable(sentence))
        self._detail.setText(breakable(detail))
        self._detail.setVisible(bool(detail))
        for made, declared in zip(self._buttons, self._line.buttons, strict=True):
            made.setAccessibleName(f"{_(declared.text)}: {sentence}")
            _restyle(made, "role", "main" if declared.main and first else "")
        self._later.setAccessibleName(f"{self._later.text()}: {sentence}")
        _restyle(self, "first", "true" if first else "false")

    def _picture(self) -> QWidget:
        return row_picture(self._line.icon, self._item.person if self._line.from_person else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons beside each other, or one below the other where there is little room for the size of the text."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme.px(NARROW)
        self._answers.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _button(self, declared: TodayButton) -> QPushButton:
        return button(_(declared.text), lambda: self._act(declared))

    def _act(self, declared: TodayButton) -> None:
        declared.act(self._host, self._item)
        self._acted()


class GoOnRow(LinkRow):
    """A row that opens what it names, by the one button its kind declares."""

    def __init__(self, host: Host, shown: Shown) -> None:
        self._host, self._item, self._line = host, shown[0], LINES[shown[0].kind]
        super().__init__(row_picture(self._line.icon), lambda: self._line.buttons[0].act(self._host, self._item))

    def show_value(self, shown: Shown) -> None:
        """Show the present state of the same thing."""
        self._item = shown[0]
        sentence = said(self._line, self._item)
        self.say(sentence, detail_of(self._item), f"{_(self._line.buttons[0].text)}: {sentence}")


def said(line: TodayLine, item: TodayItem) -> str:
    """The sentence of a line, filled."""
    return _(line.sentence).format(name=brief(item.name) or _("Untitled"), person=brief(item.person))


def detail_of(item: TodayItem) -> str:
    """What stands below it: the words that came with it, else when it was changed."""
    if item.text or not item.at:
        return item.text
    return _("Changed {when}").format(when=formats.clock(item.at))


def _restyle(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
