"""What is typed is stored by itself, and the page says truly whether it is: "Not saved yet" until it is stored."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from i18n import _
from i18n.formats import clock
from ui.widgets.timers import single_shot

SAVE_MS = 300  # with the commit, under the half second that a crash may cost
AGAIN_MS = 4_000


class Saving(QObject):
    """Stores soon after the first key, and again while that fails.

    ``store`` writes what is on the screen and raises if it could not. ``said`` carries
    the sentence for the page; ``failed`` the error, once until storing works again.
    """

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QObject, store: Callable[[], object]) -> None:
        super().__init__(parent)
        self._store = store
        self._unsaved = False
        self.error: Exception | None = None
        self._timer = single_shot(self, SAVE_MS, self.save)

    @property
    def unsaved(self) -> bool:
        """Whether something on the screen is not stored."""
        return self._unsaved

    def typed(self) -> None:
        """Something was changed on the screen."""
        if not self._unsaved:
            self._unsaved = True
            self.said.emit(_("Not saved yet"))
        if not self._timer.isActive() or self._timer.remainingTime() > SAVE_MS:  # nothing waits longer than this
            self._timer.start(SAVE_MS)

    def forget(self) -> None:
        """What was typed was sent, or given up: nothing of it is left to store."""
        self._timer.stop()
        self._unsaved, self.error = False, None

    def save(self) -> bool:
        """Store at once what is not stored; False if that is not possible now."""
        self._timer.stop()
        if not self._unsaved:
            return True
        try:
            self._store()
        except Exception as error:  # whatever it was: the text stays on the screen and is tried again
            self._not_stored(error)
            return False
        self.forget()
        self.said.emit(_("Saved {time}").format(time=clock(time.time())))
        return True

    def _not_stored(self, error: Exception) -> None:
        self._timer.start(AGAIN_MS)
        known, self.error = self.error, error
        if type(known) is not type(error):
            self.failed.emit(error)
