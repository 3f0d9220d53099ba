"""Messages: conversations, requests and contacts at the left; what is chosen at the right."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QTabBar, QWidget

from app.events import Changes
from app.messages import ASKS_YOU, INVITES_YOU, Contact, Conversation, Request
from i18n import _, ngettext
from i18n.formats import number
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.messages.columns import Columns
from ui.messages.conversation import ConversationView
from ui.messages.lines import LineDelegate, of_contact, of_conversation, of_request
from ui.messages.request import RequestView
from ui.unsaved import Unsaved
from ui.widgets.basics import EmptyState, Page, button, card, column, row, scrolled
from ui.widgets.item_list import Item, ItemList
from ui.widgets.search_field import name_buttons
from ui.widgets.text_field import LineField
from ui.widgets.timers import single_shot
from ui.worker import run_in_worker

ALL, UNREAD, REQUESTS, CONTACTS = range(4)
NOTHING, CONVERSATION, REQUEST = range(3)
AT_FIRST = 60  # lines; as many more at each press
SEARCH_MS = 120
REMEMBERED = "messages-person"


class MessagesPage(Page):
    """The list at the left, the conversation or the request at the right; one at a time in a small window."""

    listens_to = frozenset({"message", "contact", "outbox", "partners", "project", "projects", "membership", "status"})

    def __init__(self, host: Host) -> None:
        super().__init__(_("Messages"))
        self._host, self._use = host, host.workspace.messages
        self._person = str(host.workspace.preference(REMEMBERED, "") or "")
        self._asks = 0
        self._stays = ""  # who is listed though nothing of theirs is unread, or written yet
        self._most, self._asked = AT_FIRST, 0
        self._build_top()
        self.columns = Columns(self._build_left(), self._build_right())
        self.columns.changed.connect(self._fit)
        self.body.addWidget(self.columns, 1)
        self._timer = single_shot(self, SEARCH_MS, self._fill)
        back = QShortcut(QKeySequence("Alt+Left"), self, self.go_back)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # -- building --------------------------------------------------------------------------

    def _build_top(self) -> None:
        self._top = QWidget()
        layout = column(self._top, spacing=4)
        self.line = LineField(_("Search messages and people"), _("Search people and words"))
        name_buttons(self.line)
        self.line.textChanged.connect(lambda: self._begin())
        self._new = button(_("New message"), self.choose_contact, icon="note-pencil")
        line = row(self.line, self._new)
        line.setStretch(0, 1)
        layout.addLayout(line)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(_("What is listed"))
        for text in (_("Messages"), _("Unread"), _("Requests"), _("Contacts")):
            self.tabs.addTab(text)
        self.tabs.currentChanged.connect(lambda _tab: self._changed_tab())
        layout.addWidget(self.tabs)
        self.body.addWidget(self._top)

    def _build_left(self) -> QWidget:
        left = QWidget()
        layout = column(left)
        self.list = ItemList(_("Conversations"))
        self.list.setItemDelegate(LineDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.currentItemChanged.connect(lambda *_items: self._choose())
        self.list.itemActivated.connect(lambda _item: self._open())
        self.list.itemClicked.connect(lambda _item: self.columns.narrow and self._open())
        self._empty = QStackedWidget()
        for state in self._empty_states():
            self._empty.addWidget(state)
        self._more = button(_("Show more"), self._show_more)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._more)
        return left

    def _empty_states(self) -> list[QWidget]:
        ask = (_("Find a partner"), lambda: self._host.do("find-partner"))
        texts = (
            ("chats", _("No messages yet"), _("Write to a contact, or find a partner and introduce yourself."), *ask),
            ("check-circle", _("Everything is read"), _("New messages appear here after a sync.")),
            ("handshake", _("No requests"), _("Contact requests and invitations to projects appear here.")),
            ("users", _("No contacts yet"), _("Find a partner and ask to be their contact."), *ask),
            ("magnifying-glass", _("Nothing found"), _("Use fewer words.")),
        )
        return [EmptyState(*one) for one in texts]

    def _build_right(self) -> QWidget:
        frame, layout = card(margin=12)
        self.backs = [self._back(), self._back()]
        self.view = ConversationView(self._host, self._fill, self.backs[0])
        self.request = RequestView(self._host, self.refresh, self.open_person, self.backs[1])
        self._right = QStackedWidget()
        nothing = EmptyState("chats", _("Nothing chosen"), _("Choose a conversation in the list."))
        for widget in (nothing, self.view, scrolled(self.request)):
            self._right.addWidget(widget)
        layout.addWidget(self._right, 1)
        self.view.writing.kept.connect(self._say_counts)
        return frame

    def _back(self) -> QPushButton:
        made = button("", self.go_back, icon="arrow-left")
        made.setAccessibleName(_("Back to the list"))
        made.setToolTip(_("Back to the list (Alt+Left)"))
        return made

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, changes: Changes | None = None) -> None:
        """Show what is true now; the open conversation and what is typed stay."""
        if changes is not None and {one.kind for one in changes} <= {"status"}:
            self.view.writing.show_connection()
            return
        asks = [one for one in self._use.requests() if one.kind in (ASKS_YOU, INVITES_YOU) and not one.answer]
        self._asks = len(asks)
        self.columns.fit()
        self._fit()
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """One column or two, by the window it is shown in."""
        super().showEvent(event)
        self.columns.fit()
        self._fit()

    def open_person(self, person_id: str) -> None:
        """Show the conversation with somebody, whether or not anything was written yet."""
        if not self._may_leave(person_id):
            return
        self._person = person_id
        self._show_tab(ALL)
        self._stays = person_id
        self._fill(choose=person_id)
        self.columns.show_right(True)
        self.view.writing.field.setFocus()

    def choose_contact(self) -> None:
        """Choose whom to write to."""
        self._show_tab(CONTACTS)
        self._fill()
        self.columns.show_right(False)
        self.line.setFocus()

    def show_requests(self) -> None:
        """Show who asks whom."""
        self._show_tab(REQUESTS)
        self._fill()
        self.columns.show_right(False)
        self.list.setFocus()

    def go_back(self) -> None:
        """From the thing itself to the list, where one alone is seen."""
        if self.columns.narrow:
            self.columns.show_right(False)
            self.list.setFocus()

    def leave(self) -> None:
        """Store what is being written, and remember with whom."""
        self.view.writing.saving.save()
        self._host.workspace.remember(REMEMBERED, self._person)

    def unsaved(self) -> list[Unsaved]:
        """A message that could not be stored."""
        return self.view.writing.unsaved()

    def saving_error(self) -> Exception | None:
        """Why it could not."""
        return self.view.writing.saving.error

    # -- the list --------------------------------------------------------------------------

    def _begin(self) -> None:
        self._most = AT_FIRST
        self._timer.start()

    def _show_more(self) -> None:
        self._most += AT_FIRST
        self._fill()
        self.list.setFocus()

    def _show_tab(self, tab: int) -> None:
        """Show a tab from its beginning, without what was searched for."""
        for widget, change in ((self.tabs, lambda: self.tabs.setCurrentIndex(tab)), (self.line, self.line.clear)):
            widget.blockSignals(True)
            change()
            widget.blockSignals(False)
        self._most, self._stays = AT_FIRST, ""
        self._timer.stop()

    def _changed_tab(self) -> None:
        self._most, self._stays = AT_FIRST, ""
        self._fill()

    def _fill(self, choose: str | None = None) -> None:
        """List what the tab holds; a search through messages is done beside the window."""
        self._timer.stop()
        self._asked += 1
        tab, typed, most = self.tabs.currentIndex(), self.line.text(), self._most + 1
        if tab == REQUESTS:
            self._show([of_request(one) for one in self._use.requests(typed)], choose)
        elif tab == CONTACTS:
            self._show([of_contact(one) for one in self._use.contacts(typed, most)], choose)
        elif typed.strip():
            self._search(typed, tab == UNREAD, most)
        else:
            found = self._use.conversations(unread_only=tab == UNREAD, most=most, also=self._stays)
            self._show([of_conversation(one) for one in found], choose)
        self._say_counts()

    def _search(self, typed: str, unread_only: bool, most: int) -> None:
        asked = self._asked
        run_in_worker(
            lambda _progress: self._use.conversations(typed, unread_only=unread_only, most=most),
            lambda found: self._show_found(asked, found),
            lambda _error: self._host.say(words.trouble("store")),
            close=self._host.workspace.close_thread,
            owner=self,
        )

    def _show_found(self, asked: int, found: list[Conversation]) -> None:
        if asked == self._asked:
            self._show([of_conversation(one) for one in found], None)

    def _show(self, items: list[Item], choose: str | None) -> None:
        self._more.setVisible(len(items) > self._most)
        items = items[: self._most]
        tab = self.tabs.currentIndex()
        self.list.setAccessibleName(
            {ALL: _("Conversations"), UNREAD: _("Unread"), REQUESTS: _("Requests")}.get(tab, _("Contacts"))
        )
        remembered = choose or (self._person if tab != REQUESTS and self.list.chosen_key() is None else None)
        self.list.show_items(items, remembered)
        self.list.setVisible(bool(items))
        self._empty.setVisible(not items)
        self._empty.setCurrentIndex(4 if self.line.text().strip() else tab)
        self._show_chosen()

    def _say_counts(self) -> None:
        unread, drafts = self._use.counts()
        texts = [ngettext("{n} unread.", "{n} unread.", unread).format(n=number(unread))] if unread else []
        if drafts:
            waits = ngettext("{n} draft is waiting for you.", "{n} drafts are waiting for you.", drafts)
            texts.append(waits.format(n=number(drafts)))
        self.subtitle.setText(" ".join(texts) or _("Nothing unread."))
        for tab, text, count in ((UNREAD, _("Unread"), unread), (REQUESTS, _("Requests"), self._asks)):
            self.tabs.setTabText(tab, f"{text} {number(count)}" if count else text)

    # -- the thing itself ------------------------------------------------------------------

    def _choose(self) -> None:
        """Another line is the current one."""
        if self._may_leave(_person_of(self._thing())):
            self._show_chosen()
        else:
            self.list.choose(self._person)

    def _open(self) -> None:
        self.columns.show_right(True)
        if self._right.currentIndex() == CONVERSATION:
            self.view.writing.field.setFocus()
        elif self._right.currentIndex() == REQUEST:
            self.request.ways.findChildren(QPushButton)[0].setFocus()

    def _thing(self) -> Conversation | Request | Contact | None:
        line = self.list.chosen_value()
        return line.thing if line else None

    def _may_leave(self, person_id: str) -> bool:
        """Store what is typed to the one person before another is shown; where that fails, the teacher decides."""
        writing = self.view.writing
        if person_id == self._person or self.view.person is None or writing.saving.save():
            return True
        if not may_go_on(self, writing.unsaved(), writing.saving.error, writing.saving.save):
            return False
        writing.saving.forget()
        return True

    def _show_chosen(self) -> None:
        thing = self._thing()
        if isinstance(thing, Request):
            self.request.show_request(thing)
            self._right.setCurrentIndex(REQUEST)
        elif thing is None:
            if not self.view.writing.unsaved():
                self._right.setCurrentIndex(NOTHING)
        else:
            self._person = thing.person_id
            self._stays = thing.person_id if isinstance(thing, Conversation) else ""
            self.view.show_person(thing.person_id)
            self._right.setCurrentIndex(CONVERSATION)

    def _fit(self) -> None:
        """Where one alone is seen: the search stands above the list, the way back above the thing itself."""
        alone = self.columns.narrow and self.columns.shows_right
        for back in self.backs:
            back.setVisible(self.columns.narrow)
        self._top.setVisible(not alone)
        self.subtitle.setVisible(not alone)
        self.view.fit(small=self.columns.narrow)


def _person_of(thing: Conversation | Request | Contact | None) -> str:
    return thing.person_id if isinstance(thing, (Conversation, Contact)) else ""
