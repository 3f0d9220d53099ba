"""Opening the teacher's profile: the passphrase, and a clear way on from everything that can be wrong."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QMessageBox

from app.safety import (
    DiskFullError,
    KeyMissingError,
    PassphraseNeededError,
    ProfileInUseError,
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    WrongKeyError,
    restore_backup,
)
from app.workspace import Workspace, open_workspace
from i18n import _
from i18n.formats import clock
from ui.widgets.basics import column, label

MIN_PASSPHRASE = 10


def sentence(error: StoreError) -> str:
    """What happened, what was kept, and what to do."""
    if isinstance(error, StoreTooNewError):
        return _(
            "A newer version of TwinDesk wrote this store. Nothing was opened or changed. Install the newer version."
        )
    if isinstance(error, ProfileInUseError):
        return _(
            "TwinDesk is open already, or a sync is running. Use the open window, or wait a moment and start again."
        )
    if isinstance(error, DiskFullError):
        return _("The disk is full. Nothing was lost. Free some space, then start TwinDesk again.")
    if isinstance(error, KeyMissingError):
        return _(
            "The key of this profile is not in the system's keyring: another system account, or a keyring that was "
            "reset. Sign in to the system as before, or ask the technician to restore the keyring."
        )
    if isinstance(error, WrongKeyError):
        return _("This passphrase is not the right one. Nothing was changed.")
    if isinstance(error, StoreDamagedError):
        return _("The store on this computer is damaged. The damaged file will be kept.")
    return _("The profile could not be opened. Nothing was changed.")


def open_with_dialogs(profile: Path, server: str | None) -> Workspace | None:
    """Open the profile, asking what must be asked. None when the person gives up."""
    passphrase: str | None = None
    while True:
        try:
            return open_workspace(profile, passphrase=passphrase, server=server)
        except PassphraseNeededError as needed:
            passphrase = PassphraseDialog.ask(new=needed.new)
        except WrongKeyError as error:
            passphrase = PassphraseDialog.ask(new=False, complaint=sentence(error))
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
    """Offer the newest good copy. True when it was put in place."""
    for backup in damaged.backups:
        when = clock(backup.stat().st_mtime)
        text = _("{what} Go back to the copy of {time}?").format(what=sentence(damaged), time=when)
        answer = QMessageBox.question(None, "TwinDesk", text)
        if answer != QMessageBox.StandardButton.Yes:
            return False
        try:
            restore_backup(profile, backup, passphrase=passphrase)
        except StoreError:
            continue
        return True
    _tell(damaged, _("There is no good copy to go back to. Ask the technician; the damaged file is untouched."))
    return False


def _tell(error: StoreError, more: str = "") -> None:
    box = QMessageBox(QMessageBox.Icon.Warning, "TwinDesk", f"{sentence(error)} {more}".strip())
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
