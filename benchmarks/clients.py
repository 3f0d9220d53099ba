"""64 clients that ask for news in vain, beside a bare FastAPI and psycopg echo: ``python -m benchmarks.clients``.

Both run in two processes on the same PostgreSQL, and are asked in turn. Aims: at least 0.4 of the echo's requests a
second, and a p99 of at most 250 ms.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.rules.ids import uuid7
from benchmarks.echo import WORKERS
from benchmarks.platforms import Platform, Process, free_address
from server.accounts import tokens
from server.core import records
from server.core.database import Account, Database, Member
from sync.protocol import registry
from sync.protocol.messages import digest
from tests.platform import postgres_url

CLIENTS, PROJECTS, REQUESTS, ROUNDS = 64, 3, 40, 3
MOST_OF_ECHO, SLOWEST = 0.4, 250


class Client:
    """One keep-alive connection that asks the same question again and again."""

    def __init__(self, url: str, token: str, body: bytes) -> None:
        self._where = urlsplit(url)
        head = (
            f"POST /v1/exchange HTTP/1.1\r\nHost: {self._where.netloc}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._question = head.encode() + body
        self.took: list[float] = []
        self.last = b""

    async def ask(self, times: int) -> None:
        """Ask one question after the other."""
        reader, writer = await asyncio.open_connection(self._where.hostname, self._where.port)
        for _ in range(times):
            begun = time.perf_counter()
            writer.write(self._question)
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise RuntimeError(head.decode())
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            self.last = await reader.readexactly(int(length.split(b":")[1]))
            self.took.append(time.perf_counter() - begun)
        writer.close()


async def all_at_once(clients: list[Client], times: int) -> float:
    """Let all ask at the same time; requests a second."""
    begun = time.perf_counter()
    await asyncio.gather(*(client.ask(times) for client in clients))
    return len(clients) * times / (time.perf_counter() - begun)


def teachers(database: Database) -> dict[str, str]:
    """Accounts with a few projects each; their tokens by their ids."""
    made = {}
    for number in range(CLIENTS):
        row = {"id": f"teacher-{number}", "name": f"Teacher {number}", "role": "teacher", "country": "TR"}
        database.run(Account.insert(**row, email=f"{number}@example.org", password="", school_id=None))
        for project in (f"project-{number}-{n}" for n in range(PROJECTS)):
            database.run(Member.insert(project_id=project, account_id=row["id"], role="founder", state="member"))
            records.put(database, f"project:{project}", "project", project, {"state": "draft"})
        made[row["id"]] = tokens.issue(database, row["id"])["access_token"]
    return made


def question(**more: Any) -> bytes:
    """An exchange without changes."""
    return json.dumps({"device": uuid7().hex, "speaks": registry.versions(), **more}).encode()


async def question_of_news(url: str, token: str) -> bytes:
    """What a client asks that has read everything."""
    cursors: dict[str, int] = {}
    while True:
        client = Client(url, token, question(cursors=cursors))
        await client.ask(1)
        scopes = json.loads(client.last).get("scopes", {})
        cursors |= {name: scope["seq"] for name, scope in scopes.items()}
        if not scopes:
            return question(digest=digest(cursors.items()))


async def measure(
    url: str, made: dict[str, str], echo: str
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Requests a second and seconds for each request, of the platform and of the echo."""
    bodies = {token: await question_of_news(url, token) for token in made.values()}
    ours, theirs, took, echo_took = [], [], [], []
    for number in range(ROUNDS + 1):
        here = [Client(url, token, body) for token, body in bodies.items()]
        there = [Client(echo, token, body) for token, body in bodies.items()]
        rate, echo_rate = await all_at_once(here, REQUESTS), await all_at_once(there, REQUESTS)
        assert not any(b"cursors_needed" in client.last for client in here)
        if number:  # the first warms up
            ours.append(rate)
            theirs.append(echo_rate)
            took += [seconds for client in here for seconds in client.took]
            echo_took += [seconds for client in there for seconds in client.took]
    return ours, theirs, took, echo_took


def p99(seconds: list[float]) -> float:
    """In milliseconds."""
    return 1_000 * statistics.quantiles(seconds, n=100)[98]


def compare(folder: Path, database: str) -> None:
    """Print the medians of some rounds."""
    echo, port = free_address()
    with Platform(folder / "platform", database, WORKERS) as platform:
        there = Process("benchmarks.echo", database, str(port))
        there.start(f"{echo}/v1/health")
        try:
            opened = Database(database)
            made = teachers(opened)
            opened.close()
            ours, theirs, took, echo_took = asyncio.run(measure(platform.url, made, echo))
        finally:
            there.stop()
    rate, echo_rate = statistics.median(ours), statistics.median(theirs)
    print(
        f"{CLIENTS} clients without news: {rate:,.0f} requests a second, p99 {p99(took):.0f} ms (aim at most {SLOWEST}); "
        f"bare echo {echo_rate:,.0f}, p99 {p99(echo_took):.0f} ms; ratio {rate / echo_rate:.2f} (aim at least {MOST_OF_ECHO})"
    )


def main() -> None:
    """Compare on an embedded PostgreSQL."""
    with tempfile.TemporaryDirectory() as place:
        databases = postgres_url(Path(place) / "postgres")
        try:
            compare(Path(place), next(databases)())
        finally:
            databases.close()


if __name__ == "__main__":
    main()
