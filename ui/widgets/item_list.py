"""Lists of plain items that are updated in place: the chosen one, the scroll position and the focus stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem

KEY = Qt.ItemDataRole.UserRole
VALUE = Qt.ItemDataRole.UserRole + 1
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


@dataclass(frozen=True)
class Item:
    """One line of a list. ``icon`` is asked for only when ``value`` is new or has changed."""

    key: str
    text: str
    value: Any = None
    icon: Callable[[], QIcon] | None = None
    spoken: str = ""


class ItemList(QListWidget):
    """A list whose items have keys. ``show_items`` sends no signal; it returns the value of the chosen one."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "list")
        self.setWordWrap(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)  # lines wrap anew when the list is resized
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)

    def show_items(self, items: Sequence[Item], choose: str | None = None) -> Any:
        """Show exactly these items. ``choose`` or else the present choice stays chosen, or its neighbour if it went."""
        blocker = QSignalBlocker(self)
        chosen, place, scrolled = choose or self.chosen_key(), self.currentRow(), self.verticalScrollBar().value()
        self._remove({item.key for item in items})
        for at, item in enumerate(items):
            self._put(at, item)
        keys = [item.key for item in items]
        row = keys.index(chosen) if chosen in keys else max(0, min(place, len(keys) - 1))
        self.setCurrentRow(row if keys else -1)
        self.verticalScrollBar().setValue(scrolled)
        if choose and chosen in keys:
            self.scrollToItem(self.item(row))
        blocker.unblock()
        return items[row].value if keys else None

    def chosen_key(self) -> str | None:
        """The key of the current item."""
        item = self.currentItem()
        return item.data(KEY) if item else None

    def chosen_value(self) -> Any:
        """What the current item stands for, or None."""
        item = self.currentItem()
        return item.data(VALUE) if item else None

    def rename(self, key: str, text: str) -> None:
        """Show another text for a key."""
        if (at := self._row_of(key)) >= 0:
            self.item(at).setText(text)

    def choose(self, key: str) -> None:
        """Make the item of a key the current one."""
        if (at := self._row_of(key)) >= 0:
            self.setCurrentRow(at)

    def _row_of(self, key: str) -> int:
        return next((at for at in range(self.count()) if self.item(at).data(KEY) == key), -1)

    def _remove(self, kept: set[str]) -> None:
        for at in reversed(range(self.count())):
            if self.item(at).data(KEY) not in kept:
                self.takeItem(at)

    def _put(self, at: int, item: Item) -> None:
        there = self.item(at)
        if there is None or there.data(KEY) != item.key:
            before = self._row_of(item.key)
            there = self.takeItem(before) if before >= 0 else QListWidgetItem()
            self.insertItem(at, there)
        if there.data(KEY) == item.key and there.data(VALUE) == item.value and there.text() == item.text:
            return
        there.setText(item.text)
        there.setData(KEY, item.key)
        there.setData(VALUE, item.value)
        there.setData(ACCESSIBLE, item.spoken or None)
        if item.icon:
            there.setIcon(item.icon())


def show_choices(box: QComboBox, choices: Sequence[tuple[str, str]], chosen: str | None) -> None:
    """Fill a box with ``(text, data)`` without a signal; an open or unchanged one stays as it is."""
    blocker = QSignalBlocker(box)
    if [(box.itemText(n), box.itemData(n)) for n in range(box.count())] != list(choices):
        box.clear()
        for text, data in choices:
            box.addItem(text, data)
    box.setCurrentIndex(max(0, box.findData(chosen)) if choices else -1)
    blocker.unblock()
