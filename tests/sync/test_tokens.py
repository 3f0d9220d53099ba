"""Who is signed in: one renewal at a time, nobody's work under another's name, a keyring that is locked."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from app.account import OtherAccountError, TokenKeeper
from app.workspace import Workspace
from local_db.errors import DiskFullError
from local_db.tables import settings
from sync import revocations
from sync.client import ApiClient
from sync.errors import BadAnswerError, NoBrowserError, OfflineError, SignInCancelledError, SignInNeededError, SyncError
from sync.sign_in import sign_in
from tests.answering import json_answer
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform
from ui.demo.platform import browser_of

Make = Callable[..., Computer]


ACCESS, NEXT = "a" * 43, "n" * 43  # as a platform makes them


class MoodyKeyring(KeyringBackend):
    """A keyring that may be locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.locked_for: set[str] = set()

    def _open(self, what: str) -> None:
        if what in self.locked_for:
            raise keyring.errors.KeyringLocked("locked")

    def get_password(self, _service: str, username: str) -> str | None:
        self._open("get")
        return self.kept.get(username)

    def set_password(self, _service: str, username: str, password: str) -> None:
        self._open("set")
        self.kept[username] = password

    def delete_password(self, _service: str, username: str) -> None:
        self._open("set")
        del self.kept[username]


@pytest.fixture
def moody() -> Iterator[MoodyKeyring]:
    before, made = keyring.get_keyring(), MoodyKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def journals(platform: RunningPlatform) -> set[str]:
    rows = platform.database.db.execute_sql("select fields from record where kind = 'journal'").fetchall()
    return {row[0] for row in rows}


# -- renewing ----------------------------------------------------------------------------------


def test_eight_threads_whose_token_ran_out_renew_it_once(answering: Any) -> None:
    kept, gate = ["first"], threading.Barrier(8)
    server = answering(
        lambda head: (
            json_answer({"access_token": ACCESS, "refresh_token": NEXT, "expires_in": 900})
            if b"/oauth/token" in head
            else json_answer({})
        )
    )
    client = ApiClient(server.url, lambda: kept[0], lambda token: kept.__setitem__(0, str(token)))

    def ask() -> None:
        gate.wait()
        client.vocabularies()

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum("/oauth/token" in line for line in server.asked) == 1 and kept == [NEXT]


def test_a_token_that_was_renewed_meanwhile_signs_nobody_out(answering: Any) -> None:
    """400 on the old token, while another program or thread has stored its successor."""
    kept = ["old"]

    def answer(head: bytes) -> bytes:
        if b"refresh_token=old" in head:
            kept[0] = "new"
            return json_answer({"error": "invalid_grant"}, "400 Bad")
        return json_answer({"access_token": ACCESS, "refresh_token": NEXT, "expires_in": 900})

    client = ApiClient(answering(answer).url, lambda: kept[0], lambda token: kept.__setitem__(0, str(token)))
    client.refresh()
    assert kept == [NEXT] and client._access == ACCESS


def test_an_answer_lost_while_renewing_is_asked_for_again(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = computers(platform, AYSE)
    client = inside(a.workspace).client
    with monkeypatch.context() as cutting:

        def lost(*arguments: Any) -> None:
            read(*arguments)
            raise OfflineError("cut")

        read = client.read
        cutting.setattr(client, "read", lost)
        with pytest.raises(OfflineError):
            client.refresh()
    client._access = None
    a.sync()
    a.sync()
    assert a.workspace.status.state == "idle"


def test_a_new_token_that_a_full_disk_cannot_take_is_not_forgotten(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = computers(platform, AYSE)
    with monkeypatch.context() as full:

        def no_room(*_: object) -> None:
            raise DiskFullError("full")

        full.setattr("app.tokens.settings.put", no_room)
        with pytest.raises(DiskFullError):
            inside(a.workspace).client.refresh()
    for _round in range(3):
        inside(a.workspace).client.refresh()
    inside(a.restart()).client.refresh()


# -- a keyring that is locked ------------------------------------------------------------------


def test_a_keyring_locked_when_a_token_is_needed_waits_and_goes_on(
    moody: MoodyKeyring, platform: RunningPlatform, computers: Make
) -> None:
    a = computers(platform, AYSE)
    assert len(moody.kept) == 1
    a.restart()
    project = a.workspace.projects.create()
    moody.locked_for = {"get"}
    with pytest.raises(SyncError) as caught:
        a.sync()
    assert caught.value.code == a.workspace.status.code == "keyring_locked" and a.workspace.status.waiting == 1
    moody.locked_for = set()
    a.sync()
    assert a.workspace.status.state == "idle" and a.workspace.projects.get(project) is not None


@pytest.mark.parametrize("locked", [{"set"}, {"get", "set"}])
def test_a_keyring_locked_when_a_new_token_comes_does_not_lose_it(
    moody: MoodyKeyring, platform: RunningPlatform, computers: Make, locked: set[str]
) -> None:
    a = computers(platform, AYSE)
    (old,) = moody.kept.values()
    client = inside(a.workspace).client
    before = client._refresh_token()
    real = client._grant

    def locks(*arguments: Any, **named: Any) -> Any:
        tokens = real(*arguments, **named)
        moody.locked_for = locked
        return tokens

    client._grant = locks  # type: ignore[method-assign]
    client.refresh()
    client._grant = real  # type: ignore[method-assign]
    newest = client._refresh_token()
    assert newest and newest != before and list(moody.kept.values()) == [old]
    a.restart()
    inside(a.workspace).client.refresh()
    moody.locked_for = set()
    inside(a.workspace).client.refresh()
    assert list(moody.kept.values()) == [inside(a.workspace).client._refresh_token()]
    assert settings.get(inside(a.workspace).store, "refresh-token")["token"] is None


def test_signing_out_with_a_locked_keyring_is_signed_out(
    moody: MoodyKeyring, platform: RunningPlatform, computers: Make
) -> None:
    a = computers(platform, AYSE)
    moody.locked_for = {"get", "set"}
    a.workspace.account.sign_out()
    moody.locked_for = set()
    a.restart()
    with pytest.raises(SignInNeededError):
        a.sync()
    a.sign_in()
    a.sync()


def test_a_token_of_an_earlier_version_still_counts(desk: Workspace) -> None:
    settings.put(inside(desk).store, "refresh-token", "as it was kept")
    assert TokenKeeper(inside(desk).store).get() == "as it was kept"


# -- another's account -------------------------------------------------------------------------


def test_the_wrong_account_while_the_line_drops_sends_nothing_under_another_name(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = computers(platform, AYSE)
    project = a.workspace.projects.create()
    a.sync()
    me, token = a.workspace.account.current, inside(a.workspace).client._refresh_token()
    a.workspace.projects.write_journal(project, "Ayşe's own words")
    a.email = NIKOS
    with monkeypatch.context() as cutting:

        def cut(*_: object) -> None:
            a.workspace.online = False
            raise OfflineError("cut")

        cutting.setattr(inside(a.workspace).client, "owner_of", cut)
        with pytest.raises(OfflineError):
            a.sign_in()
    assert a.workspace.account.current == me and inside(a.workspace).client._refresh_token() == token
    assert len(revocations.waiting(inside(a.workspace).store)) == 1
    a.restart()
    a.workspace.online = True
    a.sync()
    owners = platform.database.db.execute_sql("select distinct owner_id from record where kind = 'journal'").fetchall()
    assert owners == [(me.id,)] and revocations.waiting(inside(a.workspace).store) == []


def test_another_teachers_token_in_the_profile_sends_nothing_and_is_dropped(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = a.workspace.projects.create()
    a.sync()
    a.workspace.projects.write_journal(project, "Ayşe's own words")
    stolen = inside(b.workspace).client._refresh_token()
    inside(a.workspace).client._keep_token(stolen)
    a.restart()  # as after a restored profile, or a crash between keyring and store
    with pytest.raises(SyncError) as caught:
        a.sync()
    assert caught.value.code == "other_account" and a.workspace.status.state == "signed_out"
    assert journals(platform) == set() and a.workspace.status.waiting == 1
    with pytest.raises(SignInNeededError):
        a.sync()
    assert inside(a.workspace).client._refresh_token() is None
    a.sign_in()
    a.sync()
    assert len(journals(platform)) == 1 and a.workspace.status.waiting == 0


def test_a_token_that_is_noted_for_another_account_is_not_used(desk: Workspace) -> None:
    keeper = TokenKeeper(inside(desk).store)
    settings.put(inside(desk).store, "account", {"id": "ayse"})
    keeper.announce("nikos-token", "nikos")
    assert keeper.get() is None
    keeper.keep("ayse-token")
    assert keeper.get() == "ayse-token"


def test_a_refused_account_changes_nothing_and_its_tokens_are_ended(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    count = "select count(*) from token where account_id = (select id from account where email = ?)"
    a.email = NIKOS
    with pytest.raises(OtherAccountError):
        a.sign_in()
    assert platform.database.db.execute_sql(count, (NIKOS,)).fetchone() == (0,)
    a.sync()


# -- signing out and in ------------------------------------------------------------------------


def test_signing_out_without_a_line_is_at_once_and_told_later(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    count = "select count(*) from token"
    a.workspace.online = False
    a.workspace.account.sign_out()
    assert inside(a.workspace).client._refresh_token() is None and inside(a.workspace).client._access is None
    assert platform.database.db.execute_sql(count).fetchone() != (0,)
    a.restart()
    a.workspace.online = True
    with pytest.raises(SignInNeededError):
        a.sync()
    assert platform.database.db.execute_sql(count).fetchone() == (0,)
    assert revocations.waiting(inside(a.workspace).store) == []
    a.sign_in()
    a.sync()


@pytest.mark.parametrize("broken", [lambda _url: False, lambda _url: (_ for _ in ()).throw(OSError("none"))])
def test_without_a_browser_the_sign_in_says_so(
    desk: Workspace, platform: RunningPlatform, broken: Callable[[str], object]
) -> None:
    desk.online = True
    desk.platform.choose(platform.url)
    with pytest.raises(NoBrowserError):
        desk.account.sign_in(broken, "done", threading.Event())


def test_a_sign_in_can_be_cancelled(platform: RunningPlatform) -> None:
    cancelled = threading.Event()
    client = ApiClient(platform.url, lambda: None, lambda _token: None)
    with pytest.raises(SignInCancelledError):
        sign_in(client, lambda _url: cancelled.set(), "done", cancelled)


def test_a_code_that_is_not_accepted_is_named(platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    client = ApiClient(platform.url, lambda: None, lambda _token: None)
    real = client.redeem
    monkeypatch.setattr(client, "redeem", lambda _code, verifier, where: real("another-code", verifier, where))
    with pytest.raises(BadAnswerError):
        sign_in(client, browser_of(AYSE), "done", threading.Event())
