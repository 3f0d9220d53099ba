"""Before any platform: everything can be begun, an address is asked for and looked at, and nothing is made twice."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.account import OtherAccountError
from app.workspace import Workspace, open_workspace
from sync import revocations
from sync.address import address_of
from sync.errors import (
    AddressKeptError,
    BadAddressError,
    NoPlatformError,
    NotAPlatformError,
    OfflineError,
    PlainAddressError,
    SignInCancelledError,
    SyncError,
)
from sync.protocol.messages import Tokens
from tests.answering import json_answer
from tests.inside import inside
from tests.platform import AYSE, DRAFT, NIKOS, RunningPlatform
from ui.demo.platform import browser_of
from ui.shell import MainWindow
from ui.start.program import show_window

KEY = b"k" * 32


@pytest.fixture
def alone(tmp_path: Path):
    """A fresh profile that knows no platform."""
    workspace = open_workspace(tmp_path / "alone", key=KEY)
    workspace.prefer("language", "en")
    yield workspace
    workspace.close()


@pytest.fixture
def alone_window(qtbot: QtBot, alone: Workspace):
    made = show_window(alone)
    qtbot.addWidget(made)
    yield made
    inside(alone).service.stop()


@pytest.mark.parametrize(
    "typed, address",
    [
        ("twindesk.example.org", "https://twindesk.example.org"),
        ("  https://twindesk.example.org/  ", "https://twindesk.example.org"),
        ("https://okul.example/twindesk/", "https://okul.example/twindesk"),
        ("twindesk.example.org:8443", "https://twindesk.example.org:8443"),
        ("127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://localhost:8765", "http://localhost:8765"),
        ("https://İstanbul.example", "https://İstanbul.example"),
        ("http://[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_an_address_is_taken_as_people_type_it(typed: str, address: str) -> None:
    assert address_of(typed) == address


@pytest.mark.parametrize(
    "typed, error",
    [
        ("", BadAddressError),
        ("not an address", BadAddressError),
        ("ftp://files.example", BadAddressError),
        ("javascript:alert(1)", BadAddressError),
        ("https://", BadAddressError),
        ("https://user:word@platform.example", BadAddressError),
        ("https://127.0.0.1@platform.example", BadAddressError),
        ("https://platform.example/?page=1", BadAddressError),
        ("https://platform.example:99999", BadAddressError),
        ("https://platform.example:0", BadAddressError),
        ("https://[", BadAddressError),
        ("x" * 400, BadAddressError),
        ("http://platform.example", PlainAddressError),
        ("http://127.0.0.1.example", PlainAddressError),
    ],
)
def test_what_is_no_address_is_told(typed: str, error: type[SyncError]) -> None:
    with pytest.raises(error):
        address_of(typed)


def test_no_address_is_known_at_first(alone: Workspace) -> None:
    assert alone.platform.address == "" and alone.status.state == "no_platform"
    for call in (alone.sync_and_wait, lambda: alone.account.sign_in(lambda _url: True, "", threading.Event())):
        with pytest.raises(NoPlatformError):
            call()
    assert alone.status.state == "no_platform"


def test_what_was_made_before_goes_out_once_after_the_sign_in(
    alone: Workspace, platform: RunningPlatform, computers: Any
) -> None:
    project = alone.projects.create()
    alone.projects.open(project).set_fields(DRAFT)
    entry = alone.projects.write_journal(project, "We began before there was a platform.")
    with pytest.raises(NoPlatformError):
        alone.sync_and_wait()
    assert alone.platform.choose(platform.url.removeprefix("http://")) == platform.url
    alone.account.sign_in(browser_of(AYSE), "done", threading.Event())
    alone.sync_and_wait()
    assert alone.status.waiting == alone.status.needs_you == 0
    other = computers(platform, AYSE)
    other.sync()
    (seen,) = other.workspace.projects.overview()
    assert (seen.id, seen.title, seen.founder) == (project, DRAFT["title"], "Ayşe Işık")
    assert [name for name, _fields in other.workspace.projects.journal(project)] == [entry]


def test_somebody_else_at_the_address_is_told_and_the_address_is_not_kept(alone: Workspace, answering: Any) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nhell"
    gone = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    for answer in (page, gone, json_answer({"platform": "another"}), json_answer([1])):
        with pytest.raises(NotAPlatformError):
            alone.platform.choose(answering(answer).url)
    with pytest.raises(OfflineError):
        alone.platform.choose("http://127.0.0.1:9")
    assert alone.platform.address == "" and alone.status.state == "no_platform"


def test_the_address_is_kept_and_stays_once_somebody_signed_in(
    alone: Workspace, platform: RunningPlatform, tmp_path: Path, answering: Any
) -> None:
    alone.platform.choose(platform.url)
    assert alone.platform.may_change
    alone.account.sign_in(browser_of(AYSE), "done", threading.Event())
    assert not alone.platform.may_change
    other = answering(json_answer({"platform": "twindesk", "protocol": 1})).url
    with pytest.raises(AddressKeptError):
        alone.platform.choose(other)
    assert alone.platform.address == platform.url
    alone.close()
    again = open_workspace(tmp_path / "alone", key=KEY)
    assert again.platform.address == platform.url
    again.close()


def test_no_platform_is_shown_what_another_one_gave(
    alone: Workspace, platform: RunningPlatform, answering: Any
) -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return json_answer({"platform": "twindesk", "protocol": 2})

    other = answering(answer).url
    alone.platform.choose(platform.url)
    revocations.remember(inside(alone).store, "a-token-of-the-first")
    sign_in, chosen = browser_of(AYSE), []

    def meanwhile(url: str) -> object:
        """The address is changed in the very moment in which the browser answers."""
        alone.account.signing_in = replace(alone.account.signing_in, stage="")
        chosen.append(alone.platform.choose(other))
        return sign_in(url)

    with pytest.raises(SignInCancelledError):
        alone.account.sign_in(meanwhile, "done", threading.Event())
    assert chosen == [other] and alone.account.current.id == ""
    with pytest.raises(SyncError):
        alone.sync_and_wait()
    assert {head.split(b" ")[1] for head in asked} == {b"/v1/health"}
    alone.platform.choose(platform.url)
    alone.account.sign_in(browser_of(AYSE), "done", threading.Event())
    alone.sync_and_wait()


def test_during_a_sign_in_the_address_stays(alone: Workspace, platform: RunningPlatform, answering: Any) -> None:
    other = answering(json_answer({"platform": "twindesk", "protocol": 2})).url
    alone.platform.choose(platform.url)
    sign_in, stages = browser_of(AYSE), []

    def meanwhile(url: str) -> object:
        with pytest.raises(AddressKeptError):
            alone.platform.choose(other)
        with pytest.raises(SignInCancelledError):
            alone.account.sign_in_and_tell(sign_in, "done")
        stages.append(alone.account.signing_in.stage)
        return sign_in(url)

    alone.account.sign_in_and_tell(meanwhile, "done")
    assert stages == ["looking"], "the first sign-in goes on"
    assert alone.platform.address == platform.url and alone.account.current.name == "Ayşe Işık"


def test_a_sign_in_that_was_given_up_opens_no_browser_and_keeps_nothing(
    alone: Workspace, platform: RunningPlatform
) -> None:
    alone.platform.choose(platform.url)
    cancelled, opened = threading.Event(), []
    cancelled.set()
    with pytest.raises(SignInCancelledError):
        alone.account.sign_in(opened.append, "done", cancelled)
    assert not opened and alone.account.current.id == ""


def test_a_sign_in_given_up_while_the_browser_answers_ends_its_tokens(
    alone: Workspace, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.platform.choose(platform.url)
    cancelled, client, ended = threading.Event(), inside(alone).client, []
    owner_of, revoke = client.owner_of, client.revoke

    def late(tokens: Tokens) -> object:
        cancelled.set()
        return owner_of(tokens)

    monkeypatch.setattr(client, "owner_of", late)
    monkeypatch.setattr(client, "revoke", lambda token: (ended.append(token), revoke(token)))
    with pytest.raises(SignInCancelledError):
        alone.account.sign_in(browser_of(AYSE), "done", cancelled)
    assert len(ended) == 1 and alone.account.current.id == "" and not revocations.waiting(inside(alone).store)


def test_of_two_people_who_sign_in_at_once_the_profile_is_the_firsts(
    alone: Workspace, platform: RunningPlatform
) -> None:
    alone.platform.choose(platform.url)
    client = inside(alone).client
    owner_of = client.owner_of

    def another_comes_first(tokens: Tokens) -> object:
        client.owner_of = owner_of  # type: ignore[method-assign]
        me = owner_of(tokens)
        alone.account.sign_in(browser_of(NIKOS), "done", threading.Event())
        return me

    client.owner_of = another_comes_first  # type: ignore[method-assign,assignment]
    with pytest.raises(OtherAccountError):
        alone.account.sign_in(browser_of(AYSE), "done", threading.Event())
    first = alone.account.current
    assert first.id and first.name != "Ayşe Işık"
    alone.sync_and_wait()
    assert alone.status.state == "idle"


def test_the_sign_in_asks_for_the_address_first_and_then_goes_on(
    qtbot: QtBot, alone_window: MainWindow, alone: Workspace, platform: RunningPlatform
) -> None:
    opened: list[str] = []
    sign_in = browser_of(AYSE)
    alone.open_browser = lambda url: (opened.append(url), sign_in(url))
    page = alone_window.page("settings")
    page.sign_in()
    assert page.platform.field.isVisible() and "address" in page.platform.message.text() and not opened
    page.platform.field.setText("http://platform.example")
    page.platform.use()
    qtbot.waitUntil(lambda: "https://" in page.platform.message.text(), timeout=10_000)
    page.platform.field.setText(platform.url)
    page.platform.use()
    qtbot.waitUntil(lambda: alone.account.current.name == "Ayşe Işık", timeout=30_000)
    assert opened[0].startswith(platform.url)
    qtbot.waitUntil(lambda: "Ayşe Işık" in page._who.text() and page._out.isVisible(), timeout=30_000)
    assert not page.platform.change.isVisible() and platform.url in page.platform.shown.text()


def test_a_browser_that_did_not_open_is_never_said_to_have(
    qtbot: QtBot, alone_window: MainWindow, alone: Workspace, platform: RunningPlatform
) -> None:
    alone.platform.choose(platform.url)
    said: list[str] = []
    page = alone_window.page("settings")
    shown = page._who.setText
    page._who.setText = lambda text: (said.append(text), shown(text))  # type: ignore[method-assign]
    alone.open_browser = lambda _url: False
    page.sign_in()
    qtbot.waitUntil(lambda: "No browser" in page._message.text(), timeout=10_000)
    platform.__exit__()
    alone.open_browser = lambda _url: pytest.fail("nobody is there")
    page.sign_in()
    qtbot.waitUntil(lambda: "No browser" not in page._message.text() and page._message.isVisible(), timeout=20_000)
    assert not any("browser has opened" in text for text in said)


def test_coming_back_to_the_settings_shows_how_the_sign_in_stands(
    qtbot: QtBot, alone_window: MainWindow, alone: Workspace, platform: RunningPlatform
) -> None:
    alone.platform.choose(platform.url)
    alone.open_browser = lambda _url: True  # the person has not answered yet
    alone_window.page("settings").sign_in()
    waits = "Your browser has opened"
    qtbot.waitUntil(lambda: waits in alone_window.page("settings")._who.text(), timeout=10_000)
    alone_window.go("today")
    alone_window.change_language("tr")  # which builds every page anew
    alone_window.change_language("en")
    page = alone_window.page("settings")
    qtbot.waitUntil(page._cancel.isVisible, timeout=10_000)
    assert waits in page._who.text() and not page._in.isEnabled()
    page._cancel.click()
    qtbot.waitUntil(lambda: page._in.isEnabled() and not page._cancel.isVisible(), timeout=10_000)


def test_today_offers_a_beginning_before_anybody_signed_in(
    qtbot: QtBot, alone_window: MainWindow, alone: Workspace
) -> None:
    alone_window.go("today")
    today = alone_window.page("today")
    texts = [button.text() for button in today._welcome.findChildren(type(alone_window.page("settings")._in))]
    assert texts == ["Begin a draft", "Make a class", "Sign in and get the directory"]
    next(
        b for b in today._welcome.findChildren(type(alone_window.page("settings")._in)) if b.text() == texts[0]
    ).click()
    (project,) = alone.projects.overview()
    assert alone_window.page("projects")._people_text(alone.projects.get(project.id)) == "Founder: you"


@pytest.mark.parametrize("answered", [False, True], ids=["before-it-was-asked", "after-it-had-answered"])
def test_a_line_cut_at_any_call_of_a_sign_in_leaves_the_next_one_free(
    alone: Workspace, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    alone.platform.choose(platform.url)
    client, calls = inside(alone).client, []
    send = client.send

    def cut_at(number: int):
        def sent(method: str, path: str, *rest: Any, **named: Any) -> Any:
            calls.append(path)
            if len(calls) == number:
                if answered:
                    client.read(send(method, path, *rest, **named))
                raise OfflineError("cut")
            return send(method, path, *rest, **named)

        return sent

    number = 0
    while True:
        number, calls[:] = number + 1, []
        monkeypatch.setattr(client, "send", cut_at(number))
        try:
            alone.account.sign_in_and_tell(browser_of(AYSE), "done")
            break
        except SyncError as error:
            assert isinstance(error, OfflineError) and alone.account.current.id == ""
            assert alone.account.signing_in.error is error and alone.platform.may_change
    assert number > 3 and alone.account.current.name == "Ayşe Işık"
    monkeypatch.setattr(client, "send", send)
    alone.sync_and_wait()
    assert alone.status.state == "idle" and revocations.waiting(inside(alone).store) == []
