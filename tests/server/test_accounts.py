"""Signing in holds in parallel, a stolen token ends its family, a guesser is stopped, and an office is no teacher."""

import base64
import hashlib
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from server.accounts import attempts, codes, tokens
from server.accounts.signed_in import TEACHER
from server.core.database import Account, Attempt, AuthCode, Database, Token
from tests.platform import AYSE, NIKOS, Api, RunningPlatform, command

T = TypeVar("T")
OFFICE = "office-tr@example.org"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "http://127.0.0.1:5/"


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """The results of ``work`` done by so many threads, all let go at the same moment."""
    barrier = threading.Barrier(count)

    def wait_and_work(number: int) -> T:
        barrier.wait(20)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_work, range(count)))


def account_id(platform: RunningPlatform, email: str) -> str:
    row = platform.database.one(Account.select().where(Account.email == email))
    assert row is not None
    return str(row["id"])


def pair(platform: RunningPlatform, email: str = AYSE) -> dict[str, Any]:
    return tokens.issue(platform.database, account_id(platform, email))


def refresh(platform: RunningPlatform, token: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return requests.post(f"{platform.url}/oauth/token", data=form, timeout=30)


def redeem(platform: RunningPlatform, code: str, verifier: str = VERIFIER, uri: str = REDIRECT) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": uri}
    return requests.post(f"{platform.url}/oauth/token", data=form, timeout=30)


def me(platform: RunningPlatform, access: str) -> int:
    answer = requests.get(f"{platform.url}/v1/me", headers={"Authorization": f"Bearer {access}"}, timeout=30)
    return answer.status_code


def long_ago(platform: RunningPlatform) -> None:
    """Every trade of a refresh token lies behind the grace."""
    platform.database.run(Token.update(used_at=Token.used_at - 2 * tokens.GRACE_SECONDS).where(Token.used_at > 0))


def sign_in(platform: RunningPlatform, email: str, password: str, **headers: str) -> requests.Response:
    form = {"email": email, "password": password, "redirect_uri": REDIRECT, "state": "s", "code_challenge": CHALLENGE}
    url = f"{platform.url}/oauth/authorize"
    return requests.post(url, data=form, headers=headers, timeout=30, allow_redirects=False)


def test_one_refresh_token_used_eight_times_at_once_gives_one_successor(any_platform: RunningPlatform) -> None:
    first = pair(any_platform)
    answers = at_once(8, lambda _: refresh(any_platform, first["refresh_token"]))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert len({answer.json()["access_token"] for answer in answers}) == 1
    assert me(any_platform, answers[0].json()["access_token"]) == 200
    kept = any_platform.database.all(Token.select().where(Token.parent != "", Token.kind == "refresh"))
    assert len(kept) == 1


def test_two_computers_that_refresh_at_once_again_and_again_stay_signed_in(any_platform: RunningPlatform) -> None:
    first = pair(any_platform)

    def use(_number: int) -> list[int]:
        mine, seen = first, []
        for _ in range(4):
            answer = refresh(any_platform, mine["refresh_token"])
            seen.append(answer.status_code)
            mine = answer.json()
            seen.append(me(any_platform, mine["access_token"]))
        return seen

    assert at_once(2, use) == [[200] * 8] * 2


def test_an_answer_that_was_lost_is_given_again_however_late(any_platform: RunningPlatform) -> None:
    first = pair(any_platform)
    lost = refresh(any_platform, first["refresh_token"]).json()
    long_ago(any_platform)
    again = refresh(any_platform, first["refresh_token"])
    assert again.status_code == 200 and again.json()["refresh_token"] == lost["refresh_token"]
    assert me(any_platform, again.json()["access_token"]) == 200


@pytest.mark.parametrize("used", ["access", "refresh"])
def test_a_token_used_long_after_its_successor_is_a_theft_and_ends_the_family(
    any_platform: RunningPlatform, used: str
) -> None:
    stolen, other = pair(any_platform), pair(any_platform)
    second = refresh(any_platform, stolen["refresh_token"]).json()
    if used == "access":
        assert me(any_platform, second["access_token"]) == 200
    else:
        second = refresh(any_platform, second["refresh_token"]).json()
    long_ago(any_platform)
    thief = refresh(any_platform, stolen["refresh_token"])
    assert (thief.status_code, thief.json()) == (400, {"error": "invalid_grant"})
    assert refresh(any_platform, second["refresh_token"]).status_code == 400
    assert me(any_platform, second["access_token"]) == 401
    assert refresh(any_platform, other["refresh_token"]).status_code == 200  # another sign-in is another family


def test_whoever_signs_out_is_out_even_while_a_thread_refreshes(any_platform: RunningPlatform) -> None:
    for _ in range(5):
        mine = pair(any_platform)

        def act(number: int, token: str = mine["refresh_token"]) -> requests.Response:
            if number:
                return refresh(any_platform, token)
            return requests.post(f"{any_platform.url}/oauth/revoke", data={"token": token}, timeout=30)

        done, *refreshed = at_once(3, act)
        assert done.status_code == 200 and me(any_platform, mine["access_token"]) == 401
        for answer in refreshed:
            if answer.status_code == 200:
                assert me(any_platform, answer.json()["access_token"]) == 401
                assert refresh(any_platform, answer.json()["refresh_token"]).status_code == 400
    assert any_platform.database.all(Token.select()) == []


def test_nothing_that_is_kept_of_tokens_would_open_anything(any_platform: RunningPlatform) -> None:
    first = pair(any_platform)
    second = refresh(any_platform, first["refresh_token"]).json()
    secrets = {first["refresh_token"], first["access_token"], second["refresh_token"], second["access_token"]}
    for row in any_platform.database.all(Token.select()):
        assert not secrets & set(map(str, row.values()))
        assert me(any_platform, row["hash"]) == 401 and refresh(any_platform, row["hash"]).status_code == 400


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(any_platform: RunningPlatform) -> None:
    mine = pair(any_platform)
    assert refresh(any_platform, mine["access_token"]).status_code == 400
    assert me(any_platform, mine["refresh_token"]) == 401


def test_one_code_used_eight_times_at_once_is_redeemed_once(any_platform: RunningPlatform) -> None:
    code = codes.make(any_platform.database, account_id(any_platform, AYSE), CHALLENGE, REDIRECT)
    answers = at_once(8, lambda _: redeem(any_platform, code))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    good = next(answer.json() for answer in answers if answer.status_code == 200)
    assert me(any_platform, good["access_token"]) == 200
    assert len({row["family"] for row in any_platform.database.all(Token.select())}) == 1


def test_a_code_is_for_its_verifier_and_address_and_a_short_time(any_platform: RunningPlatform) -> None:
    database, who = any_platform.database, account_id(any_platform, AYSE)
    for verifier, uri in (("w" * 64, REDIRECT), ("", REDIRECT), ("é", REDIRECT), (VERIFIER, "http://127.0.0.1:6/")):
        code = codes.make(database, who, CHALLENGE, REDIRECT)
        assert redeem(any_platform, code, verifier, uri).status_code == 400
        assert redeem(any_platform, code).status_code == 400, "a code is tried once"
    late = codes.make(database, who, CHALLENGE, REDIRECT)
    database.run(AuthCode.update(expires=0))
    assert redeem(any_platform, late).status_code == 400


@pytest.mark.parametrize("grant", ["password", "client_credentials", "", "x\0"])
def test_other_grants_are_named_as_not_supported(any_platform: RunningPlatform, grant: str) -> None:
    answer = requests.post(f"{any_platform.url}/oauth/token", data={"grant_type": grant}, timeout=30)
    assert answer.status_code in (400, 422)
    assert answer.status_code == 422 or answer.json() == {"error": "unsupported_grant_type"}


@pytest.mark.parametrize(
    "uri",
    ["http://[", "http://127.0.0.1:99999/", "http://a@127.0.0.1/", "http://127.0.0.1/?x=1", "http://127.0.0.1/#f", ""],
)
def test_an_address_that_is_not_this_computers_is_refused_with_a_sentence(platform: RunningPlatform, uri: str) -> None:
    form = {"email": AYSE, "password": "demo-password", "redirect_uri": uri, "state": "s", "code_challenge": CHALLENGE}
    answer = requests.post(f"{platform.url}/oauth/authorize", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_expired_tokens_and_codes_are_removed_and_good_ones_stay(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    old, good = pair(any_platform), pair(any_platform)
    database.run(Token.update(expires=1).where(Token.hash == tokens.hashed(old["refresh_token"])))
    assert refresh(any_platform, old["refresh_token"]).status_code == 400
    codes.make(database, account_id(any_platform, AYSE), CHALLENGE, REDIRECT)
    database.run(AuthCode.update(expires=1))
    assert (tokens.remove_expired(database), codes.remove_expired(database)) == (1, 1)
    assert refresh(any_platform, good["refresh_token"]).status_code == 200


def test_guessing_passwords_is_stopped_and_a_forwarded_address_does_not_help(any_platform: RunningPlatform) -> None:
    most = int(attempts.ACCOUNT[0])
    seen = [
        sign_in(any_platform, NIKOS, "wrong", **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(most + 3)
    ]
    assert seen == [401] * most + [429] * 3
    right = sign_in(any_platform, f"  {NIKOS.upper()} ", "demo-password")
    assert right.status_code == 429 and "Try again in" in right.text and int(right.headers["Retry-After"]) >= 1
    assert sign_in(any_platform, AYSE, "demo-password").status_code == 303, "others at the same address sign in"


def test_a_stranger_who_guesses_does_not_lock_the_owner_out(platform: RunningPlatform) -> None:
    database = platform.database
    attempts.give_back(database, NIKOS, "192.0.2.1")  # the owner signed in from here once
    for _ in range(20):
        attempts.take(database, NIKOS, "198.51.100.7")
    assert attempts.take(database, NIKOS, "198.51.100.7") > 0
    assert attempts.take(database, NIKOS, "192.0.2.1") == 0
    assert attempts.take(database, NIKOS, "192.0.2.99") > 0


def test_one_address_that_tries_many_accounts_is_stopped(any_platform: RunningPlatform) -> None:
    most = int(attempts.ADDRESS[0])
    seen = [sign_in(any_platform, f"nobody{number}@example.org", "x").status_code for number in range(most + 2)]
    assert seen[:most] == [401] * most and seen[-1] == 429


def test_a_school_that_signs_in_rightly_is_never_counted(any_platform: RunningPlatform) -> None:
    for _ in range(int(attempts.ADDRESS[0]) + 5):
        assert sign_in(any_platform, AYSE, "demo-password").status_code == 303


def test_wrong_passwords_are_counted_by_all_processes_together_and_guessed_at_once(
    any_platform: RunningPlatform, tmp_path: Path
) -> None:
    url = any_platform.database.url
    with RunningPlatform(tmp_path / "platform", url) as other:
        both = (any_platform, other)
        answers = at_once(16, lambda number: sign_in(both[number % 2], NIKOS, "wrong").status_code)
    assert answers.count(401) == int(attempts.ACCOUNT[0]) and answers.count(429) == 16 - answers.count(401)


def test_counts_of_wrong_passwords_name_nobody_and_go_again(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    sign_in(any_platform, NIKOS, "wrong")
    names = [row["name"] for row in database.all(Attempt.select())]
    assert names and all(re.fullmatch("[0-9a-f]{64}", name) for name in names)
    assert attempts.remove_old(database) == 0
    database.run(Attempt.update(at=1))
    assert attempts.remove_old(database) == len(names)


def test_an_office_is_refused_wherever_a_teacher_acts(any_platform: RunningPlatform) -> None:
    office = {"Authorization": f"Bearer {pair(any_platform, OFFICE)['access_token']}"}
    teacher = {"Authorization": f"Bearer {pair(any_platform, AYSE)['access_token']}"}
    refused = set()
    for method, path in _routes(any_platform):
        where = any_platform.url + re.sub(r"\{\w+\}", "1", path)
        headers = {"Content-Type": "application/json", "Tus-Resumable": "1.0.0"}
        answer = requests.request(method, where, headers=headers | office, data=b"{}", timeout=30)
        if path in ("/v1/me", "/v1/health") or method == "OPTIONS":
            assert answer.status_code < 300
            continue
        assert answer.status_code == 403, (method, path, answer.status_code)
        assert method == "HEAD" or answer.json()["code"] == "teachers_only"
        refused.add((method, path))
        own = requests.request(method, where, headers=headers | teacher, data=b"{}", timeout=30)
        assert "teachers_only" not in own.text
    assert {("POST", "/v1/exchange"), ("GET", "/v1/directory"), ("POST", "/v1/uploads")} <= refused


def _routes(platform: RunningPlatform) -> list[tuple[str, str]]:
    paths = platform.app.openapi()["paths"]
    return [(m.upper(), p) for p, methods in paths.items() if p.startswith("/v1/") for m in methods]


def test_an_offices_commands_change_nothing(any_platform: RunningPlatform) -> None:
    api = Api(any_platform)
    api.session.headers["Authorization"] = f"Bearer {pair(any_platform, OFFICE)['access_token']}"
    answer = api.exchange(command("create_project", project_id="of-an-office"))
    assert answer.status_code == 403 and answer.json()["code"] == "teachers_only"
    assert any_platform.database.execute("select count(*) from project") == [(0,)]
    assert any_platform.database.one(Account.select().where(Account.role != TEACHER)) is not None


def test_an_account_that_is_gone_has_no_way_in(any_platform: RunningPlatform) -> None:
    mine = pair(any_platform, NIKOS)
    any_platform.database.run(Account.delete().where(Account.email == NIKOS))
    assert me(any_platform, mine["access_token"]) == 401


def test_a_database_of_before_goes_on_with_the_tokens_it_has(any_platform: RunningPlatform) -> None:
    """Until now the next token was drawn by lot; its row has another hash than the one derived today."""
    database: Database = any_platform.database
    common = {"family": "f", "account_id": account_id(any_platform, AYSE), "expires": 4e9}
    for name, parent, used in (("old", "", True), ("new", tokens.hashed("old"), False)):
        database.run(Token.insert(hash=tokens.hashed(name), kind="refresh", parent=parent, used=used, **common))
    assert refresh(any_platform, "new").status_code == 200
    assert refresh(any_platform, "old").status_code == 400, "its successor is in use"
