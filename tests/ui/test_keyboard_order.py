"""The Tab key goes through every page as the eye does, and comes round."""

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCheckBox, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from tests.ui.test_look import PAGES, full_window  # noqa: F401 - a fixture
from tests.window import find_button, shown
from ui.shell import MainWindow
from ui.widgets.eye_order import Dialog, stops_of


def walk(qtbot: QtBot, window: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Every stop of one round of the Tab key."""
    window.activateWindow()
    window.setFocus()
    reached: list[QWidget] = []
    for _press in range(400):
        qtbot.keyClick(window.focusWidget() or window, key)
        now = window.focusWidget()
        if now in reached:
            return reached
        assert now is not None
        reached.append(now)
    raise AssertionError("the Tab key does not come round")


def box_in(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def name(widget: QWidget) -> str:
    text = widget.text() if hasattr(widget, "text") else ""
    return f"{type(widget).__name__} {widget.accessibleName() or text}"


def backwards(root: QWidget, stops: list[QWidget]) -> list[str]:
    """Pairs in which the second stands wholly above the first, or wholly before it in the same row, within one part."""
    wrong = []
    for one, other in itertools.pairwise(stops):
        part = one.parentWidget()
        while not part.isAncestorOf(other):
            part = part.parentWidget()
        first, second = (box_in(_child_towards(part, stop), root) for stop in (one, other))
        same_row = second.top() < first.bottom() and first.top() < second.bottom()
        if (second.bottom() < first.top()) or (same_row and second.right() < first.left()):
            wrong.append(f"{name(one)} → {name(other)}")
    return wrong


def _child_towards(part: QWidget, widget: QWidget) -> QWidget:
    while widget.parentWidget() is not part:
        widget = widget.parentWidget()
    return widget


@pytest.mark.parametrize("size, scale", [((1366, 768), 100), ((900, 560), 150)])
def test_the_tab_key_follows_the_eye_on_every_page(
    qtbot: QtBot,
    full_window: MainWindow,  # noqa: F811
    size: tuple[int, int],
    scale: int,
) -> None:
    full_window.change_look("light", scale)
    full_window.resize(*size)
    for page in PAGES:
        full_window.go(page)
        for tab in range(4 if page == "projects" else 1):
            if page == "projects":
                full_window._pages[page].tabs.setCurrentIndex(tab)
            qtbot.wait(120)
            stops = walk(qtbot, full_window)
            assert backwards(full_window, stops) == [], f"{page}/{tab}"
            wanted = {one for one in shown(full_window) if _is_stop(one, full_window)}
            assert {name(one) for one in wanted - set(stops)} == set(), f"{page}/{tab}"
            assert stops == list(reversed(walk(qtbot, full_window, Qt.Key.Key_Backtab))) or len(stops) == len(
                set(stops)
            )


def _is_stop(widget: QWidget, window: MainWindow) -> bool:
    return bool(
        widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.window() is window
    )


def test_a_projects_steps_come_before_its_form(qtbot: QtBot, full_window: MainWindow) -> None:  # noqa: F811
    full_window.go("projects")
    qtbot.wait(50)
    page = full_window._pages["projects"]
    stops = list(stops_of(full_window))
    at = {name(stop): place for place, stop in enumerate(stops)}
    steps = [stops.index(button) for button in page._steps._buttons.values()]
    assert max(steps) < stops.index(page.form.editors["title"])
    assert at["QPushButton Invite a co-founder…"] < 25


def test_ask_to_be_a_contact_is_near(qtbot: QtBot, full_window: MainWindow) -> None:  # noqa: F811
    full_window.go("partners")
    page = full_window._pages["partners"]
    qtbot.waitUntil(lambda: page.list.model().rowCount() > 1)
    page.list.setCurrentIndex(page.list.model().index(1, 0))
    qtbot.waitUntil(lambda: page.profile.isVisible() and len(list(shown(page.facets, QCheckBox))) > 8)
    stops = [name(stop) for stop in stops_of(full_window)]
    asking = next(place for place, stop in enumerate(stops) if "Ask" in stop)
    assert asking < 50, stops


def test_the_arrow_keys_move_among_the_boxes_of_a_facet(qtbot: QtBot, full_window: MainWindow) -> None:  # noqa: F811
    full_window.go("partners")
    page = full_window._pages["partners"]
    qtbot.waitUntil(lambda: len(list(shown(page.facets, QCheckBox))) > 8)
    full_window.activateWindow()
    boxes = [box for box in shown(page.facets, QCheckBox) if box.objectName().startswith("facet-c:")]
    assert [bool(box.focusPolicy() & Qt.FocusPolicy.TabFocus) for box in boxes] == [True] + [False] * (len(boxes) - 1)
    boxes[0].setFocus()
    qtbot.keyClick(boxes[0], Qt.Key.Key_Down)
    assert full_window.focusWidget() is boxes[1]
    qtbot.keyClick(boxes[1], Qt.Key.Key_End)
    assert full_window.focusWidget() is boxes[-1]
    qtbot.keyClick(boxes[-1], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(page._query.tags) == 1)


def test_a_list_has_a_current_item_when_it_gets_the_focus(
    qtbot: QtBot,
    full_window: MainWindow,  # noqa: F811
    desk: Workspace,
) -> None:
    full_window.activateWindow()
    for page in PAGES:
        full_window.go(page)
        qtbot.wait(100)
        for view in shown(full_window, QAbstractItemView):
            view.setFocus()
            assert view.model().rowCount() == 0 or view.currentIndex().isValid(), page


def test_dialogs_follow_the_eye_too(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QPushButton

    from ui.widgets.basics import column, row

    dialog = Dialog()
    qtbot.addWidget(dialog)
    last, first, second = (QPushButton(text) for text in ("last", "first", "second"))
    layout = column(dialog)
    layout.addLayout(row(first, second))
    layout.addWidget(QListWidget())
    layout.addWidget(last)
    dialog.show()
    qtbot.waitExposed(dialog)
    first.setFocus()
    for expected in (second, dialog.findChild(QListWidget), last, first):
        qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
        assert dialog.focusWidget() is expected
    assert find_button(dialog, "last").isVisible()
