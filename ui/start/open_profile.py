"""Opening the teacher's profile: the passphrase, and a clear way on from everything that can be wrong."""

from contextlib import suppress
from pathlib import Path

from app.safety import (
    PassphraseNeededError,
    StoreDamagedError,
    StoreError,
    WrongKeyError,
    restore_backup,
    set_aside,
    sound_copies,
)
from app.workspace import Workspace, open_workspace
from i18n import _
from ui import words
from ui.start.damage import CopyQuestion
from ui.start.dialog import Chosen
from ui.start.passphrase import PassphraseDialog
from ui.start.trouble import TroubleDialog


def open_with_dialogs(profile: Path, server: str | None) -> Workspace | None:
    """Open the profile, asking what must be asked. None when the person gives up."""
    passphrase: str | None = None
    while True:
        try:
            workspace = open_workspace(profile, passphrase=passphrase, server=server)
        except PassphraseNeededError as needed:
            passphrase = PassphraseDialog.ask(needed=needed)
            given_up = passphrase is None
        except WrongKeyError as error:
            passphrase = PassphraseDialog.ask(wrong=error)
            given_up = passphrase is None
        except StoreDamagedError as damaged:
            given_up = not offer_backup(profile, damaged, passphrase)
        except StoreError as error:
            given_up = not _way_on(profile, error)
        else:
            return _in_the_chosen_language(workspace)
        if given_up:
            return None


def _way_on(profile: Path, error: StoreError, more: str = "") -> bool:
    """Ask what to do about a profile that does not open. False when the person gives up."""
    way = TroubleDialog.ask(error, more)
    while way == "anew":
        try:
            set_aside(profile)
            return True
        except StoreError as refused:
            way = TroubleDialog.ask(refused)
    return way == "again"


def _in_the_chosen_language(workspace: Workspace) -> Workspace:
    if Chosen.language:
        workspace.remember("language", Chosen.language)
        Chosen.language = None
    return workspace


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
        return _way_on(profile, error)
    return _way_on(profile, damaged, "no_good_copy")


def restore_with_dialogs(profile: Path, copy: Path) -> None:
    """Put the copy that was chosen in a window in place, once that window is closed; a passphrase is asked again."""
    passphrase: str | None = None
    while True:
        try:
            restore_backup(profile, copy, passphrase=passphrase)
            return
        except PassphraseNeededError as needed:
            passphrase = PassphraseDialog.ask(needed=needed)
        except WrongKeyError as error:
            passphrase = PassphraseDialog.ask(wrong=error)
        except StoreError as error:
            if TroubleDialog.ask(error) != "again":
                return
            continue
        if passphrase is None:
            return
