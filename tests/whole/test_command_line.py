"""main.py as a technician uses it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local_db.migrations import VERSION
from tests.inside import inside
from tests.platform import AYSE, Computer, RunningPlatform

ROOT = Path(__file__).parents[2]
PASSPHRASE = "a long enough passphrase"


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.mark.parametrize("command", ["", "demo", "serve", "sync", "doctor", "file"])
def test_each_command_explains_itself(command: str) -> None:
    done = run(*([command] if command else []), "--help")
    assert done.returncode == 0 and "usage: main.py" in done.stdout


def test_the_platforms_commands(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    assert "ayse@example.org" in run("serve", "--data", data, "seed").stdout
    found = json.loads(run("serve", "--data", data, "audit").stdout)
    assert found["files"] == {} and {record["kind"] for record in found["records"]} == {"contact", "post", "profile"}
    assert json.loads(run("serve", "--data", data, "review", "list").stdout) == []
    refused = run("serve", "--data", data, "review", "approve", "--country", "TR", "--project", "nothing")
    assert refused.returncode == 1 and "no_such_project" in refused.stdout
    assert run("serve", "--data", data, "review", "approve").returncode == 2


def test_a_headless_sync_and_what_the_doctor_says(platform: RunningPlatform, tmp_path: Path) -> None:
    from app.workspace import open_workspace
    from ui.demo.platform import browser_of

    profile = tmp_path / "profile"
    where = ["--profile", str(profile), "--server", platform.url]
    assert "none yet" in run("doctor", *where).stdout
    workspace = open_workspace(profile, passphrase=PASSPHRASE, server=platform.url)
    import threading

    workspace.account.sign_in(browser_of(AYSE), "ok", threading.Event())
    workspace.projects.create()
    in_use = run("doctor", *where, TWINDESK_PASSPHRASE=PASSPHRASE)
    assert "open in a window" in in_use.stdout and in_use.returncode == 0
    workspace.close()

    locked = run("sync", *where, "--json")
    assert (locked.returncode, json.loads(locked.stdout)["state"]) == (2, "locked")
    wrong = run("sync", *where, "--json", TWINDESK_PASSPHRASE="another passphrase")
    assert (wrong.returncode, json.loads(wrong.stdout)["state"]) == (2, "WrongKeyError")
    done = run("sync", *where, "--json", TWINDESK_PASSPHRASE=PASSPHRASE)
    report = json.loads(done.stdout)
    assert (done.returncode, report["state"], report["sent"]) == (0, "synced", 1)
    offline = run(
        "sync", "--profile", str(profile), "--server", "http://127.0.0.1:9", "--json", TWINDESK_PASSPHRASE=PASSPHRASE
    )
    assert (offline.returncode, json.loads(offline.stdout)["state"]) == (1, "offline")

    well = run("doctor", *where, TWINDESK_PASSPHRASE=PASSPHRASE)
    assert (
        well.returncode == 0
        and f"store: version {VERSION} of {VERSION}" in well.stdout
        and "All is well." in well.stdout
    )
    store = profile / "store.db"
    store.write_bytes(os.urandom(store.stat().st_size))
    ill = run("doctor", *where, TWINDESK_PASSPHRASE=PASSPHRASE)
    assert ill.returncode == 1 and "damaged" in ill.stdout


def test_the_doctor_names_a_stranger_at_the_platforms_address(tmp_path: Path) -> None:
    done = run("doctor", "--profile", str(tmp_path), "--server", "http://127.0.0.1:9")
    assert done.returncode == 1 and "offline" in done.stdout


def test_no_log_and_no_output_carries_a_name(
    platform: RunningPlatform, computers: Callable[..., Computer], tmp_path, capfd, caplog
) -> None:
    a = computers(platform, AYSE)
    work = a.workspace.pupil_work
    pupil = work.add_pupil(work.add_class("6-A"), "Zeynep Kara")
    (tmp_path / "Zeynep.txt").write_text("Zeynep's story", "utf-8")
    work.take_in(pupil, tmp_path / "Zeynep.txt")
    a.sync()
    inside(a.workspace).client.base_url = "http://127.0.0.1:9/"
    with pytest.raises(Exception):  # noqa: B017 the kind of error is not the point here
        a.sync()
    out, err = capfd.readouterr()
    assert "Zeynep" not in out + err + caplog.text


def test_missing_system_libraries_are_named_with_the_way_to_get_them(monkeypatch) -> None:
    from app import system_libraries

    monkeypatch.setattr(system_libraries.sys, "platform", "linux")
    monkeypatch.setattr(system_libraries, "_loads", lambda library: "EGL" not in library)
    assert system_libraries.advice().endswith("sudo apt install libegl1")
    monkeypatch.setattr(system_libraries, "_loads", lambda library: True)
    assert system_libraries.advice() == ""


def test_starting_a_window_loads_no_server() -> None:
    code = "import sys, ui.start.program; bad = {'fastapi', 'uvicorn', 'server.web', 'PIL', 'pypdfium2'} & set(sys.modules); sys.exit(str(bad) if bad else 0)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
