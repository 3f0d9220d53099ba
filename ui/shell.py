"""The main window: side bar, pages, the pill, messages with undo, menus and the memory of where you were."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from app.events import Changes
from app.sync_centre import Status
from app.workspace import Workspace
from i18n import _
from ui import capabilities, words
from ui.actions import Action, Actions, Entry
from ui.ahead import Ahead
from ui.before_leaving import may_go_on
from ui.bridge import EventBridge
from ui.language import speak
from ui.theme import theme
from ui.tokens import SCALES
from ui.unsaved import Unsaved
from ui.widgets.basics import Page, button, column, label, set_tone
from ui.widgets.eye_order import go_on
from ui.widgets.foot_line import FootLine
from ui.widgets.page_state import PageState, state_of, take_over


class MainWindow(QMainWindow):
    """One teacher's window on one workspace. ``extra_actions`` adds a menu (the demonstration's)."""

    closed = Signal()

    def __init__(
        self, workspace: Workspace, extra_actions: Callable[["MainWindow"], list[Action]] | None = None
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self._extra = extra_actions
        self._pages: dict[str, Page] = {}
        self._states: dict[str, tuple[PageState, Any]] = {}  # of pages that are to be built anew
        self._undo: Callable[[], object] | None = None
        self._pill_text, self._pill_tip = "●", list[str]()
        self.bridge = EventBridge(workspace.events, self)
        self.bridge.changed.connect(self._on_changed)
        self.bridge.status.connect(self._on_status)
        self.setMinimumSize(900, 560)
        self.resize(1366, 768)
        QShortcut(QKeySequence("Ctrl+Z"), self, self.undo)  # one for the window's life: a second makes both ambiguous
        QApplication.instance().focusChanged.connect(self._focus_moved)
        self.build()
        self.ahead = Ahead(self._entries, self)
        geometry = workspace.preference("geometry")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    # -- building --------------------------------------------------------------------------

    def build(self) -> None:
        """Make everything anew in the present language and look, and show the page that was shown."""
        current = self.current_name() if self._pages else self.workspace.preference("page")
        if self._pages:
            self._states |= {name: (state_of(page), page.place()) for name, page in self._pages.items()}
            self._actions.remove()
            self._nav.deleteLater()
        self._pages = {}
        self._entries = capabilities.entries()
        me = self.workspace.account.current.name
        self.setWindowTitle(f"TwinDesk – {me}" if me else "TwinDesk")
        whole = QWidget()
        outer = column(whole, spacing=0)
        if self.workspace.demo:
            outer.addWidget(self._banner())
        inner = QHBoxLayout()
        inner.setSpacing(0)
        inner.addWidget(self._side_bar())
        inner.addWidget(self._main_area(), 1)
        outer.addLayout(inner, 1)
        self.setCentralWidget(whole)
        self._actions = self._declare()
        names = [entry.name for entry in self._entries]
        self.go(current if current in names else names[0])
        self._on_status(self.workspace.status)

    def _banner(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "banner")
        layout = column(frame, margin=6)
        text = _("This is a demonstration: people and schools are invented, and everything is thrown away at the end.")
        sentence = label(text, wrap=True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(sentence)
        return frame

    def _side_bar(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("nav")
        layout = column(frame, spacing=4, margin=12)
        self._name = QLabel("TwinDesk")
        layout.addWidget(self._name)
        layout.setContentsMargins(12, 20, 12, 12)
        layout.addSpacing(16)
        self._nav = QButtonGroup(self)
        self._nav.setExclusive(True)
        below = [entry for entry in self._entries if entry.below]
        for entry in [e for e in self._entries if not e.below]:
            layout.addWidget(self._nav_button(entry))
        layout.addStretch()
        for entry in below:
            layout.addWidget(self._nav_button(entry))
        self._side = frame
        self._fit_side_bar()
        return frame

    def _fit_side_bar(self) -> None:
        """Icons alone where the window is narrow for the size of the text."""
        narrow = self.width() < theme.px(960)
        widest = max(theme.text_width(entry.text, bold=True) for entry in self._entries)
        icons = theme.px(18) + 56
        self._side.setFixedWidth(icons if narrow else max(theme.px(208), widest + icons + 20))
        self._name.setVisible(not narrow)
        for entry in self._entries:
            made = self._side.findChild(QPushButton, f"nav-{entry.name}")
            made.setText("" if narrow else entry.text)
            made.setToolTip(entry.text if narrow else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the side bar to the new width."""
        super().resizeEvent(event)
        self._fit_side_bar()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The Tab key follows the eye."""
        return go_on(self, forward)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        """A list that gets the focus has a current item: the arrow keys begin there."""
        if isinstance(now, QAbstractItemView) and not now.currentIndex().isValid() and (model := now.model()):
            rows = (model.index(row, 0) for row in range(min(model.rowCount(), 50)))
            first = next((index for index in rows if index.flags() & Qt.ItemFlag.ItemIsSelectable), None)
            if first is not None:
                now.setCurrentIndex(first)

    def _nav_button(self, entry: Entry) -> QPushButton:
        made = button(entry.text, lambda: self.go(entry.name), "nav")
        made.setIcon(theme.icon(entry.icon, "nav_text"))
        made.setIconSize(QSize(theme.px(18), theme.px(18)))
        made.setCheckable(True)
        made.setObjectName(f"nav-{entry.name}")
        made.setAccessibleName(entry.text)
        self._nav.addButton(made)
        return made

    def _main_area(self) -> QWidget:
        area = QWidget()
        area.setObjectName("page")
        layout = column(area, spacing=0)
        self._stack = QStackedWidget()
        layout.addWidget(self._stack, 1)
        self._toast = FootLine(self.undo)
        foot = column(spacing=0)
        foot.setContentsMargins(24, 0, 24, 12)
        foot.addWidget(self._toast)
        layout.addLayout(foot)
        self.pill = QPushButton(area)
        self.pill.setProperty("role", "pill")
        self.pill.setObjectName("pill")
        told = next(entry.name for entry in self._entries if entry.from_pill)
        self.pill.clicked.connect(lambda: self.go(told))
        self._area = area
        area.installEventFilter(self)
        return area

    def eventFilter(self, watched: object, event: object) -> bool:
        """Keep the pill in its corner when the page's area changes its size."""
        if watched is getattr(self, "_area", None) and isinstance(event, QResizeEvent):
            self._place_pill()
        return False

    def _declare(self) -> Actions:
        menus = {"file": _("&File"), "go": _("&Go"), "demo": _("&Demonstration"), "help": _("&Help")}
        go = [
            Action(
                f"go-{e.name}", e.text, "go", lambda name=e.name: self.go(name), f"Ctrl+{n}" if n < 10 else "", e.icon
            )
            for n, e in enumerate(self._entries, start=1)
        ]
        own = [
            Action("search", _("Search everything…"), "go", self.search_commands, "Ctrl+K", "magnifying-glass"),
            *go,
            Action("bigger", _("Larger text"), "go", lambda: self._scale(1), "Ctrl++"),
            Action("smaller", _("Smaller text"), "go", lambda: self._scale(-1), "Ctrl+-"),
            Action("quit", _("Close the window"), "file", self.close, "Ctrl+Q"),
        ]
        extra = self._extra(self) if self._extra else []
        return Actions(self, menus, [*capabilities.actions(self), *own, *extra])

    # -- pages -----------------------------------------------------------------------------

    def page(self, name: str) -> Any:
        """Show a page and return it."""
        self.go(name)
        return self._pages[name]

    def go(self, name: str) -> None:
        """Show a page; it is built the first time it is shown."""
        if self._pages and name != self.current_name():
            self._pages[self.current_name()].leave()
        if name not in self._pages:
            entry = next(entry for entry in self._entries if entry.name == name)
            module, _colon, kind = entry.page.partition(":")
            self._pages[name] = getattr(import_module(module), kind)(self)
            self._stack.addWidget(self._pages[name])
        page = self._pages[name]
        self._stack.setCurrentWidget(page)
        page.refresh()
        if name in self._states:
            state, place = self._states.pop(name)
            take_over(page, state)
            page.go_back_to(place)
        nav = self._side.findChild(QPushButton, f"nav-{name}")
        if nav:
            nav.setChecked(True)
        self._place_pill()

    def current_name(self) -> str:
        """The name of the page that is shown."""
        current = self._stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is current), self._entries[0].name)

    def do(self, action: str) -> None:
        """Do a declared action by its name."""
        self._actions.by_name[action].trigger()

    def _on_changed(self, changes: Changes) -> None:
        if self._pages:  # pages that are not shown are refreshed when they are
            self._pages[self.current_name()].hear(changes)

    def _on_status(self, status: Status) -> None:
        text, tone = words.pill(status)
        self._pill_text = f"●  {text}"
        self.pill.setAccessibleName(_("Connection: {state}. Opens the sync centre.").format(state=text))
        self._pill_tip = words.unfinished(status)
        set_tone(self.pill, tone)
        self._place_pill()
        self._on_changed(Changes({"status"}))

    def _place_pill(self) -> None:
        """At the right of the title; where both have no room, a point in its colour, which says its words when pointed at."""
        title = self._pages[self.current_name()].title
        room = self._area.width() - title.fontMetrics().horizontalAdvance(title.text()) - 64
        self.pill.setText(self._pill_text)
        is_short = self.pill.sizeHint().width() > room
        self.pill.setText("●" if is_short else self._pill_text)
        self.pill.setToolTip("\n".join([*([self._pill_text[3:]] if is_short else []), *self._pill_tip]))
        self.pill.adjustSize()
        for page in self._pages.values():
            page.leave_room(self.pill.width() + 8)
        self.pill.move(self._area.width() - self.pill.width() - 24, 10)
        self.pill.raise_()

    # -- messages, undo, commands ----------------------------------------------------------

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a message for a while; with ``undo``, a button and Ctrl+Z take the step back."""
        self._undo = undo
        self._toast.say(text, with_undo=undo is not None)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def undo(self) -> None:
        """Take the last step back, if it can be."""
        if self._undo is None:
            return
        step, self._undo = self._undo, None
        self._toast.hide()
        if step() is False:
            self.say(_("This cannot be taken back any more: it was sent already."))
        self._pages[self.current_name()].refresh()

    def search_commands(self) -> None:
        """Find an action, or whatever the capabilities find, by a few letters."""
        from ui.command_search import CommandSearch  # the window opens without its dialogs

        dialog = CommandSearch(self._actions.entries(), capabilities.finders(self), self.workspace.search.later, self)
        dialog.exec()
        dialog.deleteLater()

    # -- language and look -----------------------------------------------------------------

    def change_language(self, code: str | None) -> None:
        """Speak another language from now on."""
        if not self._may_lose_pages():
            return
        self.workspace.remember("language", code)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        speak(app, code)
        self.build()

    def change_look(self, choice: str, scale: int) -> None:
        """Look otherwise from now on: light, dark or as the system; the text size in per cent."""
        if not self._may_lose_pages():
            return
        self.workspace.remember("look", choice)
        self.workspace.remember("scale", scale)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, choice, scale)
        self.build()

    def look_again(self) -> None:
        """Take on the theme's present colours."""
        if self._may_lose_pages():
            self.build()

    def _scale(self, step: int) -> None:
        place = SCALES.index(theme.scale) + step
        if 0 <= place < len(SCALES):
            self.change_look(theme.choice, SCALES[place])

    # -- closing ---------------------------------------------------------------------------

    def _may_lose_pages(self) -> bool:
        """Store what is typed on every page; where that fails, the person decides what becomes of it."""
        if self._store_pages():
            return True
        error = next((error for page in self._pages.values() if (error := page.saving_error())), None)
        return may_go_on(self, self._unsaved(), error, self._store_pages)

    def _store_pages(self) -> bool:
        for page in self._pages.values():
            page.leave()
        return not self._unsaved()

    def _unsaved(self) -> list[Unsaved]:
        return [text for page in self._pages.values() for text in page.unsaved()]

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, unless something typed would be lost and the person would rather stay."""
        if not self._may_lose_pages():
            event.ignore()
            return
        self.workspace.remember("page", self.current_name())
        self.workspace.remember("geometry", bytes(self.saveGeometry().toBase64()).decode())
        self.bridge.stop()
        self.closed.emit()
        super().closeEvent(event)
