"""A technician's timer: one JSON object and the right exit code, whatever happens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import headless
from local_db.errors import DiskFullError
from sync.errors import BadPackError, BusyError, OfflineError, WrongAccountError
from sync.service import SyncService
from tests.platform import AYSE, RunningPlatform
from ui.demo.platform import browser_of

PASSPHRASE = "a long enough passphrase"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(headless.PASSPHRASE, PASSPHRASE)
    return tmp_path / "profile"


def said(profile: Path, capsys: pytest.CaptureFixture[str], server: str = "http://127.0.0.1:9") -> tuple[int, dict]:
    code = headless.sync_once(profile, server, True)
    (line,) = capsys.readouterr().out.splitlines()
    return code, json.loads(line)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (OfflineError("cut"), "offline"),
        (BusyError(90, "HTTP 503", asked=True), "busy"),
        (WrongAccountError("other"), "other_account"),
        (DiskFullError("full"), "disk_full"),
        (ValueError("Zeynep Kara"), "program"),
        (KeyboardInterrupt(), "stopped"),
    ],
)
def test_each_failure_is_one_object_and_exit_code_1(
    profile: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    state: str,
) -> None:
    def fail(_self: object) -> None:
        raise error

    monkeypatch.setattr(SyncService, "_greet", fail)
    code, result = said(profile, capsys)
    assert code == 1 and result["state"] == state
    assert "Zeynep" not in json.dumps(result)
    assert ("retry_after" in result) == (state == "busy")


def test_a_part_that_failed_is_told_and_exit_code_1(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.report import Report
    from sync.service import Outcome

    monkeypatch.setattr(
        SyncService, "_stages", lambda _self, _person: Outcome(Report(), {"directory": BadPackError("x")})
    )
    code, result = said(profile, capsys)
    assert code == 1 and result["state"] == "partly_synced" and result["troubles"] == {"directory": "bad_pack"}


@pytest.mark.parametrize("error", [PermissionError("no"), RuntimeError("D-Bus")])
def test_a_profile_that_does_not_open_is_exit_code_2(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(headless, "open_workspace", fail)
    assert said(profile, capsys) == (2, {"state": "not_opened", "detail": type(error).__name__})


@pytest.mark.parametrize("encoding", ["cp1252", "cp1254", "ascii"])
@pytest.mark.parametrize("command", [["sync", "--json"], ["doctor"]])
def test_a_report_into_a_file_is_utf8_also_on_windows(tmp_path: Path, encoding: str, command: list[str]) -> None:
    """A pipe or file has the system's old code page there; the profile's folder has a name it does not know."""
    profile = tmp_path / "Νίκος-Işık"
    done = subprocess.run(
        [sys.executable, "main.py", *command, "--profile", str(profile), "--server", "http://127.0.0.1:9"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=120,
    )
    text = done.stdout.decode("utf-8")
    assert b"UnicodeEncodeError" not in done.stderr and done.returncode in (1, 2)
    assert "Νίκος-Işık" in text if command == ["doctor"] else json.loads(text)["state"] == "locked"


def test_a_good_sync_is_exit_code_0(
    profile: Path, capsys: pytest.CaptureFixture[str], platform: RunningPlatform
) -> None:
    import threading

    from app.workspace import open_workspace

    workspace = open_workspace(profile, passphrase=PASSPHRASE, server=platform.url)
    workspace.account.sign_in(browser_of(AYSE), "ok", threading.Event())
    workspace.close()
    code, result = said(profile, capsys, platform.url)
    assert (code, result["state"]) == (0, "synced")
