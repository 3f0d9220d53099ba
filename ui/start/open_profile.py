"""Opening the teacher's profile: the passphrase, and a clear way on from everything that can be wrong."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QMessageBox

from app.safety import (
    PassphraseNeededError,
    StoreDamagedError,
    StoreError,
    WrongKeyError,
    restore_backup,
    sound_copies,
)
from app.workspace import Workspace, open_workspace
from i18n import _
from ui import words
from ui.start.damage import CopyQuestion
from ui.widgets.basics import column, label

MIN_PASSPHRASE = 10


def open_with_dialogs(profile: Path, server: str | None) -> Workspace | None:
    """Open the profile, asking what must be asked. None when the person gives up."""
    passphrase: str | None = None
    while True:
        try:
            return open_workspace(profile, passphrase=passphrase, server=server)
        except PassphraseNeededError as needed:
            passphrase = PassphraseDialog.ask(new=needed.new)
        except WrongKeyError as error:
            passphrase = PassphraseDialog.ask(new=False, complaint=words.not_opened(error))
        except StoreDamagedError as damaged:
            if not offer_backup(profile, damaged, passphrase):
                return None
            continue
        except StoreError as error:
            _tell(error)
            return None
        if passphrase is None:
            return None


def offer_backup(profile: Path, damaged: StoreDamagedError, passphrase: str | None) -> bool:
    """Offer the newest sound copy, with what it would lack. True when it was put in place."""
    try:
        for offer in sound_copies(profile, passphrase=passphrase):
            question = CopyQuestion(None, words.not_opened(damaged), offer, _("Change nothing"))
            question.exec()
            if not question.chosen:
                return False
            with suppress(StoreDamagedError):  # damaged since it was read: the next best one
                restore_backup(profile, offer.path, passphrase=passphrase)
                return True
    except StoreError as error:
        _tell(error)
        return False
    _tell(damaged, _("There is no good copy to go back to. Ask the technician; the damaged file is untouched."))
    return False


def restore_with_dialogs(profile: Path, copy: Path) -> None:
    """Put the copy that was chosen in a window in place, once that window is closed; a passphrase is asked again."""
    passphrase: str | None = None
    while True:
        try:
            restore_backup(profile, copy, passphrase=passphrase)
            return
        except PassphraseNeededError:
            passphrase = PassphraseDialog.ask(new=False)
        except WrongKeyError as error:
            passphrase = PassphraseDialog.ask(new=False, complaint=words.not_opened(error))
        except StoreError as error:
            _tell(error)
            return
        if passphrase is None:
            return


def _tell(error: StoreError, more: str = "") -> None:
    box = QMessageBox(QMessageBox.Icon.Warning, "TwinDesk", f"{words.not_opened(error)} {more}".strip())
    box.setDetailedText(f"{type(error).__name__}: {error}")
    box.exec()


class PassphraseDialog(QDialog):
    """Asks for the passphrase, or, on a new profile, for a new one twice."""

    def __init__(self, *, new: bool, complaint: str = "") -> None:
        super().__init__()
        self._new = new
        self.setWindowTitle("TwinDesk")
        layout = column(self, spacing=8, margin=16)
        text = _("Your passphrase opens your work on this computer.")
        if new:
            text = _(
                "This system has no keyring, so a passphrase protects your work. Choose one of at least {n} characters "
                "and keep it well: nobody can restore it."
            ).format(n=MIN_PASSPHRASE)
        layout.addWidget(label(text, wrap=True))
        self.complaint = label(complaint, "bad", wrap=True)
        layout.addWidget(self.complaint)
        self.first, self.second = self._line(_("Passphrase")), self._line(_("Once more"))
        layout.addWidget(self.first)
        layout.addWidget(self.second)
        self.second.setVisible(new)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._check)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)

    @classmethod
    def ask(cls, *, new: bool, complaint: str = "") -> str | None:
        """The passphrase that was typed; None when the person gives up."""
        dialog = cls(new=new, complaint=complaint)
        return dialog.first.text() if dialog.exec() == QDialog.DialogCode.Accepted else None

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setPlaceholderText(name)
        line.setAccessibleName(name)
        return line

    def _check(self) -> None:
        if self._new and len(self.first.text()) < MIN_PASSPHRASE:
            self.complaint.setText(_("At least {n} characters, please.").format(n=MIN_PASSPHRASE))
        elif self._new and self.first.text() != self.second.text():
            self.complaint.setText(_("The two are not the same."))
        else:
            self.accept()
