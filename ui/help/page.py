"""Help: the first week in short steps, the keys, and what to do when something is wrong."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from i18n import _, mark
from ui.help.steps import STEPS
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import Page, button, card, column, label, row, scrolled

KEYS = (
    ("Ctrl+K", mark("Search everything: commands, projects, people, pupils, works")),
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
        self._shows: list[QPushButton] = []
        for number, (title, text, page) in enumerate(STEPS, start=1):
            frame, layout = card(spacing=4)
            head = row(label(f"{number}. {_(title)}", "cardTitle", wrap=True))
            head.setStretch(0, 1)
            show = button(_("Show me"), lambda page=page: host.go(page), "link")
            show.setAccessibleName(_("Show me: {what}").format(what=_(title)))
            head.addWidget(show)
            self._shows.append(show)
            layout.addLayout(head)
            layout.addWidget(label(_(text), wrap=True))
            body.addWidget(frame)
        frame, layout = card(spacing=4)
        layout.addWidget(label(_("Keys"), "cardTitle"))
        for keys, text in KEYS:
            name = label(keys)
            name.setMinimumWidth(theme.px(150))
            line = row(name, label(_(text), wrap=True))
            line.setStretch(1, 1)
            layout.addLayout(line)
        body.addWidget(frame)
        body.addStretch()
        self._area = scrolled(inner)
        self.body.addWidget(self._area, 1)

    def show_step(self, number: int) -> None:
        """Bring a step of the first week, counted from 0, into view."""
        step = self._shows[number]
        step.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(step.parentWidget())
