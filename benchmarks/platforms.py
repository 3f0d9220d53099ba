"""Platforms of their own process for benchmarks, with limits that leave a benchmark alone."""

import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from app.workspace import Workspace, open_workspace
from server.core.database import Database
from server.core.limits import Limits
from server.demonstration import seed
from server.workers import Application, run_one, run_several
from ui.demo.platform import browser_of

ROOT = Path(__file__).resolve().parents[1]
MANY = 1e9  # requests a second: nobody is held back
LIMITS = Limits(per_second=MANY, burst=10**9, account_per_second=MANY, account_burst=10**9)


class Platform:
    """A platform on a free loopback port, seeded with a small community; ``database`` is a URL, SQLite without one."""

    def __init__(self, data: Path, database: str = "", workers: int = 1) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.url, port = free_address()
        url = database or f"sqlite:///{data / 'platform.db'}"
        seeded(url, data)
        self._process = Process("benchmarks.platforms", url, str(data), str(port), str(workers))

    def __enter__(self) -> Self:
        self._process.start(f"{self.url}/v1/health")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def computer(self, folder: Path, email: str) -> Workspace:
        """A teacher's computer, signed in and synced."""
        workspace = open_workspace(folder, key=secrets.token_bytes(32), server=self.url)
        workspace.account.sign_in(browser_of(email), "ok", threading.Event())
        workspace.sync_and_wait()
        return workspace


class Process:
    """A module of the benchmarks that listens in a process of its own."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._line = [sys.executable, "-m", module, *arguments]
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, url: str) -> None:
        """Start it, and return when ``url`` answers. Raises RuntimeError after a minute."""
        self._running = subprocess.Popen(self._line, cwd=ROOT)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urlopen(url, timeout=1).close()
                return
            except (URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"nobody answers at {url}")

    def stop(self) -> None:
        """End it."""
        if self._running:
            self._running.terminate()
            self._running.wait(20)


def seeded(url: str, data: Path) -> None:
    """Make the tables and the community."""
    database = Database(url)
    seed.seed(database, data)
    database.close()


def serve(url: str, data: str, port: str, workers: str) -> None:
    """Answer until ended."""
    made = Application(url, Path(data), LIMITS)
    if workers == "1":
        run_one(made(), "127.0.0.1", int(port))
    else:
        run_several(made, "127.0.0.1", int(port), int(workers))


def free_address() -> tuple[str, int]:
    """A loopback address nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}", port


if __name__ == "__main__":
    serve(*sys.argv[1:])
