"""Where the window is small for the size of the text, one panel is seen at a time, whole, with the names of all above."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from ui.shell import MainWindow
from ui.widgets.panels import Panels


def seen(panels: Panels) -> list[str]:
    return [panel.name for panel in panels._panels if panel.widget.isVisible()]


def test_large_text_shows_one_panel_whole_and_what_is_chosen_in_the_next(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "Su hikâyeleri"})
    window.change_look("light", 200)
    window.resize(900, 560)
    page = window.page("projects")
    (panels,) = [one for one in page.findChildren(Panels) if one.isVisibleTo(page) and one.parent() is page]
    qtbot.waitUntil(lambda: seen(panels) == ["Projects"])
    widget = panels._panels[0].widget
    assert widget.mapTo(window, widget.rect().topRight()).x() < window.width()
    (item,) = [page.list.visualItemRect(page.list.item(row)) for row in range(page.list.count())]
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=item.center())
    qtbot.waitUntil(lambda: seen(panels) == ["This project"])
    bar = panels.findChild(QTabBar)
    assert bar.hasFocus() and bar.tabText(bar.currentIndex()) == "This project"
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert seen(panels) == ["Projects"]
    window.change_look("light", 100)
    window.resize(1366, 768)
    page = window.page("projects")
    (panels,) = [one for one in page.findChildren(Panels) if one.parent() is page]
    qtbot.waitUntil(lambda: seen(panels) == ["Projects", "This project"])


def test_the_pill_never_lies_over_the_title(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    desk.projects.create()
    for scale, size in ((200, (900, 560)), (150, (900, 560)), (100, (1366, 768))):
        window.change_look("light", scale)
        window.resize(*size)
        for name in ("posts", "pupil_work", "projects"):
            page = window.page(name)
            qtbot.waitUntil(page.isVisible)
            end = page.title.mapTo(window, page.title.rect().topLeft()).x()
            end += page.title.fontMetrics().horizontalAdvance(page.title.text())
            qtbot.waitUntil(
                lambda end=end: window.pill.mapTo(window, window.pill.rect().topLeft()).x() >= end, timeout=5_000
            )
            assert window.pill.accessibleName() and (len(window.pill.text()) > 1 or window.pill.toolTip())
    window.change_look("light", 100)
