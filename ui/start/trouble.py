"""A profile that does not open: what is wrong, what was kept, and the ways on."""

from typing import Literal

from PySide6.QtWidgets import QPlainTextEdit, QToolButton

from app.safety import KeyMissingError, MigrationFailedError, ProfileFileError, StoreError, StoreTooNewError
from i18n import _
from ui import words
from ui.start.dialog import StartDialog
from ui.theme import theme
from ui.widgets.basics import button, label, row

Way = Literal["again", "anew", "close"]
LOST_KEY = (KeyMissingError, ProfileFileError)
NO_USE_TO_TRY_AGAIN = (StoreTooNewError, MigrationFailedError)


class TroubleDialog(StartDialog):
    """Says why a profile did not open. ``way`` tells afterwards what the person chose."""

    def __init__(self, error: StoreError, more: str = "") -> None:
        """``more`` is a code of :data:`ui.sentences.MORE_OF_NOT_OPENED`."""
        super().__init__()
        self._error, self._more = error, more
        self.way: Way = "close"
        self._anew_says = label("", wrap=True)
        self.layout_.addWidget(self._anew_says)
        self._details = QToolButton()
        self._details.setCheckable(True)
        self.technician = QPlainTextEdit(f"{type(error).__name__}: {error}")
        self.technician.setReadOnly(True)
        self.technician.setMaximumHeight(theme.px(90))
        self.technician.hide()
        self._details.toggled.connect(self.technician.setVisible)
        self.layout_.addWidget(self._details)
        self.layout_.addWidget(self.technician)
        self.again = button("", lambda: self._go("again"), "main")
        self.anew = button("", lambda: self._go("anew"))
        self.close_ = button("", lambda: self._go("close"))
        line = row(self.anew, self.close_, self.again)
        line.insertStretch(0, 1)
        self.layout_.addLayout(line)
        self.again.setVisible(not isinstance(error, NO_USE_TO_TRY_AGAIN))
        lost = isinstance(error, LOST_KEY) or more == "no_good_copy"
        self.anew.setVisible(lost)
        self._anew_says.setVisible(lost)
        self.say()
        (self.close_ if self.again.isHidden() else self.again).setFocus()

    @classmethod
    def ask(cls, error: StoreError, more: str = "") -> Way:
        """Show it until the person has chosen."""
        dialog = cls(error, more)
        dialog.exec()
        return dialog.way

    def say(self) -> None:
        """Show every text in the language of now."""
        super().say()
        self.heading.setText(_("TwinDesk cannot open your work yet"))
        self.words.setText(words.why_not_opened(self._error, self._more))
        self._anew_says.setText(
            _("You can also begin anew. What is here now is kept in a folder beside it, and can be put back.")
        )
        self._details.setText(_("For the technician"))
        self.technician.setAccessibleName(_("For the technician"))
        self.again.setText(_("Try again"))
        self.anew.setText(_("Begin anew"))
        self.close_.setText(_("Close"))

    def _go(self, way: Way) -> None:
        self.way = way
        self.accept()
