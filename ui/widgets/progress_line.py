"""How far long work has come, with a way to stop it; hidden when there is none."""

import threading

from PySide6.QtWidgets import QProgressBar, QWidget

from i18n import _
from i18n.formats import number
from ui.widgets.basics import button, label, row


class ProgressLine(QWidget):
    """A count, a bar and *Cancel*, which sets ``cancelled``. ``name`` is what a screen reader calls the bar."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.cancelled = threading.Event()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(name)
        self._text = label("", "muted")
        line = row(self._text, self._bar, button(_("Cancel"), self.cancelled.set))
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self.hide()

    def begin(self, total: int) -> None:
        """Show that nothing of ``total`` is done yet."""
        self.cancelled.clear()
        self.show_progress(0, total)

    def show_progress(self, done: int, total: int) -> None:
        """Show how much is done; all of it hides the line."""
        self.setVisible(done < total)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._text.setText(_("{done} of {total}").format(done=number(done), total=number(total)))
