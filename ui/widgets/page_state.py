"""What a page looks like while one works on it, taken over by the page that is built in its place in another
language, look or size of text: typed words, choices of the moment, tabs, the chosen items, the places of scroll bars.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit, QTabWidget, QWidget

from ui.widgets.item_list import ItemList
from ui.widgets.tab_order import reachable
from ui.widgets.text_field import TextField

KEPT = "kept"  # a property: a box or a button whose choice is of the moment, and kept nowhere


def keep_choice(widget: QWidget) -> None:
    """Let the choice of a box or a button that is kept nowhere be taken over."""
    widget.setProperty(KEPT, True)


@dataclass
class PageState:
    """By kind of widget, the how manieth of its kind has what."""

    texts: list[str] = field(default_factory=list)
    choices: dict[int, Any] = field(default_factory=dict)
    ticks: dict[int, bool] = field(default_factory=dict)
    tabs: dict[int, int] = field(default_factory=dict)
    chosen: dict[int, str] = field(default_factory=dict)
    scrolled: dict[int, float] = field(default_factory=dict)
    focused: int | None = None


def state_of(page: QWidget) -> PageState:
    """What is to be taken over from a page."""
    focused = page.window().focusWidget()
    stops = reachable(page)
    return PageState(
        [one.text() for one in _fields(page)],
        {n: one.currentData() for n, one in _kept(page, QComboBox)},
        {n: one.isChecked() for n, one in _kept(page, QAbstractButton)},
        {n: one.currentIndex() for n, one in enumerate(page.findChildren(QTabWidget))},
        {n: key for n, one in enumerate(page.findChildren(ItemList)) if (key := one.chosen_key())},
        {n: _share(one) for n, one in enumerate(page.findChildren(QAbstractScrollArea)) if _share(one)},
        stops.index(focused) if focused in stops else None,
    )


def take_over(page: QWidget, state: PageState) -> None:
    """Give a new page what was taken from the one before; the places follow once its parts have theirs."""
    for n, tab in state.tabs.items():
        _with(page.findChildren(QTabWidget), n, lambda tabs, tab=tab: tabs.setCurrentIndex(tab))
    for n, data in state.choices.items():
        _with(page.findChildren(QComboBox), n, lambda box, data=data: _choose(box, data))
    for n, ticked in state.ticks.items():
        _with(page.findChildren(QAbstractButton), n, lambda one, ticked=ticked: _tick(one, ticked))
    if len(fields := _fields(page)) == len(state.texts):  # else nobody knows which is which
        for one, text in zip(fields, state.texts, strict=True):
            _type(one, text)
    for n, key in state.chosen.items():
        _with(page.findChildren(ItemList), n, lambda one, key=key: one.choose(key))
    QTimer.singleShot(0, page, lambda: _take_places(page, state))


def _take_places(page: QWidget, state: PageState) -> None:
    for n, share in state.scrolled.items():
        _with(page.findChildren(QAbstractScrollArea), n, lambda one, share=share: _scroll(one, share))
    if state.focused is not None and page.isVisible():
        _with(reachable(page), state.focused, lambda one: one.setFocus())


def _with(widgets: list[Any], place: int, act: Callable[[Any], object]) -> None:
    if place < len(widgets):
        act(widgets[place])


def _fields(page: QWidget) -> list[Any]:
    """Fields for words; Qt's own inside a box for numbers is none."""
    fields = [one for one in page.findChildren(QLineEdit) if one.objectName() != "qt_spinbox_lineedit"]
    return [*fields, *page.findChildren(TextField)]


def _kept(page: QWidget, kind: type) -> list[tuple[int, Any]]:
    return [(n, one) for n, one in enumerate(page.findChildren(kind)) if one.property(KEPT)]


def _type(one: Any, text: str) -> None:
    """Words go into an empty field alone: what is stored is there already."""
    if text and not one.text() and not one.isReadOnly():
        one.setText(text) if isinstance(one, QLineEdit) else one.insertPlainText(text)


def _choose(box: QComboBox, data: Any) -> None:
    place = box.findData(data)
    if place >= 0 and place != box.currentIndex():
        box.setCurrentIndex(place)
        box.activated.emit(place)


def _tick(one: QAbstractButton, ticked: bool) -> None:
    if one.isChecked() != ticked:
        one.click()


def _share(area: QAbstractScrollArea) -> float:
    bar = area.verticalScrollBar()
    return bar.value() / bar.maximum() if bar.maximum() else 0.0


def _scroll(area: QAbstractScrollArea, share: float) -> None:
    bar = area.verticalScrollBar()
    bar.setValue(round(share * bar.maximum()))
