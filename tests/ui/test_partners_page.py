"""The partners page beyond the search line: order, match, map, comparison, what is kept, and the directory's download."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db.directory import index
from local_db.errors import BusyError, DiskFullError
from local_db.tables import settings
from tests.inside import inside
from tests.platform import AYSE, DRAFT, Computer, RunningPlatform
from tests.window import find_button, message, teacher, words_on
from ui.partners.directory import DirectoryDialog
from ui.partners.keeping import save_table
from ui.partners.map import PartnerMap
from ui.partners.page import PartnersPage
from ui.shell import MainWindow
from ui.start.program import show_window


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> PartnersPage:
    found = window.page("partners")
    qtbot.waitUntil(lambda: found._model.rowCount() == 4)
    return found


def names(page: PartnersPage) -> list[str]:
    return [page._model.index(n).data() for n in range(page._model.rowCount())]


def choose(box: QComboBox, data: object) -> None:
    place = next(n for n in range(box.count()) if box.itemData(n) == data or tuple(box.itemData(n) or ()) == data)
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_a_draft_ranks_everyone_and_says_why(
    qtbot: QtBot, window: MainWindow, desk: Workspace, page: PartnersPage
) -> None:
    project = desk.projects.create()
    desk.projects.open(project).set_fields({**DRAFT, "title": "Water stories", "languages": ["en"]})
    page.refresh()
    choose(page.sort, ("fit", project))
    qtbot.waitUntil(lambda: page._model.rowCount() == 4 and names(page)[0] == "Νίκος Δημητρίου")
    page.list.setCurrentIndex(page._model.index(0))
    qtbot.waitUntil(lambda: "Fits well" in words_on(page.profile))
    reasons = ("teaches one of your subjects", "a new country")  # the profile may be shown anew between two looks
    qtbot.waitUntil(lambda: (text := words_on(page.profile)) and all(reason in text for reason in reasons))
    page.list.setCurrentIndex(page._model.index(3))  # own country, another age
    qtbot.waitUntil(lambda: "points:" in words_on(page.profile) and "Fits well" not in words_on(page.profile))
    desk.partners.weigh("subject", 0)
    fit = desk.partners.fit(desk.partners.get("t-1"), project)
    assert "subject" not in fit.reasons and fit.points <= fit.best


def test_the_map_counts_and_filters_by_click_and_by_key(qtbot: QtBot, page: PartnersPage) -> None:
    find_button(page, "Map").click()
    assert page._middle.currentWidget() is page.map
    qtbot.waitUntil(lambda: page.map.text_of("EL") == "Greece: 2 teachers")
    where = page.map._transform().map(next(label for name, _path, label in _shapes() if name == "TR"))
    assert page.map.country_at(where) == "TR"
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=where.toPoint())
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)
    assert find_button(page, "Remove the filter Türkiye")
    page._clear()
    qtbot.waitUntil(lambda: page._model.rowCount() == 4)
    qtbot.waitUntil(lambda: page.map.text_of("EL") == "Greece: 2 teachers")
    qtbot.keyClick(page.map, Qt.Key.Key_Right)
    assert page.map.accessibleName().startswith("Greece: 2 teachers")
    qtbot.keyClick(page.map, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._model.rowCount() == 2)


def _shapes() -> list:
    from ui.partners.map import shapes

    return shapes()[0]


def test_every_country_of_the_list_is_on_the_map() -> None:
    from app.rules import vocabularies

    assert set(vocabularies.get("countries").ids) <= {name for name, _path, _label in _shapes()}
    assert PartnerMap is not None


def test_up_to_four_are_compared(qtbot: QtBot, page: PartnersPage) -> None:
    for number in range(2):
        page.list.setCurrentIndex(page._model.index(number))
        find_button(page.profile, f"Compare ({number}/4)").click()
    assert find_button(page.profile, "Compare 2 teachers")
    dialog = page.compare()
    qtbot.addWidget(dialog)
    dialog.show()
    said = words_on(dialog)
    assert names(page)[0] in said and names(page)[1] in said and "School type" in said
    find_button(page.profile, "Leave out").click()
    assert len(page._compared) == 1


def test_a_saved_search_tells_of_new_people(qtbot: QtBot, desk: Workspace, page: PartnersPage) -> None:
    page.line.setText("water")
    qtbot.waitUntil(lambda: page._model.rowCount() == 2)
    page.saved.save("Water people")
    assert desk.keeping.new_people() == {desk.keeping.saved_searches()[0].id: 0}
    index.apply_delta(
        inside(desk).directory_db,
        "IE",
        "other",
        2,
        "0" * 64,
        [teacher(9, country="IE", about="Water and peat", available=False)],
        [],
    )
    desk.events.changed({"partners"})  # as a sync does
    qtbot.waitUntil(lambda: page.saved.button.text() == "Saved searches (1 new)")
    assert [(i.name, i.person) for i in desk.today.items() if i.kind == "new_people"] == [("Water people", "1")]
    opened = next(action for action in page.saved.menu().findChildren(QAction) if "Water people" in action.text())
    opened.trigger()
    qtbot.waitUntil(lambda: page._model.rowCount() == 3 and page.saved.button.text() == "Saved searches")
    assert not [i for i in desk.today.items() if i.kind == "new_people"]


def test_a_refused_part_is_told_and_can_be_tried_again(qtbot: QtBot, desk: Workspace, page: PartnersPage) -> None:
    settings.put(inside(desk).store, "directory_refused", {"EL-available-0-5-abc": "EL available: damaged"})
    page.strip.refresh()
    assert "was refused" in words_on(page.strip) and find_button(page.strip, "Try again")
    assert "EL available: damaged" in page.strip.toolTip()


def test_a_misspelt_word_is_mended(qtbot: QtBot, page: PartnersPage) -> None:
    page.line.setText("watre")
    qtbot.waitUntil(lambda: "Nobody has all of these words" in words_on(page))
    find_button(page, "Search for “water”").click()
    qtbot.waitUntil(lambda: page._model.rowCount() == 2)


def test_folders_hold_the_starred_and_come_back(
    qtbot: QtBot, window: MainWindow, desk: Workspace, page: PartnersPage, monkeypatch
) -> None:
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_a, **_k: ("Science", True))
    page.put_into_folder(desk.partners.get("t-1"))
    folder = desk.keeping.folders()[0][0]
    choose(page.only, folder)
    qtbot.waitUntil(lambda: names(page) == ["Νίκος Δημητρίου"])
    page._remove_folder(folder, "Science")
    qtbot.waitUntil(lambda: page._model.rowCount() == 4)
    assert desk.keeping.folder_of("t-1") == "" and "removed" in message(window)
    window.undo()
    assert desk.keeping.folder_of("t-1") == folder


def test_the_table_is_safe_in_a_spreadsheet(desk: Workspace, window: MainWindow, tmp_path) -> None:
    rows = [teacher(7, country="IE", name='=HYPERLINK("http://x")', school="+School", town="@Town", available=False)]
    index.apply_delta(inside(desk).directory_db, "IE", "other", 2, "0" * 64, rows, [])
    desk.keeping.star("t-7", True)
    desk.keeping.keep_note("t-7", "-1+1")
    assert desk.keeping.export_csv(tmp_path / "out.csv", ["Name"]) == 1
    cells = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1]
    assert "\"'=HYPERLINK" in cells and "'+School" in cells and "'@Town" in cells and cells.endswith("'-1+1")


def test_a_reminder_stands_on_today_when_it_is_due(desk: Workspace, window: MainWindow) -> None:
    desk.keeping.remind("t-1", "2999-01-01")
    assert desk.keeping.due() == []
    desk.keeping.remind("t-1", "2026-01-01")
    assert [item.kind for item in desk.today.items()].count("remind") == 1
    desk.keeping.mark_silent("t-1", True)
    assert desk.keeping.due() == [] and desk.keeping.follow_up("t-1").silent


def test_countries_are_chosen_by_size_and_fetched(qtbot: QtBot, tmp_path, peopled: RunningPlatform, computers) -> None:
    computer: Computer = computers(peopled, AYSE)
    computer.sync()
    desk = computer.workspace
    window = show_window(desk)
    qtbot.addWidget(window)
    try:
        page = window.page("partners")
        offers = {offer.country: offer for offer in desk.directory.offers()}
        assert len(offers) >= 40 and offers["TR"].here and offers["TR"].size > 0
        dialog = DirectoryDialog(
            desk.directory.offers(), desk.directory.choice(), desk.directory.cost, desk.directory.choose, page
        )
        qtbot.addWidget(dialog)
        dialog._tick_all(Qt.CheckState.Unchecked)
        for place in range(dialog.list.count()):
            if dialog.list.item(place).data(Qt.ItemDataRole.UserRole).country in ("TR", "EL"):
                dialog.list.item(place).setCheckState(Qt.CheckState.Checked)
        dialog.available.setChecked(True)
        dialog.fetch.click()
        page.strip.fetch()
        qtbot.waitUntil(lambda: desk.partners.directory_size()[1] == 2 and not page.strip._running, timeout=10_000)
        qtbot.waitUntil(lambda: page._model.rowCount() == desk.partners.directory_size()[0])
        found = desk.partners.search(page._query)
        assert set(found.countries) == {"TR", "EL"} and found.facets["v:yes"] == found.total
        QApplication.processEvents()
    finally:
        inside(desk).service.stop()
        window.close()


def test_the_download_can_be_cancelled_from_the_strip(qtbot: QtBot, page: PartnersPage) -> None:
    page.strip._show(running=True)
    page.strip.setVisible(True)
    stop = find_button(page.strip, "Cancel")
    stop.click()
    assert page.strip.stopped.is_set() and isinstance(page.strip, QWidget)


@pytest.mark.parametrize(
    ("error", "says"), [(BusyError("x"), "Another program has that file open"), (DiskFullError("x"), "no room")]
)
def test_a_table_that_is_open_in_a_spreadsheet_says_so(
    qtbot: QtBot, desk: Workspace, window: MainWindow, tmp_path, monkeypatch, error: Exception, says: str
) -> None:
    def refused(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(tmp_path / "out.csv"), ""))
    monkeypatch.setattr("local_db.disk.write_out", refused)
    save_table(window.page("partners")._host, window)
    qtbot.waitUntil(lambda: says in message(window), timeout=10_000)
