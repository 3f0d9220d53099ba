"""The order of the Tab key is the order of the eye: rows from top to bottom, in a row along the line of writing.

The places are looked up when the key is pressed, from the layouts as they are then, so no page declares an order.
"""

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLayout, QWidget


class _Part(NamedTuple):
    """A part of a widget with its place in it: a widget, or a layout of several."""

    box: QRect
    inner: QWidget | QLayout


class Dialog(QDialog):
    """A dialog whose Tab key follows the eye, and which is never larger than the window it belongs to."""

    def showEvent(self, event: QShowEvent) -> None:
        """Take no more room than there is."""
        parent = self.parentWidget()
        room = parent.window().size() if parent else self.screen().availableSize()
        self.resize(self.size().boundedTo(room))
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next or the previous stop."""
        return go_on(self, forward)


def go_on(root: QWidget, forward: bool) -> bool:
    """Move the focus to the next stop inside a window, round its end; False where there is none to go to."""
    stops = list(stops_of(root))
    focused = root.focusWidget()
    if not stops or stops == [focused]:
        return False
    place = stops.index(focused) if focused in stops else _place_of(root, focused, stops, forward)
    following = stops[(place + (1 if forward else -1)) % len(stops)]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    following.setFocus(reason)
    return True


def stops_of(root: QWidget) -> Iterator[QWidget]:
    """What the Tab key stops at inside a widget, in the order of the eye."""
    for child in _ordered(root):
        yield from _stops(child)


def _stops(widget: QWidget) -> Iterator[QWidget]:
    if not widget.isVisible() or not widget.isEnabled() or widget.isWindow():
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    for child in _ordered(widget):
        yield from _stops(child)


def _place_of(root: QWidget, focused: QWidget | None, stops: list[QWidget], forward: bool) -> int:
    """Where to go on from a widget that is no stop itself: from the stops around it."""
    around = focused
    while around is not None and around is not root:
        inside = [place for place, stop in enumerate(stops) if around.isAncestorOf(stop)]
        if inside:
            return inside[0] - 1 if forward else inside[-1] + 1
        around = around.parentWidget()
    return -1 if forward else 0


def _ordered(widget: QWidget) -> list[QWidget]:
    """The children of a widget in the order of the eye; those that float over its layout come where they are seen."""
    layout = widget.layout()
    children = [one for one in widget.children() if isinstance(one, QWidget) and not one.isWindow()]
    laid: list[QWidget] = _in_layout(layout, children, widget) if layout else []
    others = [one for one in children if one not in laid]
    if not layout:
        return [part.inner for part in _by_eye([_Part(one.geometry(), one) for one in others], widget)]
    for other in _by_eye([_Part(one.geometry(), one) for one in others if one.isVisible()], widget):
        middle = other.box.center().y()
        place = next((n for n, one in enumerate(laid) if one.geometry().center().y() > middle), len(laid))
        laid.insert(place, other.inner)
    return laid


def _in_layout(layout: QLayout, children: list[QWidget], widget: QWidget) -> list[QWidget]:
    """The widgets of a layout and of those inside it. Its items are left alone: Python would take them for its own."""
    parts = [_Part(child.geometry(), child) for child in children if layout.indexOf(child) >= 0]
    parts += [_Part(inner.geometry(), inner) for inner in layout.children() if isinstance(inner, QLayout)]
    found: list[QWidget] = []
    for part in _by_eye(parts, widget):
        found += [part.inner] if isinstance(part.inner, QWidget) else _in_layout(part.inner, children, widget)
    return found


def _by_eye(parts: list[_Part], widget: QWidget) -> list[_Part]:
    """Rows from top to bottom; what overlaps a row by half of its height or more belongs to it."""
    rows: list[list[_Part]] = []
    for part in sorted(parts, key=lambda part: part.box.top()):
        row = rows[-1] if rows else None
        if row and _beside(row[0].box, part.box):
            row.append(part)
        else:
            rows.append([part])
    back = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return [part for row in rows for part in sorted(row, key=lambda p: -p.box.right() if back else p.box.left())]


def _beside(one: QRect, other: QRect) -> bool:
    shared = min(one.bottom(), other.bottom()) - max(one.top(), other.top()) + 1
    return shared * 2 >= max(1, min(one.height(), other.height()))
