"""Copies are kept in their order whatever the clock shows, are whole, and are put back only when they are."""

import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.safety import best_copy, restore_backup
from app.workspace import Workspace, open_workspace
from local_db import copy_names, keys, migrations
from local_db.copy_names import list_backups
from local_db.errors import ProfileInUseError, StoreDamagedError
from local_db.store import Store
from local_db.tables import device
from tests.inside import inside

KEY = secrets.token_bytes(32)
YEAR = 365 * 24 * 3600


def clock_at(monkeypatch: pytest.MonkeyPatch, years: float) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + years * YEAR)


@pytest.fixture
def opened(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "profile", key=KEY)


def damage(path: Path, where: float = 0.6) -> None:
    whole = bytearray(path.read_bytes())
    start = int(len(whole) * where) // 4096 * 4096 + 500
    whole[start : start + 64] = secrets.token_bytes(64)
    path.write_bytes(whole)


@pytest.mark.parametrize("years", [-60, 4, 7000])
def test_one_start_with_the_clock_years_off_costs_no_later_copy(opened: Workspace, years: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock_at(patch, years)
        for _n in range(6):
            opened.safety.back_up()
        ahead = inside(opened).store.backups()
        for path in ahead:
            os.utime(path, (time.time(), time.time()))
    opened.safety.back_up()
    newest = inside(opened).store.backups()[0]
    assert newest.exists() and newest not in ahead
    inside(opened).store.back_up("before-99")
    assert inside(opened).store.backups()[0].name.endswith("-before-99.db")
    opened.close()


def test_the_days_copy_is_made_with_a_clock_that_jumped(opened: Workspace) -> None:
    made = []
    for years in (30, 1 / 365, 2 / 365):  # one start with the clock far ahead, then two ordinary days
        with pytest.MonkeyPatch.context() as patch:
            clock_at(patch, years)
            for _n in range(2):  # the day's second start makes no second copy
                opened.safety.back_up_if_due()
            newest = inside(opened).store.backups()[0]
            os.utime(newest, (time.time(), time.time()))
            made.append(len(inside(opened).store.backups()))
    assert made == [1, 2, 3]
    opened.close()


def test_copies_named_by_a_clock_are_older_than_counted_ones_and_go_first(opened: Workspace) -> None:
    folder = inside(opened).store.profile / "backups"
    folder.mkdir()
    for name in ("001700000000000-daily.db", "099999999999999-daily.db", "001600000000000-before-2.db"):
        shutil.copy(inside(opened).store.path, folder / name)
    (folder / "somebody's own.db").write_bytes(b"x")
    for _n in range(4):
        opened.safety.back_up()
    names = [path.name for path in inside(opened).store.backups()]
    assert names == [
        *(f"copy-00000000{n}-asked.db" for n in (4, 3, 2, 1)),
        "099999999999999-daily.db",
        "001600000000000-before-2.db",
        "somebody's own.db",
    ]
    opened.close()


def test_copies_before_migrations_are_not_pushed_out_by_daily_ones(opened: Workspace) -> None:
    inside(opened).store.back_up("before-4")
    for _n in range(7):
        opened.safety.back_up()
    names = [path.name for path in inside(opened).store.backups()]
    assert names[-1] == "copy-000000001-before-4.db" and len(names) == copy_names.KEEP_ORDINARY + 1
    opened.close()


def test_migrations_that_fail_again_and_again_do_not_push_out_the_daily_copies(
    opened: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.safety.back_up()
    opened.close()
    monkeypatch.setattr(migrations, "STEPS", [*migrations.STEPS, migrations.Step("bad", "nonsense;")])
    monkeypatch.setattr(migrations, "VERSION", migrations.VERSION + 1)
    profile = inside(opened).store.profile
    for _n in range(8):
        with pytest.raises(Exception, match="nonsense"):
            Store.open(profile, KEY)
    names = [path.name for path in list_backups(profile)]
    assert "copy-000000001-asked.db" in names and len(names) == 3


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
def test_a_damaged_store_is_never_copied_over_good_copies(opened: Workspace, where: float) -> None:
    profile = inside(opened).store.profile
    for n in range(150):
        opened.keeping.keep_note(f"t-{n}", "x" * 6_000)
    for _n in range(5):
        opened.safety.back_up()
    good = inside(opened).store.backups()
    opened.close()
    damage(profile / "store.db", where)
    store = Store.open(profile, KEY)
    for _n in range(6):
        with pytest.raises(StoreDamagedError):
            store.back_up()
    assert store.backups() == good and not list((profile / "backups").glob("*.part*"))
    store.close()


def test_the_best_copy_is_offered_with_what_it_would_lack(opened: Workspace) -> None:
    desk = opened
    pupil = desk.pupil_work.add_pupil(desk.pupil_work.add_class("6-A"), "Zeynep")
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "In the copy"})
    desk.safety.back_up()
    same = desk.safety.best_copy()
    assert same is not None and same.lacks is not None and not same.lacks.anything
    for n in range(3):
        source = inside(desk).store.profile / f"{n}.txt"
        source.write_bytes(b"a work %d" % n)
        desk.pupil_work.take_in(pupil, source)
    desk.projects.open(project).set_fields({"title": "Written after the copy"})
    desk.projects.create()
    offer = desk.safety.best_copy()
    assert offer is not None and offer.lacks is not None
    assert (offer.lacks.works, offer.lacks.complete) == (3, True)
    assert offer.lacks.waiting >= 1 and offer.lacks.edits >= 1 and offer.lacks.anything
    desk.close()


def test_what_a_copy_lacks_is_counted_as_far_as_the_damaged_store_can_be_read(opened: Workspace) -> None:
    profile, desk = inside(opened).store.profile, opened
    desk.safety.back_up()
    pupil = desk.pupil_work.add_pupil(desk.pupil_work.add_class("6-A"), "Zeynep")
    for n in range(300):
        (profile / "w.txt").write_bytes(b"a work %d" % n)
        desk.pupil_work.take_in(pupil, profile / "w.txt")
    desk.close()
    for n in (8, 9):
        damage(profile / "store.db", n / 10)
    offer = best_copy(profile, key=KEY)
    assert offer is not None and offer.lacks is not None
    assert 0 < offer.lacks.works <= 300 and offer.lacks.anything and not offer.lacks.complete


@pytest.mark.parametrize("left", [b"", secrets.token_bytes(40_000)])
def test_nothing_is_claimed_about_a_store_that_cannot_be_read_at_all(opened: Workspace, left: bytes) -> None:
    profile = inside(opened).store.profile
    opened.safety.back_up()
    opened.close()
    (profile / "store.db").write_bytes(left)
    offer = best_copy(profile, key=KEY)
    assert offer is not None and offer.lacks is None


def test_a_damaged_copy_is_refused_and_the_next_best_is_named(opened: Workspace) -> None:
    profile = inside(opened).store.profile
    for n in range(50):
        opened.keeping.keep_note(f"t-{n}", "x" * 6_000)
    for _n in range(3):
        opened.safety.back_up()
    newest, middle, oldest = inside(opened).store.backups()
    opened.close()
    damage(newest)
    damage(middle, 0.8)
    before = (profile / "store.db").read_bytes()
    with pytest.raises(StoreDamagedError) as refused:
        restore_backup(profile, newest, key=KEY)
    assert refused.value.backups == [oldest]
    assert (profile / "store.db").read_bytes() == before and not list(profile.glob("store-*"))
    offer = best_copy(profile, key=KEY)
    assert offer is not None and offer.path == oldest
    restore_backup(profile, oldest, key=KEY)
    workspace = open_workspace(profile, key=KEY)
    assert workspace.keeping.note("t-49") == "x" * 6_000
    workspace.close()


def test_looking_at_copies_changes_none(opened: Workspace) -> None:
    profile = inside(opened).store.profile
    opened.safety.back_up()
    (copy,) = inside(opened).store.backups()
    before = (copy.read_bytes(), sorted(path.name for path in copy.parent.iterdir()))
    opened.safety.best_copy()
    assert (copy.read_bytes(), sorted(path.name for path in copy.parent.iterdir())) == before
    opened.close()
    assert not list(profile.glob("*.part*"))


def test_nothing_is_put_back_while_a_window_has_the_profile_open(opened: Workspace) -> None:
    opened.safety.back_up()
    with pytest.raises(ProfileInUseError):
        restore_backup(inside(opened).store.profile, inside(opened).store.backups()[0], key=KEY)
    opened.keeping.keep_note("t-1", "goes on")
    opened.close()


def test_a_profile_copied_while_it_is_open_opens_with_all_that_was_kept(opened: Workspace, tmp_path: Path) -> None:
    opened.keeping.keep_note("t-1", "kept in the log")
    assert (inside(opened).store.profile / "store.db-wal").stat().st_size > 0
    shutil.copytree(inside(opened).store.profile, tmp_path / "copied")
    opened.keeping.keep_note("t-1", "written later")
    copied = open_workspace(tmp_path / "copied", key=KEY)
    assert copied.keeping.note("t-1") == "kept in the log" and copied.safety.check() == []
    copied.keeping.keep_note("t-2", "works")
    copied.close()
    opened.close()


def emptied(store: Path) -> None:
    store.write_bytes(b"")


def lost(store: Path) -> None:
    store.unlink()


def only_the_log(store: Path) -> None:
    store.unlink()
    store.with_name("store.db-wal").write_bytes(b"x" * 5_000)
    shutil.rmtree(store.parent / "backups")


@pytest.mark.parametrize("loss", [emptied, lost, only_the_log])
def test_a_store_that_was_lost_is_not_begun_anew_silently(opened: Workspace, loss: Callable[[Path], None]) -> None:
    opened.safety.back_up()
    opened.close()
    loss(inside(opened).store.path)
    with pytest.raises(StoreDamagedError):
        Store.open(inside(opened).store.profile, KEY)


def test_a_copy_put_back_is_a_device_of_its_own(opened: Workspace) -> None:
    before = device.current(inside(opened).store).id
    profile = inside(opened).store.profile
    opened.safety.back_up()
    opened.close()
    restore_backup(profile, list_backups(profile)[0], key=KEY)
    store = Store.open(profile, KEY)
    assert device.current(store).id != before
    store.close()


def test_two_copies_at_once_wait_for_each_other(opened: Workspace) -> None:
    import threading

    threads = [threading.Thread(target=opened.safety.back_up) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(inside(opened).store.sound_copies())) == 4
    opened.close()


def test_a_profile_without_a_key_of_its_own_is_not_made_by_a_look(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    assert best_copy(tmp_path, key=KEY) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["profile.copy.json", "profile.json"]
