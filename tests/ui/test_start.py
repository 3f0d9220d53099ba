"""Opening a profile when something is wrong: what the teacher reads, and the way on."""

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.workspace import open_workspace
from local_db import keys, migrations
from local_db.store import Store
from ui.start.damage import CopyQuestion
from ui.start.open_profile import PassphraseDialog, open_with_dialogs
from ui.start.single import FrontDoor, raise_running

PASSPHRASE = "kar ve deniz tuzu"


@pytest.fixture
def answer_dialogs(qtbot: QtBot) -> Iterator[Callable[..., list[str]]]:
    """Fills in the passphrase dialogs that will come, one after the other; returns the complaints seen."""
    timer = QTimer()
    timer.setInterval(30)
    waiting: list[tuple[str, str]] = []
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, PassphraseDialog):
            return
        if dialog.complaint.text():
            seen.append(dialog.complaint.text())
        if not waiting:
            dialog.reject()
            return
        first, second = waiting.pop(0)
        dialog.first.setText(first)
        dialog.second.setText(second)
        dialog._check()

    def answer(*answers: tuple[str, str]) -> list[str]:
        waiting[:] = answers
        timer.start()
        return seen

    timer.timeout.connect(look)
    yield answer
    timer.stop()


def test_calls_of_qt_leave_none_alone(qtbot: QtBot) -> None:
    """PySide6 6.12.0 returns None without counting it; below Python 3.12 that ends the process after some thousand calls."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _call in range(500):
        widget.update()
    assert sys.getrefcount(None) - before > -400


def test_a_new_profile_without_a_keyring_asks_for_a_passphrase(answer_dialogs, tmp_path: Path) -> None:
    seen = answer_dialogs(("short", "short"), (PASSPHRASE, "another one"), (PASSPHRASE, PASSPHRASE))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None
    workspace.close()
    assert seen == ["At least 10 characters, please.", "The two are not the same."]


def test_a_wrong_passphrase_is_said_and_asked_again(answer_dialogs, tmp_path: Path) -> None:
    open_workspace(tmp_path, passphrase=PASSPHRASE).close()
    seen = answer_dialogs(("not the right one", ""), (PASSPHRASE, ""))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None
    workspace.close()
    assert seen == ["This passphrase is not the right one. Nothing was changed."]


def test_giving_up_opens_nothing(answer_dialogs, tmp_path: Path) -> None:
    answer_dialogs()
    assert open_with_dialogs(tmp_path, None) is None
    assert not (tmp_path / "store.db").exists()


def test_a_damaged_store_is_offered_its_newest_good_copy(answer_dialogs, tmp_path: Path, monkeypatch) -> None:
    workspace = open_workspace(tmp_path, passphrase=PASSPHRASE)
    project = workspace.projects.create()
    workspace.projects.open(project).set_fields({"title": "In the copy"})
    workspace.safety.back_up()
    workspace.close()
    (tmp_path / "backups" / "copy-999999999-newer-but-broken.db").write_bytes(secrets.token_bytes(5_000))
    (tmp_path / "store.db").write_bytes(secrets.token_bytes(50_000))
    asked: list[CopyQuestion] = []

    def yes(question: CopyQuestion) -> None:
        asked.append(question)
        question.back.click()

    monkeypatch.setattr(CopyQuestion, "exec", yes)
    answer_dialogs((PASSPHRASE, ""))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None and workspace.projects.get(project).title == "In the copy"
    workspace.close()
    (question,) = asked  # the broken one is no copy to offer
    assert "The store on this computer is damaged." in question.text()
    assert "The best copy is of" in question.informativeText()
    assert "could not be compared" in question.informativeText()
    assert list(tmp_path.glob("store-damaged-*.db"))


def test_saying_no_to_the_copy_leaves_everything(answer_dialogs, tmp_path: Path, monkeypatch) -> None:
    workspace = open_workspace(tmp_path, passphrase=PASSPHRASE)
    workspace.safety.back_up()
    workspace.close()
    damaged = secrets.token_bytes(50_000)
    (tmp_path / "store.db").write_bytes(damaged)
    monkeypatch.setattr(CopyQuestion, "exec", lambda question: question.stay.click())
    answer_dialogs((PASSPHRASE, ""))
    assert open_with_dialogs(tmp_path, None) is None
    assert (tmp_path / "store.db").read_bytes() == damaged


def test_a_newer_store_and_one_in_use_are_told(answer_dialogs, tmp_path: Path, monkeypatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    open_workspace(tmp_path, passphrase=PASSPHRASE).close()
    store = Store.open(tmp_path, keys.unlock(tmp_path, PASSPHRASE))
    answer_dialogs((PASSPHRASE, ""))
    assert open_with_dialogs(tmp_path, None) is None
    store.sql(f"pragma user_version = {migrations.VERSION + 5}")
    store.close()
    answer_dialogs((PASSPHRASE, ""))
    assert open_with_dialogs(tmp_path, None) is None
    assert "open already" in told[0] and "newer version" in told[1]


def test_a_second_start_brings_the_first_window_to_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    knocks: list[int] = []
    assert not raise_running(tmp_path)
    door = FrontDoor(tmp_path, lambda: knocks.append(1))
    assert raise_running(tmp_path)
    qtbot.waitUntil(lambda: knocks == [1])
    assert not raise_running(tmp_path / "another")
    door.close()
    assert not raise_running(tmp_path)
