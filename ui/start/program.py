"""Starting the program with a window: language, look, one window per profile."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.safety import CopyOffer, StoreError
from app.workspace import Workspace, open_workspace
from i18n import _
from ui.actions import Action
from ui.language import speak
from ui.shell import MainWindow
from ui.start.application import application, has_display
from ui.start.single import FrontDoor, raise_running
from ui.theme import theme
from ui.worker import run_in_worker

__all__ = ["application", "has_display", "run", "show_window"]

COPY_AFTER_MS, CHECK_AFTER_MS = 3_000, 8_000  # the start comes first


def show_window(workspace: Workspace, extra_actions: Callable[[MainWindow], list[Action]] | None = None) -> MainWindow:
    """A window on an opened workspace, in the teacher's language and look, with the sync running."""
    app = application()
    speak(app, workspace.preference("language"))
    theme.apply(app, workspace.preference("look", "system"), workspace.preference("scale", 100))
    window = MainWindow(workspace, extra_actions)
    window.show()
    workspace.start_syncing()
    if workspace.directory_was_damaged:
        window.say(
            _(
                "The directory of teachers was damaged and is empty now. It comes again with the next sync; nothing of yours "
                "was in it."
            )
        )
    return window


def run(profile: Path, server: str | None) -> int:
    """Open the profile's window and stay until it is closed; again after going back to a copy of a damaged store."""
    app = application()
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _follow_system(app))
    if raise_running(profile):
        return 0
    while True:
        workspace = _open(profile, server)
        if workspace is None:
            return 1
        if not _introduced(app, workspace):
            workspace.close()
            return 0
        code, copy = _live(app, profile, workspace)
        workspace.close()
        if copy is None:
            return code
        _restore(profile, copy.path)


def _live(app: QApplication, profile: Path, workspace: Workspace) -> tuple[int, CopyOffer | None]:
    """Show the window until it is closed; with the copy of the store to go back to, if one was chosen."""
    window = show_window(workspace)
    chosen: list[CopyOffer] = []

    def restore(offer: CopyOffer) -> None:
        chosen.append(offer)
        if not window.close():  # the person would rather save their words first
            chosen.clear()

    door = FrontDoor(profile, lambda: _to_front(window))
    QTimer.singleShot(COPY_AFTER_MS, window, lambda: _daily_copy(workspace))
    QTimer.singleShot(CHECK_AFTER_MS, window, lambda: _check(window, workspace, restore))
    code = app.exec()
    door.close()
    return code, chosen[0] if chosen else None


def _introduced(app: QApplication, workspace: Workspace) -> bool:
    """Ask the first questions in a new profile. False when the person closed them."""
    if workspace.preference("first_start_done") or workspace.account.current.id:
        return True
    from ui.start.first import FirstStart, is_needed  # the window opens without its dialogs

    if not is_needed(workspace):
        return True
    speak(app, workspace.preference("language"))
    theme.apply(app, workspace.preference("look", "system"), workspace.preference("scale", 100))
    return bool(FirstStart(workspace).exec())


def _check(window: MainWindow, workspace: Workspace, restore: Callable[[CopyOffer], None]) -> None:
    from ui.start.damage import check_store  # the window opens without its dialogs

    check_store(window, workspace, restore)


def _restore(profile: Path, copy: Path) -> None:
    from ui.start.open_profile import restore_with_dialogs

    restore_with_dialogs(profile, copy)


def _open(profile: Path, server: str | None) -> Workspace | None:
    """Open the profile; the dialogs for all that can be wrong are loaded only when something is."""
    try:
        return open_workspace(profile, server=server)
    except StoreError:
        from ui.start.open_profile import open_with_dialogs

        return open_with_dialogs(profile, server)


def _daily_copy(workspace: Workspace) -> None:
    run_in_worker(
        lambda _p: workspace.safety.back_up_if_due(),
        lambda _none: None,
        lambda _error: None,
        close=workspace.close_thread,
    )


def _to_front(window: MainWindow) -> None:
    window.showNormal()
    window.raise_()
    window.activateWindow()


def _follow_system(app: QApplication) -> None:
    if theme.choice == "system":
        theme.apply(app, "system", theme.scale)
        for window in app.topLevelWidgets():
            if isinstance(window, MainWindow):
                window.look_again()
