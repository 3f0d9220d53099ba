"""What the eye would find wrong with a window, from the places of its widgets: cut, covered, out of place."""

import itertools

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QWidget,
)

from tests.window import shown

SOLID = (QAbstractButton, QLabel, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QProgressBar)
SLACK = 2  # pixels


def faults(root: QWidget) -> list[str]:
    """Everything that is cut off, covered, squeezed out of its place, or wider than its scrolling view."""
    solid = [widget for widget in shown(root) if _is_whole(widget)]
    return [*_cut(solid), *_outside(solid, root), *_overlapping(solid, root), *_too_wide(root)]


def _is_whole(widget: QWidget) -> bool:
    """A thing of its own: no part of another, and not empty."""
    parent = widget.parentWidget()
    if not isinstance(widget, SOLID) or parent is None or widget.isWindow():
        return False
    if isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QCheckBox) or widget.objectName().startswith(
        "qt_"
    ):
        return False
    if isinstance(parent.parentWidget(), QComboBox) or type(parent).__name__ in (
        "QTabBar",
        "QComboBoxPrivateContainer",
    ):
        return False
    return not (isinstance(widget, QLabel) and not widget.text() and widget.pixmap().isNull())


def _cut(solid: list[QWidget]) -> list[str]:
    return [f"cut: {_name(widget)}" for widget in solid if _is_cut(widget)]


def _is_cut(widget: QWidget) -> bool:
    metrics: QFontMetrics = widget.fontMetrics()
    if widget.height() < metrics.height() - SLACK and not isinstance(widget, QProgressBar):
        return True
    if hasattr(widget, "_whole"):  # ends in dots by itself, with the whole as its tool tip
        return False
    if isinstance(widget, QLabel):
        if not widget.text():
            return False
        if widget.wordWrap():
            return widget.height() < widget.heightForWidth(widget.width()) - 4
        return widget.width() < metrics.horizontalAdvance(max(widget.text().split("\n"), key=len)) - SLACK
    if isinstance(widget, QAbstractButton):
        return bool(widget.text()) and widget.width() < widget.minimumSizeHint().width() - SLACK
    return False


def _outside(solid: list[QWidget], root: QWidget) -> list[str]:
    """What reaches beyond its parent is not seen there, unless that scrolls."""
    found = []
    for widget in solid:
        part, parent = widget, widget.parentWidget()
        while parent is not None and not isinstance(part, QScrollArea):
            scrolls = isinstance(parent.parentWidget(), QAbstractScrollArea)
            if not scrolls and not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(part.geometry()):
                found.append(f"outside: {_name(widget)} ({_box(part)} in {_box(parent)})")
                break
            if scrolls or parent is root:
                break
            part, parent = parent, parent.parentWidget()
    return found


def _overlapping(solid: list[QWidget], root: QWidget) -> list[str]:
    seen = [(widget, box) for widget in solid if not (box := _seen(widget, root)).isEmpty()]
    found = []
    for (one, first), (other, second) in itertools.combinations(seen, 2):
        shared = first.intersected(second)
        if shared.width() <= SLACK or shared.height() <= SLACK or one.isAncestorOf(other) or other.isAncestorOf(one):
            continue
        found.append(f"overlap: {_name(one)} {first.getRect()} and {_name(other)} {second.getRect()}")
    return found


def _seen(widget: QWidget, root: QWidget) -> QRect:
    """The part of a widget that its ancestors let through, in the coordinates of the root."""
    box = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
    parent = widget.parentWidget()
    while parent is not None and parent is not root:
        box = box.intersected(QRect(parent.mapTo(root, QPoint(0, 0)), parent.size()))
        parent = parent.parentWidget()
    return box.intersected(root.rect())


def _too_wide(root: QWidget) -> list[str]:
    fixed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    areas = [area for area in shown(root, QScrollArea) if area.widget() and area.horizontalScrollBarPolicy() == fixed]
    wide = [area for area in areas if area.widget().width() > area.viewport().width()]
    return [f"too wide: {area.widget().width()} in {area.viewport().width()}" for area in wide]


def _name(widget: QWidget) -> str:
    text = widget.text() if hasattr(widget, "text") else widget.accessibleName()
    return f"{type(widget).__name__} “{text[:60]}” {widget.objectName()}"


def _box(widget: QWidget) -> tuple[int, ...]:
    return widget.geometry().getRect()
