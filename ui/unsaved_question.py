"""The question before words would be lost: try again, save them elsewhere, give them up, or stay."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from i18n import _
from ui import words
from ui.unsaved import Unsaved


class UnsavedQuestion(QMessageBox):
    """Asks what to do with words that could not be stored. ``again`` tries to store them and says whether it worked."""

    def __init__(
        self, parent: QWidget, texts: list[Unsaved], error: Exception | None, again: Callable[[], bool]
    ) -> None:
        super().__init__(parent)
        self._texts, self._again = texts, again
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle(_("Not saved yet"))
        self.setText(_("What you have typed here could not be saved: {fields}.").format(fields=_names(texts)))
        advice = _("Do not lose it: save it elsewhere, or try again.")
        self.setInformativeText(f"{words.not_saved(error)} {advice}")
        role = QMessageBox.ButtonRole
        self.again_button = self.addButton(_("Try again"), role.AcceptRole)
        self.elsewhere = self.addButton(_("Save the text elsewhere…"), role.ActionRole)
        self.lose = self.addButton(_("Close all the same"), role.DestructiveRole)
        self.stay = self.addButton(_("Stay here"), role.RejectRole)
        self.setDefaultButton(self.again_button)
        self.setEscapeButton(self.stay)

    def ask(self) -> bool:
        """True when it is saved, saved elsewhere, or given up; False to stay."""
        while True:
            self.exec()
            chosen: QPushButton | object = self.clickedButton()
            if chosen is self.again_button and self._again():
                return True
            if chosen is self.elsewhere and self._save_elsewhere():
                return True
            if chosen is self.lose:
                return True
            if chosen not in (self.again_button, self.elsewhere):
                return False

    def _save_elsewhere(self) -> bool:
        name, kind = _("My text"), _("Text")
        path, _kind = QFileDialog.getSaveFileName(self, _("Save the text elsewhere…"), f"{name}.txt", f"{kind} (*.txt)")
        if not path:
            return False
        try:
            write_texts(Path(path), self._texts)
        except OSError as error:
            self.setInformativeText(
                _("The file could not be written: {reason}").format(reason=error.strerror or str(error))
            )
            return False
        return True


def write_texts(path: Path, texts: list[Unsaved]) -> None:
    """Write every text under its title, every character as it was typed. Raises OSError."""
    whole = "\n\n".join(f"{one.title}\n\n{one.text}" for one in texts) + "\n"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        file.write(whole)


def _names(texts: list[Unsaved]) -> str:
    return ", ".join(dict.fromkeys(one.title for one in texts))
