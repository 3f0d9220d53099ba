"""“Report a problem”: what a technician needs, in a text to copy. It holds nothing of anybody's work."""

import platform
from datetime import UTC, datetime

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication, QWidget

from app.sync_centre import Problem, SyncCentreUseCases
from i18n import _
from ui.theme import theme
from ui.widgets.basics import button, column, label, row
from ui.widgets.eye_order import Dialog
from ui.widgets.text_field import TextField


def report(use: SyncCentreUseCases) -> str:
    """The state of the connection and the faults of the program, in English and without a word of personal data.

    A status has a technical detail too; it is left out, for it may name addresses.
    """
    status = use.status
    lines = [
        f"TwinDesk on {platform.system()} {platform.release()}, Python {platform.python_version()}, Qt {qVersion()}",
        f"state: {status.state} {status.code}".rstrip(),
        f"waiting: {status.waiting}; needs an answer: {status.needs_you}; unreadable: {use.unreadable()}",
        f"last synced: {_moment(status.synced_at)}",
        *(f"not finished: {trouble.stage}: {trouble.code}" for trouble in status.troubles),
    ]
    if status.wait_until is not None:
        lines.append(f"the platform asks to wait until {_moment(status.wait_until)}")
    problems = use.problems()
    lines += ["", f"faults of the program: {len(problems)}", *(_told(problem) for problem in problems)]
    return "\n".join(lines) + "\n"


def _told(problem: Problem) -> str:
    when = f"{problem.times} times from {_moment(problem.first)} to {_moment(problem.last)}"
    return f"\n{problem.kind}, during {problem.doing}: {when}\n  " + "\n  ".join(problem.places)


def _moment(seconds: float | None) -> str:
    return "never" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


class ReportDialog(Dialog):
    """Shows the report, so that the person sees what they give away, and copies it."""

    def __init__(self, use: SyncCentreUseCases, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Report a problem"))
        self.resize(theme.px(560), theme.px(420))
        layout = column(self, spacing=8, margin=16)
        sentence = _("Copy this and send it to the support office. There are no names and no texts of yours in it.")
        layout.addWidget(label(sentence, wrap=True))
        self.text = TextField(_("Report a problem"))
        self.text.setReadOnly(True)
        self.text.show_text(report(use))
        layout.addWidget(self.text, 1)
        self._said = label("", "muted", wrap=True)
        copy, close = button(_("Copy"), self._copy, "main", "copy"), button(_("Close"), self.accept)
        line = row(self._said, copy, close)
        line.setStretch(0, 1)
        layout.addLayout(line)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text.text())
        self._said.setText(_("Copied."))
