"""Words that the platform did not take: read, copied, put back and discarded, in the sync centre and at the draft."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.safety import DiskFullError
from app.workspace import Workspace
from i18n import use_language
from local_db.tables import records, unsent_words
from sync.rebuild import rebuild
from tests.inside import inside
from tests.window import find_button, message, shown, words_on
from ui.not_taken import NotTakenRow
from ui.projects.page import ProjectsPage
from ui.shell import MainWindow

WORDS = "We measure the snow.\u00a0\n\nAnd the sea."


def refuse(desk: Workspace, document_id: str, reason: str = "not_possible_now") -> None:
    rebuild(inside(desk).store, document_id, b"\0\0", reason)
    inside(desk).service.recount()


@pytest.fixture
def project(desk: Workspace, window: MainWindow) -> str:
    made = desk.projects.create()
    desk.projects.open(made).set_fields({"aims": WORDS})
    refuse(desk, made)
    desk.projects.open(made).set_fields({"title": "Snow"})
    return made


@pytest.fixture
def page(window: MainWindow, project: str) -> ProjectsPage:
    shown_page = window.page("projects")
    shown_page.show_project(project)
    return shown_page


def rows(parent) -> list[NotTakenRow]:
    return list(shown(parent, NotTakenRow))


def test_the_sync_centre_shows_what_was_not_taken_and_why(
    qtbot: QtBot, window: MainWindow, desk: Workspace, project: str
) -> None:
    qtbot.waitUntil(lambda: "Needs you: 1 answer" in window.pill.text())
    centre = window.page("sync_centre")
    (row,) = rows(centre)
    assert row.text.text() == WORDS and row.text.isReadOnly()
    said = words_on(centre)
    assert "What was not taken" in said and "Snow · Aims" in said and "Nothing waits" not in said
    assert "The project was closed, or your part in it changed" in said
    find_button(centre, "Copy: Snow · Aims").click()
    assert QApplication.clipboard().text() == WORDS and "copied" in message(window)
    find_button(centre, "Discard: Snow · Aims").click()
    assert desk.unsent_words.all() == [] and "Nothing waits" not in words_on(centre)  # the draft itself waits
    assert rows(centre) == []
    qtbot.waitUntil(lambda: "Needs you" not in window.pill.text())
    window.undo()
    assert [row.text.text() for row in rows(centre)] == [WORDS]


def test_today_counts_them(window: MainWindow, desk: Workspace, project: str) -> None:
    today = window.page("today")
    assert "Something could not be sent and needs your answer (1)" in words_on(today)
    find_button(today, "Open: Something could not be sent and needs your answer (1)").click()
    assert window.current_name() == "sync_centre"


def test_the_draft_shows_them_above_the_form_and_takes_them_back(
    window: MainWindow, desk: Workspace, page: ProjectsPage, project: str
) -> None:
    assert page.not_taken.isVisible() and "Not everything you wrote here was taken" in words_on(page)
    assert page.form.editors["aims"].text() == ""
    find_button(page, "Put back into the draft: Snow · Aims").click()
    assert page.form.editors["aims"].text() == WORDS and not page.not_taken.isVisible()
    assert desk.projects.open(project).fields["aims"] == WORDS and "back" in message(window)
    window.undo()
    assert page.form.editors["aims"].text() == "" and page.not_taken.isVisible()
    find_button(page, "Discard: Snow · Aims").click()
    assert not page.not_taken.isVisible() and desk.unsent_words.count() == 0


def test_another_project_has_no_banner(window: MainWindow, desk: Workspace, page: ProjectsPage) -> None:
    page.create()
    assert not page.not_taken.isVisible()


def test_words_come_to_the_open_page_by_themselves(
    qtbot: QtBot, window: MainWindow, desk: Workspace, page: ProjectsPage, project: str
) -> None:
    desk.unsent_words.discard(desk.unsent_words.all()[0].id)
    page.refresh()
    qtbot.keyClicks(page.form.editors["description"], "Typed")
    assert page.form.keep()
    refuse(desk, project, "document_full")
    desk.events.changed({"projects": [project]})
    qtbot.waitUntil(lambda: any("as much as it may" in words_on(row) for row in rows(page)))
    assert "Typed" in [row.text.text() for row in rows(page)]


def test_what_cannot_be_put_back_can_still_be_copied(window: MainWindow, desk: Workspace, project: str) -> None:
    fields = {"title": "Snow", "state": "closed"}
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, f"project:{project}", [records.ServerRow("project", project, 1, fields)])
    centre = window.page("sync_centre")
    assert "They cannot be put back" in words_on(centre)
    assert find_button(centre, "Copy: Snow · Aims") and find_button(centre, "Discard: Snow · Aims")
    with pytest.raises(AssertionError):
        find_button(centre, "Put back into the draft: Snow · Aims")
    with pytest.raises(LookupError):
        desk.unsent_words.put_back(desk.unsent_words.all()[0].id)
    assert desk.unsent_words.count() == 1


def test_words_settled_elsewhere_meanwhile_are_said_to_be_gone(
    window: MainWindow, desk: Workspace, page: ProjectsPage
) -> None:
    unsent_words.remove(inside(desk).store, desk.unsent_words.all()[0].id)
    find_button(page, "Put back into the draft: Snow · Aims").click()
    assert "not possible any more" in message(window) and not page.not_taken.isVisible()


def test_a_full_disk_is_told_and_nothing_is_lost(
    window: MainWindow, desk: Workspace, page: ProjectsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise DiskFullError("full")

    with monkeypatch.context() as patched:
        patched.setattr(unsent_words, "remove", full)
        find_button(page, "Discard: Snow · Aims").click()
    assert "disk of this computer is full" in message(window)
    assert [row.text.text() for row in rows(page)] == [WORDS]


def test_every_way_is_reached_by_keys(qtbot: QtBot, window: MainWindow, desk: Workspace, project: str) -> None:
    centre = window.page("sync_centre")
    (row,) = rows(centre)
    row.text.setFocus()
    reached = []
    for _step in range(3):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget().text())
    assert reached == ["Copy", "Put back into the draft", "Discard"]
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert desk.unsent_words.all() == []


def test_choices_and_tasks_are_shown_by_their_names(window: MainWindow, desk: Workspace, project: str) -> None:
    desk.projects.open(project).set_fields({"languages": ["tr", "en"]})
    plan, _undo = desk.task_lists.create(project, "October")
    desk.task_lists.add(plan, "Call the museum")
    refuse(desk, project)
    refuse(desk, plan, "gap")
    texts = {row.text.accessibleName(): row.text.text() for row in rows(window.page("sync_centre"))}
    assert texts["Untitled · Languages used"] == "English, Turkish"
    assert texts["Untitled · List of tasks"] == "Call the museum"
    assert texts["Untitled · List of tasks · Name of the list"] == "October"
    window.change_language("tr")
    texts = {row.text.accessibleName(): row.text.text() for row in rows(window.page("sync_centre"))}
    use_language("en")
    assert texts["Adsız · Görev listesi"] == "Call the museum" and "İngilizce, Türkçe" in texts.values()
