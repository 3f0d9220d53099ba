"""Nothing is rebuilt under the pointer: a click counts, and focus, scroll position and choice stay, whatever arrives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.events import Changed, Changes
from app.workspace import Workspace
from local_db.tables import outbox, records
from tests.inside import inside
from tests.window import find_button, words_on
from ui.shell import MainWindow
from ui.widgets.basics import button, column, scrolled
from ui.widgets.item_list import Item, ItemList
from ui.widgets.row_list import RowList

LEFT = Qt.MouseButton.LeftButton


class Line(QWidget):
    """A row with one button that says its value."""

    def __init__(self, clicked: list[str]) -> None:
        super().__init__()
        self.value = ""
        self.button = button("", lambda: clicked.append(self.value))
        self.other = button("other", lambda: None)
        layout = column(self)
        layout.addWidget(self.button)
        layout.addWidget(self.other)

    def show_value(self, value: str) -> None:
        self.value = value
        self.button.setText(value)


def shown_keys(rows: RowList) -> list[str]:
    return [row.value for row in rows]


@pytest.fixture
def clicked() -> list[str]:
    return []


@pytest.fixture
def rows(qtbot: QtBot, clicked: list[str]) -> Iterator[tuple[RowList, QScrollArea]]:
    made = RowList(lambda _value: Line(clicked))
    inner = QWidget()
    layout = column(inner)
    layout.addWidget(made)
    layout.addStretch()
    area = scrolled(inner)
    area.resize(300, 240)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    made.show_rows([(name, name) for name in "abcdefgh"])
    QApplication.processEvents()
    yield made, area


def test_a_click_that_was_begun_counts_though_its_row_and_others_change(qtbot: QtBot, rows, clicked) -> None:
    listed, _area = rows
    pressed = listed.row("c").button
    qtbot.mousePress(pressed, LEFT)
    listed.show_rows([("x", "new first"), ("c", "c, changed"), ("a", "a")])
    QApplication.processEvents()
    assert listed.row("c").button is pressed and listed.row("x") is None
    qtbot.mouseRelease(pressed, LEFT)
    assert clicked == ["c"]
    qtbot.waitUntil(lambda: shown_keys(listed) == ["new first", "c, changed", "a"])
    assert listed.row("c").button is pressed


def test_a_click_on_a_row_that_is_gone_meanwhile_counts_too(qtbot: QtBot, rows, clicked) -> None:
    listed, _area = rows
    pressed = listed.row("b").button
    qtbot.mousePress(pressed, LEFT)
    listed.show_rows([("a", "a")])
    listed.show_rows([("a", "newest")])
    qtbot.mouseRelease(pressed, LEFT)
    assert clicked == ["b"]
    qtbot.waitUntil(lambda: shown_keys(listed) == ["newest"])


def test_the_space_bar_held_down_is_a_press_too(qtbot: QtBot, rows, clicked) -> None:
    listed, _area = rows
    pressed = listed.row("b").button
    pressed.setFocus()
    qtbot.keyPress(pressed, Qt.Key.Key_Space)
    listed.show_rows([("z", "z"), ("b", "b")])
    qtbot.keyRelease(pressed, Qt.Key.Key_Space)
    assert clicked == ["b"]
    qtbot.waitUntil(lambda: shown_keys(listed) == ["z", "b"])


def test_the_keyboard_focus_stays_in_its_row_when_rows_come_go_and_move(qtbot: QtBot, rows) -> None:
    listed, _area = rows
    focused = listed.row("d").other
    focused.setFocus()
    listed.show_rows([("new", "new"), ("h", "h"), ("d", "d, changed"), ("a", "a")])
    assert listed.window().focusWidget() is focused


def test_the_focus_goes_to_the_next_row_when_its_own_is_gone(qtbot: QtBot, rows) -> None:
    listed, _area = rows
    listed.row("d").other.setFocus()
    listed.show_rows([(name, name) for name in "abcefgh"])
    assert listed.window().focusWidget() is listed.row("e").other
    listed.show_rows([("a", "a")])
    assert listed.window().focusWidget() is listed.row("a").other


def test_tab_goes_through_the_rows_as_they_stand(qtbot: QtBot, rows) -> None:
    listed, _area = rows
    listed.show_rows([("c", "c"), ("new", "new"), ("a", "a")])
    listed.row("c").button.setFocus()
    order = []
    for _press in range(6):
        order.append(listed.window().focusWidget())
        listed.window().focusNextChild()
    assert order == [one for key in ("c", "new", "a") for one in (listed.row(key).button, listed.row(key).other)]


def test_what_is_looked_at_stays_in_its_place_when_rows_come_above(qtbot: QtBot, rows) -> None:
    listed, area = rows
    area.verticalScrollBar().setValue(200)
    QApplication.processEvents()
    seen = listed.row("e").mapTo(area.viewport(), listed.row("e").rect().topLeft()).y()
    listed.show_rows([(f"n{n}", f"n{n}") for n in range(5)] + [(name, name) for name in "acdefgh"])
    QApplication.processEvents()
    assert listed.row("e").mapTo(area.viewport(), listed.row("e").rect().topLeft()).y() == seen


def test_a_list_keeps_its_choice_and_its_items(qtbot: QtBot) -> None:
    made, chosen = ItemList("Things"), []
    qtbot.addWidget(made)
    made.show_items([Item(name, name, name) for name in "abcd"])
    made.choose("c")
    made.currentItemChanged.connect(lambda *_items: chosen.append(made.chosen_key()))
    item = made.currentItem()
    assert made.show_items([Item("z", "z"), Item("c", "c, changed", 3), Item("a", "a")]) == 3
    assert made.currentItem() is item and item.text() == "c, changed" and chosen == []
    made.show_items([Item("z", "z"), Item("a", "a")])
    assert made.chosen_key() == "a"
    assert made.show_items([]) is None and made.currentRow() == -1


def test_changes_are_heard_by_kind_and_id() -> None:
    changes = Changes({"project": ["p-1"], "message": []})
    assert changes.touch({"project"}) and not changes.touch({"post"})
    assert changes.touches("project", "p-1") and not changes.touches("project", "p-2")
    assert changes.touches("message", "any") and not changes.touches("post", "any")
    old = Changes({"projects", "contact"})  # names of kinds alone
    assert "projects" in old and old.touches("contact", "whoever")
    both = Changes([Changed("post", frozenset({"1"})), Changed("post", frozenset({"2"}))])
    assert set(both) == {Changed("post", frozenset({"1", "2"}))}
    assert set(Changes([Changed("post", frozenset({"1"})), Changed("post")])) == {Changed("post")}


# -- the pages ------------------------------------------------------------------------------


def arrive(desk: Workspace, *kinds: str) -> None:
    """As the sync thread says it; delivered like any other event."""
    desk.events.changed(set(kinds))
    QApplication.processEvents()


def test_may_be_published_counts_though_files_are_taken_in_meanwhile(
    qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path: Path
) -> None:
    page = window.page("pupil_work")
    page.add_class("6-A")
    page.add_pupil("Çağla Yıldız")
    for name in ("first", "second", "third"):
        (tmp_path / f"{name}.txt").write_text(f"Bir varmış bir yokmuş: {name}", "utf-8")
    page.take_in([tmp_path / "first.txt"])
    qtbot.waitUntil(lambda: page.works.count() == 1)
    work, box = page.detail.work, page.permit
    qtbot.mousePress(box, LEFT)
    page.take_in([tmp_path / "second.txt", tmp_path / "third.txt"])
    class_id = desk.pupil_work.classes()[0][0]
    qtbot.waitUntil(lambda: len(desk.pupil_work.works(class_id)) == 3)
    arrive(desk, "files", "material", "projects")
    assert page.permit is box and box.isDown()
    qtbot.mouseRelease(box, LEFT)
    assert {w.id for w in desk.pupil_work.works(class_id) if w.permitted} == {work.id}
    qtbot.waitUntil(lambda: page.works.count() == 3)
    assert page.detail.work.id == work.id and box.isChecked()


def test_an_answer_under_today_counts_though_something_else_arrives(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    store = inside(desk).store

    def asks(number: int) -> None:
        fields = {"account_id": f"t-{number}", "name": f"Asker {number}", "country": "EL", "state": "asks_you"}
        with store.transaction():
            row = records.ServerRow("contact", f"t-me--t-{number}", number, fields)
            records.accept(store, "account:t-me", [row])

    asks(8)
    page = window.page("today")
    accept = find_button(page, "Accept: Asker 8 would like to be your contact")
    qtbot.mousePress(accept, LEFT)
    asks(7)
    desk.projects.create()
    arrive(desk, "contact", "projects")
    qtbot.mouseRelease(accept, LEFT)
    assert outbox.has_command(store, ("answer_contact",), "t-8") == outbox.OPEN
    qtbot.waitUntil(lambda: "Asker 7 would like to be your contact" in words_on(page))


def test_try_again_in_the_sync_centre_counts_though_its_line_changes(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    store = inside(desk).store
    desk.projects.create()
    outbox.take(store, 9)
    outbox.refuse(store, outbox.waiting(store)[0].id, "exists")
    page = window.page("sync_centre")
    again = find_button(page, "Try again")
    qtbot.mousePress(again, LEFT)
    desk.projects.create()
    outbox.refuse(store, outbox.waiting(store)[0].id, "invalid")
    inside(desk).service.recount()
    arrive(desk, "outbox")
    qtbot.mouseRelease(again, LEFT)
    assert all(entry.state != outbox.REFUSED for entry in outbox.waiting(store))


def test_the_project_that_is_looked_at_stays_while_others_come(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    page = window.page("projects")
    page.create()
    mine = page.form.draft.project_id
    qtbot.keyClicks(page.form.editors["title"], "Mine")
    item, delete = page.list.currentItem(), page._steps.button("delete")
    delete.setFocus()
    other = desk.projects.create()
    desk.projects.open(other).set_fields({"title": "Other"})
    arrive(desk, "projects")
    assert page.list.currentItem() is item and page._current.id == mine and page.list.count() == 2
    assert window.focusWidget() is delete and page._steps.button("delete") is delete


def test_a_post_being_read_stays_and_its_button_counts(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    for title in ("Snow", "Salt"):
        desk.posts.publish("partner", title, "Who measures with us?", languages=[], subjects=[])
    page = window.page("posts")
    page.list.setCurrentRow(1)
    chosen = page.list.chosen_key()
    new = find_button(page, "New post…")
    pressed: list[int] = []
    new.clicked.disconnect()
    new.clicked.connect(lambda: pressed.append(1))
    qtbot.mousePress(new, LEFT)
    desk.posts.publish("idea", "Wind", "And the wind?", languages=[], subjects=[])
    arrive(desk, "post")
    qtbot.mouseRelease(new, LEFT)
    assert pressed == [1]
    qtbot.waitUntil(lambda: page.list.count() == 3)
    assert page.list.chosen_key() == chosen


def test_no_page_makes_its_buttons_anew_when_nothing_changed(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    desk.projects.create()
    for name in ("today", "projects", "posts", "pupil_work", "sync_centre"):
        page = window.page(name)
        QApplication.processEvents()
        before = page.findChildren(QPushButton)
        page.refresh()
        page.refresh()
        assert page.findChildren(QPushButton) == before, name
