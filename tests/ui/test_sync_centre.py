"""The sync centre tells what kept a part of the sync from its end, what cannot be read, and what to report."""

import time

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from i18n.formats import clock
from local_db.tables import records
from sync.status import StageTrouble
from tests.inside import inside
from tests.window import find_button, words_on
from ui.shell import MainWindow
from ui.sync_centre.report import ReportDialog, report


def test_parts_that_failed_and_a_wait_are_told_in_the_page_and_at_the_pill(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    centre, until = window.page("sync_centre"), time.time() + 300
    troubles = (StageTrouble("files", "disk_full"), StageTrouble("vocabularies", "dns"))
    inside(desk).service._board.change(state="idle", code="", troubles=troubles, wait_until=until)
    wait = f"The platform asks to wait until {clock(until)}."
    qtbot.waitUntil(lambda: wait in words_on(centre))
    said = words_on(centre)
    assert "Files: The disk is full." in said and "Lists: The platform's address is not known" in said
    assert wait in window.pill.toolTip() and "Files: The disk is full." in window.pill.toolTip()
    inside(desk).service._board.change(troubles=(), wait_until=None)
    qtbot.waitUntil(lambda: window.pill.toolTip() == "")
    assert "Files:" not in words_on(centre)


def test_what_this_version_cannot_read_is_counted(window: MainWindow, desk: Workspace) -> None:
    odd = [records.ServerRow("contact", name, 1, {"state": "of later"}, unreadable=True) for name in ("one", "two")]
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, "account:t-me", odd)
    assert desk.sync_centre.unreadable() == 2
    centre = window.page("sync_centre")
    assert "2 entries from others cannot be read by this version; they are kept." in words_on(centre)


def test_a_report_tells_places_and_no_personal_word(window: MainWindow, desk: Workspace) -> None:
    desk.projects.open(desk.projects.create()).set_fields({"title": "Secret water"})
    try:
        raise ValueError("Secret water of Işıl")
    except ValueError as error:
        inside(desk).service._problems.note("files", error)
    inside(desk).service._board.change(state="trouble", code="program", detail="https://isil@example.org/secret")
    text = report(desk.sync_centre)
    assert "ValueError, during files: 1 times" in text and "tests.ui.test_sync_centre:" in text
    assert "state: trouble program" in text
    assert not any(word in text for word in ("Secret", "Işıl", "isil", "example.org"))


def test_the_report_is_shown_before_it_is_copied(
    qtbot: QtBot, window: MainWindow, desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def read(dialog: ReportDialog) -> None:
        dialog.show()
        assert "no names and no texts of yours" in words_on(dialog)
        find_button(dialog, "Copy").click()
        assert "Copied." in words_on(dialog)
        seen.append(dialog.text.text())
        find_button(dialog, "Close").click()

    monkeypatch.setattr(ReportDialog, "exec", read)
    find_button(window.page("sync_centre"), "Report a problem…").click()
    window.do("report")
    assert len(seen) == 2 and seen[0].startswith("TwinDesk on ") and QApplication.clipboard().text() == seen[1]


def test_who_declined_and_who_was_declined_is_said(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    page, store = window.page("partners"), inside(desk).store
    qtbot.waitUntil(lambda: page._model.rowCount() == 4)
    page.list.setCurrentIndex(page._model.index(page._model.row_of("t-3")))
    said = {
        "declined": ("You declined this person's request.", True),
        "was_declined": ("This person declined your request.", False),
    }
    for revision, (state, (sentence, may_ask)) in enumerate(said.items(), start=1):
        fields = {"account_id": "t-3", "name": "İpek Işık", "country": "TR", "state": state}
        with store.transaction():
            records.accept(store, "account:t-me", [records.ServerRow("contact", "t-me--t-3", revision, fields)])
        page.profile.show_partner(desk.partners.get("t-3"))
        qtbot.waitUntil(lambda text=sentence: text in words_on(page.profile))
        qtbot.waitUntil(lambda may=may_ask: ("Ask to be a contact" in words_on(page.profile)) is may)
