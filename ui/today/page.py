"""Today: what waits for the teacher, by what it asks: answers first, what was begun and what others have at the side."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from app.today import TodayItem, Waiting
from i18n import _, formats, ngettext
from ui.host import Host
from ui.theme import theme
from ui.today.declared import LINES
from ui.today.lines import ANSWER, GO_ON, NEWS, WITH_OTHERS
from ui.today.rows import AskingRow, GoOnRow, Shown
from ui.widgets.basics import EmptyState, Page, button, column, label, row, scrolled
from ui.widgets.group_card import GroupCard
from ui.widgets.side_column import SideColumn

BESIDE = 3  # of each group at the side, before all of them are asked for


class TodayPage(Page):
    """The lines of :class:`app.today.TodayUseCases`, in the words and groups that the capabilities declare."""

    listens_to = frozenset(
        {"projects", "project", "membership", "contact", "message", "partners", "searches", "outbox", "profile"}
    )

    def __init__(self, host: Host) -> None:
        super().__init__(_("Today"))
        self._host = host
        self.groups = {
            ANSWER: self._asking(_("Waiting for your answer")),
            NEWS: self._asking(_("From your partners")),
            GO_ON: self._going_on(_("Go on with"), _all_drafts),
            WITH_OTHERS: self._going_on(_("With others now"), _all),
        }
        self._welcome, self._nothing = self._build_welcome(), self._build_nothing()
        self._put_off = self._build_put_off()
        main = (self.groups[ANSWER], self.groups[NEWS], self._welcome, self._nothing, self._put_off)
        self._side = _stacked(self.groups[GO_ON], self.groups[WITH_OTHERS])
        self._columns = SideColumn(_stacked(*main), self._side)
        self.body.addWidget(scrolled(self._columns), 1)

    def refresh(self, changes: object = None) -> None:
        """Show what waits now."""
        me = self._host.workspace.account.current
        waiting = self._host.workspace.today.waiting()
        by_group: dict[str, list[TodayItem]] = {name: [] for name in self.groups}
        for item in waiting.now:
            if item.kind in LINES:
                by_group[LINES[item.kind].group].append(item)
        for name, group in self.groups.items():
            group.show_entries([(item.key, item) for item in by_group[name]])
        self._say_who_waits(by_group[ANSWER])
        self._side.setVisible(bool(by_group[GO_ON] or by_group[WITH_OTHERS]))
        self._welcome.setVisible(not me.id)
        main_is_empty = not by_group[ANSWER] and not by_group[NEWS]
        self._nothing.setVisible(bool(me.id) and main_is_empty)
        self._show_put_off(waiting)

    def _say_who_waits(self, items: list[TodayItem]) -> None:
        people = len({item.person for item in items if LINES[item.kind].from_person})
        day = formats.weekday(date.today())
        if not people:
            name = self._host.workspace.account.current.name
            self.say(_("{day}. Hello, {name}.").format(day=day, name=name) if name else day)
            return
        waits = ngettext("{count} person is waiting for you.", "{count} people are waiting for you.", people)
        self.say(_("{day}. {waiting}").format(day=day, waiting=waits.format(count=formats.number(people))))

    # -- parts -----------------------------------------------------------------------------

    def _asking(self, title: str) -> GroupCard:
        def make(shown: Shown) -> AskingRow:
            return AskingRow(self._host, shown, self.refresh, self._later)

        return GroupCard(title, make, _all, _("Show fewer"))

    def _going_on(self, title: str, all_of: Callable[[int], str]) -> GroupCard:
        return GroupCard(title, lambda shown: GoOnRow(self._host, shown), all_of, _("Show fewer"), most=BESIDE)

    def _later(self, item: TodayItem) -> None:
        undo = self._host.workspace.today.put_off(item)
        self._host.say(_("Put off until tomorrow"), undo)
        self.refresh()

    def _build_put_off(self) -> QWidget:
        holder = QWidget()
        self._put_off_text = label("", "muted")
        icon = label("")
        icon.setPixmap(theme.icon("clock", "muted").pixmap(theme.px(16), theme.px(16)))
        holder.setLayout(row(icon, self._put_off_text, button(_("Show"), self._show_again, "link"), stretch=True))
        return holder

    def _show_put_off(self, waiting: Waiting) -> None:
        count = len(waiting.put_off)
        words = ngettext("{count} thing put off until tomorrow", "{count} things put off until tomorrow", count)
        self._put_off_text.setText(words.format(count=formats.number(count)))
        self._put_off.setVisible(bool(count))

    def _show_again(self) -> None:
        self._host.workspace.today.show_again()
        self.refresh()

    def _build_nothing(self) -> QWidget:
        return EmptyState(
            "check-circle",
            _("Nobody waits for you"),
            _("Invitations, requests, messages and answers appear here."),
            _("Find a partner"),
            lambda: self._host.do("find-partner"),
            self._beginnings(),
        )

    def _build_welcome(self) -> QWidget:
        return EmptyState(
            "user-circle",
            _("Welcome to TwinDesk"),
            _(
                "You can begin at once; everything stays on this computer. Sign in once while there is a connection: "
                "what you made goes out then, and the directory of teachers comes."
            ),
            _("Begin a draft"),
            lambda: self._host.do("new-project"),
            (*self._beginnings()[1:], (_("Sign in and get the directory"), lambda: self._host.do("sign-in"))),
        )

    def _beginnings(self) -> tuple[tuple[str, Callable[[], object]], ...]:
        return (
            (_("Begin a draft"), lambda: self._host.do("new-project")),
            (_("Make a class"), lambda: self._host.page("pupil_work").ask_class()),
        )


def _stacked(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = column(holder, spacing=18)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch()
    return holder


def _all(count: int) -> str:
    return _("Show all {count}").format(count=formats.number(count))


def _all_drafts(count: int) -> str:
    return _("All {count} drafts").format(count=formats.number(count))
