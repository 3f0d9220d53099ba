"""What the tests stand on: a real platform on loopback, real stores in temporary folders, a real window offscreen."""

import os
import secrets
import ssl
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.inside import inside

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # never the person's own keyring

import hypothesis
import keyring
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from i18n import use_language
from tests.answering import Answer, AnsweringServer
from tests.keyrings import MemoryKeyring
from tests.platform import Computer, RunningPlatform, postgres_url
from tests.window import furnish
from ui.shell import MainWindow
from ui.start.program import show_window

ROOT = Path(__file__).resolve().parents[1]
HALF = os.environ.get("TWINDESK_HALF", "")  # 1 or 2: only those test files; empty: all

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


def half_of(path: Path) -> str:
    """Which half of the tests a file belongs to, ``1`` or ``2``: by its name, so that no other file decides it."""
    return str(1 + zlib.crc32(path.relative_to(ROOT).as_posix().encode()) % 2)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the files of the other half."""
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if HALF and is_test and half_of(collection_path) != HALF else None


LONGEST = ("sync/test_convergence.py", "sync/test_cut_lines.py", "whole/test_command_line.py")  # minutes, not seconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin, so that side by side no process ends long after the others."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """What was to be deleted later is deleted now: without a loop it would stay, and each new style be told to it."""
    yield
    if QApplication.instance():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Makes an empty database on a real PostgreSQL server that lives as long as the tests.

    Its folder is not pytest's, which another run of the tests closes to the server's own user.
    """
    with tempfile.TemporaryDirectory(prefix="twindesk-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield from postgres_url(Path(folder))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningPlatform]:
    """The platform on each of its databases."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres")()
    with RunningPlatform(tmp_path / "platform", url) as running:
        yield running


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[RunningPlatform]:
    with RunningPlatform(tmp_path / "platform") as running:
        yield running


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[RunningPlatform]:
    """The platform with teachers of every country."""
    with RunningPlatform(tmp_path / "platform", profiles=60) as running:
        yield running


@pytest.fixture
def computers(tmp_path: Path) -> Iterator[Callable[..., Computer]]:
    """Makes computers: ``computers(platform, "ayse@example.org")``; closed at the end."""
    made: list[Computer] = []

    def make(running: RunningPlatform, email: str, *, signed_in: bool = True) -> Computer:
        computer = Computer(tmp_path / f"computer-{len(made)}", running, email)
        made.append(computer)
        if signed_in:
            computer.sign_in()
        return computer

    yield make
    for computer in made:
        computer.close()


@pytest.fixture
def use_keyring() -> Iterator[Callable[[MemoryKeyring], MemoryKeyring]]:
    """Makes a keyring the system's, until the test ends."""
    before = keyring.get_keyring()

    def use(made: MemoryKeyring) -> MemoryKeyring:
        keyring.set_keyring(made)
        return made

    yield use
    keyring.set_keyring(before)


@pytest.fixture
def system_keyring(use_keyring: Callable[[MemoryKeyring], MemoryKeyring]) -> MemoryKeyring:
    """A keyring that works."""
    return use_keyring(MemoryKeyring())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on a fresh profile with no platform anywhere near."""
    from app.workspace import open_workspace

    workspace = open_workspace(tmp_path / "desk", key=secrets.token_bytes(32), server="http://127.0.0.1:9")
    workspace.online = False
    workspace.prefer("language", "en")  # whatever the computer speaks
    yield workspace
    workspace.close()


@pytest.fixture
def answering() -> Iterator[Callable[..., AnsweringServer]]:
    """Starts servers that answer as told; closed at the end."""
    made: list[AnsweringServer] = []

    def start(answer: Answer, tls: ssl.SSLContext | None = None) -> AnsweringServer:
        made.append(AnsweringServer(answer, tls))
        return made[-1]

    yield start
    for server in made:
        server.close()


@pytest.fixture
def window(qtbot: QtBot, desk: Workspace) -> Iterator[MainWindow]:
    """The window of a signed-in teacher with a small directory and one contact, offline."""
    furnish(desk)
    made = show_window(desk)
    qtbot.addWidget(made)
    qtbot.waitExposed(made)
    yield made
    inside(desk).service.stop()
    made.close()
    use_language("en")


def wait_until(condition: Callable[[], object], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        threading.Event().wait(0.02)
