"""Ctrl+K: whatever has a name on this computer is found by a few letters, grouped, and gone to."""

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from tests.inside import inside
from tests.window import find_button, message, words_on
from ui import capabilities
from ui.actions import Finder
from ui.command_search import MOST, CommandSearch
from ui.shell import MainWindow
from ui.widgets.beside_delegate import TITLE


@pytest.fixture
def titled(desk: Workspace, tmp_path) -> dict[str, str]:
    made = {}
    for title in ("Su hikâyeleri: dağdan denize", "Ihlamur ağacı", "Солнце и вода"):
        made[title] = desk.projects.create()
        desk.projects.open(made[title]).set_fields({"title": title})
    work = desk.pupil_work
    class_id = work.add_class("6-A")
    pupil = work.add_pupil(class_id, "Işıl Şimşek")
    work.add_pupil(work.add_class("7-B"), "Ömer Çelik")
    for name in ("Deniz şiiri.txt", "Dalga.txt"):
        (tmp_path / name).write_text(name, "utf-8")
        made[name] = work.take_in(pupil, tmp_path / name)
    return made


@pytest.fixture
def search(qtbot: QtBot, window: MainWindow, titled: dict[str, str]) -> Iterator[CommandSearch]:
    made = dialog(window, capabilities.finders(window))
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def dialog(window: MainWindow, finders: list[Finder]) -> CommandSearch:
    return CommandSearch(window._actions.entries(), finders, window.workspace.search.later, window)


def type_in(qtbot: QtBot, search: CommandSearch, typed: str) -> dict[str, list[str]]:
    """What is found for the words, by group."""
    search.line.setText(typed)
    qtbot.waitUntil(lambda: "Looking" not in search.state.text())
    return groups(search)


def groups(search: CommandSearch) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in (search.list.item(row) for row in range(search.list.count())):
        if item.data(TITLE):
            found[item.text()] = []
        elif item.text():
            found[next(reversed(found))].append(item.text())
    return found


def go(search: CommandSearch, text: str) -> None:
    [item] = search.list.findItems(text, Qt.MatchFlag.MatchExactly)
    search.list.setCurrentItem(item)
    search._do()


@pytest.mark.parametrize(
    "typed, group, expected",
    [
        ("hikaye dag", "Projects", "Su hikâyeleri: dağdan denize"),
        ("IHLAMUR", "Projects", "Ihlamur ağacı"),
        ("ıhlamur", "Projects", "Ihlamur ağacı"),
        ("solntse", "Projects", "Солнце и вода"),
        ("солн", "Projects", "Солнце и вода"),
        ("nikos", "Contacts", "Νίκος Δημητρίου"),
        ("νικος", "Contacts", "Νίκος Δημητρίου"),
        ("ipek", "Teachers", "İpek Işık"),
        ("isil simsek", "Pupils", "Işıl Şimşek"),
        (unicodedata.normalize("NFD", "Şimşek"), "Pupils", "Işıl Şimşek"),
        ("omer", "Pupils", "Ömer Çelik"),
        ("deniz siiri", "Works", "Deniz şiiri"),
        ("text siz", "Settings", "Text size"),
        ("dark", "Settings", "Colours: light or dark"),
        ("find a partner", "Help", "Find a partner"),
        ("new proj", "Commands", "New project"),
    ],
)
def test_a_thing_is_found_however_its_name_is_typed(
    qtbot: QtBot, search: CommandSearch, typed: str, group: str, expected: str
) -> None:
    assert expected in type_in(qtbot, search, typed)[group]


def test_what_is_chosen_is_shown_on_its_page(
    qtbot: QtBot, window: MainWindow, search: CommandSearch, titled: dict[str, str]
) -> None:
    def find(typed: str, text: str) -> None:
        search.show()
        type_in(qtbot, search, typed)
        go(search, text)

    find("ihlamur", "Ihlamur ağacı")
    projects = window._pages["projects"]
    assert window.current_name() == "projects" and projects.form.editors["title"].text() == "Ihlamur ağacı"
    find("omer", "Ömer Çelik")
    works = window._pages["pupil_work"]
    assert works.classes.currentText() == "7-B" and works.pupils.currentItem().text().startswith("Ömer Çelik")
    find("deniz siir", "Deniz şiiri")
    assert works.classes.currentText() == "6-A" and works.works.chosen_key() == titled["Deniz şiiri.txt"]
    find("ipek", "İpek Işık")
    partners = window._pages["partners"]
    qtbot.waitUntil(lambda: partners._shown is not None and not partners._settle_timer.isActive())
    qtbot.waitUntil(lambda: "İpek Işık" in words_on(partners.profile))
    find("text size", "Text size")
    assert window.current_name() == "settings" and window.focusWidget().accessibleName() == "Text size"
    find("address", "Address of the platform")
    assert window.focusWidget().text() in ("Sign out", "Sign in to the platform")  # a teacher's address stays
    find("catch", "Catch up")
    assert window.focusWidget() is find_button(window._pages["help"], "Show me: Catch up")
    assert message(window) == ""


def test_nothing_found_is_said_with_what_one_can_do(qtbot: QtBot, window: MainWindow, search: CommandSearch) -> None:
    found = type_in(qtbot, search, "zzyzx")
    assert search.state.isVisible() and "Nothing here begins with “zzyzx”" in search.state.text()
    assert list(found) == ["Search further"]
    go(search, "Search the partner posts for “zzyzx”")
    assert window.current_name() == "posts" and window._pages["posts"].line.text() == "zzyzx"
    search.show()
    go(search, "Search all teachers for “zzyzx”")
    assert window.current_name() == "partners" and window._pages["partners"].line.text() == "zzyzx"


def test_a_group_shows_eight_and_says_that_there_are_more(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    class_id = desk.pupil_work.add_class("6-A")
    for number in range(12):
        desk.pupil_work.add_pupil(class_id, f"Zeynep {number:02}")
    search = dialog(window, capabilities.finders(window))
    search.show()
    assert type_in(qtbot, search, "zeynep")["Pupils"] == [f"Zeynep {n:02}" for n in range(MOST)]
    said = [search.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(search.list.count())]
    assert "There are more: type another word." in said


def test_the_arrow_keys_pass_over_the_titles(qtbot: QtBot, window: MainWindow, search: CommandSearch) -> None:
    type_in(qtbot, search, "de")
    reached = []
    for _press in range(search.list.count()):
        reached.append(search.list.currentItem().text())
        qtbot.keyClick(search.line, Qt.Key.Key_Down)
    titles = {*groups(search)}
    assert "Deniz şiiri" in reached and not titles & set(reached)


def test_what_is_typed_on_overtakes_what_is_still_looked_for(
    qtbot: QtBot, window: MainWindow, desk: Workspace, titled: dict[str, str]
) -> None:
    waiting: list[Callable[[], object]] = []
    search = CommandSearch([], capabilities.finders(window), waiting.append, window)
    search.show()
    search.line.setText("ihlamur")
    search.line.setText("dalga")
    for work in waiting:  # in the order they were asked, as the thread would
        work()
    assert "Ihlamur ağacı" not in str(groups(search)) and groups(search)["Works"] == ["Dalga"]
    search.line.setText("ihlamur")
    search.close()
    search.deleteLater()
    waiting[-1]()


def test_a_damaged_directory_hides_nothing_else(qtbot: QtBot, window: MainWindow, titled: dict[str, str]) -> None:
    def broken(_typed: str, _most: int) -> list[object]:
        raise OSError("directory.db")

    search = dialog(window, [Finder("Broken", broken), *capabilities.finders(window)])
    search.show()
    assert type_in(qtbot, search, "ihlamur")["Projects"] == ["Ihlamur ağacı"]
    assert "Not everything could be searched now" in search.state.text()


def test_what_is_in_the_bin_is_not_found(
    qtbot: QtBot, search: CommandSearch, desk: Workspace, titled: dict[str, str]
) -> None:
    desk.pupil_work.remove(titled["Dalga.txt"])
    desk.projects.delete(titled["Ihlamur ağacı"])
    assert "Works" not in type_in(qtbot, search, "dalga")
    assert "Projects" not in type_in(qtbot, search, "ihlamur")


def test_no_search_reads_in_the_windows_thread(
    qtbot: QtBot, search: CommandSearch, desk: Workspace, monkeypatch
) -> None:
    import threading

    store, where = inside(desk).store, set()
    ask = store.sql

    def sql(*args):
        where.add(threading.current_thread() is threading.main_thread())
        return ask(*args)

    monkeypatch.setattr(store, "sql", sql)
    type_in(qtbot, search, "deniz")
    assert where == {False}
