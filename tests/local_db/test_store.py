"""The encrypted store: keys, damage, versions, a second copy, a full disk, and what the disk tells a thief."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from app.safety import restore_backup
from app.workspace import Workspace, open_workspace
from local_db import keys, migrations
from local_db.errors import (
    DiskFullError,
    FileDamagedError,
    KeyMissingError,
    MigrationFailedError,
    PassphraseNeededError,
    ProfileInUseError,
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    WrongKeyError,
)
from local_db.store import Store
from tests.inside import inside
from tests.keyrings import MemoryKeyring

KEY = secrets.token_bytes(32)


def every_byte(folder: Path) -> bytes:
    return b"".join(str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_profile_folder_tells_a_thief_nothing(desk: Workspace, tmp_path: Path) -> None:
    work = desk.pupil_work
    pupil = work.add_pupil(work.add_class("6-A Papatya"), "Zeynep Kara")
    (tmp_path / "gizli-masal.txt").write_text("Bir varmış bir yokmuş, evvel zaman içinde", "utf-8")
    work.take_in(pupil, tmp_path / "gizli-masal.txt")
    desk.keeping.keep_note("t-nikos", "Answers slowly in winter")
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "Kavak yelleri"})
    desk.safety.back_up()
    found = every_byte(inside(desk).store.profile)  # while it is open: the write-ahead log is there too
    inside(desk).store.close()
    found += every_byte(inside(desk).store.profile)
    secrets_ = ["Zeynep", "Kara", "Papatya", "gizli", "masal", "Bir varmış", "Answers slowly", "Kavak", "t-nikos"]
    for word in secrets_:
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert word.encode(coding) not in found, word
    assert b"SQLite format" not in found
    assert len(found) > 100_000


def test_the_key_lives_in_the_keyring_and_nowhere_else(tmp_path: Path, system_keyring: MemoryKeyring) -> None:
    key = keys.unlock(tmp_path)
    assert keys.unlock(tmp_path) == key and len(key) == 32
    Store.open(tmp_path, key).close()
    on_disk = every_byte(tmp_path)
    assert key not in on_disk and key.hex().encode() not in on_disk
    system_keyring.kept.clear()
    with pytest.raises(KeyMissingError):
        keys.unlock(tmp_path)


def test_without_a_keyring_a_passphrase_wraps_the_key(tmp_path: Path) -> None:
    with pytest.raises(PassphraseNeededError) as needed:
        keys.unlock(tmp_path)
    assert needed.value.new
    key = keys.unlock(tmp_path, "şemsiye ve çay")
    with pytest.raises(PassphraseNeededError) as needed:
        keys.unlock(tmp_path)
    assert not needed.value.new
    assert keys.unlock(tmp_path, "şemsiye ve çay") == key
    with pytest.raises(WrongKeyError):
        keys.unlock(tmp_path, "Şemsiye ve çay")
    assert key not in every_byte(tmp_path) and key.hex().encode() not in every_byte(tmp_path)


def test_the_token_is_kept_in_the_keyring_or_encrypted(desk: Workspace, system_keyring: MemoryKeyring) -> None:
    inside(desk).client._keep_token("token-1234567890")
    assert "token-1234567890" in system_keyring.kept.values()
    assert inside(desk).store.sql("select count(*) from setting where value like '%1234567890%'") == [(0,)]
    inside(desk).client._keep_token(None)
    assert "token-1234567890" not in system_keyring.kept.values()


def test_a_wrong_key_changes_nothing(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    Store.open(tmp_path, KEY).close()
    before = (tmp_path / "store.db").read_bytes()
    with pytest.raises(WrongKeyError):
        Store.open(tmp_path, secrets.token_bytes(32))
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_newer_store_is_not_touched(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    store = Store.open(tmp_path, KEY)
    store.sql(f"pragma user_version = {migrations.VERSION + 1}")
    store.close()
    before = (tmp_path / "store.db").read_bytes()
    with pytest.raises(StoreTooNewError):
        Store.open(tmp_path, KEY)
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_migration_takes_a_backup_first_and_is_whole_or_nothing(tmp_path: Path, monkeypatch) -> None:
    keys.adopt(tmp_path, KEY)
    store = Store.open(tmp_path, KEY)
    store.sql("insert into setting values ('a', '1')")
    store.close()
    monkeypatch.setattr(
        migrations,
        "STEPS",
        [*migrations.STEPS, migrations.Step("later", "create table later (x); insert into nowhere values (1);")],
    )
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)
    with pytest.raises(MigrationFailedError, match=r"later: .*nowhere"):
        Store.open(tmp_path, KEY)
    monkeypatch.setattr(
        migrations, "STEPS", [*migrations.STEPS[:-1], migrations.Step("later", "create table later (x);")]
    )
    store = Store.open(tmp_path, KEY)
    assert store.version == migrations.VERSION
    assert store.sql("select value from setting where name = 'a'") == [("1",)]
    assert [path.name.split("-", 2)[2] for path in store.backups()] == [f"before-{migrations.VERSION}.db"] * 2
    store.close()


@pytest.mark.parametrize("damage", ["header", "middle", "emptied", "cut", "deleted"])
def test_a_damaged_store_is_found_and_a_good_copy_put_back(tmp_path: Path, damage: str) -> None:
    keys.adopt(tmp_path, KEY)
    workspace = open_workspace(tmp_path, key=KEY)
    project = workspace.projects.create()
    workspace.projects.open(project).set_fields({"title": "Before the damage"})
    workspace.safety.back_up()
    workspace.close()
    path = tmp_path / "store.db"
    whole = path.read_bytes()
    damaged = {
        "header": secrets.token_bytes(4096) + whole[4096:],
        "middle": None,
        "emptied": secrets.token_bytes(len(whole)),
        "cut": whole[:3000],
        "deleted": b"",
    }[damage]
    if damage == "deleted":
        path.unlink()
    elif damaged is None:
        path.write_bytes(whole[:8192] + secrets.token_bytes(len(whole) - 8192))
    else:
        path.write_bytes(damaged)
    try:
        store = Store.open(tmp_path, KEY)
        assert store.check() != []  # a page deep inside is found by the check, or as soon as it is read
        store.close()
    except StoreDamagedError as error:
        assert error.backups
    (backup,) = sorted((tmp_path / "backups").glob("*.db"))
    kept = restore_backup(tmp_path, backup, key=KEY)
    assert kept.exists() or damage == "deleted"
    restored = open_workspace(tmp_path, key=KEY)
    assert restored.projects.get(project).title == "Before the damage"
    assert restored.safety.check() == []
    restored.close()


def test_a_damaged_profile_file_is_told_and_left(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    for rubbish in ("", "{", "[]", '{"id": "x"}'):
        (tmp_path / "profile.json").write_text(rubbish, "utf-8")
        with pytest.raises(StoreError):
            keys.unlock(tmp_path, "a passphrase")
        assert (tmp_path / "profile.json").read_text("utf-8") == rubbish


def test_a_second_copy_of_the_program_is_kept_out(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    store = Store.open(tmp_path, KEY)
    second = (
        "import sys; from pathlib import Path; from local_db.store import Store; from local_db.errors import ProfileInUseError\n"
        f"try:\n    Store.open(Path({str(tmp_path)!r}), bytes.fromhex({KEY.hex()!r}))\n"
        "except ProfileInUseError:\n    sys.exit(7)"
    )
    assert subprocess.run([sys.executable, "-c", second], cwd=Path(__file__).parents[2]).returncode == 7
    with pytest.raises(ProfileInUseError):
        Store.open(tmp_path, KEY)
    store.close()
    Store.open(tmp_path, KEY).close()


def test_a_full_disk_is_named_and_loses_nothing(desk: Workspace) -> None:
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "Kept before"})
    pages = inside(desk).store.sql("pragma page_count")[0][0]
    inside(desk).store.sql(f"pragma max_page_count = {pages}")
    with pytest.raises(DiskFullError):
        for n in range(200):
            desk.keeping.keep_note(f"p{n}", "long words " * 400)
    inside(desk).store.sql("pragma max_page_count = 1000000")
    assert inside(desk).store.check() == []
    assert desk.projects.get(project).title == "Kept before"
    desk.keeping.keep_note("after", "there is room again")
    assert desk.keeping.note("after") == "there is room again"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file size")
def test_a_work_that_does_not_fit_leaves_nothing_behind(desk: Workspace) -> None:
    def too_much():
        yield b"x" * 100_000
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskFullError):
        inside(desk).store.files.add(too_much())
    assert [path for path in inside(desk).store.files.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("size", [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000])
def test_files_come_back_byte_for_byte_and_forgery_is_seen(desk: Workspace, size: int) -> None:
    data = os.urandom(size)
    vault = inside(desk).store.files
    sha256, found = vault.add([data[:10], data[10:]])
    assert (found, vault.read_all(sha256)) == (size, data)
    path = vault.path(sha256)
    kept = path.read_bytes()
    chunk = 64 * 1024 + 16
    forged = [kept[:-1] + bytes([kept[-1] ^ 1]), kept[:-20], kept + b"x" * 20, kept[:3]]
    if size > 2 * 64 * 1024:  # two whole chunks exchanged, the last one cut off at its border
        forged += [
            kept[:15] + kept[15 + chunk : 15 + 2 * chunk] + kept[15 : 15 + chunk] + kept[15 + 2 * chunk :],
            kept[: 15 + 2 * chunk],
        ]
    for forgery in forged:
        path.write_bytes(forgery)
        with pytest.raises(FileDamagedError):
            vault.read_all(sha256)
    other = inside(desk).store.files.add([b"another file"])[0]
    path.write_bytes(vault.path(other).read_bytes())  # swapped whole
    with pytest.raises(FileDamagedError):
        vault.read_all(sha256)


def test_nothing_of_the_key_is_in_what_a_crash_prints(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    assert KEY.hex() not in json.dumps((tmp_path / "profile.json").read_text("utf-8"))
    store = Store.open(tmp_path, KEY)
    assert KEY.hex() not in repr(store) + str(vars(store.files).get("folder"))
    store.close()
