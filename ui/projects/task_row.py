"""One task: ticked or not, its words, who does it, and until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QDate, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QCheckBox, QDialog, QFrame, QPushButton, QWidget

from app.rules.text import brief
from app.task_lists import Task
from i18n import _
from i18n.formats import short_day
from ui.theme import theme
from ui.widgets.basics import button, column, row
from ui.widgets.eye_order import Dialog
from ui.widgets.text_field import LineField


@dataclass(frozen=True)
class TaskDeeds:
    """What a row asks of its panel; ``typed`` gets the id, ``text`` or ``who``, and the words."""

    typed: Callable[[str, str, str], object]
    tick: Callable[[str, bool], object]
    until: Callable[[str, str], object]
    move: Callable[[str, int], object]
    remove: Callable[[str], object]


class TaskRow(QFrame):
    """Shows a task in place. Alt with the arrow keys moves it up and down."""

    def __init__(self, deeds: TaskDeeds) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._deeds, self._task, self._loading = deeds, Task("", "", "", "", False), False
        self.done = QCheckBox()
        self.done.setToolTip(_("Done"))
        self.done.clicked.connect(lambda on: deeds.tick(self._task.id, on))
        self.text, self.who = LineField(_("Task")), LineField(_("Who does it"), _("Who does it"))
        for name, field in (("text", self.text), ("who", self.who)):
            field.textChanged.connect(lambda words, name=name: self._typed(name, words))
        self.until = DayButton(lambda day: deeds.until(self._task.id, day))
        self.up = self._icon("arrow-up", _("Move up"), lambda: deeds.move(self._task.id, -1))
        self.down = self._icon("arrow-down", _("Move down"), lambda: deeds.move(self._task.id, 1))
        self.remove = self._icon("trash", _("Delete the task"), lambda: deeds.remove(self._task.id))
        for control in (self.done, self.text, self.who, self.until, self.up, self.down, self.remove):
            control.installEventFilter(self)
        layout = column(self, spacing=6, margin=10)
        first = row(self.done, self.text, self.up, self.down, self.remove)
        first.setStretch(1, 1)
        second = row(self.who, self.until)
        second.setContentsMargins(theme.px(26), 0, 0, 0)
        second.setStretch(0, 1)
        layout.addLayout(first)
        layout.addLayout(second)

    def show_value(self, task: Task) -> None:
        """Show the task as it is now; the cursor stays at its words."""
        self._task, self._loading = task, True
        self.text.show_text(task.text)
        self.who.show_text(task.who)
        self._loading = False
        self.done.setChecked(task.done)
        self.until.show_day(task.until)
        name = brief(task.text, 60) or _("Untitled")
        self.done.setAccessibleName(_("Done: {what}").format(what=name))
        for made in (self.up, self.down, self.remove):
            made.setAccessibleName(f"{made.toolTip()}: {name}")
        self._strike(task.done)

    def _strike(self, done: bool) -> None:
        font = self.text.font()
        font.setStrikeOut(done)
        self.text.setFont(font)

    def _typed(self, name: str, words: str) -> None:
        if not self._loading:
            self._deeds.typed(self._task.id, name, words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt with the arrow keys moves the task, whatever in it has the focus."""
        return self._moves(event) or super().eventFilter(watched, event)

    def _moves(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not step or not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        self._deeds.move(self._task.id, step)
        return True

    def _icon(self, icon: str, name: str, act: Callable[[], object]) -> QPushButton:
        made = button("", act, "link", icon)
        made.setFixedWidth(theme.px(34))
        made.setToolTip(name)
        made.setAccessibleName(name)
        return made


class DayButton(QPushButton):
    """Shows a day, or that there is none, and opens a calendar. ``chosen`` gets an ISO day, or an empty text."""

    def __init__(self, chosen: Callable[[str], object]) -> None:
        super().__init__()
        self._chosen, self._day = chosen, ""
        self.setIcon(theme.icon("calendar-blank"))
        self.setMinimumHeight(theme.px(32))
        self.clicked.connect(self.ask)
        self.show_day("")

    def show_day(self, day: str) -> None:
        """Show an ISO day; empty for none."""
        self._day = day
        self.setText(_("until {day}").format(day=short_day(day)) if day else _("No date"))

    def ask(self) -> None:
        """Let the person choose another day."""
        dialog = DayDialog(self._day, self)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.day != self._day:
            self._chosen(dialog.day)


class DayDialog(Dialog):
    """A calendar with a way to have no day. ``day`` is the ISO day that was chosen."""

    def __init__(self, day: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.day = day
        self.setWindowTitle(_("Until when"))
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName(_("Until when"))
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setSelectedDate(QDate.fromString(day or date.today().isoformat(), Qt.DateFormat.ISODate))
        self.calendar.activated.connect(self._take)
        layout = column(self, spacing=8, margin=12)
        layout.addWidget(self.calendar)
        take = button(_("Take this day"), lambda: self._take(self.calendar.selectedDate()), "main")
        layout.addLayout(row(button(_("No date"), self._none), button(_("Cancel"), self.reject), take))

    def _take(self, day: QDate) -> None:
        self.day = day.toString(Qt.DateFormat.ISODate)
        self.accept()

    def _none(self) -> None:
        self.day = ""
        self.accept()
