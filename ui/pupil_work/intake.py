"""Taking files in, away from the Qt thread, with progress and a way to stop."""

from collections.abc import Callable
from pathlib import Path

from app.pupil_work import TakeInError
from i18n import _, ngettext
from i18n.formats import number
from ui import leaving_words, words
from ui.host import Host
from ui.widgets.progress_line import ProgressLine
from ui.widgets.timers import soon
from ui.worker import run_in_worker


class Intake(ProgressLine):
    """The progress of taking in. ``done`` is called after each run; what was refused is said by the window."""

    def __init__(self, host: Host, done: Callable[[], object]) -> None:
        super().__init__(_("Progress of taking in"))
        self._host, self._done = host, done

    def take_in(self, pupil_id: str, paths: list[Path]) -> None:
        """Copy files into the store; bad ones are named, good ones kept."""
        self.begin(len(paths))
        workspace = self._host.workspace

        def work(progress: Callable[[int, int], None]) -> tuple[int, list[TakeInError]]:
            taken, refused = 0, []
            for count, path in enumerate(paths, start=1):
                if self.cancelled.is_set():
                    break
                try:
                    workspace.pupil_work.take_in(pupil_id, path)
                    taken += 1
                except TakeInError as error:
                    refused.append(error)
                progress(count, len(paths))
            return taken, refused

        run_in_worker(work, self._finished, self._failed, on_progress=self.show_progress, close=workspace.close_thread)

    def _finished(self, result: tuple[int, list[TakeInError]]) -> None:
        taken, refused = result
        self.hide()
        soon(self, self._done)  # a long list is shown in a step of its own
        text = ngettext("{n} piece of work was taken in.", "{n} pieces of work were taken in.", taken)
        self._host.say(" ".join([text.format(n=number(taken)), *map(_sentence, refused)]))

    def _failed(self, error: Exception) -> None:
        self.hide()
        self._done()
        self._host.say(words.not_saved(error))


def _sentence(error: TakeInError) -> str:
    return leaving_words.not_taken(error.code, error.filename, error.limit_mb)
