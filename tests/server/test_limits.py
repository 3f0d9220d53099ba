"""Who asks too much is slowed down; nobody else is, and nobody gets round it by saying to be someone else."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest
import requests

from server.core.addresses import client_address, networks
from server.core.limits import Buckets, Limits, Turns
from server.core.problems import ProblemError
from tests.platform import AYSE, NIKOS, Api, RunningPlatform, command
from tests.server.test_accounts import pair


def came_from(peer: str, forwarded: str | None, *trusted: str) -> str:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return client_address({"client": (peer, 1), "headers": headers}, networks(trusted))


def test_a_proxy_is_believed_only_when_it_was_named() -> None:
    assert came_from("192.0.2.9", "10.1.1.1") == "192.0.2.9"
    assert came_from("192.0.2.9", "10.1.1.1", "192.0.2.0/24") == "10.1.1.1"
    assert came_from("192.0.2.9", "6.6.6.6, 10.1.1.1", "192.0.2.9") == "10.1.1.1", (
        "what the client wrote is not believed"
    )
    assert came_from("192.0.2.9", "10.1.1.1, 192.0.2.7", "192.0.2.0/24") == "10.1.1.1", "two proxies of ours"
    assert came_from("192.0.2.9", "10.1.1.1:5555", "192.0.2.9") == "10.1.1.1"
    assert came_from("::1", "[2001:db8::5]:443", "::1") == "2001:db8::/64"
    assert came_from("::1", "nonsense, ", "::1") == "::/64"
    assert came_from("2001:db8:0:1::7", None) == came_from("2001:db8:0:1:ffff::1", None), "a household is one"
    assert came_from("::ffff:192.0.2.1", None) == "192.0.2.1"
    with pytest.raises(ValueError):
        networks(["anyone"])


def test_a_forwarded_address_lifts_no_limit(tmp_path: Path) -> None:
    def seen(running: RunningPlatform) -> list[int]:
        return [
            requests.get(
                f"{running.url}/v1/health", headers={"X-Forwarded-For": f"203.0.113.{number}"}, timeout=20
            ).status_code
            for number in range(10)
        ]

    with RunningPlatform(tmp_path / "plain", per_second=0.01, burst=4) as plain:
        assert seen(plain) == [200] * 4 + [429] * 6
    proxied = networks(["127.0.0.1"])
    with RunningPlatform(tmp_path / "proxied", per_second=0.01, burst=4, trusted_proxies=proxied) as behind:
        assert seen(behind) == [200] * 10


def test_of_too_many_counts_the_oldest_goes_and_never_all() -> None:
    buckets = Buckets(per_second=0.001, burst=2, most=3)
    for name in ("a", "a", "b", "b", "c", "c"):
        assert buckets.take(name) == 0
    assert buckets.take("a") > 0
    assert buckets.take("d") == 0  # "b" was not used for longest and goes
    assert buckets.take("a") > 0 and buckets.take("c") > 0, "those who asked too much are still counted"
    assert buckets.take("b") == 0


def test_an_account_has_a_budget_of_its_own(tmp_path: Path) -> None:
    with RunningPlatform(tmp_path / "strict", account_per_second=0.01, account_burst=5) as strict:
        ayse, nikos = Api(strict), Api(strict)
        for api, email in ((ayse, AYSE), (nikos, NIKOS)):
            api.session.headers["Authorization"] = f"Bearer {pair(strict, email)['access_token']}"
        codes = [ayse.call("GET", "/v1/me").status_code for _ in range(8)]
        assert codes == [200] * 5 + [429] * 3
        assert int(ayse.exchange().headers["Retry-After"]) >= 1
        assert nikos.call("GET", "/v1/me").status_code == 200


def test_an_accounts_requests_take_turns_and_others_do_not_wait() -> None:
    async def scene() -> None:
        turns, running, most, let_go = Turns(2, patience=30), 0, 0, asyncio.Event()

        async def work(name: str) -> None:
            nonlocal running, most
            async with turns.turn(name):
                running += 1
                most = max(most, running)
                await let_go.wait()
                running -= 1

        mine = [asyncio.create_task(work("one")) for _ in range(6)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5), turns.turn("another"):
            pass
        let_go.set()
        await asyncio.gather(*mine)
        assert most == 2 and turns._queues == {}

    asyncio.run(scene())


def test_whose_turn_does_not_come_is_told_to_come_again() -> None:
    async def scene() -> None:
        turns = Turns(1, patience=0.01)
        async with turns.turn("one"):
            with pytest.raises(ProblemError) as caught:
                async with turns.turn("one"):
                    pass
            assert caught.value.status == 429 and "Retry-After" in (caught.value.headers or {})
        async with turns.turn("one"):
            pass
        assert turns._queues == {}

    asyncio.run(scene())


def test_exchanges_of_one_account_that_hang_do_not_keep_another_out(tmp_path: Path) -> None:
    with RunningPlatform(tmp_path / "busy", patience=0.2) as running:
        ayse, nikos = (pair(running, email)["access_token"] for email in (AYSE, NIKOS))
        held, release = threading.Event(), threading.Event()

        def hold_the_database() -> None:
            with running.database.transaction():
                held.set()
                release.wait(30)

        def exchange(token: str) -> int:
            api = Api(running)
            api.session.headers["Authorization"] = f"Bearer {token}"
            return api.exchange(command("close_post", post_id="none")).status_code

        assert [exchange(ayse), exchange(nikos)] == [200, 200]  # both tokens are known to be in use
        holder = threading.Thread(target=hold_the_database)
        holder.start()
        held.wait(20)
        with ThreadPoolExecutor(6) as pool:
            asked = [pool.submit(exchange, ayse) for _ in range(6)]
            try:
                turned_away = [answer.result() for _, answer in zip(range(4), as_completed(asked, 30), strict=False)]
                head = {"Authorization": f"Bearer {nikos}"}
                other = requests.get(f"{running.url}/v1/directory", headers=head, timeout=20).status_code
            finally:
                release.set()
                holder.join()
        assert turned_away == [429] * 4 and other == 200
        assert sorted(answer.result() for answer in asked) == [200] * 2 + [429] * 4


def test_the_limits_that_ship_let_a_working_teacher_through() -> None:
    limits = Limits()
    assert limits.exchanges == 2 and limits.account_burst >= 200 and limits.small_body == 16 * 1024
