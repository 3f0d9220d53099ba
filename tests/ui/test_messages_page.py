"""The page of messages, as the person sees it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db.errors import DiskFullError
from local_db.tables import outbox, records, settings
from local_db.tables.records import ServerRow
from tests.inside import asked, inside
from tests.window import find_button, message, words_on
from ui import capabilities
from ui.messages.page import ALL, CONTACTS, REQUESTS, UNREAD, MessagesPage
from ui.shell import MainWindow
from ui.unsaved_question import UnsavedQuestion

ME = "t-me"
LONG = "We measured the depth of the snow every morning, and the children drew what they saw. " * 12


def letter(number: int, who: str, text: str, *, mine: bool = False, name: str = "Maria Fernandes") -> ServerRow:
    names = {"from_name": "Işıl Öğretmen" if mine else name, "to_name": name if mine else "Işıl Öğretmen"}
    ends = {"from_id": ME if mine else who, "to_id": who if mine else ME}
    return ServerRow(
        "message", f"m-{number:05}--{ME}", number + 10, {**ends, **names, "text": text, "at": 1_700_000_000 + number}
    )


def contact(who: str, name: str, state: str, text: str = "") -> ServerRow:
    fields = {"account_id": who, "name": name, "country": "PT", "state": state, "text": text}
    return ServerRow("contact", f"{ME}--{who}", 5, fields)


@pytest.fixture
def receive(desk: Workspace) -> Callable[..., None]:
    """Messages and contacts come with a sync."""

    def come(*rows: ServerRow) -> None:
        with inside(desk).store.transaction():
            records.accept(inside(desk).store, f"account:{ME}", rows)
        desk.events.changed({"message", "contact"})

    return come


def names(page: MessagesPage) -> list[str]:
    return [page.list.item(number).text() for number in range(page.list.count())]


def texts(page: MessagesPage) -> list[str]:
    return [one.letter.text for one in page.view.letters.rows]


def unread(desk: Workspace, who: str) -> list[str]:
    return [one.text for one in desk.messages.letters(who, 500)[0] if one.unread]


def write(qtbot: QtBot, page: MessagesPage, text: str) -> None:
    qtbot.keyClicks(page.view.writing.field, text)


# -- reading --------------------------------------------------------------------------------


def test_read_on_today_opens_the_letter_of_who_is_not_in_the_directory(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(letter(1, "x-9", "Good morning from Porto"))
    find_button(window.page("today"), "Read").click()
    page = window.page("messages")
    assert texts(page) == ["Good morning from Porto"] and page.view._name.text() == "Maria Fernandes"
    assert "Not in the directory" in words_on(page) and not page.view.profile.isVisible()
    qtbot.waitUntil(lambda: not unread(desk, "x-9"))
    assert not [item for item in desk.today.items() if item.kind == "message"]


def test_the_newest_letter_is_in_view_and_what_was_never_in_view_stays_unread(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(*(letter(number, "x-9", f"{number} {LONG}") for number in range(20)))
    page = window.page("messages")
    qtbot.waitUntil(lambda: len(unread(desk, "x-9")) < 20)
    assert page.view.letters.in_view()[-1].text.startswith("19 ")
    left = unread(desk, "x-9")
    assert left[0].startswith("0 ") and not left[-1].startswith("19 ") and len(left) > 10
    assert page.list.chosen_value().thing.unread == len(left), "the list says how many are left"
    bar = page.view.letters.area.verticalScrollBar()
    bar.setValue(0)
    qtbot.waitUntil(lambda: not unread(desk, "x-9")[0].startswith("0 "))
    assert bar.value() == 0, "the reader stays where they are"


def test_a_letter_that_comes_while_its_conversation_is_not_shown_is_not_read(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(letter(1, "a", "Of A", name="Ana"), letter(2, "b", "Of B", name="Bo"))
    page = window.page("messages")
    assert names(page) == ["Bo", "Ana"]
    qtbot.waitUntil(lambda: not unread(desk, "b"))
    window.go("today")
    receive(letter(3, "b", "Again of B", name="Bo"))
    QTest.qWait(700)
    assert unread(desk, "b") == ["Again of B"] and unread(desk, "a") == ["Of A"]
    page = window.page("messages")
    qtbot.waitUntil(lambda: not unread(desk, "b"))
    assert unread(desk, "a") == ["Of A"] and "1 unread." in page.subtitle.text()


def test_older_letters_come_when_asked_for_and_the_reader_keeps_the_place(
    qtbot: QtBot, window: MainWindow, receive: Callable[..., None]
) -> None:
    receive(*(letter(number, "x-9", f"Letter {number}", mine=True) for number in range(5_000)))
    page = window.page("messages")
    assert len(texts(page)) == 50 and texts(page)[-1] == "Letter 4999"
    bar = page.view.letters.area.verticalScrollBar()
    bar.setValue(0)
    find_button(page, "Older messages").click()
    assert len(texts(page)) == 100 and texts(page)[0] == "Letter 4900"
    assert "Letter 4950" in [one.text for one in page.view.letters.in_view()]


def test_the_unread_ones_can_be_seen_alone_and_the_one_being_read_stays(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(
        letter(1, "a", "Of A", name="Ana"),
        letter(2, "b", "Of B", name="Bo"),
        letter(3, "c", "Own", mine=True, name="Cem"),
    )
    page = window.page("messages")
    assert names(page) == ["Cem", "Bo", "Ana"] and page.tabs.tabText(UNREAD) == "Unread 2"
    page.tabs.setCurrentIndex(UNREAD)
    assert names(page) == ["Bo", "Ana"]
    qtbot.waitUntil(lambda: not unread(desk, "b"))
    assert names(page) == ["Bo", "Ana"] and page.list.chosen_key() == "b" and unread(desk, "a")
    page.refresh()
    assert names(page) == ["Bo", "Ana"] and unread(desk, "a"), "nothing is read by itself one after another"


def test_people_and_words_are_searched(qtbot: QtBot, window: MainWindow, receive: Callable[..., None]) -> None:
    receive(letter(1, "a", "Bottles by post", name="Ayşe Güneş"), letter(2, "b", "Songs", name="João Ávila"))
    page = window.page("messages")
    for typed, expected in (("bott", ["Ayşe Güneş"]), ("avila", ["João Ávila"]), ("xyz", [])):
        page.line.setText(typed)
        qtbot.waitUntil(lambda expected=expected: names(page) == expected)
    assert "Nothing found" in words_on(page)
    page.line.clear()
    qtbot.waitUntil(lambda: len(names(page)) == 2)


# -- writing --------------------------------------------------------------------------------


def test_a_half_written_letter_stays_with_its_person(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(letter(1, "a", "Of A", name="Ana"), letter(2, "b", "Of B", name="Bo"))
    page = window.page("messages")
    write(qtbot, page, "Dear Bo")
    page.list.choose("a")
    assert page.view.writing.field.text() == ""
    write(qtbot, page, "Dear Ana")
    window.go("today")
    assert desk.messages.draft("a") == "Dear Ana" and desk.messages.draft("b") == "Dear Bo"
    again = MainWindow(desk)  # the program was started anew
    qtbot.addWidget(again)
    again.show()
    page = again.page("messages")
    assert page.view.person.id == "a" and page.view.writing.field.text() == "Dear Ana"
    assert "2 drafts are waiting for you." in page.subtitle.text()
    again.close()


def test_news_leave_what_is_typed_and_the_cursor_alone(
    qtbot: QtBot, window: MainWindow, receive: Callable[..., None]
) -> None:
    receive(letter(1, "a", "Of A", name="Ana"))
    page = window.page("messages")
    write(qtbot, page, "Dear Ana")
    field = page.view.writing.field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Home)
    receive(letter(2, "b", "Of B", name="Bo"), letter(3, "a", "And more", name="Ana"))
    qtbot.waitUntil(lambda: len(texts(page)) == 2)
    assert field.text() == "Dear Ana" and field.textCursor().position() == 0 and window.focusWidget() is field
    assert page.list.chosen_key() == "a"


def test_ctrl_enter_sends_and_the_letter_says_that_it_waits(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    qtbot.waitUntil(lambda: desk.status.state not in ("idle", "syncing"))
    page = window.page("messages")
    page.open_person("t-1")
    write(qtbot, page, "Good morning")
    QTest.keyClick(page.view.writing.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert texts(page) == ["Good morning"] and "Waits to be sent" in words_on(page)
    assert page.view.writing.field.text() == "" and desk.messages.draft("t-1") == ""
    assert message(window).startswith("Your message") and names(page) == ["Νίκος Δημητρίου"]
    assert "To be sent" in page.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    window.undo()
    assert texts(page) == [] and page.view.writing.field.text() == "Good morning", "the words are not lost"


def test_a_letter_that_waits_is_taken_back_into_the_field(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    page = window.page("messages")
    page.open_person("t-1")
    write(qtbot, page, "By mistake")
    page.view.writing.send.click()
    find_button(page, "Take back and change").click()
    assert texts(page) == [] and page.view.writing.field.text() == "By mistake"
    page.view.writing.send.click()
    outbox.take(inside(desk).store, 10)  # handed out
    find_button(page, "Take back and change").click()
    assert "cannot be taken back" in message(window) and texts(page) == ["By mistake"]


def test_a_letter_that_was_not_taken_says_why_and_is_sent_again(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    page = window.page("messages")
    page.open_person("t-1")
    write(qtbot, page, "The same to all")
    page.view.writing.send.click()
    (one,) = desk.messages.letters("t-1")[0]
    outbox.refuse(inside(desk).store, one.change_id, "too_many_messages")
    page.refresh()
    assert "Not taken" in words_on(page) and "You have sent very many messages today." in words_on(page)
    find_button(page, "Send again").click()
    assert "Waits to be sent" in words_on(page) and "very many messages" not in words_on(page)


def test_a_pupils_name_does_not_leave_before_somebody_decided(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    work = desk.pupil_work
    room = work.add_class("6-A")
    work.add_pupil(room, "Zeynep Kara")
    alias = work.pupils(room)[0].pseudonym
    page = window.page("messages")
    page.open_person("t-1")
    write(qtbot, page, "Zeynep has measured. ")
    page.view.writing.send.click()
    assert texts(page) == [] and "“Zeynep” looks like a pupil’s name" in words_on(page)
    find_button(page, f"Write “{alias}”").click()
    assert page.view.writing.field.text() == f"{alias} has measured. " and not page.view.writing.banner.isVisible()
    page.view.writing.field.show_text("kara is a colour")
    page.view.writing.look()
    find_button(page, "Not a name").click()
    assert not page.view.writing.banner.isVisible()
    page.view.writing.send.click()
    assert texts(page) == ["kara is a colour"]


def test_what_speaks_against_sending_is_said_while_writing(qtbot: QtBot, window: MainWindow) -> None:
    page = window.page("messages")
    page.open_person("t-4")
    write(qtbot, page, "Hello Sean")
    qtbot.waitUntil(lambda: "not available" in page.view.writing.warning.text())


def test_a_template_stands_behind_what_was_written(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    page = window.page("messages")
    page.open_person("x-9")
    page.view.writing.add_text("Hello")
    template = desk.messages.templates(desk.messages.person("x-9"), "")[0]
    page.view.writing.add_text(template.text)
    assert page.view.writing.field.text() == f"Hello\n\n{template.text}"


def test_words_that_cannot_be_stored_stay_on_the_screen(
    qtbot: QtBot, window: MainWindow, receive: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(letter(1, "a", "Of A", name="Ana"), letter(2, "b", "Of B", name="Bo"))
    page = window.page("messages")
    real = settings.put

    def full(*_values: Any) -> None:
        raise DiskFullError("no room")

    monkeypatch.setattr(settings, "put", full)
    monkeypatch.setattr(UnsavedQuestion, "exec", lambda question: question.stay.click())
    write(qtbot, page, "Dear Bo")
    page.list.choose("a")
    assert page.list.chosen_key() == "b" and page.view.writing.field.text() == "Dear Bo"
    assert [one.text for one in page.unsaved()] == ["Dear Bo"]
    monkeypatch.setattr(settings, "put", real)
    page.leave()
    assert page.unsaved() == []


# -- requests and contacts ------------------------------------------------------------------


def test_a_request_is_accepted_and_taken_back(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(contact("x-2", "Ana Asks", "asks_you", "May I?"), contact("x-3", "Bo", "asked"))
    page = window.page("messages")
    assert page.tabs.tabText(REQUESTS) == "Requests 1"
    page.show_requests()
    assert names(page) == ["Ana Asks", "Bo"] and "May I?" in words_on(page)
    page.request.ways.button("accept").click()
    assert "You have accepted" in words_on(page) and page.tabs.tabText(REQUESTS) == "Requests"
    window.undo()
    assert desk.messages.requests()[0].answer == ""
    qtbot.waitUntil(lambda: page.request.ways.button("accept").isVisible())
    page.request.ways.button("decline").click()
    assert "You have declined" in words_on(page)
    page.request.ways.button("undo").click()
    assert page.tabs.tabText(REQUESTS) == "Requests 1"
    page.list.choose("contact:x-3")
    assert "The answer is still to come." in words_on(page)


def test_contacts_are_all_there_and_searched(qtbot: QtBot, window: MainWindow, receive: Callable[..., None]) -> None:
    receive(*(contact(f"x-{number}", f"Person {number:03}", "contact") for number in range(200)))
    window.do("write-to")
    page = window.page("messages")
    assert page.tabs.currentIndex() == CONTACTS and window.focusWidget() is page.line
    assert len(names(page)) == 60
    find_button(page, "Show more").click()
    assert len(names(page)) == 120
    page.line.setText("nikos")
    qtbot.waitUntil(lambda: names(page) == [])
    page.line.setText("νίκος")
    qtbot.waitUntil(lambda: names(page) == ["Νίκος Δημητρίου"])
    assert page.view.person.id == "t-1" and page.view.profile.isVisible()
    page.view.profile.click()
    assert window.current_name() == "partners"


def test_write_on_a_profile_leads_to_the_conversation(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    partners = window.page("partners")
    partners.profile.show_partner(desk.partners.get("t-2"))
    find_button(partners.profile, "Write a message").click()
    page = window.page("messages")
    assert page.view.person.id == "t-2" and window.focusWidget() is page.view.writing.field
    assert "You have not written to each other yet." in words_on(page) and names(page) == ["Μαρία Νικολάου"]


def test_each_empty_list_says_what_belongs_there(qtbot: QtBot, window: MainWindow) -> None:
    page = window.page("messages")
    seen = []
    for tab in (ALL, UNREAD, REQUESTS):
        page.tabs.setCurrentIndex(tab)
        seen.append(words_on(page))
    expected = ("No messages yet", "Everything is read", "No requests")
    assert all(text in on for text, on in zip(expected, seen, strict=True))


# -- keys and room --------------------------------------------------------------------------


def test_the_list_is_walked_with_the_arrow_keys(qtbot: QtBot, window: MainWindow, receive: Callable[..., None]) -> None:
    receive(letter(1, "a", "Of A", name="Ana"), letter(2, "b", "Of B", name="Bo"))
    page = window.page("messages")
    page.list.setFocus()
    assert page.view.person.id == "b"
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert page.view.person.id == "a" and texts(page) == ["Of A"]
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert window.focusWidget() is page.view.writing.field


def test_a_small_window_shows_one_column_at_a_time(
    qtbot: QtBot, window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(letter(1, "a", "Of A", name="Ana"), letter(2, "b", "Of B", name="Bo"))
    page = window.page("messages")
    assert page.list.isVisible() and page.view.isVisible()
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: page.columns.narrow)
    assert page.list.isVisible() and not page.view.isVisible() and page.line.isVisible()
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    QTest.qWait(600)
    assert unread(desk, "a") == ["Of A"], "chosen in the list is not yet shown"
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert page.view.isVisible() and not page.list.isVisible() and page.view.person.id == "a"
    qtbot.waitUntil(lambda: not unread(desk, "a"))
    find_button(page, "Back to the list").click()
    assert page.list.isVisible() and window.focusWidget() is page.list
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: not page.columns.narrow)
    assert page.list.isVisible() and page.view.isVisible()


def test_what_a_line_shows_is_spoken(window: MainWindow, receive: Callable[..., None]) -> None:
    receive(letter(1, "a", "Of A", name="Ana"), contact("x-2", "Cem Asks", "asks_you"))
    page = window.page("messages")

    def spoken() -> Iterable[str]:
        return [str(page.list.item(n).data(Qt.ItemDataRole.AccessibleTextRole)) for n in range(page.list.count())]

    assert list(spoken())[0].startswith("Ana. 1 unread message. Of A.")
    page.show_requests()
    assert list(spoken()) == ["Cem Asks. Waits for you. Would like to be your contact"]


def test_a_full_mailbox_asks_the_store_as_often_as_a_small_one(
    window: MainWindow, desk: Workspace, receive: Callable[..., None]
) -> None:
    receive(*(letter(n, f"p-{n % 100}", LONG, name=f"Person {n % 100}") for n in range(500)))
    page = window.page("messages")

    def questions() -> int:
        page.refresh()
        with asked(inside(desk).store) as statements:
            page.refresh()
        return len(statements)

    few = questions()
    receive(*(letter(n, f"p-{n % 100}", LONG, mine=True, name=f"Person {n % 100}") for n in range(500, 5_000)))
    assert questions() == few


def test_ctrl_k_finds_a_conversation_and_opens_it(
    qtbot: QtBot, window: MainWindow, receive: Callable[..., None]
) -> None:
    receive(letter(1, "x-9", "Denizde ölçelim"), letter(2, "x-8", "Something else"))
    (finder,) = [one for one in capabilities.finders(window) if one.title == "Conversations"]
    (found,) = finder.find("denizde", 5)
    found.act()
    assert window.current_name() == "messages" and texts(window.page("messages")) == ["Denizde ölçelim"]
