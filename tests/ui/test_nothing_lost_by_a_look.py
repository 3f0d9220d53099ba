"""Another language, look or size of text builds the window anew: what one was doing on the page is still there."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from tests.platform import DRAFT
from tests.window import words_on
from ui.shell import MainWindow

Change = Callable[[MainWindow], object]
CHANGES: list[Change] = [
    lambda window: window.change_language("tr"),
    lambda window: window.change_look("dark", 100),
    lambda window: window.change_look("light", 125),
]


def changed(qtbot: QtBot, window: MainWindow, change: Change, page: str):
    """The page that takes the place of the one before."""
    before = window._pages[page]
    change(window)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.go(page)
    after = window._pages[page]
    assert after is not before
    qtbot.wait(20)
    return after


@pytest.fixture(autouse=True)
def _back(window: MainWindow):
    yield
    window.change_look("light", 100)


@pytest.mark.parametrize("change", CHANGES, ids=["language", "look", "size"])
def test_searches_and_choices_of_the_moment_stay(
    qtbot: QtBot, window: MainWindow, desk: Workspace, change: Change
) -> None:
    desk.posts.publish("idea", "Salt and water", "We measure")
    desk.posts.publish("idea", "Snow and water", "We look")
    window.go("posts")
    page = window._pages["posts"]
    page.line.setText("water")
    page.kind.setCurrentIndex(page.kind.findData("mine"))
    page.kind.activated.emit(page.kind.currentIndex())
    page.list.setCurrentRow(1)
    chosen = page.list.chosen_key()
    page = changed(qtbot, window, change, "posts")
    assert page.line.text() == "water" and page.kind.currentData() == "mine"
    assert page.list.chosen_key() == chosen and page.list.count() == 2


@pytest.mark.parametrize("change", CHANGES, ids=["language", "look", "size"])
def test_the_person_the_map_and_the_comparison_stay(qtbot: QtBot, window: MainWindow, change: Change) -> None:
    window.go("partners")
    page = window._pages["partners"]
    page.line.setText("music")
    qtbot.waitUntil(lambda: page._shown is not None and page._shown.total == 1)
    page._clear()
    qtbot.waitUntil(lambda: page._shown.total > 2 and page.list.currentIndex().isValid())
    page.list.setCurrentIndex(page.list.model().index(2, 0))
    person = page.profile.partner
    page._compare_toggled(person)
    page._view.click()
    page = changed(qtbot, window, change, "partners")
    qtbot.waitUntil(lambda: page._shown is not None and not page._settle_timer.isActive())
    assert page.profile.partner.id == person.id and page._view.isChecked()
    assert [other.id for other in page._compared] == [person.id]
    assert person.name in words_on(page.profile)


@pytest.mark.parametrize("change", CHANGES, ids=["language", "look", "size"])
def test_the_tab_the_place_and_the_cursor_stay(
    qtbot: QtBot, window: MainWindow, desk: Workspace, change: Change
) -> None:
    project = desk.projects.create()
    desk.projects.open(project).set_fields({**DRAFT, "description": "A long line.\n" * 30})
    window.activateWindow()
    window.go("projects")
    page = window._pages["projects"]
    page.form.editors["title"].setFocus()
    page.form.editors["title"].setText("Typed a moment ago")
    page = changed(qtbot, window, change, "projects")
    assert page.form.editors["title"].text() == "Typed a moment ago" and page.form.editors["title"].hasFocus()
    area = page.form.parentWidget().parentWidget().parentWidget()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 100)
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    page = changed(qtbot, window, lambda window: window.change_look("dark", 125), "projects")
    bar = page.form.parentWidget().parentWidget().parentWidget().verticalScrollBar()
    qtbot.waitUntil(lambda: 0.4 < bar.value() / max(1, bar.maximum()) < 0.6)
    page.tabs.setCurrentIndex(3)
    page = changed(qtbot, window, lambda window: window.change_look("light", 150), "projects")
    assert page.tabs.currentIndex() == 3


def test_a_page_that_is_not_shown_keeps_its_words_too(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("posts")
    window._pages["posts"].line.setText("salt")
    window.go("settings")
    window.change_look("dark", 100)
    window.change_language("tr")
    window.go("posts")
    assert window._pages["posts"].line.text() == "salt"


def test_an_address_being_typed_stays(qtbot: QtBot, window: MainWindow, desk: Workspace, monkeypatch) -> None:
    window.go("settings")
    part = window._pages["settings"].platform
    part.field.setText("twindesk.exam")
    part = changed(qtbot, window, lambda window: window.change_language("tr"), "settings").platform
    assert part.field.text() == "twindesk.exam"


def test_settings_say_what_was_chosen_and_change_nothing_back(qtbot: QtBot, window: MainWindow) -> None:
    window.go("settings")
    window.change_language("tr")
    window.change_look("dark", 125)
    page = window._pages["settings"]
    assert page._language.currentData() == "tr" and page._look.currentData() == "dark"
    assert page._scale.currentData() == 125


def test_a_step_is_taken_back_by_ctrl_z_after_a_change_of_look(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    project = desk.projects.create()
    window.page("projects").show_project(project)
    window._pages["projects"].delete()
    assert desk.projects.overview() == []
    for change in CHANGES:
        change(window)
    window.undo()
    assert [one.id for one in desk.projects.overview()] == [project]
