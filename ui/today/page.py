"""Today: what waits for the teacher, each line with the button that deals with it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from app.rules.text import brief
from app.today import TodayItem
from i18n import _
from ui.host import Host
from ui.theme import theme
from ui.today.declared import LINES
from ui.today.lines import TodayButton
from ui.widgets.basics import EmptyState, Page, breakable, button, column, label, row, scrolled
from ui.widgets.row_list import RowList


class TodayPage(Page):
    """The lines of :class:`app.today.TodayUseCases`, in the words that the capabilities declare."""

    listens_to = frozenset(
        {"projects", "project", "membership", "contact", "message", "partners", "searches", "outbox", "profile"}
    )

    def __init__(self, host: Host) -> None:
        super().__init__(_("Today"))
        self._host = host
        self._lines = RowList(lambda item: TodayRow(host, item, self.refresh), spacing=10)
        self._welcome, self._nothing = self._build_welcome(), self._build_nothing()
        inner = QWidget()
        holder = column(inner)
        for widget in (self._lines, self._welcome, self._nothing):
            holder.addWidget(widget)
        holder.addStretch()
        self.body.addWidget(scrolled(inner), 1)

    def refresh(self, changes: object = None) -> None:
        """Show what waits now."""
        me = self._host.workspace.account.current
        self.say(_("Hello, {name}").format(name=me.name) if me.name else "")
        items = [item for item in self._host.workspace.today.items() if item.kind in LINES]
        self._lines.show_rows([(f"{item.kind}:{item.target_id}", item) for item in items])
        self._welcome.setVisible(not me.id)
        self._nothing.setVisible(bool(me.id) and not items)

    def _build_nothing(self) -> QWidget:
        return EmptyState(
            "check-circle",
            _("Nothing waits for you"),
            _(
                "Invitations, answers and unfinished drafts "
                "appear here. You could look for a partner, or begin a project."
            ),
            _("Find a partner"),
            lambda: self._host.do("find-partner"),
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
            (
                (_("Make a class"), lambda: self._host.page("pupil_work").ask_class()),
                (_("Sign in and get the directory"), lambda: self._host.do("sign-in")),
            ),
        )


class TodayRow(QFrame):
    """One line. ``acted`` is called after one of its buttons."""

    def __init__(self, host: Host, item: TodayItem, acted: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._host, self._item, self._acted, self._line = host, item, acted, LINES[item.kind]
        layout = column(self, spacing=8, margin=12)
        picture = QLabel()
        picture.setPixmap(theme.icon(self._line.icon, "accent").pixmap(theme.px(24), theme.px(24)))
        picture.setFixedWidth(theme.px(32))
        self._sentence = label("", "cardTitle", wrap=True)
        self._buttons = [self._button(one) for one in self._line.buttons]
        line = row(picture, self._sentence, *self._buttons, spacing=12)
        line.setStretch(1, 1)
        line.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(line)
        self._text = label("", "muted", wrap=True)
        layout.addWidget(self._text)

    def show_value(self, item: TodayItem) -> None:
        """Show the present state of the same thing."""
        self._item = item
        name, person = brief(item.name) or _("Untitled"), brief(item.person)
        sentence = _(self._line.sentence).format(name=name, person=person)
        self._sentence.setText(breakable(sentence))
        for made, declared in zip(self._buttons, self._line.buttons, strict=True):
            made.setAccessibleName(f"{_(declared.text)}: {sentence}")
        self._text.setText(breakable(item.text))
        self._text.setVisible(bool(item.text))

    def _button(self, declared: TodayButton) -> QPushButton:
        return button(_(declared.text), lambda: self._act(declared), "main" if declared.main else "")

    def _act(self, declared: TodayButton) -> None:
        declared.act(self._host, self._item)
        self._acted()
