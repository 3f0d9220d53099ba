"""Today: what asks for an answer first, drafts as few lines, and what can wait until tomorrow."""

from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app import today as today_module
from app.workspace import Workspace
from local_db.tables import records
from tests.inside import inside
from tests.window import find_button, message, shown, words_on
from ui.shell import MainWindow
from ui.theme import theme
from ui.today.lines import ANSWER, GO_ON


def asks(desk: Workspace, *numbers: int) -> None:
    store = inside(desk).store
    for number in numbers:
        fields = {"account_id": f"t-{number}", "name": f"Asker {number}", "country": "EL", "state": "asks_you"}
        with store.transaction():
            records.accept(store, "account:t-me", [records.ServerRow("contact", f"t-me--t-{number}", number, fields)])


def titles(page, group: str) -> list[str]:
    return [row.accessibleName() for row in shown(page.groups[group], QPushButton)]


def test_who_waits_stands_first_and_is_counted(window: MainWindow, desk: Workspace) -> None:
    asks(desk, 21, 22)
    page = window.page("today")
    assert page.subtitle.text().endswith("2 people are waiting for you.")
    assert "Accept: Asker 21 would like to be your contact" in titles(page, ANSWER)
    main = [one for one in shown(page, QPushButton) if one.property("role") == "main"]
    assert len(main) == 1, "one filled button a page"


def test_one_line_is_as_high_as_its_words(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    asks(desk, 23)
    page = window.page("today")
    (line,) = page.groups[ANSWER].rows
    qtbot.waitUntil(lambda: 0 < line.height() <= theme.px(72))


def test_many_drafts_are_three_lines_that_unfold(window: MainWindow, desk: Workspace) -> None:
    for _number in range(12):
        desk.projects.create()
    page = window.page("today")
    assert len(list(page.groups[GO_ON].rows)) == 3
    find_button(page, "All 12 drafts").click()
    assert len(list(page.groups[GO_ON].rows)) == 12
    page.refresh()
    assert len(list(page.groups[GO_ON].rows)) == 12, "what was unfolded stays so"
    find_button(page, "Show fewer").click()
    assert len(list(page.groups[GO_ON].rows)) == 3


def test_a_draft_is_opened_by_its_line(window: MainWindow, desk: Workspace) -> None:
    project = desk.projects.create()
    page = window.page("today")
    find_button(page, "Open: Draft “Untitled”").click()
    assert window.current_name() == "projects"
    assert window.page("projects")._current.id == project


def test_more_than_four_requests_wait_behind_show_all(window: MainWindow, desk: Workspace) -> None:
    asks(desk, *range(30, 37))
    page = window.page("today")
    assert len(list(page.groups[ANSWER].rows)) == 4
    find_button(page, "Show all 7").click()
    assert len(list(page.groups[ANSWER].rows)) == 7


def test_a_request_that_was_answered_is_gone_at_once_and_back_with_the_undo(
    window: MainWindow, desk: Workspace
) -> None:
    asks(desk, 71)
    page = window.page("today")
    find_button(page, "Accept: Asker 71 would like to be your contact").click()
    assert "Asker 71" not in words_on(page)
    window.undo()
    assert "Asker 71" in words_on(page)


def test_later_puts_off_until_tomorrow_and_can_be_taken_back(window: MainWindow, desk: Workspace) -> None:
    asks(desk, 41, 42)
    page = window.page("today")
    find_button(page, "Later: Asker 41 would like to be your contact").click()
    assert "Asker 41" not in words_on(page) and "Asker 42" in words_on(page)
    assert "1 thing put off until tomorrow" in words_on(page) and message(window) == "Put off until tomorrow"
    window.undo()
    assert "Asker 41" in words_on(page)
    find_button(page, "Later: Asker 41 would like to be your contact").click()
    find_button(page, "Show").click()
    assert "Asker 41" in words_on(page) and "put off" not in words_on(page)


@pytest.mark.parametrize("days", [1, -4_000, 9_000])
def test_what_was_put_off_is_back_on_any_other_day_by_whatever_clock(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    asks(desk, 51)
    (item,) = desk.today.items()
    desk.today.put_off(item)
    assert desk.today.waiting().now == [] and desk.today.waiting().put_off == [item]

    class Another(date):
        @classmethod
        def today(cls) -> date:
            return date.today() + timedelta(days=days)

    monkeypatch.setattr(today_module, "date", Another)
    assert desk.today.waiting().now == [item]
    desk.today.put_off(item)
    assert desk.today.waiting().put_off == [item]


def test_the_column_at_the_side_goes_below_where_the_window_is_narrow(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    asks(desk, 61)
    desk.projects.create()
    page = window.page("today")
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: not page._columns.narrow)
    window.resize(900, 560)
    qtbot.waitUntil(lambda: page._columns.narrow)
    assert page.groups[GO_ON].isVisible()
