"""The first start: three questions, none of which must be answered, and nothing is kept of a start that was given up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.workspace import Workspace, open_workspace
from i18n import language, use_language
from local_db.errors import StoreError
from sync.errors import OfflineError
from tests.window import find_button, furnish, shown, words_on
from ui.start import program
from ui.start.first import FirstStart, is_needed
from ui.start.program import show_window
from ui.theme import theme

KEY = b"k" * 32


@pytest.fixture
def fresh(tmp_path: Path, qapp: QApplication) -> Iterator[Workspace]:
    workspace = open_workspace(tmp_path / "fresh", key=KEY)
    yield workspace
    workspace.close()
    theme.apply(qapp, "light", 100)
    use_language("en")


@pytest.fixture
def first(qtbot: QtBot, fresh: Workspace) -> FirstStart:
    use_language("en")
    dialog = FirstStart(fresh)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_start_alone_is_enough(first: FirstStart, fresh: Workspace) -> None:
    assert first.not_yet.radio.isChecked() and not first.address.isVisible()
    find_button(first, "Start").click()
    assert first.result() and not is_needed(fresh)
    assert fresh.account.current.name == "" and fresh.platform.address == ""


def test_an_address_that_is_known_is_not_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "known", key=KEY, server="http://127.0.0.1:9")
    use_language("en")
    dialog = FirstStart(workspace)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "Two questions" in words_on(dialog) and "Is there a platform" not in words_on(dialog)
    find_button(dialog, "Start").click()
    assert dialog.result()
    workspace.close()


def test_the_name_is_there_before_any_sign_in(qtbot: QtBot, first: FirstStart, fresh: Workspace) -> None:
    first.name.setText("Ayşe Işık")
    first.school.setText("Ağrı Dağı Ortaokulu, Iğdır")
    find_button(first, "Start").click()
    me = fresh.account.current
    assert (me.id, me.name, me.school) == ("", "Ayşe Işık", "Ağrı Dağı Ortaokulu, Iğdır")
    assert fresh.platform.may_change, "an address can still be given"
    window = show_window(fresh)
    qtbot.addWidget(window)
    assert "Hello, Ayşe Işık." in words_on(window.page("today"))
    page = window.page("projects")
    window.do("new-project")
    assert "Founder: Ayşe Işık" in words_on(page)


def test_the_platform_s_own_words_replace_what_was_typed(fresh: Workspace) -> None:
    fresh.account.introduce("Somebody", "Somewhere")
    furnish(fresh)
    fresh.account.introduce("Another", "Elsewhere")
    assert fresh.account.current.name == "Işıl Öğretmen"


def test_another_language_speaks_at_once_and_keeps_what_was_typed(
    qtbot: QtBot, first: FirstStart, fresh: Workspace
) -> None:
    first.name.setText("İpek")
    find_button(first, "Türkçe").click()
    assert language() == "tr" and fresh.preference("language") == "tr"
    assert first.name.text() == "İpek" and "Adınız" in words_on(first)


def test_larger_text_grows_to_the_end_and_back(first: FirstStart, fresh: Workspace) -> None:
    for _step in range(4):
        find_button(first, "Larger text").click()
    assert theme.scale == 200 and not first.larger.isEnabled() and fresh.preference("scale") == 200
    find_button(first, "Smaller text").click()
    assert theme.scale == 175


def test_an_address_is_looked_at_and_kept(
    qtbot: QtBot, first: FirstStart, fresh: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(fresh.platform, "choose", lambda typed: asked.append(typed) or typed)
    first.known.radio.setChecked(True)
    qtbot.keyClicks(first.address, "twindesk.example.org")
    find_button(first, "Start").click()
    qtbot.waitUntil(lambda: bool(first.result()))
    assert asked == ["twindesk.example.org"]


def test_an_address_where_nobody_answers_leaves_a_way_on(
    qtbot: QtBot, first: FirstStart, fresh: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_typed: str) -> str:
        raise OfflineError

    monkeypatch.setattr(fresh.platform, "choose", nobody)
    first.known.radio.setChecked(True)
    find_button(first, "Start").click()
    assert "Type the address" in first.complaint.text()
    first.address.setText("twindesk.example.org")
    find_button(first, "Start").click()
    qtbot.waitUntil(lambda: "choose “Not yet”" in first.complaint.text() and first.start.isEnabled())
    first.not_yet.radio.setChecked(True)
    find_button(first, "Start").click()
    assert first.result() and fresh.platform.address == ""


def test_a_full_disk_is_told_and_can_be_tried_again(first: FirstStart, fresh: Workspace, monkeypatch) -> None:
    real = fresh.account.introduce

    def full(_name: str, _school: str) -> None:
        raise StoreError("disk_full")

    monkeypatch.setattr(fresh.account, "introduce", full)
    find_button(first, "Start").click()
    assert not first.result() and first.complaint.isVisible()
    monkeypatch.setattr(fresh.account, "introduce", real)
    find_button(first, "Start").click()
    assert first.result()


@pytest.mark.parametrize("spoken, scale", [("en", 100), ("tr", 150), ("tr", 200), ("en", 200)])
def test_nothing_is_cut_in_the_smallest_window(
    qtbot: QtBot, qapp: QApplication, first: FirstStart, spoken: str, scale: int
) -> None:
    find_button(first, {"en": "English", "tr": "Türkçe"}[spoken]).click()
    theme.apply(qapp, "light", scale)
    first._build()
    first.resize(900, 560)
    first.known.radio.setChecked(True)

    def cut() -> list[str]:
        labels = [one for one in shown(first, QLabel) if one.text()]
        return [one.text() for one in labels if one.wordWrap() and one.height() < one.heightForWidth(one.width()) - 4]

    qtbot.waitUntil(lambda: cut() == [])
    inner = first.name.parentWidget()
    assert first.school.mapTo(first, first.school.rect().topRight()).x() <= first.width() and inner.isVisible()


def test_it_comes_once_and_not_where_somebody_works_already(fresh: Workspace) -> None:
    assert is_needed(fresh)
    fresh.projects.create()
    assert not is_needed(fresh)


def test_closing_it_ends_the_program_and_it_comes_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_: list[FirstStart] = []
    monkeypatch.setattr(FirstStart, "exec", lambda dialog: shown_.append(dialog) or 0)
    monkeypatch.setattr(program, "_open", lambda profile, server: open_workspace(profile, key=KEY, server=server))
    for _start in range(2):
        assert program.run(tmp_path / "profile", None) == 0
    assert len(shown_) == 2
