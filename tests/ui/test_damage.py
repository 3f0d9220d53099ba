"""A store that is damaged while one works: the window tells it, says what the best copy lacks, and goes back to it."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.workspace import Workspace, open_workspace
from i18n import use_language
from tests.local_db.test_copies import damage
from ui.shell import MainWindow
from ui.start import program
from ui.start.damage import CopyQuestion, check_store
from ui.start.passphrase import PassphraseDialog

PASSPHRASE = "kar ve deniz tuzu"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile with a copy, a note that is newer than it, and a damaged page."""
    workspace = open_workspace(tmp_path, passphrase=PASSPHRASE)
    workspace.prefer("language", "en")
    for n in range(150):
        workspace.keeping.keep_note(f"t-{n}", "x" * 6_000)
    workspace.projects.open(workspace.projects.create()).set_fields({"title": "In the copy"})
    workspace.safety.back_up()
    workspace.projects.open(workspace.projects.create()).set_fields({"title": "Newer"})
    workspace.close()
    damage(tmp_path / "store.db", 0.5)
    return tmp_path


@pytest.fixture
def damaged(profile: Path) -> Iterator[Workspace]:
    workspace = open_workspace(profile, passphrase=PASSPHRASE)
    yield workspace
    workspace.close()
    use_language("en")


def window_on(qtbot: QtBot, workspace: Workspace) -> MainWindow:
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    window.show()
    return window


def questions(window: MainWindow, kind: type = CopyQuestion) -> list:
    return [box for box in window.findChildren(kind) if box.isVisible()]


def test_the_window_offers_the_best_copy_and_says_what_it_lacks(qtbot: QtBot, damaged: Workspace) -> None:
    window, chosen = window_on(qtbot, damaged), []
    check_store(window, damaged, chosen.append)
    qtbot.waitUntil(lambda: bool(questions(window)), timeout=20_000)
    (question,) = questions(window)
    assert "damaged in one place" in question.text() and "The best copy is of" in question.informativeText()
    assert "It lacks:" in question.informativeText() and "not sent" in question.informativeText()
    question.stay.click()
    assert not questions(window) and chosen == [] and window.isVisible()
    assert not damaged.safety.last_check.sound


def test_without_a_copy_one_is_told_to_work_on(qtbot: QtBot, damaged: Workspace, profile: Path) -> None:
    for copy in (profile / "backups").iterdir():
        copy.write_bytes(secrets.token_bytes(5_000))
    window = window_on(qtbot, damaged)
    check_store(window, damaged, lambda _offer: pytest.fail("there is nothing to go back to"))
    qtbot.waitUntil(lambda: bool(questions(window, QMessageBox)), timeout=20_000)
    (box,) = questions(window, QMessageBox)
    assert "There is no good copy" in box.text()
    box.accept()


def test_a_sound_store_is_not_spoken_of(qtbot: QtBot, desk: Workspace) -> None:
    window = window_on(qtbot, desk)
    check_store(window, desk, lambda _offer: pytest.fail("nothing is damaged"))
    qtbot.waitUntil(lambda: desk.safety.last_check is not None)
    QApplication.processEvents()
    assert desk.safety.last_check.sound and not questions(window, QMessageBox)


def test_going_back_closes_the_window_and_opens_it_on_the_copy(
    qtbot: QtBot, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "CHECK_AFTER_MS", 0)
    monkeypatch.setattr(PassphraseDialog, "ask", lambda **_values: PASSPHRASE)
    shown: list[MainWindow] = []
    seen: list[list[str]] = []
    show = program.show_window

    def note(workspace: Workspace) -> MainWindow:
        seen.append(sorted(project.title for project in workspace.projects.overview()))
        shown.append(show(workspace))
        return shown[-1]

    monkeypatch.setattr(program, "show_window", note)
    steps: list[Callable[[], object]] = [
        lambda: questions(shown[0]) and questions(shown[0])[0].back.click(),
        lambda: len(shown) == 2 and shown[1].close(),
    ]
    timer = QTimer()
    timer.setInterval(30)
    timer.timeout.connect(lambda: [step() for step in steps])
    timer.start()
    assert program.run(profile, "http://127.0.0.1:9") == 0
    timer.stop()
    use_language("en")
    assert seen == [["In the copy", "Newer"], ["In the copy"]]
    assert list(profile.glob("store-damaged-*.db"))
