"""The letters of one conversation, the newest in view. What has been in view for a moment counts as read, nothing else."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.messages import REFUSED, SENT, WAITING, Letter
from i18n import _
from i18n.formats import whole_moment
from ui import words
from ui.messages.lines import name_of
from ui.theme import theme
from ui.widgets.basics import Avatar, breakable, button, column, label, row, scrolled, set_tone
from ui.widgets.button_row import ButtonRow, Step
from ui.widgets.row_list import RowList
from ui.widgets.timers import single_shot

SEEN_MS = 500  # in view for so long
ALL = 100_000  # rows at once: the end is read first, and only as many letters come as were asked for
EDGE = 4  # pixels from the end that still are the end


class LetterRow(QFrame):
    """Who wrote, when, what became of it, and the words. ``ways`` says what can be done about one that was not sent."""

    def __init__(self, me: str, other: str, ways: Callable[[Letter], list[Step]]) -> None:
        super().__init__()
        self.setProperty("role", "letter")
        self._me, self._other, self._ways_of = me, other, ways
        self.letter: Letter | None = None
        self._layout = row(spacing=10)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self.setLayout(self._layout)
        self._who, self._when = label("", "strong", wrap=True), label("", "muted", wrap=True)
        self._state, self._text = label(""), label("", wrap=True)
        self._why, self._ways = label("", "bad", wrap=True), ButtonRow()
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts = column(spacing=2)
        head = row(self._who, self._state)
        head.setStretch(0, 1)
        texts.addLayout(head)
        for widget in (self._when, self._text, self._why, self._ways):
            texts.addWidget(widget)
        self._layout.addLayout(texts, 1)

    def show_value(self, value: tuple[Letter, bool]) -> None:
        """Show a letter as it is now, and whether it is new to the reader."""
        letter, new = value
        if self.letter is None:
            self._layout.insertWidget(0, Avatar(self._me if letter.mine else self._other, 36))
            self._layout.setAlignment(self._layout.itemAt(0).widget(), Qt.AlignmentFlag.AlignTop)
        self.letter = letter
        who = _("You") if letter.mine else name_of(self._other)
        when = whole_moment(letter.at)
        self._who.setText(breakable(who))
        self._when.setText(when)
        self._text.setText(breakable(letter.text))
        state, tone = _state(letter, new)
        self._state.setText(state)
        self._state.setVisible(bool(state))
        set_tone(self._state, tone)
        self._why.setText(words.refusal(letter.reason) if letter.state == REFUSED else "")
        self._why.setVisible(letter.state == REFUSED)
        steps = self._ways_of(letter)
        self._ways.show_steps(steps)
        self._ways.setVisible(bool(steps))
        self.setAccessibleName(". ".join(part for part in (who, when, state) if part))


def _state(letter: Letter, new: bool) -> tuple[str, str]:
    own = {SENT: (_("Sent"), "plain"), WAITING: (_("Waits to be sent"), "warn"), REFUSED: (_("Not taken"), "bad")}
    return own.get(letter.state, (_("New") if new else "", "ok"))


class Letters(QWidget):
    """``seen`` carries the ids of unread letters that came into view; ``older`` asks for more of them."""

    seen = Signal(object)
    older = Signal()

    def __init__(self) -> None:
        super().__init__()
        inner = QWidget()
        self._column = column(inner, spacing=0, margin=4)
        self._more = button(_("Older messages"), self._ask_older, "link", "clock-counter-clockwise")
        self._column.addWidget(self._more, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._nothing = label(_("You have not written to each other yet."), "muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._nothing)
        self._column.addStretch()  # few letters stand at the bottom, above what is being written
        self.rows = RowList(lambda _value: LetterRow("", "", lambda _letter: []), spacing=0, first=ALL)
        self._column.addWidget(self.rows)
        self.area = scrolled(inner)
        self.area.setProperty("role", "letters")
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the keys scroll it
        self.area.setMinimumHeight(theme.px(36))
        self.area.setAccessibleName(_("Messages of this conversation"))
        column(self).addWidget(self.area)
        self._at_end, self._new = True, set[str]()
        bar = self.area.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: self._at_end and bar.setValue(most))
        bar.valueChanged.connect(self._scrolled)
        self._timer = single_shot(self, SEEN_MS, self._look)

    def begin(self, me: str, other: str, ways: Callable[[Letter], list[Step]]) -> None:
        """Another conversation: between whom, and what can be done about a letter that was not sent."""
        self._column.removeWidget(self.rows)
        self.rows.hide()
        self.rows.deleteLater()
        self.rows = RowList(lambda _value: LetterRow(me, other, ways), spacing=0, first=ALL)
        self._column.addWidget(self.rows)
        self._at_end, self._new = True, set()

    def show_letters(self, letters: list[Letter], more: bool) -> None:
        """Show these letters; the place of the reader stays, at the end it follows."""
        self._new |= {letter.id for letter in letters if letter.unread}
        self._more.setVisible(more)
        self._nothing.setVisible(not letters)
        first = next(iter(self.rows.keys()), None)
        top = self._top(first)
        self.rows.show_rows([(letter.id, (letter, letter.id in self._new)) for letter in letters])
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        bar = self.area.verticalScrollBar()
        if self._at_end:
            bar.setValue(bar.maximum())
        elif self.rows.row(first or ""):
            bar.setValue(bar.value() + self._top(first) - top)
        self._timer.start()

    def in_view(self) -> list[Letter]:
        """The letters of which enough can be seen to be read."""
        if not self.isVisible() or self.window().isMinimized():
            return []
        height, found = self.area.viewport().height(), []
        for one in self.rows:
            top = one.mapTo(self.area.viewport(), QPoint(0, 0)).y()
            seen = min(height, top + one.height()) - max(0, top)
            if one.letter and seen >= min(one.height(), height) * 0.6:
                found.append(one.letter)
        return found

    def showEvent(self, event: QShowEvent) -> None:
        """What is in view now will have been seen."""
        super().showEvent(event)
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less is in view."""
        super().resizeEvent(event)
        self._timer.start()

    def _top(self, key: str | None) -> int:
        shown = self.rows.row(key) if key else None
        return int(shown.mapTo(self.area.viewport(), QPoint(0, 0)).y()) if shown else 0

    def _scrolled(self, value: int) -> None:
        self._at_end = value >= self.area.verticalScrollBar().maximum() - EDGE
        self._timer.start()

    def _ask_older(self) -> None:
        self._at_end = False
        self.older.emit()
        self.area.setFocus()

    def _look(self) -> None:
        unread = [letter.id for letter in self.in_view() if letter.unread]
        if unread:
            self.seen.emit(unread)
