"""Conversations, requests and contacts, with what messages themselves hold: on real stores, and between two computers."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from app.messages import ASKED, ASKS_YOU, INVITED, INVITES_YOU, REFUSED, SENT, WAITING
from app.rules.directory import PARTS
from app.workspace import Workspace
from local_db.directory import index
from local_db.tables import outbox, records, settings
from local_db.tables.records import ServerRow
from tests.inside import asked, inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform
from tests.window import furnish

Make = Callable[..., Computer]
ME = "t-me"


def message(number: int, who: str, text: str, at: float, *, mine: bool = False, name: str = "") -> ServerRow:
    ends = (ME, who) if mine else (who, ME)
    names = ("Işıl Öğretmen", name or f"Person {who}")
    names = names if mine else names[::-1]
    fields = {"from_id": ends[0], "from_name": names[0], "to_id": ends[1], "to_name": names[1], "text": text, "at": at}
    return ServerRow("message", f"m-{number:06}--{ME}", number + 10, fields)


def receive(desk: Workspace, *rows: ServerRow) -> None:
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, f"account:{ME}", rows)


def contact(who: str, name: str, state: str, text: str = "") -> ServerRow:
    fields = {"account_id": who, "name": name, "country": "PT", "state": state, "text": text}
    return ServerRow("contact", f"{ME}--{who}", 5, fields)


@pytest.fixture
def furnished(desk: Workspace) -> Workspace:
    furnish(desk)
    return desk


def test_the_newest_conversation_stands_first_also_of_who_is_not_in_the_directory(furnished: Workspace) -> None:
    receive(
        furnished,
        message(1, "t-1", "Good morning", 1_000),
        message(2, "x-nobody", "Olá from Porto", 2_000, name="Maria Fernandes"),
        message(3, "t-1", "Thank you", 1_500, mine=True),
    )
    found = furnished.messages.conversations()
    assert [(one.person_id, one.text, one.unread) for one in found] == [
        ("x-nobody", "Olá from Porto", 1),
        ("t-1", "Thank you", 1),
    ]
    assert found[0].name == "Maria Fernandes" and found[1].mine
    person = furnished.messages.person("x-nobody")
    assert (person.name, person.teacher) == ("Maria Fernandes", None)


def test_people_and_words_are_found_however_they_are_written(furnished: Workspace) -> None:
    receive(
        furnished,
        message(1, "a", "Şişeleri postayla gönderelim", 1_000, name="Ayşe Güneş"),
        message(2, "b", "We sing", 2_000, name="João Ávila"),
        message(3, "b", "The bottles have come", 3_000, mine=True, name="João Ávila"),
    )
    use = furnished.messages

    def found(typed: str) -> list[str]:
        return [one.person_id for one in use.conversations(typed)]

    assert found("sise") == ["a"] and found("gunes") == ["a"] and found("joao bottles") == ["b"] and found("x") == []
    receive(furnished, message(4, "a", "And a xylophone", 4_000, name="Ayşe Güneş"))
    assert found("x") == ["a"]
    assert [one.person_id for one in use.conversations(unread_only=True)] == ["a", "b"]
    use.mark_read("a")
    assert [one.person_id for one in use.conversations(unread_only=True)] == ["b"]


def test_only_what_was_seen_is_read(furnished: Workspace) -> None:
    use = furnished.messages
    receive(furnished, *(message(n, "a", f"Letter {n}", 1_000 + n) for n in range(4)))

    def unread() -> list[str]:
        return [letter.text for letter in use.letters("a")[0] if letter.unread]

    assert use.mark_read("a", ["m-000003"]) and unread() == ["Letter 0", "Letter 1", "Letter 2"]
    assert furnished.reaching.unread() == [("a", "Person a")] and not use.mark_read("a", ["m-000003"])
    assert use.mark_read("a", ["m-000000"]) and unread() == ["Letter 1", "Letter 2"]
    assert use.mark_read("a", ["m-000001", "m-000002"]) and unread() == [] and furnished.reaching.unread() == []
    receive(furnished, message(9, "a", "One more in the same second", 1_003))
    assert unread() == ["One more in the same second"]


def test_what_an_older_version_called_read_stays_read(furnished: Workspace) -> None:
    settings.put(inside(furnished).store, "messages_read", {"a": 1_000})
    receive(furnished, message(1, "a", "Old", 1_000), message(2, "a", "New", 1_001))
    assert [letter.text for letter in furnished.messages.letters("a")[0] if letter.unread] == ["New"]


def test_a_message_waits_is_taken_back_or_was_not_taken_with_the_reason(furnished: Workspace) -> None:
    use, store = furnished.messages, inside(furnished).store
    undo = use.send("x-1", "By mistake")
    (letter,) = use.letters("x-1")[0]
    assert letter.state == WAITING and use.conversations()[0].state == WAITING
    assert undo() and use.letters("x-1")[0] == [] and use.conversations() == []
    use.send("x-1", "To be refused")
    (letter,) = use.letters("x-1")[0]
    outbox.refuse(store, letter.change_id, "same_message")
    (letter,) = use.letters("x-1")[0]
    assert (letter.state, letter.reason) == (REFUSED, "same_message") and use.conversations()[0].state == REFUSED
    use.try_again(letter)
    (letter,) = use.letters("x-1")[0]
    assert letter.state == WAITING
    outbox.take(store, 10)
    assert not use.take_back(letter) and use.letters("x-1")[0]


def test_a_half_written_text_is_kept_for_each_person(furnished: Workspace) -> None:
    use = furnished.messages
    use.keep_draft("t-2", "Dear Maria")
    use.keep_draft("x-9", "Dear nobody")
    use.keep_draft("x-9", "")
    assert use.draft("t-2") == "Dear Maria" and use.draft("x-9") == "" and use.counts() == (0, 1)
    (line,) = use.conversations()
    assert line.draft and line.name == "Μαρία Νικολάου" and line.text == "Dear Maria"


def test_who_never_answered_is_not_pressed_and_who_did_may_get_a_second_letter(furnished: Workspace) -> None:
    use, now = furnished.messages, time.time()
    receive(furnished, message(1, "t-1", "Good morning", now - 90_000, mine=True))
    assert "no_answer_yet" in use.warnings(use.person("t-1"), "Again", "en")
    receive(furnished, message(2, "t-1", "Hello", now - 80_000), message(3, "t-1", "Thanks", now - 70_000, mine=True))
    assert "no_answer_yet" not in use.warnings(use.person("t-1"), "One thing more", "en")


def test_a_pupils_name_in_a_message_is_told_with_the_pseudonym(furnished: Workspace) -> None:
    work = furnished.pupil_work
    room = work.add_class("6-A")
    work.add_pupil(room, "Zeynep Kara")
    alias = work.pupils(room)[0].pseudonym
    assert furnished.messages.pupils_named("Dear Nikos, ZEYNEP has measured.") == [("ZEYNEP", alias)]
    work.add_pupil(room, "Zeynep Ak")
    assert furnished.messages.pupils_named("zeynep and kara") == [("zeynep", ""), ("kara", alias)]
    assert furnished.messages.pupils_named("Nothing here") == []


def test_requests_and_contacts_name_everybody_in_the_directory_or_not(furnished: Workspace) -> None:
    use = furnished.messages
    receive(
        furnished,
        contact("x-1", "Zoë Nobody", "contact"),
        contact("x-2", "Ana Asks", ASKS_YOU, "May I?"),
        contact("x-3", "Bo Asked", ASKED),
    )
    furnished.partners.ask_contact("t-2", "Please")
    assert [person.name for person in use.contacts()] == ["Zoë Nobody", "Νίκος Δημητρίου"]
    assert [person.name for person in use.contacts("zoe")] == ["Zoë Nobody"]
    found = use.requests()
    assert [(one.kind, one.name, one.text, one.waiting) for one in found] == [
        (ASKS_YOU, "Ana Asks", "May I?", False),
        (ASKED, "Bo Asked", "", False),
        (ASKED, "Μαρία Νικολάου", "Please", True),
    ]
    undo = use.answer(found[0], True)
    assert use.requests()[0].answer == "accept"
    assert undo() and use.requests()[0].answer == ""
    use.answer(found[0], False)
    assert use.requests()[0].answer == "decline" and use.take_answer_back(found[0])
    assert use.requests()[0].answer == "" and not use.take_answer_back(found[0])


def test_a_long_conversation_gives_its_newest_letters_and_more_when_asked(furnished: Workspace) -> None:
    receive(furnished, *(message(n, "a", f"Letter {n}", 1_000 + n, mine=n % 3 == 0) for n in range(5_000)))
    use = furnished.messages
    letters, more = use.letters("a")
    assert len(letters) == 50 and more and letters[-1].text == "Letter 4999" and letters[0].text == "Letter 4950"
    assert len(use.letters("a", 100)[0]) == 100


def test_the_list_costs_what_it_shows_and_not_what_was_written(furnished: Workspace) -> None:
    """Twenty times as many messages of as many people: the store is asked as often as before."""
    receive(furnished, *(message(n, f"p-{n % 100}", "Words", 1_000 + n) for n in range(500)))

    def questions() -> int:
        assert len(furnished.messages.conversations()) == 50
        with asked(inside(furnished).store) as statements:
            furnished.messages.conversations()
        return len(statements)

    furnished.messages.mark_read("p-1")
    few = questions()
    receive(furnished, *(message(n, f"p-{n % 100}", "Words", 1_000 + n, mine=True) for n in range(500, 10_000)))
    assert questions() == few


# -- two computers --------------------------------------------------------------------------


@pytest.fixture
def pair(platform: RunningPlatform, computers: Make) -> tuple[Workspace, Workspace]:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    a.sync()
    b.sync()
    return a.workspace, b.workspace


def sync(*workspaces: Workspace) -> None:
    for workspace in workspaces:
        workspace.sync_and_wait()


def test_two_teachers_write_to_each_other_and_the_sender_is_not_in_the_directory(pair: Any) -> None:
    a, b = pair
    a.messages.send("t-nikos", "Good morning from the mountain")
    sync(a, b)
    assert [letter.state for letter in a.messages.letters("t-nikos")[0]] == [SENT]
    for part in PARTS:
        index.replace_pack(inside(b).directory_db, "TR", part, 9, "1" * 64, [])
    assert b.partners.get("t-ayse") is None, "nobody of Türkiye is in this directory"
    (line,) = b.messages.conversations()
    assert (line.name, line.text, line.unread) == ("Ayşe Işık", "Good morning from the mountain", 1)
    assert b.messages.person("t-ayse").name == "Ayşe Işık"
    (letter,) = b.messages.letters("t-ayse")[0]
    assert letter.unread and b.messages.mark_read("t-ayse", [letter.id]) and b.messages.counts() == (0, 0)
    b.messages.send("t-ayse", "And from the sea")
    sync(b, a)
    assert [(one.mine, one.text) for one in a.messages.letters("t-nikos")[0]] == [
        (True, "Good morning from the mountain"),
        (False, "And from the sea"),
    ]


def test_an_invitation_waits_under_requests_on_both_sides_and_is_accepted(pair: Any) -> None:
    a, b = pair
    project = a.projects.create()
    a.projects.invite(project, "t-nikos")
    sync(a, b)
    (out,) = a.messages.requests()
    (asked,) = b.messages.requests()
    assert (out.kind, out.person_id) == (INVITED, "t-nikos") and (asked.kind, asked.name) == (INVITES_YOU, "Ayşe Işık")
    undo = b.messages.answer(asked, True)
    assert b.messages.requests()[0].answer == "accept" and undo() and b.messages.requests()[0].answer == ""
    b.messages.answer(asked, True)
    sync(b, a)
    assert a.messages.requests() == b.messages.requests() == []
