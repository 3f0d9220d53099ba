"""Long lists are there at once: what is in view comes first, and the rest when one gets there, by mouse or by key."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.widgets.item_list import KEPT_PICTURES, Item, ItemList


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
