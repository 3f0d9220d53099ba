"""Long lists are there at once: what is in view comes first, and the rest when one gets there, by mouse or by key."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db.tables import outbox
from tests.inside import inside
from tests.window import find_button
from ui.projects.page import SPACE_TAB
from ui.shell import MainWindow
from ui.widgets import row_list
from ui.widgets.basics import button, column, scrolled
from ui.widgets.item_list import KEPT_PICTURES, Item, ItemList
from ui.widgets.row_list import RowList


class Pictures:
    """Counts which pictures are made."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def item(self, key: str, value: int = 0) -> Item:
        return Item(key, f"Work {key}", value, lambda: self._make(key))

    def _make(self, key: str) -> QIcon:
        self.made.append(key)
        return QIcon(QPixmap(20, 20))


@pytest.fixture
def works(qtbot: QtBot) -> Iterator[ItemList]:
    made = ItemList("Works")
    made.setViewMode(ItemList.ViewMode.IconMode)
    made.setIconSize(QSize(100, 80))
    made.setGridSize(QSize(120, 120))
    made.resize(400, 400)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made


def test_pictures_are_made_when_they_come_into_view(qtbot: QtBot, works: ItemList) -> None:
    pictures = Pictures()
    works.show_items([pictures.item(f"{n}") for n in range(600)])
    assert pictures.made == []
    works.grab()
    assert "0" in pictures.made and len(pictures.made) < 40
    works.scrollToBottom()
    works.grab()
    assert "599" in pictures.made and "300" not in pictures.made


def test_a_picture_is_made_anew_when_its_work_has_changed_and_not_otherwise(qtbot: QtBot, works: ItemList) -> None:
    pictures = Pictures()
    works.show_items([pictures.item("a"), pictures.item("b")])
    works.grab()
    works.show_items([pictures.item("a"), pictures.item("b", 1)])
    works.grab()
    assert sorted(pictures.made) == ["a", "b", "b"]


def test_only_as_many_pictures_are_kept_as_two_windows_hold(qtbot: QtBot, works: ItemList) -> None:
    pictures = Pictures()
    works.show_items([pictures.item(f"{n}") for n in range(3 * KEPT_PICTURES)])
    for row in range(0, works.count(), 5):
        works.scrollToItem(works.item(row))
        works.grab()
    assert len(works._pictures._kept) == KEPT_PICTURES


def test_the_text_has_its_room_below_a_picture_that_is_not_there_yet(qtbot: QtBot, works: ItemList) -> None:
    works.show_items([Pictures().item("a"), Item("b", "No picture")])
    QApplication.processEvents()
    hints = [works.sizeHintForIndex(works.model().index(row, 0)).height() for row in (0, 1)]
    assert hints[0] >= 80 + hints[1] - 20


def test_the_same_works_in_another_order_keep_their_items(qtbot: QtBot, works: ItemList) -> None:
    pictures = Pictures()
    works.show_items([pictures.item(key) for key in "abcdef"])
    items = {works.item(row).text(): works.item(row) for row in range(6)}
    works.show_items([pictures.item(key) for key in "fxbda"])
    assert [works.item(row).text() for row in range(works.count())] == [f"Work {key}" for key in "fxbda"]
    assert all(works.item(row) is items[works.item(row).text()] for row in (0, 2, 3, 4))


# -- rows -----------------------------------------------------------------------------------


class Line(QWidget):
    """A row with one button."""

    def __init__(self) -> None:
        super().__init__()
        self.button = button("", lambda: None)
        column(self).addWidget(self.button)

    def show_value(self, value: str) -> None:
        self.button.setText(value)


ALL = [f"{n}" for n in range(150)]


def entries(keys: list[str]) -> list[tuple[str, str]]:
    return [(key, f"Row {key}") for key in keys]


def made(rows: RowList) -> list[str]:
    return [row.button.text().removeprefix("Row ") for row in rows]


@pytest.fixture
def listed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RowList, QScrollArea]]:
    """150 rows in a window of about 8, in which nothing is made unasked."""
    monkeypatch.setattr(row_list, "IDLE_MOST", 0)
    rows, inner = RowList(lambda _value: Line()), QWidget()
    layout = column(inner)
    layout.addWidget(rows)
    below = button("below", lambda: None)
    layout.addWidget(below)
    layout.addStretch()
    area = scrolled(inner)
    area.resize(300, 320)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    area.activateWindow()
    rows.show_rows(entries(ALL))
    QApplication.processEvents()
    yield rows, area


def test_the_first_rows_of_a_long_list_are_made_at_once(listed) -> None:
    rows, _area = listed
    assert made(rows) == ALL[: row_list.FIRST] and rows.keys() == ALL


def test_the_others_follow_by_themselves_while_nobody_asks(qtbot: QtBot, listed, monkeypatch) -> None:
    rows, _area = listed
    monkeypatch.setattr(row_list, "IDLE_MOST", 100)
    rows.show_rows(entries(ALL))
    qtbot.waitUntil(lambda: made(rows) == ALL[:100])


def test_scrolling_down_comes_to_the_last_row(qtbot: QtBot, listed) -> None:
    rows, area = listed
    bar = area.verticalScrollBar()

    def at_the_end() -> bool:
        bar.setValue(bar.maximum())
        return made(rows) == ALL

    qtbot.waitUntil(at_the_end)


def test_the_tab_key_comes_to_the_last_row_in_order_and_then_to_what_stands_below(qtbot: QtBot, listed) -> None:
    rows, area = listed
    rows.row("0").button.setFocus()
    order = []
    for _press in range(len(ALL)):
        order.append(area.window().focusWidget().text())
        area.window().focusNextChild()
    assert order == [f"Row {key}" for key in ALL]
    assert area.window().focusWidget().text() == "below"


def test_a_row_that_is_asked_for_is_made(listed) -> None:
    rows, _area = listed
    assert rows.row("90").button.text() == "Row 90" and made(rows)[:91] == ALL[:91] and rows.row("none") is None


def test_the_focus_stays_in_a_row_far_down_when_others_come_and_go_above(listed) -> None:
    rows, area = listed
    focused = rows.row("80").button
    focused.setFocus()
    rows.show_rows(entries(["new", *ALL[5:]]))
    assert area.window().focusWidget() is focused and "80" in made(rows)
    rows.show_rows(entries(ALL[:20]))
    assert area.window().focusWidget() is rows.row("19").button


def test_another_list_altogether_begins_with_its_first_rows(listed) -> None:
    rows, _area = listed
    rows.row("120")
    rows.show_rows(entries([f"other {n}" for n in range(150)]))
    assert len(made(rows)) == row_list.FIRST


def test_a_changed_row_further_down_shows_its_newest_value_when_one_gets_there(listed) -> None:
    rows, _area = listed
    rows.show_rows([*entries(ALL[:100]), ("100", "Changed")])
    assert rows.row("100").button.text() == "Changed"


def test_nothing_is_made_beneath_a_button_that_is_held_down(qtbot: QtBot, listed) -> None:
    rows, area = listed
    qtbot.mousePress(rows.row("0").button, Qt.MouseButton.LeftButton)
    rows.row("60")
    assert len(made(rows)) == row_list.FIRST
    qtbot.mouseRelease(rows.row("0").button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(made(rows)) == 61)


# -- pages ----------------------------------------------------------------------------------


def test_the_sync_centre_shows_the_first_50_of_what_waits_and_more_at_a_press(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    project = desk.projects.create()
    for number in range(120):
        desk.projects.write_journal(project, f"Day {number}")
    page = window.page("sync_centre")

    def waiting() -> int:
        return sum(key.startswith("waiting:") for key in page.lines.keys())  # noqa: SIM118 - not a dictionary

    assert waiting() == 50
    find_button(page.lines.row("more:waiting"), "Show more (71)").click()
    assert waiting() == 100
    find_button(page.lines.row("more:waiting"), "Show more (21): Waiting to be sent").click()
    assert waiting() == 121 and page.lines.row("more:waiting") is None


def test_refused_changes_have_their_own_first_50(window: MainWindow, desk: Workspace) -> None:
    store, project = inside(desk).store, desk.projects.create()
    for number in range(60):
        desk.projects.write_journal(project, f"Day {number}")
    for entry in outbox.waiting(store)[1:]:
        outbox.refuse(store, entry.id, "invalid")
    page = window.page("sync_centre")
    kinds = [key.split(":")[0] for key in page.lines.keys()]  # noqa: SIM118 - not a dictionary
    assert kinds == ["heading", *["refused"] * 50, "more", "heading", "waiting"]


def test_the_diary_shows_its_newest_entries_and_older_ones_at_a_press(window: MainWindow, desk: Workspace) -> None:
    project = desk.projects.create()
    for number in range(70):
        desk.projects.write_journal(project, f"Day {number}")
    page = window.page("projects")
    page.show_project(project)
    page.tabs.setCurrentIndex(SPACE_TAB)
    space = page.space
    QApplication.processEvents()
    assert len(space._journal.keys()) == 50 and space.older.isVisible()
    find_button(space, "Older entries").click()
    assert len(space._journal.keys()) == 70 and not space.older.isVisible()
    other = desk.projects.create()
    page.show_project(other)
    page.tabs.setCurrentIndex(SPACE_TAB)
    page.show_project(project)
    page.tabs.setCurrentIndex(SPACE_TAB)
    assert len(space._journal.keys()) == 50
