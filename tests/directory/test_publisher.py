"""The publisher's own process: it publishes, ends with the platform, and its failures end nothing else."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from server.core.database import Database, DirectoryEntry
from server.core.jobs import Job, Jobs
from server.directory import pace
from server.directory.pace import Pace
from server.directory.packs import PackFolder
from server.directory.publisher import Publisher, PublisherFailedError
from tests.conftest import wait_until
from tests.directory.test_publishing import Reader
from tests.platform import RunningPlatform


def change_nikos(database: Database) -> None:
    database.run(
        DirectoryEntry.update(dirty=True, fields=DirectoryEntry.fields.concat(" ")).where(
            DirectoryEntry.id == "t-nikos"
        )
    )


@contextmanager
def somebody_else_publishes(data: Path) -> Iterator[None]:
    """The publisher's process starts, and waits for its turn."""
    with FileLock(data / "packs" / "publishing.lock"):
        yield


def alive(publisher: Publisher) -> bool:
    return publisher._process is not None and publisher._process.is_alive()


def begun(publisher: Publisher) -> tuple[threading.Thread, list[object]]:
    """A publication that was asked for in another thread, and what comes of it."""
    came: list[object] = []

    def publish() -> None:
        try:
            came.append(publisher.publish())
        except PublisherFailedError as error:
            came.append(error)
        finally:
            publisher._database.close()

    thread = threading.Thread(target=publish)
    thread.start()
    wait_until(lambda: alive(publisher), 60)
    return thread, came


def test_what_changed_is_published_by_another_process(any_platform: RunningPlatform) -> None:
    database, publisher = any_platform.database, Publisher(any_platform.database, any_platform.data)
    folder = PackFolder(any_platform.data / "packs")
    before = folder.list().number
    assert not publisher.publish() and publisher._process is None, "nothing changed, and no process is started"
    change_nikos(database)
    assert publisher.publish()
    assert publisher._process is not None and publisher._process.pid != os.getpid()
    assert folder.list().number == before + 1 and "t-nikos" in Reader(folder).read()
    assert not publisher.publish()


def test_a_publisher_that_was_killed_fails_alone_and_the_next_one_does_its_work(any_platform: RunningPlatform) -> None:
    publisher = Publisher(any_platform.database, any_platform.data)
    change_nikos(any_platform.database)
    with somebody_else_publishes(any_platform.data):
        thread, came = begun(publisher)
        assert publisher._process is not None
        publisher._process.kill()
        thread.join(60)
    assert isinstance(came[0], PublisherFailedError)
    assert publisher.publish()


def test_a_publisher_that_fails_never_keeps_the_other_jobs_from_theirs(
    any_platform: RunningPlatform, capfd, caplog
) -> None:
    database, packs = any_platform.database, any_platform.data / "packs"
    publisher, done = Publisher(database, any_platform.data), list[str]()
    change_nikos(database)
    listing = (packs / "packs.json").read_bytes()
    (packs / "packs.json").write_bytes(b"no list")
    work = [Job("publish", 0, publisher.publish, publisher.stop), Job("other", 0, lambda: done.append("other"))]
    runner = Jobs(database, work)
    assert runner.do_due() == ["other"] and done == ["other"]
    assert "the job 'publish' failed" in caplog.text and "ValidationError" in capfd.readouterr().err
    (packs / "packs.json").write_bytes(listing)
    assert runner.do_due() == ["publish", "other"]


def test_no_process_can_be_started_and_the_other_jobs_are_done(any_platform: RunningPlatform, monkeypatch) -> None:
    publisher = Publisher(any_platform.database, any_platform.data)
    change_nikos(any_platform.database)

    def refuse(_process: object) -> None:
        raise OSError("no room for another process")

    runner = Jobs(any_platform.database, [Job("publish", 0, publisher.publish), Job("other", 0, lambda: None)])
    with monkeypatch.context() as patch:
        patch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
        assert runner.do_due() == ["other"]
    assert runner.do_due() == ["publish", "other"]


def test_stopping_the_jobs_ends_the_publisher_and_starts_no_other(any_platform: RunningPlatform, caplog) -> None:
    publisher = Publisher(any_platform.database, any_platform.data)
    change_nikos(any_platform.database)
    runner = Jobs(any_platform.database, [Job("publish", 0, publisher.publish, publisher.stop)], tick=0.01)
    with somebody_else_publishes(any_platform.data):
        runner.start()
        wait_until(lambda: alive(publisher), 60)
        runner.stop()
        assert not alive(publisher)
    assert not publisher.publish(), "after the end nothing begins"
    assert "failed" not in caplog.text
    assert Publisher(any_platform.database, any_platform.data).publish()


def publishers_below(pid: int) -> set[int]:
    """The processes that a platform's process has started, as Linux tells them."""
    below = Path(f"/proc/{pid}/task")
    numbers = {int(n) for task in below.iterdir() for n in (task / "children").read_text("utf-8").split()}
    return {number for number in numbers if b"spawn_main" in _command(number)}


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for one that has ended and is not yet taken note of
    except OSError:
        return b""


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes as on Linux")
@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_the_publisher_ends_with_the_platform_however_that_ends(tmp_path: Path, how: str) -> None:
    url = f"sqlite:///{tmp_path / 'platform.db'}"
    serve = [sys.executable, "main.py", "serve", "--data", str(tmp_path), "--database", url]
    subprocess.run([*serve, "seed"], check=True, stdout=subprocess.DEVNULL, timeout=120)
    database = Database(url)
    change_nikos(database)
    database.close()
    with somebody_else_publishes(tmp_path):
        platform = subprocess.Popen([*serve, "run", "--port", "0"], stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: publishers_below(platform.pid), 60)
            (publisher,) = publishers_below(platform.pid)
            platform.send_signal(getattr(signal, how))
            platform.wait(60)
            wait_until(lambda: not _command(publisher), 60)
        finally:
            platform.kill()
            platform.wait(60)


def test_transactions_grow_while_they_are_quick_and_shrink_when_they_are_not() -> None:
    paced = Pace()
    for _turn in range(20):
        paced.note(paced.rows, 0.001)
    assert paced.rows == pace.MOST and paced.due_rest == pace.SHORTEST_REST
    paced.note(paced.rows, 10 * pace.AIM)
    assert paced.rows == pace.FEWEST == pace.MOST // 10 and paced.due_rest == pytest.approx(10 * pace.AIM)
    paced.note(paced.rows, 60.0)
    assert paced.rows == pace.FEWEST and paced.due_rest == pace.LONGEST_REST
    paced.note(paced.rows, 0.0)
    assert pace.FEWEST < paced.rows < 2 * pace.FEWEST
