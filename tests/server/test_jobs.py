"""What the platform does by itself: each job guarded, in one process at a time, and several processes at work."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests

from server.accounts import codes, tokens
from server.core import remembered
from server.core.database import Applied, AuthCode, Database, DirectoryEntry, Token
from server.core.jobs import LOCK, Job, Jobs
from server.directory.publisher import Publisher
from server.upkeep import jobs
from tests.conftest import wait_until
from tests.platform import AYSE, RunningPlatform
from tests.server.test_accounts import CHALLENGE, REDIRECT, account_id, at_once, me, pair

MAIN = Path(__file__).resolve().parents[2] / "main.py"


def test_a_job_that_fails_never_keeps_the_others_from_theirs(any_platform: RunningPlatform, caplog) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("bad")
        raise RuntimeError("broken")

    runner = Jobs(any_platform.database, [Job("bad", 0, fail), Job("good", 0, lambda: done.append("good"))], tick=0.01)
    runner.start()
    wait_until(lambda: done.count("good") >= 3 and done.count("bad") >= 3)
    runner.stop()
    assert "the job 'bad' failed" in caplog.text


def test_a_job_is_done_when_it_is_due_and_not_before(any_platform: RunningPlatform) -> None:
    done: list[int] = []
    runner = Jobs(any_platform.database, [Job("rare", 3_600, lambda: done.append(1))])
    assert runner.do_due() == ["rare"] and runner.do_due() == [] and done == [1]


def test_jobs_go_on_after_the_database_was_away(postgres: Callable[[], str], tmp_path: Path) -> None:
    with RunningPlatform(tmp_path / "platform", postgres()) as running:
        done: list[int] = []
        runner = Jobs(running.database, [Job("often", 0, lambda: done.append(len(done)))], tick=0.01)
        runner.start()
        for _ in range(3):
            seen = len(done)
            with psycopg.connect(running.database.url, autocommit=True) as other:
                other.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            wait_until(lambda seen=seen: len(done) > seen + 2)
        runner.stop()


def test_jobs_are_done_by_one_process_at_a_time(postgres: Callable[[], str], tmp_path: Path) -> None:
    url = postgres()
    with RunningPlatform(tmp_path / "platform", url) as running:
        other, inside, release = Database(url), threading.Event(), threading.Event()

        def long_work() -> None:
            inside.set()
            release.wait(20)

        busy = threading.Thread(target=Jobs(running.database, [Job("long", 0, long_work)]).do_due)
        busy.start()
        inside.wait(20)
        assert Jobs(other, [Job("mine", 0, lambda: None)]).do_due() == []
        release.set()
        busy.join(20)
        assert Jobs(other, [Job("mine", 0, lambda: None)]).do_due() == ["mine"]
        with other.only_here(LOCK) as mine:
            assert mine
        other.close()


def test_the_platforms_own_jobs_tidy_up_and_publish(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    good = pair(any_platform)
    codes.make(database, account_id(any_platform, AYSE), CHALLENGE, REDIRECT)
    old = pair(any_platform)
    database.run(Token.update(expires=1).where(Token.hash == tokens.hashed(old["access_token"])))
    database.run(AuthCode.update(expires=1))
    database.run(DirectoryEntry.update(dirty=True).where(DirectoryEntry.id == "t-ayse"))
    runner = Jobs(database, jobs(database, any_platform.data))
    assert len(runner.do_due()) == len(jobs(database, any_platform.data)), "none of them failed"
    assert database.execute("select count(*) from auth_code") == [(0,)]
    assert database.execute("select count(*) from token") == [(3,)] and me(any_platform, good["access_token"]) == 200
    assert not Publisher(database, any_platform.data).publish(), "nothing is left to publish"


def test_answers_are_remembered_for_sixty_days_and_then_forgotten(any_platform: RunningPlatform) -> None:
    database, now = any_platform.database, 2e9

    def remember(change_id: str, at: float) -> None:
        row = {"account_id": "a", "id": change_id, "status": "applied", "revision": 1, "code": "", "at": at}
        database.run(Applied.insert(**row))

    remember("old", now - remembered.KEEP_SECONDS - 1)
    remember("young", now - remembered.KEEP_SECONDS + 60)
    remember("without", 0)
    assert remembered.forget_old(database, now) == 1
    assert sorted(database.execute("select id, at from applied")) == [
        ("without", now),
        ("young", now - remembered.KEEP_SECONDS + 60),
    ]
    assert remembered.forget_old(database, now + remembered.KEEP_SECONDS + 1) == 2


def test_ten_thousand_old_answers_go_in_pieces(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    rows = [("a", f"c{number}", "applied", 0, "", "{}", 0.0 if number % 2 else 1.0) for number in range(5_000)]
    database.many(
        "insert into applied (account_id, id, status, revision, code, replaced, at) values (?, ?, ?, ?, ?, ?, ?)", rows
    )
    assert remembered.forget_old(database) == 2_500


@contextmanager
def served(url: str, data: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``main.py serve run`` as somebody would start it, on a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    common = [sys.executable, str(MAIN), "serve", "--data", str(data), "--database", url]
    subprocess.run([*common, "seed"], check=True, stdout=subprocess.DEVNULL, timeout=120)
    process = subprocess.Popen([*common, "run", "--port", str(port), *words], stdout=subprocess.PIPE, text=True)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: process.poll() is not None or _answers(base), 60)
        yield process, base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout
        process.stdout.close()


def _answers(base: str) -> bool:
    try:
        return requests.get(f"{base}/v1/health", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def children(pid: int) -> set[int]:
    """The worker processes below a process, as Linux tells them."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    return {int(number) for number in below if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes()}


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes as on Linux")
def test_several_processes_answer_as_one(postgres: Callable[[], str], tmp_path: Path) -> None:
    url = postgres()
    with served(url, tmp_path / "data", "--workers", "2") as (process, base):
        wait_until(lambda: len(children(process.pid)) == 2, 60)
        database = Database(url)
        first = tokens.issue(database, "t-ayse")

        def refresh(_: int) -> str:
            form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
            return str(requests.post(f"{base}/oauth/token", data=form, timeout=60).json()["refresh_token"])

        assert len(set(at_once(8, refresh))) == 1
        head = {"Authorization": f"Bearer {first['access_token']}"}
        change = {"type": "command", "id": "one", "name": "create_project", "args": {"project_id": "p"}}
        body = {"device": "d", "turn": 1, "nonce": "n1", "changes": [change]}
        answers = [requests.post(f"{base}/v1/exchange", json=body, headers=head, timeout=60) for _ in range(6)]
        said = [answer.json()["results"][0]["status"] for answer in answers]
        assert said == ["applied"] + ["repeated"] * 5
        assert database.execute("select count(*) from project") == [(1,)]
        victim = min(children(process.pid))
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(children(process.pid) - {victim}) == 2, 60)
        assert _answers(base)
        database.close()
    assert process.returncode == 0


def test_several_processes_on_sqlite_are_refused_with_a_sentence(tmp_path: Path) -> None:
    line = [sys.executable, str(MAIN), "serve", "--data", str(tmp_path), "run", "--workers", "2"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "Several processes need PostgreSQL" in done.stdout


def test_a_proxy_that_is_no_address_is_named(tmp_path: Path) -> None:
    line = [sys.executable, str(MAIN), "serve", "--data", str(tmp_path), "run", "--trusted-proxy", "anyone"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "--trusted-proxy" in done.stdout and "anyone" in done.stdout
