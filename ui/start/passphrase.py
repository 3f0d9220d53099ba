"""Asking for the passphrase that opens the work on this computer, or for a new one."""

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLineEdit

from app.safety import MIN_PASSPHRASE, PassphraseNeededError, StoreError
from i18n import _
from i18n.formats import number
from ui import words
from ui.sentences import WHY_A_PASSPHRASE
from ui.start.dialog import StartDialog
from ui.widgets.basics import label


class PassphraseLine(QLineEdit):
    """A line whose signs are hidden; ``capitals`` tells whether the last letter was typed with the capitals locked."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.capitals = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at the sign before it is hidden: a capital without Shift, or a small letter with it."""
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.upper() != typed.lower():
            self.capitals = typed.isupper() != bool(event.modifiers() & event.modifiers().ShiftModifier)
        super().keyPressEvent(event)


class PassphraseDialog(StartDialog):
    """Asks for the passphrase, or, on a new profile, for a new one twice; ``why`` says why there must be one."""

    def __init__(self, *, new: bool, why: str = "", wrong: StoreError | None = None) -> None:
        super().__init__()
        self._new, self._why, self._wrong = new, why, wrong
        self._complaint = ""
        self.first, self.second = PassphraseLine(), PassphraseLine()
        self._names = label(""), label("")
        for line, name in zip((self.first, self.second), self._names, strict=True):
            self.named(line, name)
            line.textEdited.connect(lambda _text, line=line: self._look_at_capitals(line))
        for widget in (self.second, self._names[1]):
            widget.setVisible(new)
        self.show_ = QCheckBox()
        self.show_.toggled.connect(self._show_signs)
        self.layout_.addWidget(self.show_)
        self.capitals = label("", "warn", wrap=True)
        self.complaint = label("", "bad", wrap=True)
        for line in (self.capitals, self.complaint):
            self.layout_.addWidget(line)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("role", "main")
        self.buttons.accepted.connect(self._check)
        self.buttons.rejected.connect(self.reject)
        self.layout_.addWidget(self.buttons)
        self.say()
        self.first.setFocus()

    @classmethod
    def ask(cls, *, needed: PassphraseNeededError | None = None, wrong: StoreError | None = None) -> str | None:
        """The passphrase that was typed; None when the person gives up."""
        new = needed is not None and needed.new
        dialog = cls(new=new, why=needed.reason if needed and new else "", wrong=wrong)
        return dialog.first.text() if dialog.exec() == QDialog.DialogCode.Accepted else None

    def say(self) -> None:
        """Show every text in the language of now."""
        super().say()
        self.heading.setText(_("Choose a passphrase") if self._new else _("Your passphrase"))
        text = _("Your passphrase opens your work on this computer.")
        if self._new:
            keep = _("Choose one of at least {n} characters and keep it well: nobody can restore it.")
            text = f"{_(WHY_A_PASSPHRASE[self._why])} {keep.format(n=number(MIN_PASSPHRASE))}"
        self.words.setText(text)
        for name, line, said in zip(
            self._names, (self.first, self.second), (_("Passphrase"), _("Once more")), strict=True
        ):
            name.setText(said)
            line.setAccessibleName(said)
        self.show_.setText(_("Show"))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(_("Open"))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        self.complaint.setText(words.not_opened(self._wrong) if self._wrong else "")
        self.complaint.setVisible(self._wrong is not None)
        self._look_at_capitals(self.first)

    def _show_signs(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.first.setEchoMode(mode)
        self.second.setEchoMode(mode)

    def _look_at_capitals(self, line: PassphraseLine) -> None:
        self.capitals.setText(_("Caps Lock seems to be on.") if line.capitals else "")
        if line.capitals == self.capitals.isHidden():
            self.capitals.setVisible(line.capitals)
            self.adjustSize()

    def _check(self) -> None:
        if self._new and len(self.first.text()) < MIN_PASSPHRASE:
            self._complain(_("At least {n} characters, please.").format(n=number(MIN_PASSPHRASE)))
        elif self._new and self.first.text() != self.second.text():
            self._complain(_("The two are not the same."))
        elif self.first.text():
            self.accept()

    def _complain(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.show()
        self.adjustSize()  # else the words above have less room than they need
