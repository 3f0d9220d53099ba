"""A real process is killed at each step of a write: the next start has all of it or nothing, and clears up the rest."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.safety import restore_backup
from app.workspace import open_workspace
from local_db import keys, migrations
from local_db.errors import StoreDamagedError
from local_db.store import Store
from local_db.tables import file_use, pupil_work, settings
from tests.faults import Disk, killed_at
from tests.inside import inside

KEY = secrets.token_bytes(32)
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked")


@pytest.fixture
def disk() -> Iterator[Disk]:
    with pytest.MonkeyPatch.context() as patch:
        yield Disk(patch)


@pytest.fixture
def profile(disk: Disk, tmp_path: Path) -> Path:
    """A closed profile with one work, one note and one copy."""
    workspace = open_workspace(tmp_path / "template", key=KEY)
    workspace.keeping.keep_note("t-1", "kept")
    pupil = workspace.pupil_work.add_pupil(workspace.pupil_work.add_class("6-A"), "Zeynep")
    (tmp_path / "first.txt").write_bytes(b"the first work")
    workspace.pupil_work.take_in(pupil, tmp_path / "first.txt")
    workspace.safety.back_up()
    workspace.close()
    return tmp_path / "template"


def at_each_step(disk: Disk, template: Path, act: Callable[[Path], object], after: Callable[[Path], object]) -> None:
    """Kill ``act`` at its first, second… step, each time on a fresh profile, and look at what the next start finds."""
    step, trial = 0, template.with_name("trial")
    while True:
        step += 1
        disk.heal()
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(template, trial)
        killed = killed_at(disk, step, lambda: act(trial))
        after(trial)
        if not killed:
            assert step > 3
            return


def look(profile: Path) -> None:
    """All that was acknowledged is there, every page is sound, and every kept file has an owner."""
    workspace = open_workspace(profile, key=KEY)
    store = inside(workspace).store
    assert workspace.keeping.note("t-1") == "kept"
    assert workspace.safety.check() == []
    file_use.collect(store)
    assert set(store.files.names()) == {store.files.name_of(sha256) for sha256 in file_use.in_use(store)}
    assert not list(profile.rglob("files/*.part"))
    for sha256 in file_use.in_use(store):
        store.files.read_all(sha256)
    assert list(store.sound_copies())
    workspace.close()


def take_in(profile: Path) -> None:
    workspace = open_workspace(profile, key=KEY)
    (class_id, _name) = workspace.pupil_work.classes()[0]
    (pupil,) = workspace.pupil_work.pupils(class_id)
    source = profile.parent / "second.txt"
    workspace.pupil_work.take_in(pupil.id, source)
    workspace.close()


def test_a_kill_while_a_work_is_taken_in_leaves_no_file_without_an_owner(disk: Disk, profile: Path) -> None:
    (profile.parent / "second.txt").write_bytes(secrets.token_bytes(70_000))
    at_each_step(disk, profile, take_in, look)


def test_a_kill_while_removed_works_are_collected_leaves_the_others(disk: Disk, profile: Path) -> None:
    def remove_all(folder: Path) -> None:
        store = Store.open(folder, KEY)
        for _n in range(3):
            store.files.add([secrets.token_bytes(1_000)])
        with store.transaction():
            store.run(pupil_work.Work.delete())
        store.close()
        store = Store.open(folder, KEY)
        assert file_use.collect(store) == 4
        store.close()

    at_each_step(disk, profile, remove_all, look)


def test_a_kill_while_a_copy_is_made_leaves_the_older_ones_and_no_half_one(disk: Disk, profile: Path) -> None:
    def back_up(folder: Path) -> None:
        store = Store.open(folder, KEY)
        store.back_up()
        store.close()

    def after(folder: Path) -> None:
        look(folder)
        store = Store.open(folder, KEY)
        store.back_up()
        assert not list((folder / "backups").glob("*.part*"))
        assert [path for path, _lacks in store.sound_copies()] == store.backups()
        store.close()

    at_each_step(disk, profile, back_up, after)


def test_a_kill_while_a_copy_is_put_back_never_begins_anew_silently(disk: Disk, profile: Path) -> None:
    (profile / "store.db").write_bytes(secrets.token_bytes(40_000))
    (profile / "store.db-wal").write_bytes(secrets.token_bytes(9_000))  # the damaged one's log must not meet the copy
    (backup,) = (profile / "backups").glob("*.db")

    def put_back(folder: Path) -> None:
        restore_backup(folder, folder / "backups" / backup.name, key=KEY)

    def after(folder: Path) -> None:
        try:
            Store.open(folder, KEY).close()
        except StoreDamagedError as damaged:
            assert [path.name for path in damaged.backups] == [backup.name]
            put_back(folder)
        look(folder)
        assert list(folder.glob("store-damaged-*.db")) and not list(folder.glob("store-restored-*"))

    at_each_step(disk, profile, put_back, after)


def test_a_kill_in_a_migration_leaves_the_version_before_or_the_new_one(
    disk: Disk, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = migrations.Step("later", "create table later (x); insert into later values (1);")
    monkeypatch.setattr(migrations, "STEPS", [*migrations.STEPS, later])
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)

    def after(folder: Path) -> None:
        look(folder)
        store = Store.open(folder, KEY)
        assert store.sql("select x from later") == [(1,)]
        assert any(f"before-{migrations.VERSION}" in path.name for path in store.backups())
        store.close()

    at_each_step(disk, profile, lambda folder: Store.open(folder, KEY).close(), after)


def test_a_kill_while_a_profile_is_made_leaves_one_that_opens(disk: Disk, tmp_path: Path) -> None:
    (tmp_path / "template").mkdir()

    def make(folder: Path) -> None:
        keys.adopt(folder, KEY)
        Store.open(folder, KEY).close()

    def after(folder: Path) -> None:
        make(folder)
        store = Store.open(folder, KEY)
        settings.put(store, "kept", 1)
        assert store.version == migrations.VERSION and store.check() == []
        store.close()

    at_each_step(disk, tmp_path / "template", make, after)
