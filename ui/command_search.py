"""Ctrl+K: find an action, a project, a person, a pupil, a work, a setting or help by a few letters, and go there."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.rules.finding import finds, wanted
from i18n import _
from ui.actions import Finder, Found
from ui.theme import theme
from ui.widgets.basics import column, label
from ui.widgets.beside_delegate import BESIDE, TITLE, BesideDelegate
from ui.widgets.eye_order import Dialog
from ui.widgets.search_field import name_buttons
from ui.widgets.text_field import LineField

MOST = 8  # of a group
DO = Qt.ItemDataRole.UserRole
Later = Callable[[Callable[[], object]], object]


class _Answers(QObject):
    """Brings what was found from the thread that searches; it outlives a dialog that was closed meanwhile."""

    came = Signal(int, object)  # the question's number, and (title, found) or None at the end


class CommandSearch(Dialog):
    """Lists what the typed words begin, in groups; Enter goes there. ``later`` does work in the thread that searches."""

    def __init__(self, actions: Sequence[QAction], finders: Sequence[Finder], later: Later, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions, self._finders, self._later = actions, finders, later
        self._asked = 0
        self._answers = _Answers()
        self._answers.came.connect(self._take)
        self.setWindowTitle(_("Search everything"))
        self.resize(min(theme.px(560), parent.width() - 40), min(theme.px(460), parent.height() - 40))
        layout = column(self, spacing=8, margin=12)
        self.line = LineField(_("Search everything"), _("A command, a project, a person, a pupil, a work…"))
        name_buttons(self.line)
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setIconSize(QSize(theme.px(18), theme.px(18)))
        self.list.setItemDelegate(BesideDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(_("What was found"))
        self.state = label("", "muted", wrap=True)
        for widget in (self.line, self.list, self.state):
            layout.addWidget(widget)
        self.line.textChanged.connect(self._ask)
        self.line.returnPressed.connect(self._do)
        self.list.itemActivated.connect(lambda _item: self._do())
        self.list.itemClicked.connect(lambda _item: self._do())
        self.list.currentItemChanged.connect(lambda item, _before: self._speak(item))
        self.line.installEventFilter(self)
        self._ask("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the cursor stays in the line."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in steps:
            self._move(steps[event.key()])
            return True
        return super().eventFilter(watched, event)

    def done(self, result: int) -> None:
        """Close; what is still looked for is not waited for."""
        self._asked += 1
        super().done(result)

    # -- looking ---------------------------------------------------------------------------

    def _ask(self, typed: str) -> None:
        """Show the fitting actions at once, and begin to look for the rest."""
        self._asked += 1
        self.list.clear()
        typed = typed.strip()
        asked = wanted(typed)
        texts = [(action, action.text().replace("&", "")) for action in self._actions]
        fitting = [
            Found(text, action.trigger, action.shortcut().toString()) for action, text in texts if finds(asked, text)
        ]
        self._add(_("Commands"), fitting)
        self.state.setText(_("Looking…") if asked else "")
        self.state.setVisible(bool(asked))
        if asked:
            number, answers, finders = self._asked, self._answers, self._finders
            self._later(lambda: self._look(number, typed, answers, finders))

    def _look(self, number: int, typed: str, answers: _Answers, finders: Sequence[Finder]) -> None:
        """Ask every capability, in the thread that searches, until something else was typed."""
        failed = False
        for finder in finders:
            if number != self._asked:
                return
            try:
                answers.came.emit(number, (finder.title, finder.find(typed, MOST + 1)))
            except Exception:  # the others are asked all the same, and the person is told
                failed = True
        answers.came.emit(number, failed)

    def _take(self, number: int, came: object) -> None:
        if number != self._asked:
            return
        if isinstance(came, tuple):
            self._add(*came)
        else:
            self._end(bool(came))

    def _end(self, failed: bool) -> None:
        """Everybody was asked: say if nothing was found, and offer to look on the pages that search themselves."""
        typed, nothing = self.line.text().strip(), self.list.count() == 0
        self._add(_("Search further"), [finder.onward(typed) for finder in self._finders if finder.onward])
        text = ""
        if failed:
            text = _("Not everything could be searched now. Try again in a moment.")
        elif nothing:
            text = _("Nothing here begins with “{words}”. Use fewer words or letters, or search further.").format(
                words=typed
            )
        self.state.setText(text)
        self.state.setVisible(bool(text))
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    # -- the list --------------------------------------------------------------------------

    def _add(self, title: str, found: list[Found]) -> None:
        """A group under its title; more than fit are told, not shown."""
        if not found:
            return
        is_commands = self.list.count() == 0 and not self.line.text().strip()
        most = len(found) if is_commands else MOST
        self._line(title, TITLE)
        for one in found[:most]:
            item = self._line(one.text, None)
            item.setData(BESIDE, one.beside)
            item.setData(DO, one.act)
            if one.beside:
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{one.text}, {one.beside}")
            if one.icon:
                item.setIcon(theme.icon(one.icon, "muted"))
        if len(found) > most:
            self._line("", None, beside=_("There are more: type another word."))
        if self.list.currentItem() is None:
            self.list.setCurrentRow(1)

    def _line(self, text: str, role: int | None, beside: str = "") -> QListWidgetItem:
        item = QListWidgetItem(text)
        if role is not None or beside:
            item.setFlags(Qt.ItemFlag.NoItemFlags)  # nobody can stop at it
            item.setData(TITLE, role is not None)
            item.setData(BESIDE, beside)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text or beside)
        self.list.addItem(item)
        return item

    def _move(self, step: int) -> None:
        row = self.list.currentRow() + step
        while 0 <= row < self.list.count():
            if self.list.item(row).flags() & Qt.ItemFlag.ItemIsSelectable:
                self.list.setCurrentRow(row)
                return
            row += step

    def _speak(self, item: QListWidgetItem | None) -> None:
        """The keys stay in the line: tell a screen reader which thing is chosen."""
        if item and self.line.hasFocus():
            text = item.data(Qt.ItemDataRole.AccessibleTextRole) or item.text()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _do(self) -> None:
        item = self.list.currentItem()
        if not self.isVisible() or item is None or not item.data(DO):
            return
        self.accept()
        item.data(DO)()
