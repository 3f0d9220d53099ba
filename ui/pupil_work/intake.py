"""Taking files in, away from the Qt thread, with progress and a way to stop."""

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QProgressBar, QWidget

from app.pupil_work import TakeInError
from i18n import _, ngettext
from i18n.formats import number
from ui import words
from ui.host import Host
from ui.widgets.basics import button, label, row
from ui.worker import run_in_worker


class Intake(QWidget):
    """The progress of taking in. ``done`` is called after each run; what was refused is said by the window."""

    def __init__(self, host: Host, done: Callable[[], object]) -> None:
        super().__init__()
        self._host, self._done = host, done
        self._cancelled = threading.Event()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of taking in"))
        self._text = label("", "muted")
        line = row(self._text, self._bar, button(_("Cancel"), self._cancelled.set))
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self.hide()

    def take_in(self, pupil_id: str, paths: list[Path]) -> None:
        """Copy files into the store; bad ones are named, good ones kept."""
        self._cancelled.clear()
        self._show(0, len(paths))
        workspace = self._host.workspace

        def work(progress: Callable[[int, int], None]) -> tuple[int, list[TakeInError]]:
            taken, refused = 0, []
            for count, path in enumerate(paths, start=1):
                if self._cancelled.is_set():
                    break
                try:
                    workspace.pupil_work.take_in(pupil_id, path)
                    taken += 1
                except TakeInError as error:
                    refused.append(error)
                progress(count, len(paths))
            return taken, refused

        run_in_worker(work, self._finished, self._failed, on_progress=self._show, close=workspace.close_thread)

    def _finished(self, result: tuple[int, list[TakeInError]]) -> None:
        taken, refused = result
        self.hide()
        self._done()
        text = ngettext("{n} piece of work was taken in.", "{n} pieces of work were taken in.", taken)
        self._host.say(" ".join([text.format(n=number(taken)), *map(_sentence, refused)]))

    def _failed(self, error: Exception) -> None:
        self.hide()
        self._done()
        self._host.say(words.not_saved(error))

    def _show(self, done: int, total: int) -> None:
        self.setVisible(done < total)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._text.setText(_("{done} of {total}").format(done=number(done), total=number(total)))


def _sentence(error: TakeInError) -> str:
    return _(words.TAKE_IN[error.code]).format(file=error.filename, limit=error.limit_mb)
