"""What is typed is never called saved before it is, and never lost when it cannot be."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.safety import DiskFullError, StoreError
from app.workspace import Workspace
from local_db.tables import partners, settings
from tests.inside import inside
from tests.window import message, words_on
from ui import unsaved_question, words
from ui.partners.message import MessageDialog
from ui.posts.dialog import PostDialog
from ui.shell import MainWindow
from ui.unsaved import Unsaved
from ui.unsaved_question import UnsavedQuestion
from ui.widgets import saving
from ui.widgets.saving import Saving
from ui.widgets.text_field import TextField


class Disk:
    """A disk that can be full: every transaction and setting of the store fails then, as a write does."""

    def __init__(self, desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        store = inside(desk).store
        monkeypatch.setattr(store, "transaction", self._guarded(store.transaction))
        monkeypatch.setattr(settings, "put", self._guarded(settings.put))
        monkeypatch.setattr(partners, "keep_note", self._guarded(partners.keep_note))

    def _guarded(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*values: Any) -> Any:
            if self.full:
                raise DiskFullError("no room")
            return write(*values)

        return guarded


@pytest.fixture
def disk(window: MainWindow, desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    monkeypatch.setattr(saving, "AGAIN_MS", 100)
    made = Disk(desk, monkeypatch)
    yield made
    made.full = False


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch):
    """Presses the buttons of the question that will come, by name, and keeps what it said."""
    pressed: list[str] = []
    said: list[str] = []

    def press(question: UnsavedQuestion) -> int:
        said.append(f"{question.text()} {question.informativeText()}")
        name = pressed.pop(0)
        QTimer.singleShot(0, getattr(question, name).click)
        return super(UnsavedQuestion, question).exec()

    monkeypatch.setattr(UnsavedQuestion, "exec", press)
    return pressed, said


def test_the_page_says_not_saved_yet_until_it_is_saved(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    page = window.page("projects")
    page.create()
    qtbot.keyClicks(page.form.editors["title"], "W")
    assert page.subtitle.text() == "Not saved yet"
    qtbot.waitUntil(lambda: page.subtitle.text().startswith("Saved "))
    assert desk.projects.overview()[0].title == "W"


def test_a_full_disk_is_told_once_and_tried_again_by_itself(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk
) -> None:
    page, told = window.page("projects"), []
    page.create()
    page.form.saving.failed.connect(told.append)
    disk.full = True
    qtbot.keyClicks(page.form.editors["aims"], "Everything we")
    qtbot.waitUntil(lambda: len(told) == 1)
    assert "The disk of this computer is full" in message(window)
    tries: list[int] = []
    page.form.saving._timer.timeout.connect(lambda: tries.append(1))
    qtbot.keyClicks(page.form.editors["aims"], " want")
    qtbot.waitUntil(lambda: len(tries) >= 3)
    assert len(told) == 1 and page.subtitle.text() == "Not saved yet"
    assert page.unsaved() == [Unsaved("Aims", "Everything we want")]
    disk.full = False
    qtbot.waitUntil(lambda: page.subtitle.text().startswith("Saved "))
    project = desk.projects.overview()[0].id
    assert desk.projects.open(project).fields["aims"] == "Everything we want" and page.unsaved() == []


def test_closing_asks_and_stays_when_the_person_stays(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk, answers
) -> None:
    pressed, said = answers
    page = window.page("projects")
    page.create()
    disk.full = True
    qtbot.keyClicks(page.form.editors["aims"], "Our aims")
    pressed[:] = ["stay"]
    assert not window.close() and window.isVisible()
    assert "could not be saved: Aims." in said[0] and "disk of this computer is full" in said[0]
    pressed[:] = ["again_button", "stay"]
    assert not window.close() and len(said) == 3
    disk.full = False
    assert window.close()
    assert desk.projects.open(desk.projects.overview()[0].id).fields["aims"] == "Our aims"


def test_try_again_saves_and_closes_once_there_is_room(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk, monkeypatch
) -> None:
    page = window.page("projects")
    page.create()
    disk.full = True
    qtbot.keyClicks(page.form.editors["aims"], "Our aims")

    def make_room(question: UnsavedQuestion) -> int:
        disk.full = False
        QTimer.singleShot(0, question.again_button.click)
        return super(UnsavedQuestion, question).exec()

    monkeypatch.setattr(UnsavedQuestion, "exec", make_room)
    assert window.close()
    assert desk.projects.open(desk.projects.overview()[0].id).fields["aims"] == "Our aims"


def test_closing_offers_to_save_the_text_elsewhere(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk, answers, tmp_path: Path, monkeypatch
) -> None:
    pressed, said = answers
    page = window.page("projects")
    page.create()
    disk.full = True
    page.form.editors["aims"].setFocus()
    page.form.editors["aims"].insertPlainText("Our\u00a0aims 😀\nsecond line")
    folder = tmp_path / "not there" / "text.txt"
    chosen = [str(folder), str(tmp_path / "my text.txt")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_values: (chosen.pop(0), ""))
    pressed[:] = ["elsewhere", "elsewhere"]
    assert window.close()
    assert "The file could not be written" in said[1]
    assert (tmp_path / "my text.txt").read_text("utf-8") == "Aims\n\nOur\u00a0aims 😀\nsecond line\n"


def test_closing_all_the_same_is_the_persons_choice(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk, answers
) -> None:
    pressed, _said = answers
    page = window.page("projects")
    page.create()
    disk.full = True
    qtbot.keyClicks(page.form.editors["aims"], "Our aims")
    pressed[:] = ["lose"]
    assert window.close()


def test_another_project_is_not_opened_over_words_that_are_not_saved(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk, answers
) -> None:
    pressed, _said = answers
    page = window.page("projects")
    page.create()
    page.create()
    mine = page.form.draft.project_id
    disk.full = True
    qtbot.keyClicks(page.form.editors["aims"], "Our aims")
    pressed[:] = ["stay", "stay"]
    page.list.setCurrentRow(1 - page.list.currentRow())
    assert page.form.draft.project_id == mine == page.list.chosen_key()
    window.change_language("tr")
    assert window.page("projects") is page and page.form.editors["aims"].text() == "Our aims"
    disk.full = False


def test_the_profile_a_note_a_message_a_post_an_answer_and_the_diary_say_it_too(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk
) -> None:
    profile = window.page("profile")
    message_to = MessageDialog(window, desk.partners.get("t-2"), lambda _text: None, window)
    post = PostDialog(window, lambda *_values: None, window)
    project = desk.projects.create()
    desk.posts.publish("partner", "Snow", "Who?", languages=[], subjects=[])
    space = window.page("projects").space
    space.load(desk.projects.get(project))
    found = window.page("partners")
    qtbot.waitUntil(lambda: found._model.rowCount() == 4)
    found.profile.show_partner(desk.partners.get("t-2"))
    view = window.page("posts").view
    view.show_post(desk.posts.posts()[0], [])
    places = {
        "profile": (profile.about, profile.saving),
        "note": (found.profile._note, found.profile.saving),
        "message": (message_to.text, message_to.saving),
        "post": (post.text, post.saving),
        "answer": (view.editor, view.saving),
        "diary": (space.entry, space.saving),
    }
    said: dict[str, list[str]] = {name: [] for name in places}
    for name, (_field, one) in places.items():
        one.said.connect(said[name].append)
    disk.full = True
    for name, (field, one) in places.items():
        field.insertPlainText(f"Words of the {name}")
        assert not one.save() and one.unsaved and isinstance(one.error, StoreError), name
        assert said[name] == ["Not saved yet"]
    assert {text.text for page in window._pages.values() for text in page.unsaved()} >= {
        "Words of the profile",
        "Words of the note",
        "Words of the answer",
        "Words of the diary",
    }
    disk.full = False
    for name, (_field, one) in places.items():
        assert one.save() and said[name][-1].startswith("Saved "), name
    assert desk.account.profile()["about"] == "Words of the profile"
    assert desk.keeping.note("t-2") == "Words of the note"
    assert desk.preference("message-draft:t-2") == "Words of the message"
    assert desk.preference("post-draft")["text"] == "Words of the post"
    assert desk.preference(f"diary-draft:{project}") == "Words of the diary"


def test_a_message_dialog_does_not_close_over_words_that_are_not_saved(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk, answers
) -> None:
    pressed, _said = answers
    dialog = MessageDialog(window, desk.partners.get("t-2"), lambda _text: None, window)
    qtbot.addWidget(dialog)
    dialog.show()
    disk.full = True
    qtbot.keyClicks(dialog.text, "Dear Maria")
    pressed[:] = ["stay"]
    dialog.reject()
    assert dialog.isVisible() and dialog.saved.text().startswith("Not saved yet")
    disk.full = False
    dialog.reject()
    assert not dialog.isVisible() and desk.preference("message-draft:t-2") == "Dear Maria"


def test_where_the_person_was_is_forgotten_on_a_full_disk_and_nothing_else(
    qtbot: QtBot, window: MainWindow, desk: Workspace, disk: Disk
) -> None:
    disk.full = True
    for name in ("today", "projects", "partners", "posts", "pupil_work", "sync_centre", "profile", "settings", "help"):
        window.go(name)
    assert window.close()


def test_every_reason_has_a_sentence_and_unknown_ones_too() -> None:
    assert "disk" in words.not_saved(DiskFullError("x"))
    assert words.not_saved(StoreError("x")) == words.not_saved(RuntimeError("x")) == words.not_saved(None)


def test_one_reason_is_told_once_another_is_told_again(qtbot: QtBot) -> None:
    errors: list[Exception] = [DiskFullError("1"), DiskFullError("2"), StoreError("3")]
    told: list[Exception] = []

    def store() -> None:
        if errors:
            raise errors.pop(0)

    field = TextField("Text")
    qtbot.addWidget(field)
    one = Saving(field, store)
    one.failed.connect(told.append)
    one.typed()
    for _try in range(3):
        assert not one.save()
    assert [str(error) for error in told] == ["1", "3"]
    assert one.save() and one.error is None and not one.unsaved


def test_a_text_saved_elsewhere_is_whole(tmp_path: Path) -> None:
    unsaved_question.write_texts(tmp_path / "a.txt", [Unsaved("One", "x\r\ny\u2028\u00a0"), Unsaved("Two", "z")])
    assert (tmp_path / "a.txt").read_bytes().decode() == "One\n\nx\r\ny\u2028\u00a0\n\nTwo\n\nz\n"
    with pytest.raises(OSError) as caught:
        unsaved_question.write_texts(tmp_path, [])
    assert caught.value.errno in (errno.EISDIR, errno.EACCES)


def test_a_long_name_of_the_school_is_counted_beside_the_field(window: MainWindow) -> None:
    page = window.page("profile")
    assert "300" not in words_on(page)
    page.school.setText("ş" * 240)
    assert "240 of 300 characters" in words_on(page)
    page.school.setText("ş" * 301)
    assert "shorten it before you send it" in words_on(page)
    page.school.setText("Köy Okulu")
    assert "300" not in words_on(page)


def test_a_post_that_is_written_later_keeps_its_languages_and_subjects(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    published: list[object] = []
    dialog = PostDialog(window, lambda *values: published.append(values), window)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.title.setText("Snow")
    dialog.languages._toggle("tr")
    dialog.subjects._toggle("biology")
    dialog.kind.setCurrentIndex(1)
    dialog.kind.activated.emit(1)
    dialog.reject()
    again = PostDialog(window, lambda *values: published.append(values), window)
    qtbot.addWidget(again)
    assert (again.languages.value(), again.subjects.value(), again.kind.currentIndex()) == (["tr"], ["biology"], 1)
    again.text.insertPlainText("Who?")
    again.publish.click()
    assert published == [(again.kind.currentData(), "Snow", "Who?", {"languages": ["tr"], "subjects": ["biology"]})]
    last = PostDialog(window, lambda *_values: None, window)
    qtbot.addWidget(last)
    assert last.languages.value() == [] and last.title.text() == ""
