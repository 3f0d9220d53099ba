"""The window as people use it: by mouse, by keys, in both languages."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db.tables import outbox
from tests.inside import inside
from tests.platform import DRAFT
from tests.window import find_button, message, words_on
from ui.shell import MainWindow
from ui.start.program import show_window


def click(qtbot: QtBot, widget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_fresh_profile_says_what_to_do_first(qtbot: QtBot, desk: Workspace) -> None:
    made = show_window(desk)
    qtbot.addWidget(made)
    assert "Welcome to TwinDesk" in words_on(made) and find_button(made, "Sign in and get the directory").isEnabled()
    expected = {
        "projects": "No project yet",
        "partners": "No directory yet",
        "pupil_work": "No class yet",
        "sync_centre": "Nothing waits",
        "help": "1. Sign in once",
    }
    for name, text in expected.items():
        made.go(name)
        qtbot.waitUntil(lambda text=text: text in words_on(made))
    inside(desk).service.stop()


def test_a_project_is_begun_typed_and_found_again(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    page = window._pages["projects"]
    qtbot.keyClicks(page.form.editors["title"], "Water stories")
    qtbot.keyClicks(page.form.editors["aims"], "Measure and compare")
    qtbot.waitUntil(lambda: desk.projects.overview()[0].title == "Water stories", timeout=600)  # half a second
    assert "Saved" in page.subtitle.text()
    window.go("today")
    assert "Go on with" in words_on(window) and "Water stories" in words_on(window)
    click(qtbot, find_button(window, "Open: Draft “Water stories”"))
    assert window.current_name() == "projects"
    assert page.form.editors["aims"].toPlainText() == "Measure and compare"


def test_what_is_typed_is_kept_when_the_page_is_left_at_once(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("projects")
    page = window._pages["projects"]
    page.create()
    qtbot.keyClicks(page.form.editors["title"], "Quick")
    window.go("today")
    assert desk.projects.overview()[0].title == "Quick"


def test_a_deleted_draft_comes_back_by_the_button_and_by_ctrl_z(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    window.go("projects")
    page = window._pages["projects"]
    page.create()
    page.form.editors["title"].setText("Precious")
    page.form._typed("title")
    click(qtbot, find_button(page, "Delete the draft"))
    assert desk.projects.overview() == [] and "“Precious” was deleted." in message(window)
    click(qtbot, find_button(window, "Undo"))
    assert [project.title for project in desk.projects.overview()] == ["Precious"]
    click(qtbot, find_button(page, "Delete the draft"))
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [project.title for project in desk.projects.overview()] == ["Precious"]


def test_submitting_an_unfinished_draft_says_what_is_missing(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("projects")
    page = window._pages["projects"]
    page.create()
    page.form.draft.set_fields({**DRAFT, "aims": "", "age_from": 16, "age_to": 12})
    page.form.show_all()
    page.submit()
    assert message(window) == "Not yet: Aims is still empty; The highest age is below the lowest."
    assert page.form.editors["aims"].hasFocus()
    assert not any(entry.target_kind == "submit_project" for entry in outbox.waiting(inside(desk).store))


def test_choices_are_made_and_taken_back(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("projects")
    page = window._pages["projects"]
    page.create()
    field = page.form.editors["languages"]
    field._toggle("tr")
    field._toggle("en")
    page.form.keep()
    assert page.form.draft.fields["languages"] == ["en", "tr"]
    click(qtbot, find_button(field, "Remove Turkish"))
    page.form.keep()
    assert page.form.draft.fields["languages"] == ["en"]


def test_history_shows_and_restores(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("projects")
    page = window._pages["projects"]
    page.create()
    page.form.draft.set_fields({"aims": "First thoughts"})
    outbox.take(inside(desk).store, 10)  # on its way: what follows is a sitting of its own
    page.form.draft.set_fields({"aims": "Second thoughts 😀"})
    page.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.history.list.count() == 2)
    qtbot.waitUntil(lambda: "Second" in page.history.view.toPlainText())
    page.history.list.setCurrentRow(1)
    click(qtbot, page.history.back)
    qtbot.waitUntil(lambda: page.form.draft.fields["aims"] == "First thoughts")
    click(qtbot, find_button(window, "Undo"))
    assert page.form.draft.fields["aims"] == "Second thoughts 😀"


def test_what_a_partner_writes_appears_while_one_types(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("projects")
    page = window._pages["projects"]
    page.create()
    editor = page.form.editors["aims"]
    qtbot.keyClicks(editor, "Our aims. ")
    page.form.keep()
    other = desk.projects.open(page._current.id)
    other.set_fields({"aims": "😀 First theirs. " + other.fields["aims"]})
    qtbot.keyClicks(editor, "And more")
    page.refresh()
    assert editor.toPlainText() == "😀 First theirs. Our aims. And more"
    assert editor.textCursor().position() == len(editor.toPlainText().encode("utf-16-le")) // 2
    qtbot.keyClicks(editor, "!")
    page.form.keep()
    assert page.form.draft.fields["aims"] == "😀 First theirs. Our aims. And more!"


def test_partners_are_found_narrowed_starred_and_noted(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    page = window._pages["partners"]
    qtbot.waitUntil(lambda: page._model.rowCount() == 4)
    qtbot.keyClicks(page.line, "WATER")
    qtbot.waitUntil(lambda: page._model.rowCount() == 2)
    qtbot.waitUntil(lambda: page.facets.findChild(QCheckBox, "facet-c:EL") is not None)
    box = page.findChild(QCheckBox, "facet-c:EL")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)
    qtbot.waitUntil(lambda: window.focusWidget().objectName() == "facet-c:EL" and window.focusWidget().isChecked())
    click(qtbot, page.profile.findChild(QPushButton, "star"))
    assert desk.partners.get("t-1").starred
    qtbot.keyClicks(page.profile._note, "Answers quickly")
    qtbot.waitUntil(lambda: desk.keeping.note("t-1") == "Answers quickly", timeout=2_000)
    qtbot.keyClicks(page.line, " zzz")
    qtbot.waitUntil(lambda: "Nobody fits all of this" in words_on(page))
    click(qtbot, find_button(page, "Clear all"))
    qtbot.waitUntil(lambda: page._model.rowCount() == 4)
    page.only.setCurrentIndex(page.only.findData("starred"))
    page.only.activated.emit(page.only.currentIndex())
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)


@pytest.mark.parametrize(
    "typed, expected",
    [("ISIK", "t-3"), ("ışık", "t-3"), ("ipek", "t-3"), ("νικος", "t-1"), ("sean", "t-4"), ("briain", "t-4")],
)
def test_names_are_found_however_they_are_typed(qtbot: QtBot, window: MainWindow, typed: str, expected: str) -> None:
    window.go("partners")
    page = window._pages["partners"]
    page.line.setText(typed)  # QTest presses only keys that are in ASCII
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)
    assert page._model.index(0).data(Qt.ItemDataRole.UserRole).id == expected


def test_a_name_is_text_never_markup(qtbot: QtBot, window: MainWindow) -> None:
    window.go("partners")
    page = window._pages["partners"]
    qtbot.keyClicks(page.line, "briain")
    qtbot.waitUntil(lambda: "Seán <b>Ó Briain</b>" in words_on(page.profile))


def test_work_is_dropped_seen_permitted_and_removed(
    qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path: Path
) -> None:
    window.go("pupil_work")
    page = window._pages["pupil_work"]
    page.add_class("6-A")
    page.add_pupil("Çağla Yıldız")
    (tmp_path / "masal.txt").write_text("Bir varmış bir yokmuş", "utf-8")
    (tmp_path / "virus.exe").write_bytes(b"MZ")
    (tmp_path / "fake.pdf").write_bytes(b"MZ")
    mime = QMimeData()
    mime.setUrls(
        [QUrl.fromLocalFile(str(tmp_path / name)) for name in ("virus.exe", "masal.txt", "fake.pdf", "gone.png")]
    )
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(event)
    qtbot.waitUntil(lambda: page.works.count() == 1)
    said = message(window)
    assert (
        "1 piece of work was taken in." in said
        and "“virus.exe”" in said
        and "“fake.pdf”" in said
        and "“gone.png”" in said
    )
    assert "Çağla" in page.works.item(0).text()
    click(qtbot, page.permit)
    class_id = desk.pupil_work.classes()[0][0]
    qtbot.waitUntil(lambda: desk.pupil_work.works(class_id)[0].permitted)
    click(qtbot, find_button(page, "Remove"))
    assert page.works.count() == 0
    click(qtbot, find_button(window, "Undo"))
    assert page.works.count() == 1


def test_a_dropped_file_without_a_pupil_is_not_lost_silently(qtbot: QtBot, window: MainWindow) -> None:
    window.go("pupil_work")
    page = window._pages["pupil_work"]
    page.add_class("6-A")
    mime = QMimeData()
    page.dropEvent(
        QDropEvent(
            QPointF(3, 3), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    assert message(window) == "Choose a pupil first"


def test_the_sync_centre_explains_and_settles(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    project = desk.projects.create()
    outbox.take(inside(desk).store, 9)
    outbox.refuse(inside(desk).store, outbox.waiting(inside(desk).store)[0].id, "exists")
    inside(desk).service.recount()
    qtbot.waitUntil(lambda: "Needs you: 1 answer" in window.pill.text())
    click(qtbot, window.pill)
    page = window._pages["sync_centre"]
    assert "The platform has this already." in words_on(page)
    click(qtbot, find_button(page, "Forget this step"))
    qtbot.waitUntil(lambda: "Nothing waits" in words_on(page))
    assert project not in [p.id for p in desk.projects.overview()]


def test_language_and_look_change_without_a_restart(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("projects")
    window.change_language("tr")
    assert "Yeni proje" in words_on(window) and window.current_name() == "projects"
    assert find_button(window, "Eşitleme merkezi")
    window.change_look("dark", 150)
    assert desk.preference("look") == "dark" and "Yeni proje" in words_on(window)
    window.change_language("en")
    window.change_look("light", 100)
    assert "New project" in words_on(window)


def test_after_each_change_of_language_look_and_size_the_page_is_marked_and_the_keys_work(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    changes = (
        lambda: window.change_language("tr"),
        lambda: window.change_look("dark", 100),
        lambda: window.change_look("light", 150),
        lambda: window.change_language("en"),
        lambda: window.change_look("light", 100),
    )
    undone: list[str] = []
    window.activateWindow()
    for change in changes:
        change()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qtbot.waitUntil(window._side.isVisible)
        for name in ("projects", "settings", "today"):
            window.go(name)
            marked = [b.objectName() for b in window.findChildren(QPushButton) if b.isChecked() and b.isVisible()]
            assert marked == [f"nav-{name}"]
        undone.clear()
        window.say("Done.", lambda: undone.append("undone"))
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert undone == ["undone"]
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        assert window.current_name() == "projects"
        menus = window.menuBar().actions()
        assert len(menus) == len({menu.text() for menu in menus}) == 3


def test_every_action_has_a_menu_entry_a_unique_key_and_is_found_by_search(qtbot: QtBot, window: MainWindow) -> None:
    from ui.command_search import CommandSearch

    actions = window._actions.entries()
    keys = [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys)) >= 12
    in_menus = {action for menu in window._actions._menus.values() for action in menu.actions()}
    assert in_menus >= set(actions)
    search = CommandSearch(actions, [], window.workspace.search.later, window)
    qtbot.addWidget(search)
    search.show()
    qtbot.keyClicks(search.line, "part fi")
    assert "Find a partner" in search.list.currentItem().text()
    qtbot.keyClick(search.line, Qt.Key.Key_Return)
    assert window.current_name() == "partners"


def test_the_window_comes_back_where_it_was(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    window.go("partners")
    window.resize(900, 620)  # no larger than the offscreen screen
    window.close()
    again = MainWindow(desk)
    qtbot.addWidget(again)
    assert again.current_name() == "partners" and again.size().height() == 620
    again.bridge.stop()
