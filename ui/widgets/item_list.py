"""Lists of plain items that are updated in place: the chosen one, the scroll position and the focus stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

KEY = Qt.ItemDataRole.UserRole
VALUE = Qt.ItemDataRole.UserRole + 1
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole
KEPT_PICTURES = 100  # about two windows full


@dataclass(frozen=True)
class Item:
    """One line of a list. ``icon`` is asked for when it comes into view, and again when ``value`` has changed."""

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
        self._items: dict[str, Item] = {}  # as they are shown, from top to bottom
        self._pictures = _Pictures(self)
        self.setItemDelegate(self._pictures)

    def show_items(self, items: Sequence[Item], choose: str | None = None) -> Any:
        """Show exactly these items. ``choose`` or else the present choice stays chosen, or its neighbour if it went."""
        blocker = QSignalBlocker(self)
        chosen, place, scrolled = choose or self.chosen_key(), self.currentRow(), self.verticalScrollBar().value()
        keys = [item.key for item in items]
        self._remove(set(keys))
        self._put_all(items)
        self._items = dict(zip(keys, items, strict=True))
        row = keys.index(chosen) if chosen in self._items else max(0, min(place, len(keys) - 1))
        self.setCurrentRow(row if keys else -1)
        self.verticalScrollBar().setValue(scrolled)
        if choose and chosen in self._items:
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
            self._items[key] = replace(self._items[key], text=text)

    def setCurrentRow(self, row: int) -> None:
        """Make a row the current one and the only one chosen; Qt would leave others chosen where several may be."""
        super().setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def choose(self, key: str) -> None:
        """Make the item of a key the current one."""
        if (at := self._row_of(key)) >= 0:
            self.setCurrentRow(at)

    def has_picture(self, key: str) -> bool:
        """Whether an item is shown with a picture."""
        return key in self._items and self._items[key].icon is not None

    def picture(self, key: str) -> QIcon:
        """The picture of an item, made now."""
        make = self._items[key].icon
        return make() if make else QIcon()

    def _row_of(self, key: str) -> int:
        return next((at for at in range(self.count()) if self.item(at).data(KEY) == key), -1)

    def _remove(self, kept: set[str]) -> None:
        there = [self.item(at).data(KEY) for at in range(self.count())]
        if kept.isdisjoint(there):
            self.clear()  # another list altogether, in one step
        for at in reversed(range(self.count())):
            if there[at] not in kept:
                self.takeItem(at)

    def _put_all(self, items: Sequence[Item]) -> None:
        known = {self.item(at).data(KEY): self.item(at) for at in range(self.count())}
        for at, item in enumerate(items):
            there = known.get(item.key)
            if there is None:
                there = QListWidgetItem()
                self._fill(there, item)  # before the list has it, which would look at each of its values
                self.insertItem(at, there)
                continue
            if self.item(at) is not there:
                self.insertItem(at, self.takeItem(self.row(there)))
            if not _is_same(self._items.get(item.key), item):
                self._fill(there, item)

    def _fill(self, there: QListWidgetItem, item: Item) -> None:
        there.setText(item.text)
        there.setData(KEY, item.key)
        there.setData(VALUE, item.value)
        there.setData(ACCESSIBLE, item.spoken or None)
        self._pictures.forget(item.key)


def _is_same(before: Item | None, item: Item) -> bool:
    return before is not None and (before.text, before.spoken, before.value) == (item.text, item.spoken, item.value)


class _Pictures(QStyledItemDelegate):
    """Paints items with their pictures, of which those that were in view last are kept."""

    def __init__(self, owner: ItemList) -> None:
        super().__init__(owner)
        self._owner, self._kept = owner, dict[str, QIcon]()
        self._painting = False

    def forget(self, key: str) -> None:
        """Ask for a picture anew."""
        self._kept.pop(key, None)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw an item; now its picture is needed."""
        self._painting = True
        try:
            super().paint(painter, option, index)
        finally:
            self._painting = False

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Leave room for the picture, and add it to what is drawn."""
        super().initStyleOption(option, index)
        key = str(index.data(KEY))
        if not self._owner.has_picture(key):
            return
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.decorationSize = self._owner.iconSize()
        if self._painting:
            option.icon = self._picture(key)

    def _picture(self, key: str) -> QIcon:
        if key not in self._kept:
            if len(self._kept) >= KEPT_PICTURES:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._owner.picture(key)
        return self._kept[key]


def show_choices(box: QComboBox, choices: Sequence[tuple[str, str]], chosen: str | None) -> None:
    """Fill a box with ``(text, data)`` without a signal; an open or unchanged one stays as it is."""
    blocker = QSignalBlocker(box)
    if [(box.itemText(n), box.itemData(n)) for n in range(box.count())] != list(choices):
        box.clear()
        for text, data in choices:
            box.addItem(text, data)
    box.setCurrentIndex(max(0, box.findData(chosen)) if choices else -1)
    blocker.unblock()
