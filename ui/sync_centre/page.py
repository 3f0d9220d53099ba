"""Sync centre: the state of the connection, what waits, and what needs an answer."""

import json

from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from app.sync_centre import Difference, WaitingItem
from i18n import _
from i18n.formats import clock
from ui import words
from ui.host import Host
from ui.widgets.basics import EmptyState, Page, button, card, clear, column, label, row, scrolled, set_tone, tone_label


class SyncCentrePage(Page):
    def __init__(self, host: Host) -> None:
        super().__init__(_("Sync centre"))
        self._host, self._use = host, host.workspace.sync_centre
        inner = QWidget()
        body = column(inner, spacing=12)
        body.addWidget(self._status_card())
        self._lines = column(spacing=8)
        body.addLayout(self._lines)
        body.addStretch()
        self.body.addWidget(scrolled(inner), 1)
        self._shown: object = None

    def _status_card(self) -> QFrame:
        frame, layout = card()
        self._state = tone_label("", "plain")
        self._sync = button(_("Sync now"), self._use.sync_now, "main", "arrows-clockwise")
        self._sign_in = button(_("Sign in to the platform"), self._host.sign_in, "main", "user-circle")
        line = row(self._state)
        line.addStretch()
        line.addWidget(self._sign_in)
        line.addWidget(self._sync)
        layout.addLayout(line)
        self._sentence = label("", wrap=True)
        layout.addWidget(self._sentence)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of the sync"))
        layout.addWidget(self._bar)
        self._more = button(_("Details"), self._toggle_details, "link")
        self._details = QLabel()
        self._details.setProperty("role", "muted")
        self._details.setWordWrap(True)
        self._details.hide()
        layout.addLayout(row(self._more, stretch=True))
        layout.addWidget(self._details)
        return frame

    def refresh(self, topics: set[str] | None = None) -> None:
        status = self._use.status
        text, tone = words.pill(status)
        self._state.setText(text)
        set_tone(self._state, "plain" if tone == "info" else tone)
        self._sentence.setText(words.trouble(status.code) if status.code else self._calm())
        progress = status.progress
        self._bar.setVisible(status.state == "syncing")
        self._bar.setRange(0, progress.total if progress else 0)
        self._bar.setValue(progress.done if progress else 0)
        signed_out = status.state == "signed_out" or not self._host.workspace.account.current.id
        self._sign_in.setVisible(signed_out)
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
        items, differences = self._use.items(), self._use.differences()
        if (items, differences) == self._shown:
            return
        self._shown = (items, differences)
        clear(self._lines)
        if differences:
            self._lines.addWidget(label(_("Both sides changed this"), "cardTitle"))
        for difference in differences:
            self._lines.addWidget(self._difference(difference))
        refused = [item for item in items if item.refused]
        if refused:
            self._lines.addWidget(label(_("Could not be sent"), "cardTitle"))
        for item in refused:
            self._lines.addWidget(self._refused(item))
        waiting = [item for item in items if not item.refused]
        if waiting:
            self._lines.addWidget(label(_("Waiting to be sent"), "cardTitle"))
        for item in waiting[:50]:
            self._lines.addWidget(self._waiting(item))
        if not items and not differences:
            self._lines.addWidget(EmptyState("check-circle", _("Nothing waits"), _("All your changes have arrived.")))

    def _name(self, item: WaitingItem) -> str:
        project = self._host.workspace.projects.get(item.target_id)
        what = _(words.COMMANDS.get(item.what, item.what))
        return f"{what}: {project.title}" if project and project.title else what

    def _waiting(self, item: WaitingItem) -> QFrame:
        frame, layout = card(margin=10)
        line = row(label(self._name(item)))
        line.addStretch()
        line.addWidget(label(clock(item.at) if item.at else "", "muted"))
        layout.addLayout(line)
        return frame

    def _refused(self, item: WaitingItem) -> QFrame:
        frame, layout = card(margin=12)
        layout.addWidget(label(self._name(item), "cardTitle"))
        layout.addWidget(label(words.refusal(item.reason), wrap=True))
        again = button(_("Try again"), lambda: self._use.try_again(item))
        forget = button(_("Forget this step"), lambda: self._use.give_up(item))
        layout.addLayout(row(again, forget, stretch=True))
        return frame

    def _difference(self, difference: Difference) -> QFrame:
        frame, layout = card(margin=12)
        layout.addWidget(label(_(words.COMMANDS.get(difference.kind, difference.kind)), "cardTitle"))
        for title, value in ((_("Yours"), difference.mine), (_("The other one"), difference.theirs)):
            layout.addWidget(label(title, "section"))
            layout.addWidget(
                label(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), wrap=True)
            )
        mine = button(_("Keep yours"), lambda: self._use.settle(difference, False))
        theirs = button(_("Take the other one"), lambda: self._use.settle(difference, True))
        layout.addLayout(row(mine, theirs, stretch=True))
        return frame

    def _toggle_details(self) -> None:
        self._details.setVisible(not self._details.isVisible())
