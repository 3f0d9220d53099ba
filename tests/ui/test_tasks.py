"""Lists of tasks in a project's page: every step by mouse and by keys, with undo, beside partners who write too."""

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.safety import DiskFullError
from app.workspace import Workspace
from tests.inside import inside
from tests.window import find_button, message, words_on
from ui.projects.page import TASKS_TAB, ProjectsPage
from ui.projects.task_row import DayDialog, TaskRow
from ui.projects.tasks import TasksPanel
from ui.shell import MainWindow

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(window: MainWindow) -> ProjectsPage:
    shown = window.page("projects")
    shown.create()
    shown.tabs.setCurrentIndex(TASKS_TAB)
    return shown


@pytest.fixture
def panel(page: ProjectsPage) -> TasksPanel:
    page.tasks.create()
    for text in ("Measure the snow", "Write it down", "Send it"):
        page.tasks.new_task.setText(text)
        page.tasks.add()
    return page.tasks


def texts(desk: Workspace, panel: TasksPanel) -> list[str]:
    return [task.text for task in desk.task_lists.get(panel._shown.id).tasks]


def rows(panel: TasksPanel) -> list[TaskRow]:
    return list(panel.tasks)


def test_an_empty_project_offers_its_first_list(qtbot: QtBot, page: ProjectsPage, desk: Workspace) -> None:
    assert "No list of tasks yet" in words_on(page)
    find_button(page.tasks._nothing, "New list").click()
    assert page.tasks.title.hasFocus() and page.tasks.list.count() == 1
    qtbot.keyClicks(page.tasks.title, "October")
    assert page.subtitle.text() == "Not saved yet"
    qtbot.waitUntil(lambda: page.subtitle.text().startswith("Saved "))
    assert desk.task_lists.lists(page._current.id)[0].title == "October"
    assert page.tasks.list.currentItem().text().startswith("October\n")


def test_tasks_are_added_by_enter_ticked_named_and_given_to_somebody(
    qtbot: QtBot, panel: TasksPanel, desk: Workspace
) -> None:
    qtbot.keyClicks(panel.new_task, "Thank everybody")
    qtbot.keyClick(panel.new_task, Qt.Key.Key_Return)
    assert texts(desk, panel)[-1] == "Thank everybody" and panel.new_task.text() == ""
    row = rows(panel)[0]
    row.done.click()
    assert desk.task_lists.get(panel._shown.id).tasks[0].done and "1 of 4 done" in panel.list.currentItem().text()
    row.who.setText("Class 6-A")
    row.text.setText("Measure the snow\u00a0depth")
    assert panel.saving.save()
    task = desk.task_lists.get(panel._shown.id).tasks[0]
    assert (task.who, task.text) == ("Class 6-A", "Measure the snow\u00a0depth") and rows(panel)[0] is row
    row.done.click()
    assert not desk.task_lists.get(panel._shown.id).tasks[0].done


def test_a_day_is_chosen_and_taken_away(
    qtbot: QtBot, panel: TasksPanel, desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(dialog: DayDialog) -> int:
        dialog.calendar.setSelectedDate(QDate(2027, 5, 31))
        find_hidden(dialog, "Take this day").click()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(DayDialog, "exec", choose)
    rows(panel)[1].until.click()
    assert desk.task_lists.get(panel._shown.id).tasks[1].until == "2027-05-31"
    assert "31 May" in rows(panel)[1].until.text()

    def none(dialog: DayDialog) -> int:
        assert dialog.calendar.selectedDate() == QDate(2027, 5, 31)
        find_hidden(dialog, "No date").click()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(DayDialog, "exec", none)
    rows(panel)[1].until.click()
    assert desk.task_lists.get(panel._shown.id).tasks[1].until == "" and rows(panel)[1].until.text() == "No date"


def find_hidden(dialog: DayDialog, text: str):
    from PySide6.QtWidgets import QAbstractButton

    return next(one for one in dialog.findChildren(QAbstractButton) if one.text() == text)


def test_tasks_move_by_keys_and_the_cursor_goes_with_them(
    qtbot: QtBot, window: MainWindow, panel: TasksPanel, desk: Workspace
) -> None:
    row = rows(panel)[2]
    row.text.setFocus()
    qtbot.keyClick(row.text, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(row.text, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(row.text, Qt.Key.Key_Up, ALT)  # it is the first already
    assert texts(desk, panel) == ["Send it", "Measure the snow", "Write it down"]
    assert rows(panel)[0] is row and window.focusWidget() is row.text
    row.down.click()
    assert texts(desk, panel) == ["Measure the snow", "Send it", "Write it down"] and rows(panel)[1] is row
    qtbot.keyClick(row.down, Qt.Key.Key_Down, ALT)
    assert texts(desk, panel)[2] == "Send it"


def test_a_deleted_task_and_a_deleted_list_come_back(
    qtbot: QtBot, window: MainWindow, page: ProjectsPage, panel: TasksPanel, desk: Workspace
) -> None:
    rows(panel)[1].remove.click()
    assert texts(desk, panel) == ["Measure the snow", "Send it"] and "“Write it down” was deleted." in message(window)
    window.undo()
    assert texts(desk, panel) == ["Measure the snow", "Write it down", "Send it"]
    assert [row.text.text() for row in rows(panel)] == texts(desk, panel)
    find_button(panel, "Delete the list").click()
    assert "No list of tasks yet" in words_on(page)
    window.undo()
    assert panel.list.count() == 1 and len(rows(panel)) == 3
    panel.delete()
    bin_page = window.page("bin")
    assert "List of tasks" in words_on(bin_page)
    find_button(bin_page, "Bring back: New list").click()
    assert "The bin is empty" in words_on(bin_page) and "“New list” is back." in message(window)
    assert len(desk.task_lists.lists(page._current.id)) == 1


def test_what_a_partner_does_appears_beside_what_one_types(
    qtbot: QtBot, window: MainWindow, page: ProjectsPage, panel: TasksPanel, desk: Workspace
) -> None:
    list_id, first = panel._shown.id, panel._shown.tasks[0].id
    row = rows(panel)[0]
    row.text.setFocus()
    row.text.end(False)
    qtbot.keyClicks(row.text, " today")
    desk.task_lists.add(list_id, "Theirs", index=0)
    desk.task_lists.change(list_id, first, who="Nikos")
    desk.events.changed({"task_lists": [list_id]})
    qtbot.waitUntil(lambda: len(rows(panel)) == 4)
    assert texts(desk, panel)[:2] == ["Theirs", "Measure the snow today"]
    assert rows(panel)[1] is row and row.who.text() == "Nikos" and window.focusWidget() is row.text


def test_another_list_shows_what_was_stored_meanwhile(qtbot: QtBot, panel: TasksPanel, desk: Workspace) -> None:
    rows(panel)[0].text.setText("Changed")
    panel.create()
    other = panel._shown.id
    panel.list.setCurrentRow(1 - panel.list.currentRow())
    assert panel._shown.id != other and rows(panel)[0].text.text() == "Changed"


def test_words_of_a_task_are_not_lost_on_a_full_disk(
    qtbot: QtBot, window: MainWindow, page: ProjectsPage, panel: TasksPanel, desk: Workspace, monkeypatch
) -> None:
    store = inside(desk).store
    real = store.transaction

    def full():
        raise DiskFullError("no room")

    monkeypatch.setattr(store, "transaction", full)
    rows(panel)[0].text.setText("Very important")
    assert not panel.saving.save() and page.subtitle.text() == "Not saved yet"
    rows(panel)[0].done.click()
    rows(panel)[0].remove.click()
    desk.events.changed({"task_lists"})
    assert [one.text for one in page.unsaved()] == ["Very important"] and len(rows(panel)) == 3
    assert rows(panel)[0].text.text() == "Very important"
    monkeypatch.setattr(store, "transaction", real)
    assert panel.saving.save() and texts(desk, panel)[0] == "Very important"


def test_a_task_that_is_gone_meanwhile_is_no_fault(qtbot: QtBot, panel: TasksPanel, desk: Workspace) -> None:
    list_id, first = panel._shown.id, panel._shown.tasks[0].id
    desk.task_lists.remove(list_id, first)
    rows(panel)[0].done.click()
    assert texts(desk, panel) == ["Write it down", "Send it"] and len(rows(panel)) == 2


# -- the bin --------------------------------------------------------------------------------


def test_the_bin_shows_what_was_deleted_and_brings_it_back(
    qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path
) -> None:
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "x" * 5_000})
    work = desk.pupil_work
    (tmp_path / "story.txt").write_text("Karın altındaki su", "utf-8")
    taken = work.take_in(work.add_pupil(work.add_class("6-A"), "Zeynep Kara"), tmp_path / "story.txt")
    entry = desk.projects.write_journal(project, "We met online today.")
    desk.projects.delete_journal(project, entry)
    work.remove(taken)
    desk.projects.delete(project)
    page = window.page("bin")
    said = words_on(page)
    assert "We met online today." in said and "Pupil's work · 30 more days" in said and "Project · 30 more days" in said
    count = len(page.rows.keys())
    for row in list(page.rows):
        row._back.click()
    assert count == 3 and "The bin is empty" in words_on(page)
    assert [one.id for one in desk.projects.overview()] == [project]
    assert [text["text"] for _id, text in desk.projects.journal(project)] == ["We met online today."]
    assert len(work.works(work.classes()[0][0])) == 1


def test_what_cannot_be_brought_back_any_more_is_said(
    qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path
) -> None:
    work = desk.pupil_work
    (tmp_path / "story.txt").write_text("Karın altındaki su", "utf-8")
    taken = work.take_in(work.add_pupil(work.add_class("6-A"), "Zeynep Kara"), tmp_path / "story.txt")
    work.remove(taken)
    page = window.page("bin")
    work.delete_for_good(taken)
    next(iter(page.rows))._back.click()
    assert "cannot be brought back any more." in message(window) and "The bin is empty" in words_on(page)
