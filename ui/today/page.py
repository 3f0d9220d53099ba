"""Today: what waits for the teacher, each line with the button that deals with it."""

from PySide6.QtWidgets import QFrame, QWidget

from app.today import TodayItem
from i18n import _, mark
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import EmptyState, Page, button, card, clear, column, label, row, scrolled

SENTENCES = {
    "invitation": (mark("{person} invites you to found “{name}” together"), mark("Open"), "handshake"),
    "contact_asks": (mark("{person} would like to be your contact"), mark("Accept"), "users"),
    "returned": (mark("“{name}” came back from a national office"), mark("Open"), "warning"),
    "ready": (mark("“{name}” has its co-founder; it can be submitted"), mark("Open"), "paper-plane-tilt"),
    "draft": (mark("Go on with the draft “{name}”"), mark("Open"), "notebook"),
    "with_offices": (mark("“{name}” is with the national offices"), mark("Open"), "clock-counter-clockwise"),
    "with_partner": (mark("“{name}” waits for {person}"), mark("Open"), "clock-counter-clockwise"),
    "message": (mark("{person} wrote to you"), mark("Read"), "chat-text"),
    "new_people": (mark("New teachers fit your search “{name}”: {person}"), mark("Look"), "magnifying-glass"),
    "remind": (mark("You wanted to write to {person} again"), mark("Open"), "bell"),
    "needs_you": (mark("Something could not be sent and needs your answer"), mark("Open"), "warning-circle"),
}


class TodayPage(Page):
    def __init__(self, host: Host) -> None:
        super().__init__(_("Today"))
        self._host = host
        self._lines = column(spacing=10)
        inner = QWidget()
        holder = column(inner)
        holder.addLayout(self._lines)
        holder.addStretch()
        self.body.addWidget(scrolled(inner), 1)

    def refresh(self, topics: set[str] | None = None) -> None:
        clear(self._lines)
        me = self._host.workspace.account.current
        self.say(_("Hello, {name}").format(name=me.name) if me.name else "")
        if not me.id:
            self._lines.addWidget(self._welcome())
            return
        items = self._host.workspace.today.items()
        for item in items:
            self._lines.addWidget(self._line(item))
        if not items:
            self._lines.addWidget(
                EmptyState(
                    "check-circle",
                    _("Nothing waits for you"),
                    _(
                        "Invitations, answers and unfinished drafts "
                        "appear here. You could look for a partner, or begin a project."
                    ),
                    _("Find a partner"),
                    lambda: self._host.go("partners"),
                )
            )

    def _welcome(self) -> QWidget:
        return EmptyState(
            "user-circle",
            _("Welcome to TwinDesk"),
            _(
                "Sign in once while there is a connection. After that everything works without the internet, "
                "and goes out by itself when there is one."
            ),
            _("Sign in to the platform"),
            self._host.sign_in,
        )

    def _line(self, item: TodayItem) -> QFrame:
        sentence, action, icon = SENTENCES[item.kind]
        frame, layout = card(margin=12)
        picture = label("")
        picture.setPixmap(theme.icon(icon, "accent").pixmap(theme.px(24), theme.px(24)))
        picture.setFixedWidth(theme.px(32))
        text = label(_(sentence).format(name=item.name or _("Untitled"), person=item.person), "cardTitle", wrap=True)
        act = button(_(action), lambda: self._act(item), "main" if item.kind in ("invitation", "contact_asks") else "")
        act.setAccessibleName(f"{_(action)}: {text.text()}")
        line = row(picture, text, spacing=12)
        line.setStretch(1, 1)
        if item.kind == "contact_asks":
            line.addWidget(button(_("Decline"), lambda: self._answer_contact(item, False)))
        line.addWidget(act)
        layout.addLayout(line)
        if item.text:
            layout.addWidget(label(item.text, "muted", wrap=True))
        return frame

    def _act(self, item: TodayItem) -> None:
        if item.kind == "contact_asks":
            self._answer_contact(item, True)
        elif item.kind in ("remind", "message"):
            self._host.page("partners").show_person(item.target_id)
        elif item.kind == "new_people":
            self._host.page("partners").open_search(item.target_id)
        elif item.kind == "needs_you":
            self._host.go("sync_centre")
        else:
            self._host.page("projects").show_project(item.target_id)

    def _answer_contact(self, item: TodayItem, accept: bool) -> None:
        self._host.workspace.partners.answer_contact(item.target_id, accept)
        self._host.say(_("Your answer is sent the next time you are connected."))
