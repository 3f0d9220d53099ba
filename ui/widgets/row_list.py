"""A column of rows that are updated in place, so that nothing is rebuilt under the pointer or the cursor."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from ui.widgets.basics import column
from ui.widgets.pressed import when_released
from ui.widgets.tab_order import chain_tabs, focus_at, focus_place
from ui.widgets.timers import single_shot

Entry = tuple[str, Any]
FIRST = 30  # rows that are made at once
MORE = 10  # that follow at a time
IDLE_MS = 60  # between the steps in which the rest is made while nobody asks for it
IDLE_MOST = 200  # rows that are made unasked


class Row(Protocol):
    """A widget that shows one value, and the next one when it changes."""

    def show_value(self, value: Any) -> None:
        """Show a value, from the first on."""


class RowList(QWidget):
    """Rows by key. ``make`` gives a row for a value; the row then shows later values of its key itself.

    A key stands for one thing *and* one kind of row. While a button of the list is
    held down nothing moves; the newest state is shown once it was let go. The first
    rows of a long list are made at once, the others when one scrolls or goes there
    by key, and meanwhile by themselves; ``first`` says how many, where the end is what one reads first.
    """

    def __init__(self, make: Callable[[Any], Any], *, spacing: int = 8, first: int = FIRST) -> None:
        super().__init__()
        self._first = first
        self._make = make
        self._wanted: tuple[Entry, ...] = ()
        self._rows: dict[str, Any] = {}
        self._values: dict[str, Any] = {}  # as they are shown, from top to bottom
        self._layout = column(self, spacing=spacing)
        self._watched: QScrollArea | None = None
        self._idle = single_shot(self, IDLE_MS, self._go_on)
        self._soon = single_shot(self, 0, self._make_what_is_near)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def row(self, key: str) -> Any:
        """The row of a key, made now if it was not yet; or None."""
        if (
            key not in self._rows
            and (place := next((at for at, one in enumerate(self._wanted) if one[0] == key), -1)) >= 0
        ):
            self._make_up_to(place + 1)
        return self._rows.get(key)

    def keys(self) -> list[str]:
        """The keys from top to bottom, also of rows that are not made yet."""
        return [key for key, _value in self._wanted]

    def __iter__(self) -> Iterator[Any]:
        """The rows that are made."""
        return iter([self._rows[key] for key in self._values])

    def show_rows(self, entries: Sequence[Entry]) -> None:
        """Show exactly these keys and values, in this order."""
        self._wanted = tuple(entries)
        when_released(self, self._apply)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on with the rows that are not made yet."""
        super().showEvent(event)
        self._expect_more()

    def _apply(self) -> None:
        wanted = self._wanted[: self._enough()]
        if list(self._values.items()) != [(key, value) for key, value in wanted]:
            self._show(wanted)
        self._expect_more()

    def _show(self, wanted: Sequence[Entry]) -> None:
        place, anchor = self._focused(), self._anchor()
        keys = [key for key, _value in wanted]
        is_longer = keys[: len(self._values)] == list(self._values)
        self._layout.setEnabled(False)  # placed once, not anew with each row
        try:
            self._remove(set(keys))
            for at, (key, value) in enumerate(wanted):
                self._put(at, key, value)
        finally:
            self._layout.setEnabled(True)
            self._place()
        if list(self._values) != keys:
            chain_tabs([self._rows[key] for key in keys[max(0, len(self._values) - 1) if is_longer else 0 :]])
        self._values = dict(wanted)
        self._hold(anchor)
        if place and place[0] not in self._rows:
            self._focus_again(*place[1:])

    def _place(self) -> None:
        """Place the rows now, and what stands around the list, as showing a row alone would."""
        parent: QWidget | None = self
        while parent is not None and parent.isVisible() and (layout := parent.layout()):
            layout.activate()
            parent = parent.parentWidget()

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

    # -- the rows that are made later ------------------------------------------------------

    def _enough(self) -> int:
        """How many rows to make now: the first ones, and those that are there already."""
        there = [at for at, (key, _value) in enumerate(self._wanted) if key in self._rows]
        kept = there[-1] + 1 if there else 0
        return max(self._first, min(kept, len(there) + self._first))

    def _make_up_to(self, count: int) -> None:
        if count > len(self._values):
            when_released(self, lambda: self._show(self._wanted[:count]))

    def _expect_more(self) -> None:
        if len(self._values) >= len(self._wanted) or not self.isVisible():
            return
        area = self._area()
        if area is not None and area is not self._watched:
            self._watched = area
            for signal in (area.verticalScrollBar().valueChanged, area.verticalScrollBar().rangeChanged):
                signal.connect(lambda *_values: self._soon.start())
        self._soon.start()
        self._idle.start()

    def _go_on(self) -> None:
        if self.isVisible() and len(self._values) < min(IDLE_MOST, len(self._wanted)):
            self._make_up_to(len(self._values) + MORE)
            self._idle.start()

    def _make_what_is_near(self) -> None:
        """Make rows until there is a window full of them below what is in view."""
        area = self._area()
        if area is None or not self.isVisible() or len(self._values) >= len(self._wanted):
            return
        left = self.mapTo(area.viewport(), QPoint(0, self.height())).y() - area.viewport().height()
        if left < area.viewport().height():
            self._make_up_to(len(self._values) + MORE)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Whoever goes through the rows by key finds the next ones there."""
        if now is None or len(self._values) >= len(self._wanted) or not self.isAncestorOf(now):
            return
        last = list(self._values)[-2:]
        if any(self._rows[key] is now or self._rows[key].isAncestorOf(now) for key in last):
            self._make_up_to(len(self._values) + MORE)

    # -- focus and scroll position ---------------------------------------------------------

    def _focused(self) -> tuple[str, int, int] | None:
        """Which row has the focus, the how manieth it is, and on which of its controls."""
        focused = self.window().focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            return None
        for at, (key, row) in enumerate(zip(self._values, self, strict=True)):
            if row is focused or row.isAncestorOf(focused):
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
        for key in self._values:
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
