"""How long others' exchanges wait while a directory is published: ``python -m benchmarks.publishing [count]``.

A platform of its own process holds ``count`` made-up teachers (1.2 million if not said), all of them to be published.
While its publisher works, a teacher changes their profile again and again, which writes to the database each time. The
same is done as often afterwards, when nothing is published: what is longest there is the machine's doing. On SQLite
and on PostgreSQL.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import requests

from app.workspace import open_workspace
from benchmarks import big_directory as made
from server.core.database import Database
from server.demonstration import seed
from server.directory import entries
from server.directory.packs import PackFolder
from sync.client import ApiClient
from sync.protocol.messages import ExchangeRequest, RecordChange
from sync.question import Question
from tests.inside import inside
from tests.platform import postgres_url
from ui.demo.platform import TEACHERS, browser_of

COUNT, PAUSE = 1_200_000, 0.05
MOST_AFTERWARDS = 1_000
AIM = 100  # milliseconds that anybody should wait at most
ROOT = Path(__file__).resolve().parents[1]


def fill(database: Database, data: Path, count: int) -> None:
    """The demonstration's accounts, and ``count`` teachers who wait to be published."""
    seed.seed(database, data, count=60)
    shared = made.common_words()
    for country, size in made.sizes(count).items():
        teachers = made.Country(country, size, 2026, shared).teachers()
        while page := list(islice(teachers, 5_000)):
            with database.transaction():
                entries.put(database, page)


@contextmanager
def platform(data: Path, url: str) -> Iterator[str]:
    """A platform in a process of its own, which begins to publish at once; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--data", str(data), "--database", url, "--port", str(port)]
    process = subprocess.Popen([sys.executable, "main.py", *words], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(address):
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/v1/health", timeout=1).ok
    except requests.RequestException:
        return False


class Teacher:
    """Somebody signed in who changes their profile."""

    def __init__(self, address: str, workspace_folder: Path) -> None:
        self._workspace = open_workspace(workspace_folder, key=bytes(32), server=address)
        self._workspace.account.sign_in(browser_of(TEACHERS[0]), "done", threading.Event())
        self._client: ApiClient = inside(self._workspace).client
        self._number = 0

    def exchange(self) -> float:
        """One change of the profile; seconds until it was answered."""
        self._number += 1
        change = RecordChange(
            type="record",
            id=uuid.uuid4().hex,
            scope="account:t-ayse",
            kind="profile",
            record_id="t-ayse",
            base_revision=0,
            fields={"about": f"Change {self._number}"},
        )
        begun = time.perf_counter()
        answer = self._client.exchange(self._request(change))
        took = time.perf_counter() - begun
        assert answer.results[0].status == "applied", answer.results
        return took

    def _request(self, change: RecordChange) -> Question:
        turn = self._number
        return Question(ExchangeRequest(device="benchmark", turn=turn, nonce=f"n{turn}"), [change])

    def close(self) -> None:
        """Close the workspace."""
        self._workspace.close()


def waits(teacher: Teacher, go_on: Any) -> list[float]:
    """Milliseconds of one exchange after the other, as long as ``go_on()``."""
    took = []
    while go_on():
        took.append(1_000 * teacher.exchange())
        time.sleep(PAUSE)
    return took


def told(name: str, took: list[float]) -> str:
    """A line of figures."""
    ordered = sorted(took)
    return (
        f"{name}: {len(took)} exchanges, p50 {statistics.median(took):.0f} ms, "
        f"p99 {ordered[int(len(ordered) * 0.99)]:.0f} ms, longest {ordered[-1]:.0f} ms, "
        f"{sum(one > AIM for one in took)} above {AIM}"
    )


def measure(name: str, data: Path, url: str, count: int) -> None:
    """Publish ``count`` teachers on one database, and say how long others waited."""
    database = Database(url)
    fill(database, data, count)
    database.close()
    folder = PackFolder(data / "packs")
    before = folder.list().number
    begun = time.perf_counter()
    with platform(data, url) as address:
        teacher = Teacher(address, data / "teacher")
        while_publishing = waits(
            teacher, lambda: folder.list().number == before or any(folder.folder.glob("*.journal"))
        )
        seconds = time.perf_counter() - begun
        afterwards = iter(range(min(len(while_publishing), MOST_AFTERWARDS)))
        alone = waits(teacher, lambda: next(afterwards, None) is not None)
        teacher.close()
    published = sum(pack.profiles for pack in folder.list().packs)
    assert published > 0.9 * count, f"{published} of {count}"  # some have expired already
    print(f"{name}: {published:,} teachers published in {seconds:.0f} s", flush=True)
    print("  " + told("meanwhile", while_publishing), flush=True)
    print("  " + told("afterwards", alone), flush=True)


def main(count: int = COUNT) -> None:
    """Both databases, one after the other."""
    with tempfile.TemporaryDirectory(prefix="twindesk-benchmark-") as place:
        root = Path(place)
        measure("SQLite", root / "one", f"sqlite:///{_made(root / 'one') / 'platform.db'}", count)
        maker = postgres_url(_made(root / "postgres"))
        measure("PostgreSQL", _made(root / "two"), next(maker)(), count)
        maker.close()  # type: ignore[attr-defined]


def _made(path: Path) -> Path:
    path.mkdir()
    return path


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
