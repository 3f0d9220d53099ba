"""A damaged store: what the best copy would lack, and the choice between going back to it and working on."""

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from app.safety import CheckResult, CopyOffer, SafetyUseCases
from app.workspace import Workspace
from i18n import _
from i18n.formats import clock
from ui import words
from ui.worker import run_in_worker

Looked = tuple[CheckResult, CopyOffer | None]


def offer_text(offer: CopyOffer) -> str:
    """When a copy was made and what it lacks."""
    made = _("The best copy is of {time}.").format(time=clock(offer.at))
    return f"{made} {words.lacking(offer.lacks)}"


class CopyQuestion(QMessageBox):
    """Offers the best copy; ``chosen`` tells afterwards whether the person goes back to it."""

    def __init__(self, parent: QWidget | None, happened: str, offer: CopyOffer, otherwise: str) -> None:
        """``happened`` says what is wrong, ``otherwise`` names the button that leaves everything as it is."""
        super().__init__(parent)
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle("TwinDesk")
        self.setText(happened)
        kept = _("The damaged file is kept.")
        self.setInformativeText(f"{offer_text(offer)} {kept}")
        self.stay: QPushButton = self.addButton(otherwise, QMessageBox.ButtonRole.RejectRole)
        self.back: QPushButton = self.addButton(_("Go back to the copy"), QMessageBox.ButtonRole.AcceptRole)
        self.setDefaultButton(self.stay)
        self.setEscapeButton(self.stay)

    @property
    def chosen(self) -> bool:
        """Whether the copy was chosen."""
        return self.clickedButton() is self.back


def check_store(window: QWidget, workspace: Workspace, restore: Callable[[CopyOffer], None]) -> None:
    """Read every page in a worker. Where one is damaged, offer the best copy; ``restore`` is called when it is chosen.

    A check that could not be made, on a busy disk say, is made at the next start.
    """
    run_in_worker(
        lambda _progress: _look(workspace.safety),
        lambda looked: _tell(window, looked, restore),
        lambda _error: None,
        close=workspace.close_thread,
        owner=window,
    )


def _look(safety: SafetyUseCases) -> Looked:
    result = safety.check_in_background()
    return result, None if result.sound else safety.best_copy()


def _tell(window: QWidget, looked: Looked, restore: Callable[[CopyOffer], None]) -> None:
    result, offer = looked
    if result.sound:
        return
    happened = _("Your work on this computer is damaged in one place. Most of it can still be used.")
    if offer is None:
        advice = _("There is no good copy to go back to. Go on working and ask the technician; sync when you can.")
        box = QMessageBox(window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("TwinDesk")
        box.setText(f"{happened} {advice}")
        box.open()
        return
    question = CopyQuestion(window, happened, offer, _("Keep working"))
    question.finished.connect(lambda _code: restore(offer) if question.chosen else None)
    question.open()
