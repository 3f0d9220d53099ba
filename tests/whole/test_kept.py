"""What a teacher wrote is kept, found and sent, whatever the platform said to it and whatever became of its project."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtGui import QGuiApplication, QTextCursor
from pytestqt.qtbot import QtBot

from app.safety import StoreError
from app.sync_centre import WaitingItem
from app.workspace import Workspace, open_workspace
from local_db import errors
from local_db.tables import documents, outbox
from server.core import quotas
from sync.errors import KeyringLockedError
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project
from tests.window import find_button, message, words_on
from ui.partners.message import MessageDialog
from ui.projects.tasks import TasksPanel
from ui.shell import MainWindow
from ui.start.program import show_window

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


def full_for_a_moment(monkeypatch: pytest.MonkeyPatch, computer: Computer) -> None:
    """A sync while the project is full."""
    with monkeypatch.context() as patch:
        patch.setattr(quotas, "PROJECT_BYTES", 0)
        computer.sync()


@pytest.mark.parametrize("is_on_its_way", [False, True])
def test_a_refused_diary_entry_that_was_deleted_stays_deleted_and_comes_back_with_its_words(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch, is_on_its_way: bool
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    entry = a.workspace.projects.write_journal(project, "We measured.")
    if is_on_its_way:
        outbox.take(inside(a.workspace).store, 10)
        undo = a.workspace.projects.delete_journal(project, entry)
        full_for_a_moment(monkeypatch, a)
    else:
        full_for_a_moment(monkeypatch, a)
        undo = a.workspace.projects.delete_journal(project, entry)
    a.sync()
    for item in refused(a):
        a.workspace.sync_centre.try_again(item)
    for computer in (a, b):
        computer.sync()
        assert computer.workspace.projects.journal(project) == []
    assert undo()
    for computer in (a, b):
        computer.sync()
        assert [fields["text"] for _id, fields in computer.workspace.projects.journal(project)] == ["We measured."]


def test_a_deletion_that_was_taken_back_before_anybody_heard_of_it_leaves_nothing_to_send(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    entry = a.workspace.projects.write_journal(project, "We measured.")
    a.sync()
    assert a.workspace.projects.delete_journal(project, entry)()
    assert a.workspace.sync_centre.items() == []
    a.workspace.projects.write_journal(project, "We measured snow.", entry)
    assert a.workspace.projects.delete_journal(project, entry)()
    for computer in (a, b):
        computer.sync()
        assert [fields["text"] for _id, fields in computer.workspace.projects.journal(project)] == ["We measured snow."]


def test_a_refused_change_that_is_tried_again_takes_nothing_newer_back(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = computers(platform, AYSE)
    a.sync()
    store = inside(a.workspace).store
    a.workspace.account.change_profile(about=LONG, town="Kars", school="Eski Okul")
    outbox.take(store, 10)
    a.workspace.account.change_profile(about="Short.", town="Van")
    a.sync()
    (item,) = refused(a)
    a.workspace.sync_centre.try_again(item)
    a.sync()
    other = computers(platform, AYSE)
    other.sync()
    for one in (a, other):
        shown = one.workspace.account.profile()
        assert (shown["about"], shown["town"], shown["school"]) == ("Short.", "Van", "Eski Okul")


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


# -- words on the screen that were not handed over yet -------------------------------------


def test_a_task_that_is_being_typed_is_there_again_after_another_project_and_after_a_restart(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    one, other = (desk.projects.get(desk.projects.create()) for _time in range(2))
    assert one and other
    desk.task_lists.create(one.id, "Plan")
    panel = window.page("projects").tasks
    panel.load(one)
    qtbot.keyClicks(panel.new_task, "Call the muse")
    panel.load(other)
    assert panel.new_task.text() == ""
    panel.load(one)
    assert panel.new_task.text() == "Call the muse"
    qtbot.keyClicks(panel.new_task, "um")
    window.page("projects").leave()
    again = TasksPanel(window)
    qtbot.addWidget(again)
    again.load(one)
    assert again.new_task.text() == "Call the museum"
    again.add()
    again.load(other)
    again.load(one)
    assert again.new_task.text() == "" and desk.task_lists.lists(one.id)[0].tasks[0].text == "Call the museum"


def test_words_typed_for_a_list_that_is_gone_are_put_aside_and_change_no_other_list(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    one, other = (desk.projects.get(desk.projects.create()) for _time in range(2))
    assert one and other
    gone, _undo = desk.task_lists.create(one.id, "Plan")
    task, _undo = desk.task_lists.add(gone, "Call")
    kept, _undo = desk.task_lists.create(other.id, "Theirs")
    panel = window.page("projects").tasks
    panel.load(one)
    panel.title.selectAll()
    qtbot.keyClicks(panel.title, "A better name")
    row = next(iter(panel.tasks))
    row.text.end(False)
    qtbot.keyClicks(row.text, " the museum")
    documents.forget_scope(inside(desk).store, f"project:{one.id}")
    panel.load(other)
    panel.leave()
    put_aside = {(words.field, words.text) for words in desk.unsent_words.all()}
    assert put_aside == {("title", "A better name"), ("tasks", "Call the museum")}
    shown = desk.task_lists.get(kept)
    assert shown and shown.title == "Theirs" and panel.unsaved() == []


def test_a_template_does_not_take_the_place_of_what_was_written(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    dialog = MessageDialog(window, desk.partners.get("t-2"), lambda _text: None, window)
    qtbot.addWidget(dialog)
    beginnings = [dialog.templates.itemData(place) for place in (1, 2)]
    for place, beginning in enumerate(beginnings, start=1):  # looking through them
        dialog.templates.setCurrentIndex(place)
        dialog.templates.activated.emit(place)
        assert dialog.text.text() == beginning
    dialog.text.appendPlainText("An hour of work.")
    written = dialog.text.text()
    dialog.templates.setCurrentIndex(1)
    dialog.templates.activated.emit(1)
    assert dialog.text.text() == f"{written}\n\n{beginnings[0]}"


# -- a clock, and a keyring, that are not what they should be ------------------------------


@pytest.mark.parametrize("years", [-60, -30, 90, 200])
def test_a_clock_that_is_decades_off_keeps_nothing_from_the_partner(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project, now = active_project(a, b), time.time

    def here() -> float:
        is_client = threading.current_thread().name.startswith(("Main", "exchange"))
        return now() + (years * 365 * 86_400 if is_client else 0)

    monkeypatch.setattr(time, "time", here)
    a.restart()
    a.workspace.projects.open(project).set_fields({"aims": "Written by a wrong clock. " * 100})
    a.workspace.projects.write_journal(project, "A diary of another time")
    a.sync()
    monkeypatch.undo()
    b.sync()
    assert a.workspace.status.waiting == 0
    assert b.workspace.projects.open(project).fields["aims"].startswith("Written by a wrong clock.")
    assert [fields["text"] for _id, fields in b.workspace.projects.journal(project)] == ["A diary of another time"]


class RudeKeyring(KeyringBackend):
    """A keyring that answers ``rudely`` with whatever it likes, or raises it."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.rudely: object = None

    def get_password(self, _service: str, username: str) -> Any:
        if isinstance(self.rudely, Exception):
            raise self.rudely
        return self.kept.get(username) if self.rudely is None else self.rudely

    def set_password(self, _service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, _service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def rude() -> Iterator[RudeKeyring]:
    before, made = keyring.get_keyring(), RudeKeyring()
    keyring.set_keyring(made)
    yield made
    made.rudely = None
    keyring.set_keyring(before)


RUDE = [OSError("no bus"), RuntimeError("?"), b"\xff\xfe", 5, "no token\nat all \u0131"]


@pytest.mark.parametrize("answer", RUDE)
def test_a_keyring_that_answers_rubbish_signs_nobody_out(
    platform: RunningPlatform, computers: Make, rude: RudeKeyring, answer: object
) -> None:
    a = computers(platform, AYSE)
    a.sync()
    a.restart()
    rude.rudely = answer
    for _time in range(2):
        with pytest.raises(KeyringLockedError):
            a.sync()
    rude.rudely = None
    a.sync()
    assert a.workspace.status.state == "idle"


@pytest.mark.parametrize("answer", RUDE)
def test_a_keyring_that_answers_rubbish_at_the_start_is_told_and_nothing_is_begun_anew(
    tmp_path: Path, rude: RudeKeyring, answer: object
) -> None:
    first = open_workspace(tmp_path / "desk", server="http://127.0.0.1:9")
    project = first.projects.create()
    first.close()
    rude.rudely = answer
    with pytest.raises(StoreError) as caught:
        open_workspace(tmp_path / "desk", server="http://127.0.0.1:9")
    assert type(caught.value) in (errors.KeyringLockedError, errors.KeyMissingError)
    rude.rudely = None
    again = open_workspace(tmp_path / "desk", server="http://127.0.0.1:9")
    assert [one.id for one in again.projects.overview()] == [project]
    again.close()


# -- typing in the window while the project is taken away ----------------------------------


def shown_by(computer: Computer, project: str, qtbot: QtBot) -> MainWindow:
    """The window of a computer, with the draft of a project and the cursor at the end of its aims."""
    window = show_window(computer.workspace)
    qtbot.addWidget(window)
    qtbot.waitExposed(window)
    window.go("projects")
    page = window.page("projects")
    page.show_project(project)
    page.form.editors["aims"].moveCursor(QTextCursor.MoveOperation.End)
    return window


def test_the_screen_shows_what_is_there_when_the_project_was_closed_while_one_typed(
    qtbot: QtBot, platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    window = shown_by(b, project, qtbot)
    form = window.page("projects").form
    before = form.editors["aims"].text()
    a.workspace.projects.close(project)
    a.sync()
    qtbot.keyClicks(form.editors["aims"], " one two")
    assert form.keep()
    qtbot.keyClicks(form.editors["aims"], " three")
    b.sync()  # closed: the first words are refused, the others were not stored yet
    assert form.keep()
    assert form.editors["aims"].text() == before == form.draft.fields["aims"]
    qtbot.waitUntil(lambda: form.editors["aims"].isReadOnly())
    for _time in range(2):
        b.sync()
    assert [words.text for words in reversed(b.workspace.unsent_words.all())] == ["one two", "three"]
    assert a.workspace.projects.open(project).fields["aims"] == before
    inside(b.workspace).service.stop()
    window.close()


def test_words_typed_in_the_window_while_the_founder_deletes_the_draft_are_put_aside(
    qtbot: QtBot, platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = founded_together(a, b)
    window = shown_by(b, project, qtbot)
    form = window.page("projects").form
    qtbot.keyClicks(form.editors["aims"], " one")
    assert form.keep()
    a.workspace.projects.delete(project)
    a.sync()
    qtbot.keyClicks(form.editors["aims"], " two")
    b.sync()
    qtbot.waitUntil(lambda: form.draft is None)
    assert sorted(words.text for words in b.workspace.unsent_words.all()) == ["one", "two"]
    inside(b.workspace).service.stop()
    window.close()
