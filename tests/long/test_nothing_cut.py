"""Nothing is cut, covers another thing or hangs out of its place: on every page and in every dialog, in both
languages, in the usual and in the smallest window, with large text too.
"""

import itertools
from collections.abc import Callable
from contextlib import suppress

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.exceptions import TimeoutError as QtBotTimeoutError
from pytestqt.qtbot import QtBot

from app.safety import StoreError
from app.workspace import Workspace
from tests.geometry import faults
from tests.ui.test_look import PAGES, full_window  # noqa: F401 - a fixture
from tests.window import shown
from ui import capabilities
from ui.command_search import CommandSearch
from ui.partners.compare import CompareDialog
from ui.partners.message import MessageDialog
from ui.partners.weights import WeightsDialog
from ui.posts.dialog import PostDialog
from ui.projects.task_row import DayDialog
from ui.shell import MainWindow
from ui.start.passphrase import PassphraseDialog
from ui.start.trouble import TroubleDialog
from ui.sync_centre.report import ReportDialog
from ui.widgets.choose_dialog import Choice, ChooseDialog
from ui.widgets.panels import Panels

SIZES = (((1366, 700), 100), ((1366, 700), 200), ((900, 560), 150), ((900, 560), 200))
VIEWS = list(itertools.product(("en", "tr"), SIZES))
NAMES = [f"{language}-{size[0]}x{size[1]}-{scale}" for language, (size, scale) in VIEWS]


def look(window: MainWindow, language: str, size: tuple[int, int], scale: int) -> None:
    window.change_language(language)
    window.change_look("light", scale)
    window.resize(*size)


def settled(qtbot: QtBot, root: QWidget) -> list[str]:
    """What is wrong once everything has its place; what comes from a thread is given its place a moment later."""
    qtbot.wait(30)
    with suppress(QtBotTimeoutError):
        qtbot.waitUntil(lambda: not faults(root), timeout=20_000)
    return faults(root)


@pytest.mark.parametrize("language, view", VIEWS, ids=NAMES)
def test_every_page_is_whole(
    qtbot: QtBot,
    full_window: MainWindow,  # noqa: F811
    desk: Workspace,
    language: str,
    view: tuple[tuple[int, int], int],
) -> None:
    for number in range(8):
        project = desk.projects.create()
        desk.projects.open(project).set_fields({"title": f"Deniz ve tuz üzerine bir proje {number}"})
        desk.projects.delete(desk.projects.create())
    look(full_window, language, *view)
    wrong = []
    for name in PAGES:
        full_window.go(name)
        page = full_window._pages[name]
        for tab in range(4 if name == "projects" else 1):
            if name == "projects":
                page.tabs.setCurrentIndex(tab)
            for panel in range(3):
                for panels in shown(page, Panels):
                    if panel < len(panels._panels):
                        panels.show_panel(panel)
                wrong += [f"{name}/{tab}/{panel}: {fault}" for fault in settled(qtbot, full_window)]
                if not any(panels.narrow for panels in shown(page, Panels)):
                    break
    assert not wrong, "\n".join(wrong)
    assert (full_window.width(), full_window.height()) == view[0]


Make = Callable[[MainWindow], QDialog]


def _teachers(window: MainWindow) -> list:
    return window.workspace.partners.get_all(["t-1", "t-2", "t-3"])


def _choose(window: MainWindow) -> QDialog:
    choices = [Choice(str(n), f"Şule Öğretmen {n}", "Türkiye") for n in range(40)]
    return ChooseDialog("Invite a co-founder", "Search your contacts", "Invite", choices, window)


def _partners(window: MainWindow):
    window.go("partners")
    return window._pages["partners"]


DIALOGS: dict[str, Make] = {
    "search": lambda w: CommandSearch(w._actions.entries(), capabilities.finders(w), w.workspace.search.later, w),
    "choose": _choose,
    "report": lambda w: ReportDialog(w.workspace.sync_centre, w),
    "post": lambda w: PostDialog(w, lambda *_values, **_more: True, w),
    "day": lambda w: DayDialog("2027-05-31", w),
    "compare": lambda w: CompareDialog(_teachers(w), None, w, lambda _teacher: None),
    "message": lambda w: MessageDialog(w, _teachers(w)[0], lambda _text: True, w),
    "request": lambda w: MessageDialog(w, _teachers(w)[0], lambda _text: True, w, is_request=True),
    "weights": lambda w: WeightsDialog(w.workspace.partners, w, lambda: None),
    "countries": lambda w: _partners(w).strip.dialog(),
    "passphrase": lambda _w: PassphraseDialog(new=True, why="none"),
    "trouble": lambda _w: TroubleDialog(StoreError("x")),
}


@pytest.mark.parametrize("language, view", VIEWS, ids=NAMES)
def test_every_dialog_is_whole_and_fits_into_the_window(
    qtbot: QtBot,
    full_window: MainWindow,  # noqa: F811
    language: str,
    view: tuple[tuple[int, int], int],
) -> None:
    look(full_window, language, *view)
    wrong = []
    for name, make in DIALOGS.items():
        dialog = make(full_window)
        dialog.show()
        wrong += [f"{name}: {fault}" for fault in settled(qtbot, dialog)]
        if dialog.parentWidget() and not full_window.rect().contains(dialog.rect()):
            wrong.append(f"{name}: {dialog.width()}×{dialog.height()}")
        dialog.close()
        dialog.deleteLater()
    assert not wrong, "\n".join(wrong)
