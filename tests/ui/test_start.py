"""Opening a profile when something is wrong: what the teacher reads, and the way on."""

import secrets
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.workspace import open_workspace
from i18n import use_language
from local_db import keys, migrations
from local_db.store import Store
from tests.keyrings import ForgetfulKeyring, LockedKeyring, MemoryKeyring, PlaintextKeyring
from ui.start.damage import CopyQuestion
from ui.start.open_profile import open_with_dialogs
from ui.start.passphrase import PassphraseDialog
from ui.start.single import FrontDoor, raise_running
from ui.start.trouble import TroubleDialog

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


@pytest.fixture
def choose_way(monkeypatch) -> Callable[..., list[str]]:
    """Answers the dialogs about a profile that does not open, one after the other, then closes; what they said."""
    said: list[str] = []

    def answer(*ways: str) -> list[str]:
        waiting = list(ways)

        def run(dialog: TroubleDialog) -> None:
            said.append(dialog.words.text())
            wanted = waiting.pop(0) if waiting else "close"
            button = {"again": dialog.again, "anew": dialog.anew, "close": dialog.close_}[wanted]
            assert not button.isHidden(), f"{wanted} is not offered: {dialog.words.text()}"
            button.click()

        monkeypatch.setattr(TroubleDialog, "exec", run)
        return said

    return answer


def test_a_newer_store_and_one_in_use_are_told(answer_dialogs, choose_way, tmp_path: Path) -> None:
    told = choose_way()
    open_workspace(tmp_path, passphrase=PASSPHRASE).close()
    store = Store.open(tmp_path, keys.unlock(tmp_path, PASSPHRASE))
    answer_dialogs((PASSPHRASE, ""))
    assert open_with_dialogs(tmp_path, None) is None
    store.sql(f"pragma user_version = {migrations.VERSION + 5}")
    store.close()
    answer_dialogs((PASSPHRASE, ""))
    assert open_with_dialogs(tmp_path, None) is None
    assert "open already" in told[0] and "newer version" in told[1]


def test_a_profile_that_another_computer_has_open_says_which_and_since_when(
    answer_dialogs, choose_way, tmp_path: Path, monkeypatch
) -> None:
    told = choose_way()
    open_workspace(tmp_path, passphrase=PASSPHRASE).close()
    monkeypatch.setattr("platform.node", lambda: "LAB-PC-7")
    store = Store.open(tmp_path, keys.unlock(tmp_path, PASSPHRASE))
    monkeypatch.setattr("platform.node", lambda: "here")
    answer_dialogs((PASSPHRASE, ""))
    assert open_with_dialogs(tmp_path, None) is None
    store.close()
    assert "LAB-PC-7" in told[0] and "Open there since: " in told[0]


def test_trying_again_opens_what_was_held(answer_dialogs, choose_way, tmp_path: Path, monkeypatch) -> None:
    open_workspace(tmp_path, passphrase=PASSPHRASE).close()
    store = Store.open(tmp_path, keys.unlock(tmp_path, PASSPHRASE))
    choose_way("again")
    shown = TroubleDialog.exec
    monkeypatch.setattr(TroubleDialog, "exec", lambda dialog: (store.close(), shown(dialog)))
    answer_dialogs((PASSPHRASE, ""))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None
    workspace.close()


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[1]", b"\xff\xfe", b'{"id": 5, "fingerprint": "x"}', b"[" * 60_000, None]
)
def test_a_damaged_profile_file_is_taken_from_its_copy(answer_dialogs, tmp_path: Path, broken: bytes | None) -> None:
    open_workspace(tmp_path, passphrase=PASSPHRASE).close()
    whole = (tmp_path / "profile.json").read_bytes()
    if broken is None:
        (tmp_path / "profile.json").unlink()
    else:
        (tmp_path / "profile.json").write_bytes(broken)
    answer_dialogs((PASSPHRASE, ""))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None
    workspace.close()
    assert (tmp_path / "profile.json").read_bytes() == whole


def test_another_profiles_file_is_put_right_by_the_copy(answer_dialogs, tmp_path: Path) -> None:
    open_workspace(tmp_path / "mine", passphrase=PASSPHRASE).close()
    open_workspace(tmp_path / "other", passphrase="another passphrase").close()
    shutil.copy(tmp_path / "other" / "profile.json", tmp_path / "mine" / "profile.json")
    answer_dialogs((PASSPHRASE, ""))
    workspace = open_with_dialogs(tmp_path / "mine", None)
    assert workspace is not None
    workspace.close()


def test_both_files_damaged_one_may_begin_anew_and_nothing_is_deleted(
    answer_dialogs, choose_way, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    open_workspace(profile, passphrase=PASSPHRASE).close()
    store = (profile / "store.db").read_bytes()
    for name in ("profile.json", "profile.copy.json"):
        (profile / name).write_bytes(b"\0" * 50)
    told = choose_way("again", "anew")
    answer_dialogs((PASSPHRASE, PASSPHRASE))
    workspace = open_with_dialogs(profile, None)
    assert workspace is not None and workspace.projects.overview() == []
    workspace.close()
    assert len(told) == 2 and "profile.json" in told[0]
    assert (tmp_path / "profile-set-aside-1" / "store.db").read_bytes() == store


def test_a_keyring_that_lost_the_key_has_ways_on(
    answer_dialogs, choose_way, tmp_path: Path, system_keyring: MemoryKeyring
) -> None:
    open_workspace(tmp_path / "p").close()
    (account,) = [name for name in system_keyring.kept if ":" not in name[1]]
    key = system_keyring.kept[account]
    for garbage in ("", "no key at all", "00" * 32, None):
        system_keyring.kept.clear()
        if garbage is not None:
            system_keyring.kept[account] = garbage
        told = choose_way()
        assert open_with_dialogs(tmp_path / "p", None) is None
        assert "not in the system's keyring" in told[-1]
    system_keyring.kept[account] = key
    workspace = open_with_dialogs(tmp_path / "p", None)
    assert workspace is not None
    workspace.close()


@pytest.mark.parametrize(
    "kind, reason",
    [
        (LockedKeyring, "is locked or does not answer"),
        (ForgetfulKeyring, "gave back something else"),
        (PlaintextKeyring, "keeps nothing secret"),
    ],
)
def test_a_keyring_that_cannot_be_relied_on_leads_to_a_passphrase(
    answer_dialogs, tmp_path: Path, use_keyring, kind: type[MemoryKeyring], reason: str, monkeypatch
) -> None:
    use_keyring(kind())
    said: list[str] = []
    built = PassphraseDialog.say
    monkeypatch.setattr(PassphraseDialog, "say", lambda dialog: (built(dialog), said.append(dialog.words.text())))
    answer_dialogs((PASSPHRASE, PASSPHRASE))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None
    workspace.close()
    assert reason in said[0]
    answer_dialogs((PASSPHRASE, ""))
    again = open_with_dialogs(tmp_path, None)
    assert again is not None
    again.close()


def test_a_letter_of_two_signs_is_the_same_passphrase(tmp_path: Path) -> None:
    open_workspace(tmp_path, passphrase=unicodedata.normalize("NFD", "şemsiye ve çay")).close()
    open_workspace(tmp_path, passphrase=unicodedata.normalize("NFC", "şemsiye ve çay")).close()


def test_the_passphrase_dialog_keeps_its_labels_shows_the_signs_and_knows_caps_lock(qtbot: QtBot) -> None:
    dialog = PassphraseDialog(new=True, why="none")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.windowTitle() and dialog.heading.text()
    qtbot.keyClicks(dialog.first, "Kar")
    names = [name.text() for name in dialog.findChildren(QLabel) if name.buddy() is not None and name.isVisible()]
    assert names == ["Passphrase", "Once more"]
    assert dialog.capitals.isHidden()
    QTest.keyClick(dialog.first, Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dialog.first, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, Qt.KeyboardModifier(0), "C"))
    assert dialog.capitals.isVisible() and "Caps Lock" in dialog.capitals.text()
    dialog.show_.click()
    assert dialog.first.displayText() == "KarbC" and dialog.first.echoMode() == dialog.second.echoMode()


def test_the_first_dialog_speaks_the_language_chosen_in_it_and_so_does_the_window(
    answer_dialogs, tmp_path: Path, monkeypatch
) -> None:
    built = PassphraseDialog.__init__

    def in_turkish(dialog: PassphraseDialog, **arguments: Any) -> None:
        built(dialog, **arguments)
        dialog.first.setText("kept while")
        dialog.language.setCurrentIndex(dialog.language.findData("tr"))
        dialog.language.activated.emit(0)
        assert dialog.first.text() == "kept while" and dialog.heading.text() == "Bir parola seçin"

    monkeypatch.setattr(PassphraseDialog, "__init__", in_turkish)
    answer_dialogs((PASSPHRASE, PASSPHRASE))
    workspace = open_with_dialogs(tmp_path, None)
    assert workspace is not None and workspace.preference("language") == "tr"
    workspace.close()
    use_language("en")


def test_a_second_start_brings_the_first_window_to_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    knocks: list[int] = []
    assert not raise_running(tmp_path)
    door = FrontDoor(tmp_path, lambda: knocks.append(1))
    assert raise_running(tmp_path)
    qtbot.waitUntil(lambda: knocks == [1])
    assert not raise_running(tmp_path / "another")
    door.close()
    assert not raise_running(tmp_path)
