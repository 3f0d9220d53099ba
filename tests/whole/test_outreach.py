"""Reaching out: messages, contact requests and posts queued offline, and what is said against mass mail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.partners import Teacher
from app.partners.elsewhere import holiday, local_hour
from app.rules import outreach
from app.rules.outreach import Recipient, Sent, warnings
from app.workspace import Workspace
from local_db.tables import records, settings
from server.accounts.sign_in import hash_password
from server.core.database import Account
from server.directory import publishing
from server.directory.packs import PackFolder
from server.posts import commands as platform_posts
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Api, Computer, RunningPlatform, command
from tests.window import find_button, message, words_on
from ui.demo.platform import PASSWORD
from ui.partners.message import MessageDialog
from ui.posts.dialog import PostDialog
from ui.shell import MainWindow
from ui.start.program import show_window

Make = Callable[..., Computer]
TEXT = "We measure snow on a mountain and would like to compare it with the sea. Would your class join us in spring?"


def someone(**values: Any) -> Recipient:
    return Recipient(**{"id": "t-1", "is_contact": False, "available": True, "silent": False, "hour": 11, **values})


@pytest.mark.parametrize(
    "values, sent, answer, expected",
    [
        ({}, [], None, []),
        ({"available": False}, [], None, ["not_available"]),
        ({"available": False, "is_contact": True}, [], None, []),
        ({"silent": True}, [], None, ["silent"]),
        ({"hour": 23}, [], None, ["night"]),
        ({"hour": 5}, [], None, ["night"]),
        ({"hour": None}, [], None, []),
        ({"holiday": "Republic Day"}, [], None, ["holiday"]),
        ({}, [Sent("t-2", TEXT, 1)], None, []),
        ({}, [Sent("t-2", TEXT, 1), Sent("t-3", f"Dear Ann, {TEXT}", 9)], None, ["same_text"]),
        ({}, [Sent("t-2", TEXT, 40), Sent("t-3", TEXT, 40)], None, []),
        ({}, [Sent("t-2", TEXT, 1), Sent("t-2", TEXT, 2)], None, []),
        ({}, [Sent("t-1", "Hello", 2)], None, ["no_answer_yet"]),
        ({}, [Sent("t-1", "Hello", 2)], 1.0, []),
        ({}, [Sent("t-1", "Hello", 9)], None, []),
    ],
)
def test_what_is_said_before_sending(values: dict, sent: list, answer: float | None, expected: list[str]) -> None:
    assert warnings(TEXT, someone(**values), sent, answer) == expected


def test_other_words_are_not_the_same_message() -> None:
    assert outreach.alike(TEXT, TEXT.upper()) and outreach.alike(f"Dear Ann, {TEXT}", f"Dear Bo, {TEXT}")
    assert not outreach.alike(TEXT, "We sing songs. Would your class sing with us?") and not outreach.alike("", "")


def test_the_clock_and_the_holidays_elsewhere() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert local_hour("TR", noon) == 15 and local_hour("PT", noon) == 13 and local_hour("EL", noon) == 15
    assert holiday("TR", date(2026, 10, 29), "en") and holiday("EL", date(2026, 3, 25), "en")
    assert holiday("TR", date(2026, 10, 28), "en") == "" and holiday("XX", date(2026, 1, 1), "en") == ""


@pytest.fixture
def pair(platform: RunningPlatform, computers: Make) -> tuple[Workspace, Workspace]:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    a.sync()
    b.sync()
    return a.workspace, b.workspace


def sync(*workspaces: Workspace) -> None:
    for workspace in workspaces:
        workspace.sync_and_wait()


def test_a_message_waits_offline_and_is_answered(pair) -> None:
    a, b = pair
    undo = a.reaching.send("t-nikos", "By mistake")
    assert undo() and a.reaching.conversation("t-nikos") == []
    a.reaching.send("t-nikos", TEXT)
    (waiting,) = a.reaching.conversation("t-nikos")
    assert waiting.mine and waiting.waiting
    sync(a, b)
    assert [m.waiting for m in a.reaching.conversation("t-nikos")] == [False]
    assert b.reaching.unread() == [("t-ayse", "Ayşe Işık")] and "message" in {i.kind for i in b.today.items()}
    b.reaching.mark_read("t-ayse")
    assert b.reaching.unread() == [] and b.reaching.conversation("t-ayse")[0].text == TEXT
    b.reaching.send("t-ayse", "Gladly")
    sync(b, a)
    assert [m.mine for m in a.reaching.conversation("t-nikos")] == [True, False]
    nikos = a.partners.get("t-nikos")
    assert "no_answer_yet" not in a.reaching.warnings(nikos, "Thank you", "en")


def test_templates_speak_the_partners_language(pair) -> None:
    a, _b = pair
    nikos: Teacher = a.partners.get("t-nikos")
    found = a.reaching.templates(nikos, "Water stories")
    assert [t.language for t in found] == ["el"] * 3 + ["en"] * 3
    assert all("Ayşe Işık" in t.text and "Νίκος" in t.text and "{" not in t.text for t in found)
    assert {t.name for t in a.reaching.templates(nikos, "")} == {"introduce", "remind"}


def test_the_platform_stops_mass_mail(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    api, db = Api(platform, a), platform.database
    for number in range(8):
        db.run(
            Account.insert(
                id=f"x-{number}",
                email=f"x{number}@example.org",
                password="",
                name=f"X {number}",
                role="teacher",
                country="PT",
                school_id=None,
            )
        )
    changes = [
        command("send_message", account_id=f"x-{n}", text=f"Dear X {n}, {TEXT}", message_id=f"m-{n}") for n in range(8)
    ]
    results = api.exchange(*changes).json()["results"]
    assert [r["status"] for r in results] == ["applied"] * 5 + ["refused"] * 3 and results[5]["code"] == "same_message"
    other = api.exchange(
        command("send_message", account_id="x-7", text="Something only for you", message_id="m-9")
    ).json()
    assert other["results"][0]["status"] == "applied"
    for bad in (
        {"account_id": "nobody", "text": "x"},
        {"account_id": "x-1", "text": " "},
        {"account_id": "x-1", "text": 5},
        {"account_id": "o-tr", "text": "x"},
        {"account_id": "x-1", "text": "x" * 5_001},
    ):
        answer = api.exchange(command("send_message", message_id="m-10", **bad)).json()["results"][0]
        assert answer["status"] == "refused", bad
    answer = api.exchange(command("send_message", message_id="../x", account_id="x-1", text="x")).json()["results"][0]
    assert answer["code"] == "invalid"


def test_posts_are_put_up_once_answered_and_taken_down(pair, platform: RunningPlatform) -> None:
    a, b = pair
    assert {post.title for post in a.posts.posts()} >= {"A cookbook of winter soups"}
    assert [post.title for post in a.posts.posts("soup")] == ["A cookbook of winter soups"]
    a.posts.publish(
        "idea", "Snow diary", "We write down every day how deep the snow is.", languages=["en"], subjects=["biology"]
    )
    assert a.posts.posts(mine=True)[0].waiting
    sync(a, b)
    (post,) = [p for p in b.posts.posts() if p.title == "Snow diary"]
    assert post.author == "Ayşe Işık" and post.languages == ("en",) and post.expires > date.today().isoformat()
    b.posts.answer(post.id, "There is no snow here, but rain.")
    sync(b, a)
    assert [answer.author for answer in a.posts.answers(post.id)] == ["Νίκος Δημητρίου"] and a.posts.posts(mine=True)[
        0
    ].answers == 1
    a.posts.publish("idea", "Snow diary again", "We write down every day how deep the snow is!")
    b.posts.close(post.id)
    sync(a, b)
    assert {i.reason for w in (a, b) for i in w.sync_centre.items() if i.refused} == {"same_post", "not_yours"}
    a.posts.close(post.id)
    assert post.id not in {p.id for p in a.posts.posts()}
    sync(a, b)
    assert post.id not in {p.id for p in b.posts.posts()} and b.posts.answers(post.id) == []


def test_posts_expire(platform: RunningPlatform, pair, monkeypatch) -> None:
    a, _b = pair
    assert len(a.posts.posts()) == 2

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=outreach.POST_DAYS + 1)

    monkeypatch.setattr(platform_posts, "datetime", Later)
    assert platform_posts.take_down_expired(platform.database) == 2
    sync(a)
    assert a.posts.posts() == []


def test_a_contact_request_brings_its_words(platform: RunningPlatform, computers: Make) -> None:
    platform.database.run(
        Account.insert(
            id="t-maria",
            email="maria@example.org",
            password=hash_password(PASSWORD),
            name="Maria Rocha",
            role="teacher",
            country="PT",
            school_id=None,
        )
    )
    maria, ayse = computers(platform, "maria@example.org"), computers(platform, AYSE)
    undo = maria.workspace.partners.ask_contact("t-ayse", "We met in Porto.")
    assert maria.workspace.partners.contact_state("t-ayse") == "waiting" and undo()
    maria.workspace.partners.ask_contact("t-ayse", "We met in Porto.")
    sync(maria.workspace, ayse.workspace)
    (item,) = [i for i in ayse.workspace.today.items() if i.kind == "contact_asks"]
    assert (item.person, item.text) == ("Maria Rocha", "We met in Porto.")
    ayse.workspace.partners.answer_contact("t-maria", True)
    sync(ayse.workspace, maria.workspace)
    assert maria.workspace.partners.contact_state("t-ayse") == "contact"
    assert ("t-ayse", "Ayşe Işık", "TR") in maria.workspace.projects.contacts()
    maria.workspace.account.change_profile(
        about="Azulejos and geometry", available=True, school="Escola da Foz", town="Porto"
    )
    sync(maria.workspace)
    publishing.publish(platform.database, PackFolder(platform.data / "packs"), datetime.now(UTC).date())
    sync(ayse.workspace)
    found = ayse.workspace.partners.get(
        "t-maria"
    )  # somebody new enters the directory with the first words about themselves
    assert found is not None and (found.school, found.available) == ("Escola da Foz", True)


# -- windows ------------------------------------------------------------------------------


def test_a_message_is_written_warned_of_and_kept_when_closed(qtbot: QtBot, window, desk: Workspace) -> None:
    partner, sent = desk.partners.get("t-4"), []
    dialog = MessageDialog(window, partner, sent.append, window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.text, "Hello Sean")
    qtbot.waitUntil(lambda: dialog.send.isEnabled() and "not available" in dialog.warning.text())
    dialog.reject()
    again = MessageDialog(window, partner, sent.append, window)
    qtbot.addWidget(again)
    again.show()
    assert again.text.toPlainText() == "Hello Sean"
    again.templates.setCurrentIndex(1)
    again._begin()
    assert "Seán <b>Ó Briain</b>" in again.text.toPlainText()
    again._look()
    again.send.click()
    assert len(sent) == 1 and settings.get(inside(desk).store, "preference:message-draft:t-4") is None


def test_a_post_is_written_offline(qtbot: QtBot, window, desk: Workspace) -> None:
    page = window.page("posts")
    assert "No posts here" in words_on(page)
    dialog = PostDialog(window, page._publish, page)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.publish.isEnabled()
    qtbot.keyClicks(dialog.title, "Snow diary")
    qtbot.keyClicks(dialog.text, "How deep is the snow?")
    qtbot.waitUntil(dialog.publish.isEnabled)
    dialog.publish.click()
    QApplication.processEvents()
    assert "Snow diary" in words_on(page) and "waits to be sent" in words_on(page) and "goes out" in message(window)
    window.undo()
    assert desk.posts.posts() == []


def test_an_answer_being_typed_survives_news(qtbot: QtBot, pair) -> None:
    a, b = pair
    window = show_window(a)
    qtbot.addWidget(window)
    try:
        page = window.page("posts")
        QApplication.processEvents()
        editor = page.findChild(QPlainTextEdit, "answer")
        qtbot.keyClicks(editor, "We would like to")
        page.refresh()
        assert page.findChild(QPlainTextEdit, "answer").toPlainText() == "We would like to"
        find_button(page, "Answer").click()
        assert "We would like to" in [answer.text for p in a.posts.posts() for answer in a.posts.answers(p.id)]
    finally:
        inside(a).service.stop()
        window.close()
    assert b is not None


def test_my_profile_is_kept_checked_and_shown_as_others_see_it(qtbot: QtBot, window, desk: Workspace) -> None:
    page = window.page("profile")
    assert "Write a few sentences" in words_on(page) and page.school.text() == "Köy Okulu"
    qtbot.keyClicks(page.about, "We live on a mountain")
    page.languages._toggle("tr")
    page.subjects._toggle("biology")
    page.available.click()
    page.town.setText("Iğdır")
    qtbot.waitUntil(lambda: desk.account.profile()["town"] == "Iğdır" and desk.account.profile()["languages"] == ["tr"])
    page.refresh()
    QApplication.processEvents()
    assert "Your profile is complete" in words_on(page) and "Biology" in words_on(page)
    page.keepable.click()
    assert desk.account.missing_of_profile() == ["keepable"]
    qtbot.keyClicks(page.about, "!")
    page.leave()
    assert desk.account.profile()["about"].endswith("!")


def many_posts(desk: Workspace, count: int) -> None:
    """The community has written for weeks."""
    rows = [
        records.ServerRow(
            "post",
            f"p-{n:05}",
            1,
            {
                "kind": "idea",
                "title": f"Idea {n}",
                "text": "Words and more words.",
                "author_id": f"t-{n % 7}",
                "author": "Someone",
                "country": "EL",
                "at": 1_700_000_000 + n,
                "expires": "9999-12-31",
            },
        )
        for n in range(count)
    ]
    answer = {
        "post_id": f"p-{count - 1:05}",
        "text": "Yes",
        "author_id": "t-1",
        "author": "A",
        "country": "EL",
        "at": 5,
    }
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, "community:all", rows)
        records.accept(inside(desk).store, "community:all", [records.ServerRow("post_answer", "a-1", 1, answer)])


def test_the_newest_posts_are_shown_and_older_ones_on_request(desk: Workspace, window: MainWindow) -> None:
    many_posts(desk, 150)
    page = window.page("posts")
    assert page.list.count() == 60 and page.list.item(0).text().startswith("Idea 149")
    assert "1 answer" in page.list.item(0).text()
    find_button(page, "Older posts").click()
    find_button(page, "Older posts").click()
    assert page.list.count() == 150 and not page.more.isVisible()
    page.line.setText("Idea 3")
    assert page.list.item(0).text().startswith("Idea 39")
    page.line.setText("")
    assert page.list.count() == 60


def test_a_page_of_posts_reads_no_more_than_it_shows(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    real = records.select
    monkeypatch.setattr(records, "select", lambda store, query: read.append(rows := real(store, query)) or rows)
    many_posts(desk, 1_000)
    assert len(desk.posts.posts(most=60)) == 60
    few = sum(map(len, read))
    many_posts(desk, 3_000)
    read.clear()
    assert [post.answers for post in desk.posts.posts(most=60)] == [1] + [0] * 59
    assert sum(map(len, read)) == few
