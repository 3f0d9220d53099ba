"""A column of rows that are updated in place, so that nothing is rebuilt under the pointer or the cursor."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.widgets.basics import column
from ui.widgets.pressed import when_released
from ui.widgets.tab_order import chain_tabs, focus_at, focus_place

Entry = tuple[str, Any]


class Row(Protocol):
    """A widget that shows one value, and the next one when it changes."""

    def show_value(self, value: Any) -> None:
        """Show a value, from the first on."""


class RowList(QWidget):
    """Rows by key. ``make`` gives a row for a value; the row then shows later values of its key itself.

    A key stands for one thing *and* one kind of row. While a button of the list is
    held down nothing moves; the newest state is shown once it was let go.
    """

    def __init__(self, make: Callable[[Any], Any], *, spacing: int = 8) -> None:
        super().__init__()
        self._make = make
        self._wanted: tuple[Entry, ...] = ()
        self._rows: dict[str, Any] = {}
        self._values: dict[str, Any] = {}  # as they are shown, from top to bottom
        self._layout = column(self, spacing=spacing)

    def row(self, key: str) -> Any:
        """The row of a key, or None."""
        return self._rows.get(key)

    def keys(self) -> list[str]:
        """The keys from top to bottom."""
        return list(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter([self._rows[key] for key in self.keys()])

    def show_rows(self, entries: Sequence[Entry]) -> None:
        """Show exactly these keys and values, in this order."""
        self._wanted = tuple(entries)
        when_released(self, self._apply)

    def _apply(self) -> None:
        wanted = self._wanted
        if list(self._values.items()) == [(key, value) for key, value in wanted]:
            return
        place, anchor = self._focused(), self._anchor()
        self._remove({key for key, _value in wanted})
        for at, (key, value) in enumerate(wanted):
            self._put(at, key, value)
        if list(self._values) != [key for key, _value in wanted]:
            chain_tabs([self._rows[key] for key, _value in wanted])
        self._values = dict(wanted)
        self._hold(anchor)
        if place and place[0] not in self._rows:
            self._focus_again(*place[1:])

    def _remove(self, kept: set[str]) -> None:
        for key in [key for key in self._rows if key not in kept]:
            row = self._rows.pop(key)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()

    def _put(self, at: int, key: str, value: Any) -> None:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._make(value)
            row.show_value(value)
            self._layout.insertWidget(at, row)
            row.show()
            return
        if self._layout.indexOf(row) != at:
            self._layout.removeWidget(row)
            self._layout.insertWidget(at, row)
        if self._values.get(key) != value:
            row.show_value(value)

    # -- focus and scroll position ---------------------------------------------------------

    def _focused(self) -> tuple[str, int, int] | None:
        """Which row has the focus, the how manieth it is, and on which of its controls."""
        focused = self.window().focusWidget()
        for at, (key, row) in enumerate(zip(self._values, self, strict=True)):
            if focused is not None and (row is focused or row.isAncestorOf(focused)):
                return key, at, focus_place(row, focused)
        return None

    def _focus_again(self, at: int, place: int) -> None:
        rows = list(self)
        if rows:
            focus_at(rows[min(at, len(rows) - 1)], place)

    def _anchor(self) -> tuple[str, int] | None:
        """The uppermost row in view and where it stands in it, where the person looks or points at the list."""
        area = self._area()
        if area is None or not (area.verticalScrollBar().value() or self.underMouse() or self._focused()):
            return None
        for key in self.keys():
            top = self._rows[key].mapTo(area.viewport(), QPoint(0, 0)).y()
            if top + self._rows[key].height() > 0:
                return key, top
        return None

    def _hold(self, anchor: tuple[str, int] | None) -> None:
        area = self._area()
        if anchor is None or area is None or anchor[0] not in self._rows:
            return
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        moved = self._rows[anchor[0]].mapTo(area.viewport(), QPoint(0, 0)).y() - anchor[1]
        bar = area.verticalScrollBar()
        bar.setValue(bar.value() + moved)

    def _area(self) -> QScrollArea | None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        return parent
