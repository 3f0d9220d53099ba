"""Saving copies of works: one, or all that are shown."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.pupil_work import WorkRow
from app.work_copies import Copied
from i18n import _, ngettext
from i18n.formats import number
from ui import words
from ui.host import Host
from ui.widgets.progress_line import ProgressLine
from ui.worker import run_in_worker


class SavingCopies(ProgressLine):
    """Asks where to, writes in a worker, and says what became of it."""

    def __init__(self, host: Host, page: QWidget) -> None:
        super().__init__(_("Progress of saving copies"))
        self._host, self._page = host, page
        self.running = False

    def ask_one(self, work: WorkRow) -> None:
        """Save a copy of one work."""
        offered = self._host.workspace.pupil_work.name_of_copy(work)
        path, _kind = QFileDialog.getSaveFileName(self._page, _("Save a copy…"), offered)
        if path:
            self.save_one(work, Path(path))

    def ask_all(self, works: list[WorkRow]) -> None:
        """Save a copy of each work in one folder."""
        folder = QFileDialog.getExistingDirectory(self._page, _("Save copies of all…"))
        if folder:
            self.save_all(works, Path(folder))

    def save_one(self, work: WorkRow, path: Path) -> None:
        """Write one work to a file."""
        workspace = self._host.workspace
        run_in_worker(
            lambda _progress: workspace.pupil_work.save_copy(work, path),
            lambda _none: self._host.say(
                _("A copy was saved as “{file}”. It is not encrypted: keep it safe.").format(file=path.name)
            ),
            self._failed,
            close=workspace.close_thread,
            owner=self,
        )

    def save_all(self, works: list[WorkRow], folder: Path) -> None:
        """Write works into a folder; one run at a time."""
        if self.running:
            self._host.say(_("Copies are being saved already. Wait for them, or cancel."))
            return
        self.running = True
        workspace = self._host.workspace
        self.begin(len(works))
        run_in_worker(
            lambda progress: workspace.pupil_work.save_copies(works, folder, progress, self.cancelled.is_set),
            self._saved,
            self._failed,
            on_progress=self.show_progress,
            close=workspace.close_thread,
            owner=self,
        )

    def _saved(self, copied: Copied) -> None:
        self.hide()
        self.running = False
        text = ngettext(
            "{n} copy was saved. It is not encrypted: keep it safe.",
            "{n} copies were saved. They are not encrypted: keep them safe.",
            copied.count,
        ).format(n=number(copied.count))
        if copied.damaged:
            lost = _("Damaged on this computer, not saved: {titles}.").format(titles=", ".join(copied.damaged[:5]))
            text = f"{text} {lost}"
        if copied.failure:
            text = f"{words.not_copied(copied.failure)} {text if copied.count else ''}".strip()
        elif copied.stopped:
            text = " ".join([_("Stopped."), text])
        self._host.say(text)

    def _failed(self, error: Exception) -> None:
        self.hide()
        self.running = False
        self._host.say(words.not_copied(error))
