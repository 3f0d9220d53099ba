"""What the check after the start finds, what it remembers, and what doctor says of a store that it could not open."""

import secrets
import shutil
from pathlib import Path

import pytest

from app import doctor
from app.workspace import open_workspace
from local_db import database, keys, migrations, wrapping
from local_db.errors import BusyError
from local_db.store import Store, encrypted_database
from tests.inside import inside
from tests.local_db.test_copies import damage

KEY = secrets.token_bytes(32)
PASSPHRASE = "şemsiye ve çay"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "ARGON2", {"time_cost": 1, "memory_cost": 64, "parallelism": 1})
    monkeypatch.setattr(database, "BUSY_MS", 50)


def much_written(profile: Path, **how: object) -> None:
    workspace = open_workspace(profile, **how)  # type: ignore[arg-type]
    for n in range(100):
        workspace.keeping.keep_note(f"t-{n}", "x" * 6_000)
    workspace.safety.back_up()
    workspace.close()


def test_the_check_after_the_start_finds_a_damaged_page_that_nobody_read_and_remembers_it(tmp_path: Path) -> None:
    much_written(tmp_path, key=KEY)
    workspace = open_workspace(tmp_path, key=KEY)
    assert workspace.safety.last_check is None
    assert workspace.safety.check_in_background().sound
    workspace.close()
    damage(tmp_path / "store.db")
    workspace = open_workspace(tmp_path, key=KEY)  # the damaged page is not needed to open it
    assert workspace.safety.last_check is not None and workspace.safety.last_check.sound
    result = workspace.safety.check_in_background()
    assert not result.sound and workspace.safety.last_check == result
    offer = workspace.safety.best_copy()
    assert offer is not None and offer.lacks is not None
    workspace.close()
    workspace = open_workspace(tmp_path, key=KEY)
    assert workspace.safety.last_check is not None and not workspace.safety.last_check.sound
    workspace.close()


def test_the_check_of_a_sound_store_stays_quiet_while_it_is_written_to(tmp_path: Path) -> None:
    import threading

    workspace = open_workspace(tmp_path, key=KEY)
    done = threading.Event()

    def write() -> None:
        n = 0
        while not done.is_set():
            workspace.keeping.keep_note(f"t-{n % 50}", secrets.token_hex(4_000))
            n += 1
        workspace.close_thread()

    writer = threading.Thread(target=write)
    writer.start()
    results = [workspace.safety.check_in_background() for _n in range(15)]
    done.set()
    writer.join()
    assert all(result.sound for result in results)
    workspace.close()


def test_a_check_that_could_not_be_made_is_not_called_damage(tmp_path: Path) -> None:
    much_written(tmp_path, key=KEY)
    workspace = open_workspace(tmp_path, key=KEY)
    inside(workspace).store.close_thread()
    other = encrypted_database(tmp_path / "store.db", KEY)
    other.execute_sql("pragma locking_mode = exclusive")
    other.execute_sql("begin exclusive")
    other.execute_sql("update setting set value = value")
    with pytest.raises(BusyError):
        workspace.safety.check_in_background()
    other.execute_sql("rollback")
    other.close()
    assert workspace.safety.check_in_background().sound
    workspace.close()


def examined(profile: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = doctor.examine(profile, "http://127.0.0.1:9")
    return code, capsys.readouterr().out


def test_doctor_opens_the_store_and_finds_a_damaged_page(tmp_path: Path, capsys, monkeypatch) -> None:
    much_written(tmp_path, passphrase=PASSPHRASE)
    monkeypatch.setenv(doctor.PASSPHRASE, PASSPHRASE)
    _code, out = examined(tmp_path, capsys)
    assert "every page was read" in out and "BAD  store" not in out
    damage(tmp_path / "store.db")
    code, out = examined(tmp_path, capsys)
    assert code == 1 and "BAD  store: damaged" in out


def test_doctor_says_that_it_did_not_open_a_store_whose_passphrase_it_does_not_have(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    much_written(tmp_path, passphrase=PASSPHRASE)
    monkeypatch.delenv(doctor.PASSPHRASE, raising=False)
    _code, out = examined(tmp_path, capsys)
    assert "not checked  store" in out and doctor.PASSPHRASE in out
    assert "All is well" not in out


def test_doctor_names_a_keyring_that_cannot_be_loaded(tmp_path: Path, capsys, monkeypatch) -> None:
    def broken() -> None:
        raise ModuleNotFoundError("No module named 'keyrings.school'")

    monkeypatch.setattr("keyring.get_keyring", broken)
    code, out = examined(tmp_path, capsys)
    assert code == 1 and "BAD  keyring" in out and "PYTHON_KEYRING_BACKEND" in out


def test_doctor_says_that_it_did_not_check_an_open_or_a_busy_store(tmp_path: Path, capsys, monkeypatch) -> None:
    much_written(tmp_path, passphrase=PASSPHRASE)
    monkeypatch.setenv(doctor.PASSPHRASE, PASSPHRASE)
    workspace = open_workspace(tmp_path, passphrase=PASSPHRASE)
    _code, out = examined(tmp_path, capsys)
    assert "not checked  store: open in a window" in out and "All is well" not in out
    workspace.close()
    other = encrypted_database(tmp_path / "store.db", keys.unlock(tmp_path, PASSPHRASE))
    other.execute_sql("begin exclusive")
    _code, out = examined(tmp_path, capsys)
    assert "not checked  store: held by another program" in out and "damaged" not in out
    other.execute_sql("rollback")
    other.close()


def test_doctor_changes_nothing_in_an_older_store(tmp_path: Path, capsys, monkeypatch) -> None:
    much_written(tmp_path, passphrase=PASSPHRASE)
    monkeypatch.setenv(doctor.PASSPHRASE, PASSPHRASE)
    monkeypatch.setattr(migrations, "STEPS", [*migrations.STEPS, migrations.Step("later", "create table later (x);")])
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)
    _code, out = examined(tmp_path, capsys)
    assert f"version {migrations.VERSION - 1} of {migrations.VERSION}" in out
    store = Store.open(tmp_path, keys.unlock(tmp_path, PASSPHRASE), migrate=False)
    assert store.version == migrations.VERSION - 1
    store.close()


def test_doctor_says_so_when_the_store_is_gone_but_its_copies_are_there(tmp_path: Path, capsys, monkeypatch) -> None:
    much_written(tmp_path, passphrase=PASSPHRASE)
    monkeypatch.setenv(doctor.PASSPHRASE, PASSPHRASE)
    (tmp_path / "store.db").unlink()
    code, out = examined(tmp_path, capsys)
    assert code == 1 and "none yet" not in out and "1 copies" in out
    shutil.rmtree(tmp_path / "backups")
    _code, out = examined(tmp_path, capsys)
    assert "none yet" in out
