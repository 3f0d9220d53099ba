"""Lists that can grow are searched, put in order and narrowed; what is shown beside them stays."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db.tables import outbox, records
from tests.inside import inside
from tests.window import shown, words_on
from ui.shell import MainWindow
from ui.widgets.choose_dialog import Choice, ChooseDialog
from ui.widgets.filter_bar import FilterBar
from ui.widgets.item_list import KEY

TITLES = ("Çay bahçesi", "Su", "Ihlamur", "Deniz", "Ağaç", "Buz", "Kar", "İpek yolu")


@pytest.fixture
def projects(window: MainWindow, desk: Workspace):
    for title in TITLES:
        desk.projects.open(desk.projects.create()).set_fields({"title": title})
    window.go("projects")
    return window._pages["projects"]


def listed(page) -> list[str]:
    return [page.list.item(row).text().split("\n")[0] for row in range(page.list.count())]


def choose(box, data: str) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_projects_are_searched_sorted_and_narrowed_while_the_shown_one_stays(
    qtbot: QtBot, projects, desk: Workspace
) -> None:
    before = projects.form.draft.project_id
    projects.filter.line.setText("ihl")
    assert listed(projects) == ["Ihlamur"] and projects.form.draft.project_id == before
    projects.list.setCurrentRow(0)
    assert projects.form.editors["title"].text() == "Ihlamur"
    projects.filter.line.setText("zzz")
    assert listed(projects) == [] and "No project fits" in words_on(projects)
    assert projects.form.editors["title"].text() == "Ihlamur" and projects.form.isVisible()
    projects.filter.clear()
    choose(projects.filter.orders, "title")
    assert listed(projects) == sorted(
        TITLES, key=["Ağaç", "Buz", "Çay bahçesi", "Deniz", "Ihlamur", "İpek yolu", "Kar", "Su"].index
    )
    choose(projects.filter.kinds, "closed")
    assert listed(projects) == [] and "No project fits" in words_on(projects)
    projects.refresh()
    assert projects.form.editors["title"].text() == "Ihlamur"


def test_projects_are_found_by_their_partner(qtbot: QtBot, projects, desk: Workspace) -> None:
    project = desk.projects.overview()[0].id
    fields = {
        "state": "draft",
        "founder_id": "t-me",
        "founder_name": "Işıl",
        "cofounder_id": "t-1",
        "cofounder_name": "Νίκος",
    }
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, f"project:{project}", [records.ServerRow("project", project, 1, fields)])
    projects.refresh()
    projects.filter.line.setText("nikos")
    assert projects.list.count() == 1 and projects.list.item(0).data(KEY) == project


def test_a_few_projects_need_no_search(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    desk.projects.create()
    window.go("projects")
    assert not window._pages["projects"].filter.isVisible()


def test_the_bin_is_searched_and_narrowed(qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path) -> None:
    for title in TITLES:
        project = desk.projects.create()
        desk.projects.open(project).set_fields({"title": title})
        desk.projects.delete(project)
    pupil = desk.pupil_work.add_pupil(desk.pupil_work.add_class("6-A"), "Zeynep")
    (tmp_path / "Deniz şiiri.txt").write_text("su", "utf-8")
    desk.pupil_work.remove(desk.pupil_work.take_in(pupil, tmp_path / "Deniz şiiri.txt"))
    window.go("bin")
    page = window._pages["bin"]
    page.filter.line.setText("deniz")
    assert len(page.rows.keys()) == 2
    page.filter._choose("work")
    assert [row._item.kind for row in page.rows] == ["work"]
    page.filter.line.setText("zzz")
    assert "Nothing in the bin fits" in words_on(page)
    page.filter.clear()
    assert len(page.rows.keys()) == len(TITLES) + 1


def test_works_are_searched(qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path) -> None:
    class_id = desk.pupil_work.add_class("6-A")
    pupil = desk.pupil_work.add_pupil(class_id, "Işıl")
    for title in TITLES:
        (tmp_path / f"{title}.txt").write_text(title, "utf-8")
        desk.pupil_work.take_in(pupil, tmp_path / f"{title}.txt")
    window.go("pupil_work")
    page = window._pages["pupil_work"]
    page.search.line.setText("ihlamur")
    assert page.works.count() == 1
    page.search.line.setText("zzz")
    assert page._nothing["search"].isVisible() and page.search.isVisible()
    page.search.clear()
    assert page.works.count() == len(TITLES)


def test_the_chips_become_a_box_where_there_is_no_room(qtbot: QtBot) -> None:
    bar = FilterBar("Search", orders=(("Newest", "new"),), kinds=(("All", ""), ("Drafts", "draft")))
    qtbot.addWidget(bar)
    bar.resize(900, 90)
    bar.show()
    qtbot.waitUntil(lambda: bar._chips[1].isVisible() and not bar.kinds.isVisible())
    bar._chips[1].click()
    assert bar.only == "draft" and [chip.isChecked() for chip in bar._chips] == [False, True]
    bar.resize(260, 90)
    qtbot.waitUntil(lambda: bar.kinds.isVisible() and not bar._chips[1].isVisible())
    assert bar.kinds.currentData() == "draft"


@pytest.fixture
def answered() -> Iterator[list[str]]:
    """What is typed into the next dialog, which is then accepted."""
    typed: list[str] = []
    timer = QTimer()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ChooseDialog):
            timer.stop()
            dialog.line.setText(typed[0])
            dialog.accept()

    timer.timeout.connect(answer)
    timer.start(20)
    yield typed
    timer.stop()


def test_a_co_founder_is_found_among_two_hundred_contacts(
    qtbot: QtBot, window: MainWindow, desk: Workspace, answered: list[str]
) -> None:
    rows = [
        records.ServerRow(
            "contact",
            f"t-me--c-{n}",
            1,
            {"account_id": f"c-{n}", "name": f"Şule {n:03}", "country": "TR", "state": "contact"},
        )
        for n in range(200)
    ]
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, "account:t-me", rows)
    project = desk.projects.create()
    window.page("projects").show_project(project)
    answered.append("sule 150")
    window._pages["projects"].ask_whom_to_invite()
    [invitation] = outbox.commands(inside(desk).store, "invite_cofounder")
    assert invitation.body["account_id"] == "c-150"


def test_choosing_says_when_nobody_has_the_name_and_can_be_left(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ChooseDialog("Invite", "Search", "Invite", [Choice("1", "İpek Işık", "Türkiye")], window)
    dialog.show()
    dialog.line.setText("turk")
    assert dialog.list.count() == 1
    dialog.line.setText("zz")
    assert not dialog.deed.isEnabled() and any(
        "Nobody of this name" in one.text() for one in shown(dialog, type(dialog._nothing))
    )
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert dialog.isVisible() and not dialog.chosen
    dialog.reject()
    assert dialog.result() == QDialog.DialogCode.Rejected
