"""A network whose proxy wants a name and a password: asked once, kept, shown to nobody else."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.workspace import Workspace, open_workspace
from local_db import system_keyring
from sync.client import ApiClient
from sync.errors import ProxySignInError, SyncError
from sync.proxies import place_of
from tests.answering import AnsweringServer, http, json_answer
from tests.inside import inside
from tests.window import find_button, shown
from ui.settings.proxy import ProxyDialog
from ui.shell import MainWindow
from ui.start.program import show_window

KEY = b"k" * 32
ADDRESS = "https://platform.example"
LOGIN = ("ışıl", "p@rola: 1")
WANTED = b"Basic " + base64.b64encode("ışıl:p@rola: 1".encode())
ASKS = http("407 Proxy Authentication Required", Proxy_Authenticate="Basic")
HEALTH = json_answer({"service": "twindesk", "version": "1"})


def proxy_of(head: bytes) -> bytes:
    """A proxy that asks who one is, then lets a request through, and ends every tunnel."""
    if WANTED not in head:
        return ASKS
    return http("502 Bad Gateway") if head.startswith(b"CONNECT") else HEALTH


@pytest.fixture
def proxy(answering: Callable[..., AnsweringServer], monkeypatch: pytest.MonkeyPatch) -> AnsweringServer:
    made = answering(proxy_of)
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, made.url)
        monkeypatch.setenv(name.upper(), made.url)
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Workspace]:
    workspace = open_workspace(tmp_path / "alone", key=KEY)
    workspace.prefer("language", "en")
    yield workspace
    workspace.close()


def place(server: AnsweringServer) -> str:
    return f"127.0.0.1:{server.port}"


def ask(workspace: Workspace, address: str = ADDRESS) -> str:
    client = ApiClient(address, lambda: None, lambda _token: None, inside(workspace).connection.line)
    try:
        client.health()
    except SyncError as error:
        return error.code
    finally:
        client.close()
    return ""


def test_the_same_kept_connection_is_taken_up_with_the_login(alone: Workspace, proxy: AnsweringServer) -> None:
    client = ApiClient(ADDRESS, lambda: None, lambda _token: None, inside(alone).connection.line)
    with pytest.raises(ProxySignInError):
        client.health()
    alone.network.sign_in(place(proxy), *LOGIN)
    with pytest.raises(SyncError) as error:
        client.health()
    assert error.value.code == "proxy_refused" and WANTED in proxy.heads[-1]
    client.close()


def test_a_plain_address_goes_through_with_the_login_too(alone: Workspace, proxy: AnsweringServer) -> None:
    assert ask(alone, "http://platform.example") == "proxy_sign_in"
    alone.network.sign_in(place(proxy), *LOGIN)
    ask(alone, "http://platform.example")
    assert WANTED in proxy.heads[-1]


def test_no_other_proxy_and_no_platform_sees_the_login(
    alone: Workspace, proxy: AnsweringServer, answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.network.sign_in(place(proxy), *LOGIN)
    other = answering(ASKS)
    monkeypatch.setenv("https_proxy", other.url)
    assert ask(alone) == "proxy_sign_in" and b"proxy-authorization" not in other.heads[-1].lower()
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name)
    platform = answering(HEALTH)
    ask(alone, platform.url)
    assert b"proxy-authorization" not in platform.heads[-1].lower()


def test_it_is_kept_until_the_next_start_and_forgotten_on_request(
    alone: Workspace, proxy: AnsweringServer, tmp_path: Path
) -> None:
    alone.network.sign_in(place(proxy), *LOGIN)
    assert LOGIN[1].encode() not in b"".join(p.read_bytes() for p in (tmp_path / "alone").rglob("*") if p.is_file())
    alone.close()
    again = open_workspace(tmp_path / "alone", key=KEY)
    assert again.network.login_for(place(proxy)) == LOGIN
    again.network.forget(place(proxy))
    assert again.network.login_for(place(proxy)) is None
    again.close()


def test_what_is_not_to_be_kept_counts_until_the_program_ends(
    alone: Workspace, proxy: AnsweringServer, tmp_path: Path
) -> None:
    alone.network.sign_in(place(proxy), *LOGIN, keep=False)
    assert alone.network.login_for(place(proxy)) == LOGIN
    alone.close()
    again = open_workspace(tmp_path / "alone", key=KEY)
    assert again.network.login_for(place(proxy)) is None
    again.close()


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"a": 1}', '{"127.0.0.1:1": ["only a name"]}', "null", '"x"'])
def test_rubbish_in_the_keyring_is_no_login(alone: Workspace, monkeypatch: pytest.MonkeyPatch, kept: str) -> None:
    monkeypatch.setattr(system_keyring, "read", lambda _account: kept)
    assert alone.network.login_for("127.0.0.1:1") is None


def test_a_locked_keyring_keeps_it_in_the_store(
    alone: Workspace, proxy: AnsweringServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_values: object) -> bool:
        raise RuntimeError("locked")

    monkeypatch.setattr(system_keyring, "write", locked)
    monkeypatch.setattr(system_keyring, "read", locked)
    alone.network.sign_in(place(proxy), *LOGIN)
    alone.close()
    again = open_workspace(tmp_path / "alone", key=KEY)
    assert again.network.login_for(place(proxy)) == LOGIN
    again.close()


@pytest.mark.parametrize("name", ["a:b", "a\r\nX-Evil: 1", "a\x00b", "x" * 10_000])
def test_a_name_cannot_smuggle_anything_into_the_headers(alone: Workspace, proxy: AnsweringServer, name: str) -> None:
    alone.network.sign_in(place(proxy), name, "word")
    assert ask(alone) == "proxy_sign_in"
    assert b"Evil" not in proxy.heads[-1] and len(proxy.heads[-1]) < 2_000


@pytest.mark.parametrize(
    "setting, found",
    [
        ("http://proxy.okul:8080", "proxy.okul:8080"),
        ("proxy.okul:8080", "proxy.okul:8080"),
        ("http://ali:veli@proxy.okul:8080/", "proxy.okul:8080"),
        ("http://PROXY.okul", "proxy.okul"),
        ("http://[::1]:3128", "::1:3128"),
        ("http://proxy:99999999", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_a_proxy_is_known_by_its_place_however_it_is_written(setting: str, found: str) -> None:
    assert place_of(setting) == found


@pytest.fixture
def window(qtbot: QtBot, alone: Workspace) -> Iterator[MainWindow]:
    made = show_window(alone)
    qtbot.addWidget(made)
    yield made
    inside(alone).service.stop()


def test_looking_for_the_platform_asks_for_the_login_and_goes_on(
    qtbot: QtBot, window: MainWindow, alone: Workspace, proxy: AnsweringServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def answer(dialog: ProxyDialog) -> int:
        asked.append(dialog.complaint.isVisibleTo(dialog))
        dialog.name.setText(LOGIN[0])
        dialog.password.setText("wrong" if len(asked) == 1 else LOGIN[1])
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(ProxyDialog, "exec", answer)
    page = window.page("settings")
    page.platform.field.setText("platform.example")
    page.platform.use()
    qtbot.waitUntil(
        lambda: any(WANTED in head for head in proxy.heads) and page.platform.button.isEnabled(), timeout=20_000
    )
    assert asked == [False, True], "the second time it says that the first was not taken"


def test_giving_up_says_what_stands_in_the_way(
    qtbot: QtBot, window: MainWindow, proxy: AnsweringServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProxyDialog, "exec", lambda _dialog: QDialog.DialogCode.Rejected)
    page = window.page("settings")
    page.platform.field.setText("platform.example")
    page.platform.use()
    qtbot.waitUntil(lambda: "asks for a name and a password" in page.platform.message.text(), timeout=20_000)
    assert page.platform.button.isEnabled()


def test_the_sync_centre_offers_it_where_the_sync_was_stopped_by_it(
    qtbot: QtBot, window: MainWindow, alone: Workspace
) -> None:
    page = window.page("sync_centre")
    assert not page._network.isVisible()
    inside(alone).service._board.change(state="trouble", code="proxy_sign_in")
    qtbot.waitUntil(page._network.isVisible)
    assert find_button(page, "Sign in to the network…") is page._network


def test_the_dialog_has_labels_that_stay_and_shows_what_is_typed(qtbot: QtBot) -> None:
    dialog = ProxyDialog("proxy.okul:8080", refused=False)
    qtbot.addWidget(dialog)
    dialog.show()
    said = [widget.text() for widget in shown(dialog) if hasattr(widget, "text")]
    assert {"Name", "Password", "Show"} <= set(said) and any("proxy.okul:8080" in text for text in said)
    dialog.show_.setChecked(True)
    qtbot.keyClicks(dialog.password, "SESAM")
    assert dialog.password.text() == "SESAM" and dialog.password.echoMode() == dialog.password.EchoMode.Normal
    assert dialog.password.accessibleName() == "Password"
    dialog._check()
    assert dialog.result() != QDialog.DialogCode.Accepted, "without a name there is nothing to send"
