"""What can be measured of the look: contrast, nothing cut off, names for screen readers, reachable by keys."""

import itertools
from contextlib import suppress

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QIcon, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollArea,
    QTableView,
    QWidget,
)
from pytestqt.exceptions import TimeoutError as QtBotTimeoutError
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from i18n import use_language
from tests.inside import inside
from tests.platform import DRAFT
from tests.window import furnish, shown
from ui import tokens
from ui.shell import MainWindow
from ui.start.program import show_window
from ui.theme import theme
from ui.widgets.check_line import CheckLine
from ui.widgets.number_field import NumberField

PAGES = ("today", "projects", "partners", "posts", "pupil_work", "sync_centre", "profile", "bin", "settings", "help")


@pytest.mark.parametrize("look", ["LIGHT", "DARK"])
def test_every_text_pair_has_contrast(look: str) -> None:
    colours = getattr(tokens, look)
    poor = {
        pair: round(found, 2)
        for pair in tokens.TEXT_PAIRS
        if (found := tokens.contrast(colours[pair[0]], colours[pair[1]])) < 4.5
    }
    assert poor == {}
    assert tokens.contrast(colours["edge"], colours["surface"]) >= 3  # borders of fields: WCAG 2.2, 1.4.11
    assert all(tokens.contrast("#FFFFFF", colour) >= 4.5 for colour in tokens.AVATARS)


def test_contrast_is_that_of_wcag() -> None:
    assert tokens.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert tokens.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.fixture
def full_window(qtbot: QtBot, desk: Workspace, tmp_path):
    furnish(desk)
    project = desk.projects.create()
    desk.projects.open(project).set_fields(
        {**DRAFT, "title": "Su hikâyeleri: dağdan denize, karla ve tuzla bir yolculuk"}
    )
    desk.projects.write_journal(project, "We met online today.")
    tasks, _undo = desk.task_lists.create(project, "October: first measurements")
    desk.task_lists.add(tasks, "Ask the harbour master for the salt of the last ten years", "Nikos", "2027-05-31")
    desk.task_lists.delete(desk.task_lists.create(project, "An old list")[0])
    work = desk.pupil_work
    pupil = work.add_pupil(work.add_class("6-A"), "Zeynep Nazlıcan Karaosmanoğlu")
    (tmp_path / "story.txt").write_text("Karın altındaki su", "utf-8")
    work.take_in(pupil, tmp_path / "story.txt")
    made = show_window(desk)
    made.setMaximumSize(1366, 768)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    qtbot.waitExposed(made)
    yield made
    inside(desk).service.stop()
    made.change_look("light", 100)
    made.close()
    use_language("en")


@pytest.mark.parametrize("language, scale", itertools.product(("en", "tr"), (100, 150, 200)))
def test_nothing_is_cut_off_at_1366_by_768(qtbot: QtBot, full_window: MainWindow, language: str, scale: int) -> None:
    full_window.change_language(language)
    full_window.change_look("light", scale)
    cut = []
    for name in PAGES:
        full_window.go(name)
        pages = [full_window._pages[name]]
        for tab in range(4 if name == "projects" else 1):
            if name == "projects":
                pages[0].tabs.setCurrentIndex(tab)
            qtbot.wait(30)
            with suppress(QtBotTimeoutError):  # what comes from a thread is given its place a moment later
                qtbot.waitUntil(lambda: not _cut_off(full_window), timeout=5_000)
            cut += [f"{name}/{tab}: {text}" for text in _cut_off(full_window)]
    assert cut == []
    assert full_window.width() <= 1366


@pytest.mark.parametrize("language", ["en", "tr"])
def test_nothing_must_be_moved_sideways_in_the_smallest_window_with_the_largest_text(
    qtbot: QtBot, full_window: MainWindow, language: str
) -> None:
    full_window.change_language(language)
    full_window.change_look("light", 200)
    full_window.resize(900, 560)
    for name in PAGES:
        full_window.go(name)
        with suppress(QtBotTimeoutError):
            qtbot.waitUntil(lambda: not _too_wide(full_window), timeout=5_000)
        assert _too_wide(full_window) == [], name


def _too_wide(window: MainWindow) -> list[str]:
    areas = [area for area in window.findChildren(QScrollArea) if area.isVisible() and area.widget()]
    wide = [area for area in areas if area.widget().width() > area.viewport().width()]
    return [f"{area.widget().width()} in {area.viewport().width()}" for area in wide]


def _cut_off(window: MainWindow) -> list[str]:
    found = []
    for widget in shown(window):
        text = widget.text() if isinstance(widget, QAbstractButton | QLabel) and not hasattr(widget, "_whole") else ""
        metrics = widget.fontMetrics()
        if not text:
            continue
        if isinstance(widget, QAbstractButton):
            cut = widget.width() < widget.minimumSizeHint().width() - 2 or widget.height() < metrics.height()
        elif widget.wordWrap():
            cut = widget.height() < widget.heightForWidth(widget.width()) - 4
        else:
            cut = widget.width() < metrics.horizontalAdvance(text) - 2
        if cut:
            found.append(text)
    return found


def test_digits_have_room_and_the_wheel_over_a_number_scrolls_the_page(qtbot: QtBot, qapp: QApplication) -> None:
    field = NumberField("Pupils", 0, 100)
    qtbot.addWidget(field)
    field.show()
    assert field.lineEdit().textMargins().left() >= theme.px(8) and field.accessibleName() == "Pupils"
    turned = QWheelEvent(
        QPointF(5, 5),
        field.mapToGlobal(QPointF(5, 5)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    qapp.sendEvent(field, turned)
    assert field.value() == 0


def test_a_screen_reader_hears_a_name_for_everything(qtbot: QtBot, full_window: MainWindow) -> None:
    silent = []
    for name in PAGES:
        full_window.go(name)
        qtbot.wait(30)
        for widget in shown(full_window):
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
                continue
            if isinstance(widget, QAbstractButton):
                spoken = widget.accessibleName() or widget.text()
            elif isinstance(widget, QLineEdit | QPlainTextEdit | QComboBox | QListView | QTableView):
                spoken = widget.accessibleName()
            else:
                continue
            if (
                not spoken
                and not isinstance(widget.parent(), QComboBox)
                and type(widget.parent()).__name__ != "QSpinBox"
            ):
                silent.append(f"{name}: {type(widget).__name__} {widget.objectName()}")
    assert silent == []


def test_the_whole_page_is_reached_by_tab(qtbot: QtBot, full_window: MainWindow) -> None:
    full_window.go("projects")
    full_window.activateWindow()
    wanted = {f"field-{name}" for name in DRAFT if name not in ("languages", "subjects")}
    reached: set[str] = set()
    full_window.setFocus()
    for _press in range(90):
        focused = QApplication.focusWidget()
        if focused is not None:
            reached.add(focused.objectName())
            if isinstance(focused.parent(), QWidget):
                reached.add(focused.parent().objectName())
        full_window.focusNextChild()
    assert wanted <= reached


def test_buttons_are_large_enough_to_hit(qtbot: QtBot, full_window: MainWindow) -> None:
    small = []
    for name in PAGES:
        full_window.go(name)
        qtbot.wait(20)
        small += [
            widget.text()
            for widget in shown(full_window, QAbstractButton)
            if type(widget).__name__ == "QPushButton" and widget.height() < 24
        ]
    assert small == []


def test_a_disabled_button_keeps_its_icon(qtbot: QtBot, full_window: MainWindow) -> None:
    for look in ("light", "dark"):
        full_window.change_look(look, 100)
        size = QSize(32, 32)
        drawn = theme.icon("plus", "on_accent").pixmap(size, QIcon.Mode.Disabled).toImage()
        seen = {
            drawn.pixelColor(x, y).name() for x in range(32) for y in range(32) if drawn.pixelColor(x, y).alpha() == 255
        }
        assert seen == {theme.colour("muted").name()}


def test_a_click_on_the_words_beside_a_box_ticks_it(qtbot: QtBot) -> None:
    line, told = CheckLine("My profile may be kept"), []
    qtbot.addWidget(line)
    line.clicked.connect(told.append)
    line.resize(120, 80)
    line.show()
    words = line.findChild(QLabel)
    qtbot.mouseClick(words, Qt.MouseButton.LeftButton)
    qtbot.keyClick(line.box, Qt.Key.Key_Space)
    qtbot.mouseClick(words, Qt.MouseButton.RightButton)
    assert told == [True, False] and not line.isChecked()
    assert line.minimumSizeHint().width() < words.fontMetrics().horizontalAdvance(words.text())
