"""Pupils' work comes out again: looked at, renamed, moved, deleted by menu and keys, and names pasted as a list."""

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDesktopServices, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db import disk
from local_db.errors import DiskFullError
from tests.inside import inside
from tests.window import find_button, message, words_on
from ui.pupil_work.choose import ChooseDialog
from ui.pupil_work.names import NamesDialog
from ui.pupil_work.page import PupilWorkPage
from ui.pupil_work.selection import choose_several
from ui.shell import MainWindow
from ui.widgets.item_list import Item, ItemList

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
PUPILS = ("Zeynep Işık", "Ali İnce")


@pytest.fixture
def page(window: MainWindow, desk: Workspace, tmp_path: Path) -> PupilWorkPage:
    """Two pupils: Zeynep has three pictures and a text, Ali a song."""
    use = desk.pupil_work
    class_id = use.add_class("6-A")
    zeynep, ali = use.lists.add_pupils(class_id, PUPILS).ids
    for number in range(3):
        path = tmp_path / f"picture {number}.png"
        path.write_bytes(picture(number))
        use.take_in(zeynep, path)
    (tmp_path / "story.txt").write_text("Karın altındaki su", "utf-8")
    (tmp_path / "song.mp3").write_bytes(b"ID3" + bytes(500))
    use.take_in(zeynep, tmp_path / "story.txt")
    use.take_in(ali, tmp_path / "song.mp3")
    made = window.page("pupil_work")
    assert isinstance(made, PupilWorkPage)
    assert made.works.count() == 5
    return made


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The files that other programs were asked to open."""
    opened: list[Path] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(Path(url.toLocalFile())) or True)
    yield opened


def picture(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400 + number, 300), (60 * number, 120, 200)).save(out, "PNG")
    return out.getvalue()


def titles(page: PupilWorkPage) -> list[str]:
    return [page.works.item(at).text().splitlines()[0] for at in range(page.works.count())]


def choose(page: PupilWorkPage, *wanted: str) -> None:
    page.works.clearSelection()
    for number, title in enumerate(wanted):
        at = titles(page).index(title)
        if number == 0:
            page.works.setCurrentRow(at)
        page.works.item(at).setSelected(True)
    page.works.setFocus()


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_asked: (text, True))


def pick(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    """Answer the next question whose, or which class, by a few letters."""

    def chosen(dialog: ChooseDialog) -> int:
        dialog.line.setText(wanted)
        assert dialog.list.count() == 1
        dialog.accept()
        return 1

    monkeypatch.setattr(ChooseDialog, "exec", chosen)


# -- looking ------------------------------------------------------------------------------------------------------------


def test_a_double_click_shows_a_picture_whole_and_the_wheel_enlarges_it(qtbot: QtBot, page: PupilWorkPage) -> None:
    page.works.itemDoubleClicked.emit(page.works.item(0))
    shown = page.work_steps.opening.window
    assert shown is not None
    qtbot.waitUntil(lambda: not shown.said.isVisible() and shown.isActiveWindow())
    assert shown.view._item.pixmap().width() == 400 and shown.windowTitle() == "picture 0"
    before = shown.view.scale_now
    up = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    shown.view.wheelEvent(up)
    assert shown.view.scale_now > before
    qtbot.keyClick(shown, Qt.Key.Key_0)
    assert shown.view.scale_now <= 1
    for _press in range(30):
        qtbot.keyClick(shown, Qt.Key.Key_Plus)
    assert shown.view.scale_now == pytest.approx(8)
    seen = shown.view.horizontalScrollBar().value()
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    assert shown.view.horizontalScrollBar().value() > seen and shown.windowTitle() == "picture 0"
    qtbot.keyClick(shown, Qt.Key.Key_1)
    assert shown.view.scale_now == pytest.approx(1)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert page.works.count() == 5


def test_next_and_previous_go_through_the_pictures_and_stop_at_the_ends(qtbot: QtBot, page: PupilWorkPage) -> None:
    choose(page, "picture 0")
    qtbot.keyClick(page.works, Qt.Key.Key_Return)
    shown = page.work_steps.opening.window
    assert shown is not None
    qtbot.waitUntil(shown.isActiveWindow)
    seen = [shown.windowTitle()]
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Right):
        qtbot.keyClick(shown, key)
        seen.append(shown.windowTitle())
    assert seen == ["picture 0", "picture 0", "picture 1", "picture 2", "picture 2"]
    assert not shown.next.isEnabled() and "3 of 3" in words_on(shown)
    qtbot.waitUntil(lambda: shown.view._item.pixmap().width() == 402)
    qtbot.mouseClick(shown.previous, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.view._item.pixmap().width() == 401)
    shown.close()


def test_a_picture_that_is_gone_or_damaged_is_told_in_its_window(
    qtbot: QtBot, page: PupilWorkPage, desk: Workspace
) -> None:
    works = page._works_shown()
    files = inside(desk).store.files
    files.path(works[1].sha256).write_bytes(b"nonsense")
    desk.pupil_work.remove(works[2].id)
    page.work_steps.opening.open(works[1], works)
    shown = page.work_steps.opening.window
    assert shown is not None
    qtbot.waitUntil(lambda: "damaged on this computer" in shown.said.text())
    shown.step(1)
    qtbot.waitUntil(lambda: "not there any more" in shown.said.text())
    shown.close()


def test_a_song_is_played_by_the_computer_and_the_words_say_what_becomes_of_the_copy(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, outside: list[Path]
) -> None:
    choose(page, "song")
    assert page.work_menu.actions["open"].text() == "Play" and find_button(page, "Play")
    page.work_menu.actions["open"].trigger()
    qtbot.waitUntil(lambda: len(outside) == 1)
    assert outside[0].suffix == ".mp3" and outside[0].read_bytes().startswith(b"ID3")
    assert "Ali" not in str(outside[0]) and "İnce" not in str(outside[0])
    assert "goes when TwinDesk closes" in message(window)


def test_a_computer_without_a_program_for_it_is_told(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    choose(page, "story")
    qtbot.keyClick(page.works, Qt.Key.Key_Enter)
    qtbot.waitUntil(lambda: "no program for “story”" in message(window))


# -- one and many -------------------------------------------------------------------------------------------------------


def test_several_works_are_deleted_by_a_key_and_come_back_by_ctrl_z(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow
) -> None:
    choose(page, "picture 0", "picture 2", "song")
    assert "3 selected" in words_on(page.selection)
    before = titles(page)
    qtbot.keyClick(page.works, Qt.Key.Key_Delete)
    assert titles(page) == ["picture 1", "story"] and page.works.hasFocus()
    assert message(window) == "3 pieces of work were removed."
    qtbot.keyClick(page.works, Qt.Key.Key_Z, CTRL)
    assert titles(page) == before


def test_what_is_chosen_stays_chosen_when_something_arrives(page: PupilWorkPage) -> None:
    choose(page, "picture 0", "picture 2")
    page.refresh()
    chosen = {item.text().splitlines()[0] for item in page.works.selectedItems()}
    assert chosen == {"picture 0", "picture 2"} and page.selection.isVisible()
    find_button(page.selection, "Clear").click()
    assert len(page.works.selectedItems()) == 1 and not page.selection.isVisible()


def test_copies_of_the_chosen_ones_are_saved_and_a_full_stick_says_how_many(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_asked: str(tmp_path / "out"))
    choose(page, "picture 0", "song")
    page.work_menu.actions["copy"].trigger()
    qtbot.waitUntil(lambda: "2 copies were saved" in message(window))
    assert len(list((tmp_path / "out").iterdir())) == 2
    written: list[Path] = []
    whole = disk.write_out

    def full(target: Path, chunks: Iterable[bytes]) -> None:
        written.append(target)
        if len(written) > 1:
            raise DiskFullError("full")
        whole(target, chunks)

    monkeypatch.setattr(disk, "write_out", full)
    page.save_all()
    qtbot.waitUntil(lambda: "no room for the copy" in message(window))
    assert "1 copy was saved" in message(window) and not page.copies.running


def test_f2_renames_a_work_and_undo_takes_it_back(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "Su")
    choose(page, "story")
    qtbot.keyClick(page.works, Qt.Key.Key_F2)
    assert "Su" in titles(page) and "“story” is called “Su” now." in message(window)
    window.undo()
    assert "story" in titles(page)
    answer(monkeypatch, "\u200b\u202e")
    qtbot.keyClick(page.works, Qt.Key.Key_F2)
    assert message(window) == "Please write a title." and "story" in titles(page)


def test_a_work_is_given_to_another_pupil_and_the_box_is_empty_then(
    page: PupilWorkPage, window: MainWindow, desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = next(one for one in page._works_shown() if one.title == "story")
    desk.pupil_work.permit(work.id, True)
    page.refresh()
    pick(monkeypatch, "ali ince")
    choose(page, "story")
    page.work_menu.actions["move"].trigger()
    moved = next(one for one in page._works_shown() if one.id == work.id)
    assert (moved.pupil, moved.permitted) == ("Ali İnce", False)
    assert "until you tick the box again" in message(window)
    window.undo()
    back = next(one for one in page._works_shown() if one.id == work.id)
    assert (back.pupil, back.permitted) == ("Zeynep Işık", True)


def test_the_menu_offers_only_what_is_possible(page: PupilWorkPage) -> None:
    def offered(menu: object) -> set[str]:
        return {name for name, action in menu.actions.items() if action.isVisible()}  # type: ignore[attr-defined]

    choose(page, "story")
    assert offered(page.work_menu) == {"open", "copy", "rename", "move", "delete"}
    choose(page, "picture 0")
    assert "outside" in offered(page.work_menu)
    choose(page, "picture 0", "story")
    assert offered(page.work_menu) == {"copy", "move", "delete"}
    assert offered(page.pupil_menu) == set()  # "Everyone" is no pupil
    page.pupils.setCurrentRow(1)
    assert offered(page.pupil_menu) == {"rename", "move", "delete"}


# -- classes and pupils ---------------------------------------------------------------------------------------------------


def names(page: PupilWorkPage) -> list[str]:
    return [page.pupils.item(at).text().splitlines()[0] for at in range(1, page.pupils.count())]


def test_a_pupil_is_renamed_and_deleted_by_keys_with_undo(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.pupils.setCurrentRow(2)
    page.pupils.setFocus()
    pseudonym = page.pupils.item(2).text().splitlines()[1]
    answer(monkeypatch, "Zeynep Nur Işık")
    qtbot.keyClick(page.pupils, Qt.Key.Key_F2)
    assert page.pupils.item(2).text().splitlines() == ["Zeynep Nur Işık", pseudonym]
    qtbot.keyClick(page.pupils, Qt.Key.Key_Delete)
    assert names(page) == ["Ali İnce"]
    assert message(window) == "“Zeynep Nur Işık” is in the bin, and with it: 4 pieces of work."
    window.undo()
    assert names(page) == ["Ali İnce", "Zeynep Nur Işık"]


def test_a_pupil_goes_to_another_class_and_back(
    page: PupilWorkPage, window: MainWindow, desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.pupils.setCurrentRow(1)
    page.pupil_menu.actions["move"].trigger()
    assert "no other class yet" in message(window)
    desk.pupil_work.add_class("7-B")
    pick(monkeypatch, "7-b")
    page.pupil_menu.actions["move"].trigger()
    assert names(page) == ["Zeynep Işık"] and "in the class “7-B” now" in message(window)
    window.undo()
    assert names(page) == ["Ali İnce", "Zeynep Işık"]


def test_the_class_is_renamed_deleted_and_brought_back_out_of_the_bin(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "6-B")
    page.class_steps.rename_class()
    assert page.classes.currentText() == "6-B"
    page.class_steps.delete_class()
    assert "with it: 2 pupils, 5 pieces of work" in message(window) and "No class yet" in words_on(page)
    bin_page = window.page("bin")
    assert "Comes back with it: 2 pupils, 5 pieces of work." in words_on(bin_page)
    find_button(bin_page, "Bring back: 6-B").click()
    assert "“6-B” is back. Also back: 2 pupils, 5 pieces of work." in message(window)
    window.go("pupil_work")
    assert page.works.count() == 5
    window.go("bin")
    window.undo()
    assert "6-B" in words_on(bin_page)


def test_a_pasted_list_is_seen_before_it_is_added(
    qtbot: QtBot, page: PupilWorkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogs: list[NamesDialog] = []

    def pasted(dialog: NamesDialog) -> int:
        dialogs.append(dialog)
        dialog.show()
        dialog.text.insertPlainText("1. Elif Demir\nİNCE, ALİ\n7.\nSu, Ece\n")
        qtbot.waitUntil(lambda: dialog.preview.count() == 4)
        assert find_button(dialog, "Add 2 pupils")
        assert "in the class already: 1" in words_on(dialog) and "no name in this line: 1" in words_on(dialog)
        dialog.add.click()
        return 1

    monkeypatch.setattr(NamesDialog, "exec", pasted)
    window.do("paste-names")
    assert names(page) == ["Ali İnce", "Ece Su", "Elif Demir", "Zeynep Işık"]
    assert message(window) == "2 pupils were added." and not dialogs[0].isVisible()
    window.undo()
    assert names(page) == ["Ali İnce", "Zeynep Işık"]


def test_a_pasted_list_waits_when_the_dialog_is_closed(
    page: PupilWorkPage, window: MainWindow, make_dialog: Callable[[], NamesDialog]
) -> None:
    dialog = make_dialog()
    dialog.text.insertPlainText("Elif Demir")
    dialog.reject()
    again = make_dialog()
    assert again.text.text() == "Elif Demir" and again.preview.count() == 1
    again.add.click()
    assert make_dialog().text.text() == ""


@pytest.fixture
def make_dialog(qtbot: QtBot, window: MainWindow) -> Callable[[], NamesDialog]:
    def make() -> NamesDialog:
        dialog = NamesDialog(window, "6-A", [], lambda _names: True, window)
        qtbot.addWidget(dialog)
        dialog.show()
        QApplication.processEvents()
        return dialog

    return make


def test_a_work_that_is_shown_from_elsewhere_is_the_only_one_chosen(qtbot: QtBot) -> None:
    works = ItemList("Works")
    qtbot.addWidget(works)
    choose_several(works)
    works.show_items([Item(key, key) for key in "abc"])
    works.selectAll()
    works.choose("b")
    assert [item.text() for item in works.selectedItems()] == ["b"]
    works.show_items([Item(key, key) for key in "abcd"], choose="d")
    assert [item.text() for item in works.selectedItems()] == ["d"]
