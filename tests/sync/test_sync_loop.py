"""The sync thread lives through everything, and each thing that went wrong is told by its own name."""

import errno
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring.errors
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.workspace import Workspace
from local_db.errors import DiskFullError, FileDamagedError, StoreDamagedError
from local_db.tables import settings
from sync import service as loop
from sync import waits
from sync.errors import BadPackError, BusyError, OfflineError, SyncError
from sync.protocol.messages import ExchangeAnswer, SignedPackList
from sync.report import Report
from tests.answering import AnsweringServer, http, json_answer
from tests.conftest import wait_until
from tests.inside import inside
from tests.platform import AYSE, Computer, RunningPlatform

Make = Callable[..., Computer]
SECRET = "Zeynep Kara's message"


class Engine:
    """An engine whose stages do what a test says."""

    def __init__(self, **stages: Callable[[], None]) -> None:
        self.tried: list[str] = []
        self.work = stages

    def stages(self, _report: Report, _progress: Any, _topics: Any) -> list[tuple[str, Callable[[], None]]]:
        return [
            (name, lambda name=name: self._try(name)) for name in ("exchange", "files", "vocabularies", "directory")
        ]

    def _try(self, name: str) -> None:
        self.tried.append(name)
        self.work.get(name, lambda: None)()


def raising(error: BaseException, times: int = 1) -> Callable[[], None]:
    left = [times]

    def work() -> None:
        if left[0]:
            left[0] -= 1
            raise error.with_traceback(None)

    return work


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that does not take its time."""
    for module, name in ((loop, "FIRST_LOOK"), (loop, "SETTLE"), (waits, "FIRST_WAIT"), (waits, "LONGEST_WAIT")):
        monkeypatch.setattr(module, name, 0.01)


EXCEPTIONS: dict[str, tuple[BaseException, str]] = {
    "a_fault_of_the_program": (ValueError(SECRET), "program"),
    "a_number_of_10_to_the_30": (OverflowError("int too large"), "program"),
    "no_memory": (MemoryError(), "program"),
    "too_deep": (RecursionError(), "program"),
    "an_interrupt": (KeyboardInterrupt(), "program"),
    "an_exit": (SystemExit(), "program"),
    "a_keyring_that_breaks": (keyring.errors.KeyringLocked(SECRET), "program"),
    "a_bare_socket_error": (ConnectionResetError(errno.ECONNRESET, "reset"), "offline"),
    "no_way_there": (OSError(errno.ENETUNREACH, "unreachable"), "offline"),
    "a_full_disk": (OSError(errno.ENOSPC, "full"), "disk_full"),
    "a_store_on_a_full_disk": (DiskFullError("full"), "disk_full"),
    "a_folder_that_is_read_only": (PermissionError(errno.EACCES, "no"), "store_read_only"),
    "damaged_pages": (StoreDamagedError(Path("store.db"), []), "store_damaged"),
    "no_line": (OfflineError("cut"), "offline"),
}


@pytest.mark.parametrize("kind", EXCEPTIONS)
def test_nothing_ends_the_loop(quick: None, desk: Workspace, kind: str) -> None:
    error, code = EXCEPTIONS[kind]
    told: list[str] = []
    desk.events.subscribe("status", lambda status: told.append(status.code))
    inside(desk).service._made = Engine(exchange=raising(error, 3))  # type: ignore[assignment]
    inside(desk).service.start()
    wait_until(lambda: desk.status.state == "idle" and desk.status.synced_at)
    assert told.count(code) >= 3 and desk.status.code == ""
    problems = desk.sync_centre.problems()
    assert [problem.times for problem in problems] == ([3] if code == "program" else [])


def test_what_is_kept_for_a_report_has_no_word_of_anybodys_data(desk: Workspace) -> None:
    def fault() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error

    inside(desk).service._made = Engine(exchange=fault)  # type: ignore[assignment]
    for _try in range(2):
        with pytest.raises(SyncError) as caught:
            inside(desk).service.sync_now()
    assert caught.value.code == desk.status.code == "program" and SECRET not in desk.status.detail
    (problem,) = desk.sync_centre.problems()
    assert (problem.kind, problem.times, problem.doing) == ("ValueError < KeyError", 2, "exchange")
    assert problem.places[-1].startswith("tests.sync.test_sync_loop:")
    kept = json.dumps(settings.get(inside(desk).store, "problems"))
    assert "ValueError" in kept and SECRET not in kept and "Zeynep" not in kept


def test_problems_are_bounded_and_outlive_a_restart(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    for number in range(80):
        inside(a.workspace).service._problems.note(f"part-{number}", ValueError(SECRET))
    assert len(a.workspace.sync_centre.problems()) == 50
    a.restart()
    problems = a.workspace.sync_centre.problems()
    assert len(problems) == 50 and problems[0].doing == "part-79"


def test_a_problem_is_kept_in_memory_when_the_store_cannot_take_it(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr("sync.problems.settings.put", full)
    inside(desk).service._problems.note("files", ValueError())
    assert desk.sync_centre.problems()[0].kind == "ValueError"


@pytest.mark.parametrize(
    ("stage", "error", "code"),
    [
        ("files", FileDamagedError("damaged"), "file_damaged"),
        ("files", DiskFullError("full"), "disk_full"),
        ("files", FileNotFoundError(errno.ENOENT, "gone"), "program"),
        ("vocabularies", TypeError(SECRET), "program"),
        ("directory", BadPackError("damaged"), "bad_pack"),
        ("directory", OverflowError("year 10^18"), "program"),
    ],
)
def test_one_part_that_fails_holds_up_no_other_and_has_its_own_name(
    desk: Workspace, stage: str, error: Exception, code: str
) -> None:
    engine = inside(desk).service._made = Engine(**{stage: raising(error)})  # type: ignore[assignment]
    outcome = inside(desk).service.run()
    assert engine.tried == ["exchange", "files", "vocabularies", "directory"] and list(outcome.failures) == [stage]
    status = desk.status
    assert (
        status.state == "idle" and status.synced_at and [(t.stage, t.code) for t in status.troubles] == [(stage, code)]
    )
    inside(desk).service.run()
    assert desk.status.troubles == ()


def test_a_line_that_breaks_while_files_go_is_offline_but_the_changes_are_synced(desk: Workspace) -> None:
    inside(desk).service._made = Engine(files=raising(OfflineError("cut")))  # type: ignore[assignment]
    with pytest.raises(OfflineError):
        inside(desk).service.sync_now()
    assert desk.status.state == "offline" and desk.status.synced_at


def test_a_part_that_failed_is_tried_again_later_and_at_once_when_asked(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(waits, "clock", lambda: now[0])
    engine = inside(desk).service._made = Engine(directory=raising(BadPackError("damaged"), 2))  # type: ignore[assignment]
    for asked, later, tried in ((False, 0, 1), (False, 0, 1), (True, 0, 2), (False, 0, 2), (False, 400, 3)):
        now[0] += later
        inside(desk).service.run(person=asked)
        assert engine.tried.count("directory") == tried
    assert engine.tried.count("exchange") == 5


def test_listeners_that_raise_end_nothing_and_keep_nothing_from_the_others(desk: Workspace) -> None:
    heard: list[str] = []

    def broken(_value: object) -> None:
        raise ZeroDivisionError

    for name in ("status", "changed"):
        desk.events.subscribe(name, broken)
        desk.events.subscribe(name, lambda _value, name=name: heard.append(name))
    inside(desk).service._made = Engine(  # type: ignore[assignment]
        exchange=lambda: inside(desk).service._on_topics({"journal"})
    )
    inside(desk).service.sync_now()
    assert desk.status.state == "idle" and "changed" in heard and heard.count("status") >= 2
    assert {problem.doing for problem in desk.sync_centre.problems()} == {"on_status", "on_topics"}


def test_counting_on_a_damaged_store_keeps_the_pill_truthful(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.projects.create()
    waiting = desk.status.waiting

    def damaged(_store: object) -> tuple[int, int]:
        raise StoreDamagedError(Path("store.db"), [])

    monkeypatch.setattr("sync.service.outbox.counts", damaged)
    inside(desk).service._made = Engine(exchange=raising(OfflineError("cut")))  # type: ignore[assignment]
    with pytest.raises(OfflineError):
        inside(desk).service.sync_now()
    assert (desk.status.state, desk.status.waiting) == ("offline", waiting)


# -- with a real platform ----------------------------------------------------------------------


def test_a_signed_list_made_in_the_year_10_to_the_18_keeps_no_diary_back(
    platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = computers(platform, AYSE)
    key = Ed25519PrivateKey.generate()
    text = json.dumps({"number": 1, "made": 1e18, "packs": []})
    signed = SignedPackList(
        text=text, signature=key.sign(text.encode()).hex(), key=key.public_key().public_bytes_raw().hex()
    )
    monkeypatch.setattr(inside(a.workspace).client, "packs", lambda: signed)
    project = a.workspace.projects.create()
    a.workspace.projects.write_journal(project, "We met online.")
    for _round in range(3):
        outcome = inside(a.workspace).service.run()
        assert set(outcome.failures) <= {"directory"}
    assert a.workspace.status.state == "idle" and a.workspace.status.waiting == 0


def test_numbers_of_10_to_the_30_are_no_end(quick: None, desk: Workspace, answering: Any) -> None:
    huge = 10**30
    record = {"kind": "journal", "id": "j", "revision": huge, "fields": {"text": "x", "at": huge}}
    server: AnsweringServer = answering(json_answer({"scopes": {"account:me": {"seq": huge, "records": [record]}}}))
    desk.online = True
    inside(desk).client.base_url, inside(desk).client._access = server.url + "/", "a-token"
    inside(desk).service.start()
    wait_until(lambda: len(server.asked) >= 3)
    assert desk.status.synced_at is None
    wait_until(lambda: desk.status.code in ("program", "bad_answer"))


# -- waiting as long as it was asked for -------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [1000.0]
    monkeypatch.setattr(waits, "clock", lambda: now[0])
    yield now


def test_a_wait_the_platform_asked_for_holds_whatever_is_typed_or_pressed(
    quick: None, desk: Workspace, answering: Any, clock: list[float]
) -> None:
    server: AnsweringServer = answering(http("503 Unavailable", Retry_After="600"))
    desk.online = True
    inside(desk).client.base_url, inside(desk).client._access = server.url + "/", "a-token"
    with pytest.raises(BusyError):
        inside(desk).service.sync_now()
    asked = len(server.asked)
    first_until = desk.status.wait_until
    clock[0] += 500
    with pytest.raises(BusyError) as held:
        inside(desk).service.sync_now()
    assert len(server.asked) == asked and held.value.retry_after == 100
    assert desk.status.code == "busy" and desk.status.wait_until and first_until

    rested: list[bool] = []
    service = inside(desk).service
    resting = threading.Thread(target=lambda: rested.append(service._rest(1000)))
    resting.start()
    for person in (False, True, False, True):
        service.wake(now=person)
        wait_until(lambda: not service._wake.is_set())  # it woke up, and lay down again
    assert rested == []
    clock[0] += 100
    service.wake(now=True)
    resting.join(10)
    assert rested == [True]
    with pytest.raises(BusyError):
        inside(desk).service.sync_now()
    assert len(server.asked) == asked + 1


@pytest.mark.parametrize(
    ("error", "typing_waits", "person_waits"),
    [
        (OfflineError("cut"), False, False),
        (BusyError(60, "500"), True, False),
        (BusyError(60, "503", asked=True), True, True),
        (ValueError(), True, False),
        (DiskFullError("full"), True, False),
    ],
)
def test_typing_wakes_a_line_that_was_cut_but_runs_into_no_fault_again(
    clock: list[float], error: Exception, typing_waits: bool, person_waits: bool
) -> None:
    waiting = waits.Waits()
    pause = waiting.failed(error)
    assert (waiting.left(person=False) > 0, waiting.left(person=True) > 0) == (typing_waits, person_waits)
    clock[0] += pause
    assert waiting.left(person=False) == waiting.left(person=True) == 0


def test_an_answer_for_another_account_is_not_taken_in(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch, answering: Any
) -> None:
    class Named(ExchangeAnswer):
        account: str = ""

    monkeypatch.setattr("sync.client.ExchangeAnswer", Named)
    desk.online = True
    inside(desk).client.base_url = answering(json_answer({"account": "nikos"})).url + "/"
    inside(desk).client._access, inside(desk).client._whose = "a-token", "ayse"
    with pytest.raises(SyncError) as caught:
        inside(desk).service.sync_now()
    assert caught.value.code == "other_account" and desk.status.state == "signed_out"
