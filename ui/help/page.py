"""Help: the first week in short steps, the keys, and what to do when something is wrong."""

from PySide6.QtWidgets import QWidget

from i18n import _, mark
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import Page, button, card, column, label, row, scrolled

STEPS = (
    (
        mark("Sign in once"),
        mark(
            "While there is a connection, sign in to the platform. The directory of teachers comes "
            "to this computer. After that you need no internet to work."
        ),
        "settings",
    ),
    (
        mark("Find a partner"),
        mark(
            "Search the directory by words, country, language, subject or age. Give a star to "
            "people you like, and write a private note: it never leaves this computer."
        ),
        "partners",
    ),
    (
        mark("Draft your project"),
        mark(
            "Begin a project and fill in the form. There is no Save button: everything is kept "
            "as you type. Invite one of your contacts as co-founder; both of you can write in the same draft, even offline."
        ),
        "projects",
    ),
    (
        mark("Collect pupils' work"),
        mark(
            "Make a class, add the pupils, and drop their photos and texts on the page. Names "
            "stay on this computer. Only what you mark may be published, and only under a pseudonym."
        ),
        "pupil_work",
    ),
    (
        mark("Catch up"),
        mark(
            "When there is a connection, everything goes out by itself. The pill at the top right always "
            "tells how it stands. If something needs your answer, you find it in the sync centre."
        ),
        "sync_centre",
    ),
)
KEYS = (
    ("Ctrl+K", mark("Search commands")),
    ("Ctrl+N", mark("New project")),
    ("Ctrl+O", mark("Add pupils' work…")),
    ("Ctrl+F", mark("Find a partner")),
    ("F5", mark("Sync now")),
    ("Ctrl+Z", mark("Undo")),
    ("Ctrl++ / Ctrl+-", mark("Larger or smaller text")),
    ("F1", mark("Help")),
)


class HelpPage(Page):
    """The first week in steps, each with the way to its page, and the keys."""

    def __init__(self, host: Host) -> None:
        super().__init__(_("Help"))
        self.say(_("Your first week"))
        inner = QWidget()
        inner.setMaximumWidth(theme.px(820))
        body = column(inner, spacing=10)
        for number, (title, text, page) in enumerate(STEPS, start=1):
            frame, layout = card(spacing=4)
            head = row(label(f"{number}. {_(title)}", "cardTitle"))
            head.addStretch()
            show = button(_("Show me"), lambda page=page: host.go(page), "link")
            show.setAccessibleName(_("Show me: {what}").format(what=_(title)))
            head.addWidget(show)
            layout.addLayout(head)
            layout.addWidget(label(_(text), wrap=True))
            body.addWidget(frame)
        frame, layout = card(spacing=4)
        layout.addWidget(label(_("Keys"), "cardTitle"))
        for keys, text in KEYS:
            name = label(keys)
            name.setMinimumWidth(theme.px(150))
            layout.addLayout(row(name, label(_(text)), stretch=True))
        body.addWidget(frame)
        body.addStretch()
        self.body.addWidget(scrolled(inner), 1)
