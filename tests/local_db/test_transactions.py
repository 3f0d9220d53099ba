"""A step that fails is called what it is, is taken back whole, and never stands in the way of the next one."""

import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

from app.workspace import open_workspace
from local_db import database, keys
from local_db.errors import BusyError, DiskFullError, IoError, ReadOnlyError, StoreDamagedError, StoreError
from local_db.naming import DRIVER_ERRORS, named
from local_db.store import Store, encrypted_database
from local_db.tables import settings
from local_db.tables.settings import Setting
from tests.faults import fill, tiny_disk
from tests.inside import inside

KEY = secrets.token_bytes(32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    keys.adopt(tmp_path, KEY)
    opened = Store.open(tmp_path, KEY)
    yield opened
    opened.close()


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 50)


@contextlib.contextmanager
def no_room(store: Store) -> Iterator[None]:
    """SQLite itself says that the disk is full: no page can be added."""
    (pages,) = store.sql("pragma page_count")[0]
    store.sql(f"pragma max_page_count = {pages}")
    yield
    store.sql("pragma max_page_count = 1000000")


def fill_up(store: Store) -> None:
    for n in range(100):
        settings.put(store, f"much {n}", "x" * 5_000)


def kept(store: Store) -> set[str]:
    return {row["name"] for row in store.all(Setting.select(Setting.name))} - {"outbox_sealed"}


def test_a_full_disk_takes_back_the_step_and_the_next_one_works(store: Store) -> None:
    settings.put(store, "before", 1)
    with no_room(store), pytest.raises(DiskFullError), store.transaction():
        settings.put(store, "with it", 1)
        fill_up(store)
    assert kept(store) == {"before"}
    with store.transaction():
        settings.put(store, "after", 1)
    assert kept(store) == {"before", "after"}


def test_an_inner_step_that_the_disk_took_back_takes_the_outer_one_with_it(store: Store) -> None:
    with no_room(store), pytest.raises(DiskFullError), store.transaction():
        settings.put(store, "outer", 1)
        with contextlib.suppress(DiskFullError), store.transaction():
            fill_up(store)
        with pytest.raises(DiskFullError):  # nothing more is written by halves
            settings.put(store, "half", 1)
    assert kept(store) == set()
    settings.put(store, "after", 1)
    assert kept(store) == {"after"}


def test_an_outer_step_whose_caught_inner_failure_was_its_end_says_so_at_its_own_end(store: Store) -> None:
    with no_room(store), pytest.raises(DiskFullError), store.transaction():
        settings.put(store, "outer", 1)
        with contextlib.suppress(DiskFullError), store.transaction():
            fill_up(store)
    assert kept(store) == set()


def test_an_inner_step_that_failed_by_itself_leaves_the_outer_one(store: Store) -> None:
    with store.transaction():
        settings.put(store, "outer", 1)
        with contextlib.suppress(ValueError), store.transaction():
            settings.put(store, "inner", 1)
            raise ValueError
        with store.transaction():
            settings.put(store, "second", 1)
    assert kept(store) == {"outer", "second"}


def test_a_broken_rule_is_no_fault_of_the_disk(store: Store) -> None:
    settings.put(store, "once", 1)
    with pytest.raises(peewee.IntegrityError), store.transaction():
        settings.put(store, "with it", 1)
        store.run(Setting.insert(name="once", value="2"))
    assert kept(store) == {"once"}


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
def test_a_write_that_the_system_refuses_leaves_the_connection_usable(store: Store) -> None:
    import resource

    settings.put(store, "before", 1)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size // 2, usual[1]))
    try:
        with pytest.raises(IoError), store.transaction():
            fill_up(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    with store.transaction():
        settings.put(store, "after", 1)
    assert kept(store) == {"before", "after"}
    assert store.check() == []


def test_a_commit_that_fails_is_taken_back(store: Store) -> None:
    store.sql("create table child (parent text references setting(name) deferrable initially deferred)")
    with pytest.raises(peewee.IntegrityError), store.transaction():
        settings.put(store, "with it", 1)
        store.sql("insert into child values ('nobody')")
    assert kept(store) == set()
    settings.put(store, "after", 1)
    assert kept(store) == {"after"}


def test_a_store_held_elsewhere_is_busy_later_and_can_be_read(in_a_hurry: None, tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    store = Store.open(tmp_path, KEY)
    settings.put(store, "before", 1)
    with held_elsewhere(store.path, "begin exclusive"):
        with pytest.raises(BusyError):
            settings.put(store, "during", 1)
        with pytest.raises(BusyError), store.transaction():
            pass
        assert settings.get(store, "before") == 1
    settings.put(store, "after", 1)
    assert kept(store) == {"before", "after"}
    store.close()


@pytest.mark.parametrize("first", ["begin exclusive", "pragma locking_mode = exclusive; begin exclusive"])
def test_a_store_held_elsewhere_is_busy_at_open_and_no_copy_is_offered(
    in_a_hurry: None, tmp_path: Path, first: str
) -> None:
    keys.adopt(tmp_path, KEY)
    store = Store.open(tmp_path, KEY)
    store.back_up()
    store.close()
    with held_elsewhere(tmp_path / "store.db", first), pytest.raises(BusyError):
        Store.open(tmp_path, KEY)
    Store.open(tmp_path, KEY).close()


@contextlib.contextmanager
def held_elsewhere(path: Path, statements: str) -> Iterator[None]:
    other = encrypted_database(path, KEY)
    for statement in statements.split(";"):
        other.execute_sql(statement)
    try:
        other.execute_sql("insert or replace into setting values ('theirs', '1')")
        yield
    finally:
        other.execute_sql("rollback")
        other.close()


def test_reads_of_a_damaged_page_are_called_that_and_sound_pages_stay_readable(tmp_path: Path) -> None:
    keys.adopt(tmp_path, KEY)
    store = Store.open(tmp_path, KEY)
    for n in range(200):
        settings.put(store, f"much {n:03}", "x" * 5_000)
    settings.put(store, "a small one", 1)
    store.back_up()
    store.close()
    damage(store.path, 0.6)
    store = Store.open(tmp_path, KEY)
    with pytest.raises(StoreDamagedError) as damaged:
        store.all(Setting.select())
    assert damaged.value.backups == store.backups()
    assert store.sql("select name from setting where name = 'a small one'") == [("a small one",)]
    with pytest.raises(StoreDamagedError), store.transaction():
        store.all(Setting.select())
    settings.put(store, "another small one", 1)  # SQLCipher would call the whole file read-only
    assert store.check() != []
    store.close()


def damage(path: Path, where: float) -> None:
    whole = bytearray(path.read_bytes())
    start = int(len(whole) * where) // 4096 * 4096 + 500
    whole[start : start + 64] = secrets.token_bytes(64)
    path.write_bytes(whole)


def test_other_threads_are_not_held_up_by_a_failed_step(store: Store) -> None:
    with contextlib.suppress(ValueError), store.transaction():
        settings.put(store, "mine", 1)
        raise ValueError

    def write() -> None:
        settings.put(store, "theirs", 1)
        store.close_thread()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert kept(store) == {"theirs"}


def test_a_tiny_disk_that_fills_up_while_it_is_used(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "tiny", "3m") as folder:
        workspace = open_workspace(folder / "profile", key=KEY)
        workspace.keeping.keep_note("before", "kept")
        ballast = fill(folder)
        with pytest.raises(DiskFullError):
            for n in range(1_000):
                workspace.keeping.keep_note(f"n{n}", "x" * 4_000)
        with pytest.raises(DiskFullError):
            workspace.safety.back_up()
        with pytest.raises(DiskFullError):
            inside(workspace).store.files.add([secrets.token_bytes(100_000)])
        assert workspace.keeping.note("before") == "kept"
        ballast.unlink()
        workspace.keeping.keep_note("after", "kept too")
        assert workspace.keeping.note("after") == "kept too" and workspace.safety.check() == []
        workspace.close()


def test_a_tiny_disk_that_is_full_at_the_start_is_called_that_and_no_copy_is_offered(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "tiny", "3m") as folder:
        workspace = open_workspace(folder / "profile", key=KEY)
        workspace.safety.back_up()
        workspace.close()
        ballast = fill(folder)
        with pytest.raises(DiskFullError):
            open_workspace(folder / "profile", key=KEY)
        with pytest.raises(DiskFullError):
            open_workspace(folder / "another", key=KEY)
        ballast.unlink()
        open_workspace(folder / "profile", key=KEY).close()
        open_workspace(folder / "another", key=KEY).close()


def test_a_read_only_disk_is_called_that_at_the_start(tmp_path: Path) -> None:
    import subprocess

    with tiny_disk(tmp_path / "tiny", "3m") as folder:
        workspace = open_workspace(folder / "profile", key=KEY)
        workspace.keeping.keep_note("before", "kept")
        workspace.safety.back_up()
        workspace.close()
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        with pytest.raises(ReadOnlyError):
            open_workspace(folder / "profile", key=KEY)
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        workspace = open_workspace(folder / "profile", key=KEY)
        assert workspace.keeping.note("before") == "kept"
        workspace.close()


def test_every_fault_has_a_name_whatever_its_text(tmp_path: Path) -> None:
    import errno

    from sqlcipher3 import dbapi2 as sqlcipher

    path = tmp_path / "store.db"
    by_code = {
        5: BusyError,
        6: BusyError,
        15: BusyError,
        8: ReadOnlyError,
        3: ReadOnlyError,
        13: DiskFullError,
        10: IoError,
        10 | 3 << 8: IoError,
        14: IoError,
        11: StoreDamagedError,
        11 | 1 << 8: StoreDamagedError,
        26: StoreDamagedError,
    }
    for code, kind in by_code.items():
        error = sqlcipher.OperationalError("bir şey oldu")
        error.sqlite_errorcode = code
        wrapped = peewee.OperationalError("disk is full, malformed, locked")
        wrapped.__context__ = error
        assert type(named(error, path)) is kind and type(named(wrapped, path)) is kind, code
    for number, kind in {
        errno.ENOSPC: DiskFullError,
        errno.EDQUOT: DiskFullError,
        errno.EROFS: ReadOnlyError,
        errno.EACCES: ReadOnlyError,
        errno.EIO: IoError,
        errno.EBUSY: BusyError,
    }.items():
        assert type(named(OSError(number, "disk is full, malformed"), path)) is kind
    broken_rule = sqlcipher.IntegrityError("database is locked")
    broken_rule.sqlite_errorcode = 19
    assert named(broken_rule, path) is None and named(ValueError("disk is full"), path) is None
    assert isinstance(broken_rule, DRIVER_ERRORS) and named(StoreError("x"), path) is not None
