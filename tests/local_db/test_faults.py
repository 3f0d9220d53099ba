"""Every write of typing, intake, copying, restoring, migrating and making a profile fails once, in every way.

After each fault the step is repeated on a disk that works again: it succeeds, and
nothing that was acknowledged before is lost.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.safety import restore_backup
from app.workspace import Workspace, open_workspace
from local_db import migrations, wrapping
from local_db.errors import BusyError, DiskFullError, IoError, ReadOnlyError, StoreError
from local_db.store import Store
from local_db.tables import file_use
from tests.faults import KINDS, Disk
from tests.inside import inside

KEY = secrets.token_bytes(32)
NAMED = {"full": DiskFullError, "broken": IoError, "read-only": ReadOnlyError, "busy": BusyError}
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def disk() -> Iterator[Disk]:
    with pytest.MonkeyPatch.context() as patch:
        yield Disk(patch)


@pytest.fixture
def desk(disk: Disk, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose connections run on the disk that fails."""
    workspace = open_workspace(tmp_path / "desk", key=KEY, server="http://127.0.0.1:9")
    yield workspace
    disk.heal()
    workspace.close()


def every_fault(disk: Disk, kind: str, act: Callable[[], object], after: Callable[[], object]) -> None:
    """Let each step of ``act`` fail in turn; ``after`` is called on a healed disk each time."""
    disk.heal()
    act()
    after()
    steps, step = len(disk.steps), 0
    assert steps > 0
    disk.heal()
    while True:
        step += 1
        disk.fail_at(step, kind)
        try:
            act()
        except StoreError as error:
            assert isinstance(error, NAMED[kind]), (step, disk.steps, error)
        failed = disk.failed
        disk.heal()
        after()
        if not failed:
            assert step > 2
            return


@EACH_KIND
def test_typing_goes_on_after_every_fault(disk: Disk, desk: Workspace, kind: str) -> None:
    project = desk.projects.create()
    kept = [0]

    def type_more() -> None:
        draft = desk.projects.open(project)
        draft.set_fields({"title": f"Title {kept[0] + 1}"})
        kept[0] += 1

    def look() -> None:
        type_more()
        assert desk.projects.get(project).title == f"Title {kept[0]}"
        assert inside(desk).store.check() == []

    every_fault(disk, kind, type_more, look)


@EACH_KIND
def test_a_work_is_taken_in_or_nothing_is_left_of_it(disk: Disk, desk: Workspace, tmp_path: Path, kind: str) -> None:
    work, class_id = desk.pupil_work, desk.pupil_work.add_class("6-A")
    pupil = work.add_pupil(class_id, "Zeynep")
    acknowledged: list[str] = []

    def take_in() -> None:
        source = tmp_path / f"{secrets.token_hex(4)}.txt"
        with disk.resting():
            source.write_bytes(secrets.token_bytes(70_000))
        acknowledged.append(work.take_in(pupil, source))

    def look() -> None:
        rows = {row.id: row for row in work.works(class_id)}
        assert set(acknowledged) <= set(rows)
        for row in rows.values():
            assert len(work.read(row.id)) == row.size
        assert not list(inside(desk).store.files.folder.rglob("*.part"))

    every_fault(disk, kind, take_in, look)
    profile = inside(desk).store.profile
    desk.close()
    store = Store.open(profile, KEY)
    file_use.collect(store)
    assert {store.files.name_of(sha256) for sha256 in file_use.in_use(store)} == set(store.files.names())
    store.close()


@EACH_KIND
def test_a_copy_is_made_whole_or_not_and_the_older_ones_stay(disk: Disk, desk: Workspace, kind: str) -> None:
    first = inside(desk).store.back_up("asked")
    made = [first]

    def back_up() -> None:
        made.append(inside(desk).store.back_up("asked"))

    def look() -> None:
        assert made[-1].exists()
        assert set(made[-3:]) <= set(inside(desk).store.backups())
        assert not list(first.parent.glob("*.part*"))
        assert [path for path, _lacks in inside(desk).store.sound_copies()] == inside(desk).store.backups()

    every_fault(disk, kind, back_up, look)


def still_open(folder: Path) -> list[str]:
    """What this process has open beneath a folder: on Windows it could be neither deleted nor given another name."""
    handles = Path("/proc/self/fd")
    if not handles.exists():
        return []
    names = []
    for handle in list(handles.iterdir()):
        with suppress(OSError):
            names.append(str(handle.readlink()))
    return [name for name in names if name.startswith(str(folder))]


@dataclass
class Closed:
    """A profile in a folder, to be copied for each trial."""

    template: Path
    folder: Path

    def anew(self) -> Path:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)
        return self.folder


@pytest.fixture
def damaged(tmp_path: Path) -> Closed:
    """A damaged profile with one good copy."""
    workspace = open_workspace(tmp_path / "template", key=KEY)
    workspace.keeping.keep_note("t-1", "in the copy")
    workspace.safety.back_up()
    workspace.close()
    (tmp_path / "template" / "store.db").write_bytes(secrets.token_bytes(40_000))
    return Closed(tmp_path / "template", tmp_path / "trial")


@EACH_KIND
def test_a_restore_that_fails_can_be_repeated(disk: Disk, damaged: Closed, kind: str) -> None:
    def restore() -> None:
        with disk.resting():
            profile = damaged.anew()
        (backup,) = (profile / "backups").glob("*.db")
        restore_backup(profile, backup, key=KEY)

    def look() -> None:
        assert not still_open(damaged.folder)
        backup = next((damaged.folder / "backups").glob("copy-000000001-*.db"))
        with suppress(StoreError):  # a decided restore is finished by the next start
            Store.open(damaged.folder, KEY).close()
        restore_backup(damaged.folder, backup, key=KEY)
        workspace = open_workspace(damaged.folder, key=KEY)
        assert workspace.keeping.note("t-1") == "in the copy"
        workspace.close()
        assert not list(damaged.folder.glob("*.part*")) and not list(damaged.folder.glob("store-restored-*"))
        assert list(damaged.folder.glob("store-damaged-*.db"))

    every_fault(disk, kind, restore, look)


@EACH_KIND
def test_a_migration_that_fails_leaves_the_version_before(
    disk: Disk, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(tmp_path / "template", key=KEY)
    workspace.keeping.keep_note("t-1", "before the step")
    workspace.close()
    profile = Closed(tmp_path / "template", tmp_path / "trial")
    later = migrations.Step("later", "create table later (x); insert into later values (1);")
    monkeypatch.setattr(migrations, "STEPS", [*migrations.STEPS, later])
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)

    def migrate() -> None:
        with disk.resting():
            folder = profile.anew()
        Store.open(folder, KEY).close()

    def look() -> None:
        store = Store.open(profile.folder, KEY)
        assert store.version == migrations.VERSION and store.sql("select x from later") == [(1,)]
        assert any("before-" in path.name for path in store.backups())
        store.close()
        workspace = open_workspace(profile.folder, key=KEY)
        assert workspace.keeping.note("t-1") == "before the step"
        workspace.close()

    every_fault(disk, kind, migrate, look)


@EACH_KIND
def test_a_profile_is_made_with_its_passphrase_or_not_at_all(
    disk: Disk, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrapping, "ARGON2", {"time_cost": 1, "memory_cost": 64, "parallelism": 1})
    profiles: list[Path] = []

    def make() -> None:
        profiles.append(tmp_path / secrets.token_hex(4))
        open_workspace(profiles[-1], passphrase="şemsiye ve çay").close()

    def look() -> None:
        assert not still_open(profiles[-1])
        workspace = open_workspace(profiles[-1], passphrase="şemsiye ve çay")
        workspace.keeping.keep_note("t-1", "works")
        assert workspace.keeping.note("t-1") == "works"
        workspace.close()
        shutil.rmtree(profiles[-1])

    every_fault(disk, kind, make, look)
