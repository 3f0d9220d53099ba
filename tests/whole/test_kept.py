"""What a teacher wrote is kept, found and sent, whatever the platform said to it and whatever became of its project."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.sync_centre import WaitingItem
from app.workspace import Workspace
from local_db.tables import outbox
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project
from tests.window import find_button, message, words_on
from ui.shell import MainWindow

Make = Callable[..., Computer]
LONG = "Wörter 👩🏽‍🏫 " * 600


def refused(computer: Computer) -> list[WaitingItem]:
    return [item for item in computer.workspace.sync_centre.items() if item.refused]


def founded_together(a: Computer, b: Computer) -> str:
    """A draft of which the second computer's teacher is co-founder."""
    project = a.workspace.projects.create()
    a.workspace.projects.open(project).set_fields({"title": "Rivers", "aims": "Both of us."})
    a.sync()
    a.workspace.projects.invite(project, b.workspace.account.current.id)
    for computer in (a, b):
        computer.sync()
    b.workspace.projects.answer(project, True)
    for computer in (b, a):
        computer.sync()
    return project


# -- a record that was refused, and what is done afterwards --------------------------------


def test_a_text_that_was_too_long_takes_the_rest_of_its_change_with_it_once_it_is_shorter(
    any_platform: RunningPlatform, computers: Make
) -> None:
    a = computers(any_platform, AYSE)
    profile = a.workspace.account
    profile.change_profile(about=LONG, town="Ankara")
    a.sync()
    assert [item.what for item in refused(a)] == ["profile"]
    profile.change_profile(about="Short enough.")
    profile.change_profile(school="Başka Okul")
    a.sync()
    assert refused(a) == [] and a.workspace.status.waiting == 0
    other = computers(any_platform, AYSE)
    other.sync()
    for one in (a, other):
        shown = one.workspace.account.profile()
        assert (shown["about"], shown["town"], shown["school"]) == ("Short enough.", "Ankara", "Başka Okul")


def test_giving_up_a_refused_change_shows_what_the_platform_has_and_what_still_waits(
    platform: RunningPlatform, computers: Make
) -> None:
    a = computers(platform, AYSE)
    a.sync()
    store = inside(a.workspace).store
    a.workspace.account.change_profile(about="Taken.", town="Bursa")
    outbox.take(store, 10)  # on its way
    a.workspace.account.change_profile(about=LONG)
    a.sync()
    (item,) = refused(a)
    assert a.workspace.account.profile()["about"] == LONG
    outbox.take(store, 10)
    undo = a.workspace.sync_centre.give_up(item)
    assert a.workspace.account.profile()["about"] == "Taken." and undo
    undo()
    assert a.workspace.account.profile()["about"] == LONG and [one.text for one in refused(a)] == [LONG]
    undo()  # pressed twice
    (item,) = refused(a)
    a.workspace.sync_centre.give_up(item)
    a.workspace.account.change_profile(school="Yeni Okul")
    a.sync()
    other = computers(platform, AYSE)
    other.sync()
    assert a.workspace.account.profile() == other.workspace.account.profile()
    assert a.workspace.account.profile()["school"] == "Yeni Okul"


def test_a_change_that_waits_behind_a_given_up_one_stays_on_the_screen(
    platform: RunningPlatform, computers: Make
) -> None:
    a = computers(platform, AYSE)
    a.sync()
    store = inside(a.workspace).store
    a.workspace.account.change_profile(about=LONG)
    outbox.take(store, 10)
    a.workspace.account.change_profile(town="Kars")
    waits = outbox.waiting(store)
    with store.transaction():
        outbox.refuse(store, waits[0].id, "invalid")
    (item,) = refused(a)
    a.workspace.sync_centre.give_up(item)
    assert a.workspace.account.profile()["town"] == "Kars" and a.workspace.account.profile()["about"] != LONG
    a.sync()
    other = computers(platform, AYSE)
    other.sync()
    assert a.workspace.account.profile() == other.workspace.account.profile()


def test_a_deletion_that_was_refused_and_given_up_shows_the_diary_entry_again(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    entry = b.workspace.projects.write_journal(project, "We measured.")
    for computer in (b, a):
        computer.sync()
    a.workspace.projects.close(project)
    a.sync()
    b.workspace.projects.delete_journal(project, entry)
    b.sync()
    assert b.workspace.projects.journal(project) == []
    for item in refused(b):
        b.workspace.sync_centre.give_up(item)
    b.sync()
    assert [fields["text"] for _id, fields in b.workspace.projects.journal(project)] == ["We measured."]


# -- what was written for a project that is gone -------------------------------------------


def test_what_is_typed_into_a_project_that_is_gone_is_put_aside(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = founded_together(a, b)
    draft = b.workspace.projects.open(project)
    draft.set_fields({"aims": "Both of us. A month of words."})
    a.workspace.projects.delete(project)
    a.sync()
    b.sync()
    draft.set_fields({"aims": "Both of us. A month of words. And one more\u00a0day 👩🏽‍🏫."})
    assert not draft.unsaved
    b.sync()
    said = [(words.field, words.text, words.reason) for words in b.workspace.unsent_words.all()]
    assert sorted(said) == [("aims", "A month of words.", "gone"), ("aims", "And one more\u00a0day 👩🏽‍🏫.", "gone")]
    assert b.workspace.projects.overview() == [] and b.workspace.status.waiting == 0


def test_what_is_typed_into_a_list_of_tasks_of_a_project_that_is_gone_is_put_aside(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = founded_together(a, b)
    plan, _undo = a.workspace.task_lists.create(project, "Plan")
    task, _undo = a.workspace.task_lists.add(plan, "Call")
    for computer in (a, b):
        computer.sync()
    opened = b.workspace.task_lists.open(plan)
    a.workspace.projects.delete(project)
    a.sync()
    b.sync()
    opened.change_item("tasks", task, {"text": "Call the museum"})
    assert [words.text for words in b.workspace.unsent_words.all()] == ["the museum"]


def test_a_project_that_came_back_is_no_ground_for_words_typed_on_the_one_before(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = founded_together(a, b)
    draft = b.workspace.projects.open(project)
    draft.set_fields({"aims": "Both of us. Never sent."})
    undo = a.workspace.projects.delete(project)
    for computer in (a, b):
        computer.sync()
    undo()
    a.sync()
    a.workspace.projects.invite(project, b.workspace.account.current.id)
    for computer in (a, b):
        computer.sync()
    b.workspace.projects.answer(project, True)
    b.sync()
    draft.set_fields({"aims": "Both of us. Never sent. Typed after."})
    for computer in (b, a, b):
        computer.sync()
    draft.refresh()
    put_aside = " ".join(words.text for words in b.workspace.unsent_words.all())
    for words in ("Never sent.", "Typed after."):
        assert words in draft.fields["aims"] or words in put_aside
    assert draft.fields == a.workspace.projects.open(project).fields == b.workspace.projects.open(project).fields


def test_the_words_of_a_refused_step_are_shown_copied_and_forgotten_only_with_a_way_back(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    store, text = inside(desk).store, "Dear Νίκος,\u00a0hello\u2028again 👩🏽‍🏫 " + "water " * 200 + "the end"
    desk.reaching.send("t-1", text)
    with store.transaction():
        outbox.refuse(store, outbox.waiting(store)[0].id, "no_such_person")
    window.go("sync_centre")
    page = window.page("sync_centre")
    assert "Dear Νίκος" in words_on(page)
    find_button(page, "Copy your words: Message").click()
    assert QGuiApplication.clipboard().text() == text
    find_button(page, "Forget this step: Message").click()
    assert "The step was forgotten." in message(window) and desk.sync_centre.items() == []
    window.undo()
    (item,) = desk.sync_centre.items()
    assert item.refused and item.text == text


def test_a_diary_entry_that_is_too_long_is_counted_and_kept_but_not_sent_away_to_be_refused(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    project = desk.projects.create()
    window.go("projects")
    space = window.page("projects").space
    space.load(desk.projects.get(project))
    space.entry.insertPlainText("ğ" * 20_001)
    assert "shorten it" in words_on(space) or "shorten it" in space._count.text()
    assert not space._add.isEnabled()
    space._write()
    assert desk.projects.journal(project) == [] and space.saving.save()
    assert len(desk.preference(f"diary-draft:{project}")) == 20_001
    space.entry.show_text("ğ" * 20_000)
    space._write()
    assert len(desk.projects.journal(project)) == 1


def test_words_typed_a_moment_before_the_only_project_goes_are_not_lost(
    qtbot: QtBot, window: MainWindow, desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, project = window.page("projects"), desk.projects.create()
    page.show_project(project)
    page.form.editors["aims"].insertPlainText("A moment ago")
    monkeypatch.setattr(desk.projects, "overview", list)
    page.refresh()
    monkeypatch.undo()
    assert desk.projects.open(project).fields["aims"] == "A moment ago"
