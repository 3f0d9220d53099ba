"""Sync centre: the state of the connection, what waits, and what needs an answer."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from app.sync_centre import WaitingItem
from i18n import _, ngettext
from i18n.formats import number
from ui import words
from ui.host import Host
from ui.sync_centre.rows import GROUPS, Line, Lines, make_row
from ui.widgets.basics import (
    EmptyState,
    Flow,
    Page,
    as_high_as_it_wraps,
    button,
    card,
    column,
    label,
    row,
    scrolled,
    set_tone,
    tone_label,
)
from ui.widgets.row_list import RowList

FIRST = 50  # of each list; as many more at each press
NETWORK = "proxy_sign_in"  # the trouble that a name and a password for the network's proxy mend


class SyncCentrePage(Page):
    """The truth about the connection, and a line for everything that waits or needs the teacher."""

    listens_to = frozenset(
        {
            "status",
            "outbox",
            "projects",
            "task_lists",
            "project",
            "membership",
            "profile",
            "journal",
            "files",
            "material",
        }
    )

    def __init__(self, host: Host) -> None:
        super().__init__(_("Sync centre"))
        self._host, self._use = host, host.workspace.sync_centre
        inner = QWidget()
        body = column(inner, spacing=12)
        body.addWidget(self._status_card())
        self._titles: dict[str, str] = {}
        self._shown: object = None
        self._most = dict.fromkeys(GROUPS, FIRST)
        self.lines = RowList(lambda line: make_row(line, host, self._acted, self._show_more))
        self._nothing = EmptyState("check-circle", _("Nothing waits"), _("All your changes have arrived."))
        body.addWidget(self.lines)
        body.addWidget(self._nothing)
        body.addStretch()
        self.body.addWidget(scrolled(inner), 1)

    def _status_card(self) -> QFrame:
        frame, layout = card()
        self._state = tone_label("", "plain")
        self._sync = button(_("Sync now"), self._use.sync_now, "main", "arrows-clockwise")
        self._sign_in = button(_("Sign in to the platform"), self._ask_sign_in, "main", "user-circle")
        self._network = button(_("Sign in to the network…"), self._ask_network, "main", "user-circle")
        deeds, line = QWidget(), Flow(spacing=8)
        deeds.setLayout(line)
        as_high_as_it_wraps(deeds)
        for widget in (self._state, self._network, self._sign_in, self._sync):
            line.addWidget(widget)
        layout.addWidget(deeds)
        self._sentence = label("", wrap=True)
        layout.addWidget(self._sentence)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of the sync"))
        layout.addWidget(self._bar)
        self._more = button(_("Details"), self._toggle_details, "link")
        self._report = button(_("Report a problem…"), self.report, "link")
        self._details = QLabel()
        self._details.setProperty("role", "muted")
        self._details.setWordWrap(True)
        self._details.hide()
        layout.addLayout(row(self._more, self._report, stretch=True))
        layout.addWidget(self._details)
        return frame

    def refresh(self, changes: object = None) -> None:
        """Show the state of the connection and every line."""
        status = self._use.status
        text, tone = words.pill(status)
        self._state.setText(text)
        set_tone(self._state, "plain" if tone == "info" else tone)
        self._sentence.setText("\n".join(words.unfinished(status)) or self._calm())
        progress = status.progress
        self._bar.setVisible(status.state == "syncing")
        self._bar.setRange(0, progress.total if progress else 0)
        self._bar.setValue(progress.done if progress else 0)
        signed_out = status.state == "signed_out" or not self._host.workspace.account.current.id
        in_the_way = NETWORK in (status.code, *(one.code for one in status.troubles))
        self._network.setVisible(in_the_way)
        self._sign_in.setVisible(signed_out and not in_the_way)
        self._sync.setVisible(not signed_out)
        self._sync.setEnabled(status.state != "syncing")
        self._more.setVisible(bool(status.detail))
        self._details.setText(status.detail)
        self._show_lines()

    def _calm(self) -> str:
        if self._use.status.synced_at is None:
            return _("Nothing was synced yet.")
        return _(
            "Everything you do is kept on this computer at once, and goes out by itself when there is a connection."
        )

    def _show_lines(self) -> None:
        most, counts = self._most, self._use.counts()
        differences = self._use.differences(most["differences"])
        unsent = self._host.workspace.unsent_words.all(most=most["unsent"])
        refused = self._use.items(refused=True, most=most["refused"])
        waiting = self._use.items(refused=False, most=most["waiting"])
        shown = (counts, differences, unsent, refused, waiting, unreadable := self._use.unreadable())
        if shown == self._shown:  # a running sync tells its progress many times a second
            return
        self._shown = shown
        projects = self._host.workspace.projects.overview() if refused or waiting else []
        self._titles = {project.id: project.title for project in projects}
        lines = Lines()
        lines.group("differences", [(d.id, Line("difference", d)) for d in differences], counts.differences)
        lines.group("unsent", [(each.id, Line("unsent", each)) for each in unsent], counts.unsent)
        lines.group("refused", self._named("refused", refused), counts.refused)
        in_turn = [(str(number), line) for number, (_id, line) in enumerate(self._named("waiting", waiting))]
        lines.group("waiting", in_turn, counts.waiting)  # by their places: a sync takes dozens off the top at once
        if unreadable:
            lines.add("unreadable", Line("note", None, _unreadable(unreadable)))
        self.lines.show_rows(lines.entries)
        self._nothing.setVisible(not any(vars(counts).values()))

    def _named(self, kind: str, items: list[WaitingItem]) -> list[tuple[str, Line]]:
        return [(item.id, Line(kind, item, self._name(item))) for item in items]

    def _show_more(self, group: str) -> None:
        self._most[group] += FIRST
        self.refresh()

    def _acted(self, undo: Callable[[], object] | None) -> None:
        self.refresh()
        if undo:
            self._host.say(_("The step was forgotten."), undo)

    def _name(self, item: WaitingItem) -> str:
        return words.waiting_name(item, self._titles.get(item.target_id, ""))

    def report(self) -> None:
        """Show what a technician needs to know."""
        from ui.sync_centre.report import ReportDialog  # the page opens without its dialogs

        ReportDialog(self._use, self).exec()

    def _ask_network(self) -> None:
        from ui.settings.proxy import sign_in_to_proxy  # the page opens without its dialogs

        if sign_in_to_proxy(self._host.workspace, self):
            self._use.sync_now()

    def _ask_sign_in(self) -> None:
        self._host.do("sign-in")

    def _toggle_details(self) -> None:
        self._details.setVisible(not self._details.isVisible())


def _unreadable(count: int) -> str:
    text = ngettext(
        "{n} entry from others cannot be read by this version; it is kept.",
        "{n} entries from others cannot be read by this version; they are kept.",
        count,
    )
    return text.format(n=number(count))
