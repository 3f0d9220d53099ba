"""Kept files: whole however they come, and each with an owner."""

import errno
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.workspace import Workspace
from local_db import keys
from local_db.errors import FileDamagedError, FileMissingError, IoError
from local_db.files import CHUNK, FileVault
from local_db.store import Store
from local_db.tables import file_use, pupil_work, transfers
from tests.faults import Disk
from tests.inside import inside

KEY = secrets.token_bytes(32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    keys.adopt(tmp_path / "profile", KEY)
    opened = Store.open(tmp_path / "profile", KEY)
    yield opened
    opened.close()


@pytest.mark.parametrize("cut", [1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7, 10**9])
def test_a_file_is_the_same_in_one_piece_and_in_many(tmp_path: Path, cut: int) -> None:
    vault = FileVault(tmp_path, KEY)
    data = secrets.token_bytes(4 * CHUNK + 5 if cut > 1 else 300)
    sha256, size = vault.add(data[start : start + cut] for start in range(0, len(data), cut))
    assert (size, vault.read_all(sha256)) == (len(data), data)
    sizes = [len(piece) for piece in vault.read(sha256)]
    assert set(sizes[:-1]) <= {CHUNK} and 0 < sizes[-1] <= CHUNK


def test_a_large_piece_is_never_copied_whole(tmp_path: Path) -> None:
    class Watched(bytes):
        cuts = 0

        def __getitem__(self, part):  # cutting bytes copies them
            Watched.cuts += 1
            return bytes.__getitem__(self, part)

    FileVault(tmp_path, KEY).add([Watched(secrets.token_bytes(20 * CHUNK))])
    assert Watched.cuts == 0


def owned(store: Store, data: bytes) -> str:
    """Keep a file as a work does, its row inside the intake."""
    with store.files.intake():
        sha256, size = store.files.add([data])
        pupil = pupil_work.add_pupil(store, pupil_work.add_class(store, "6-A"), "Zeynep", secrets.token_hex(4))
        values = {"pupil_id": pupil, "title": "x", "filename": "x.txt", "kind": "document"}
        pupil_work.add_work(store, values | {"sha256": sha256, "size": size})
    return sha256


def test_what_nobody_owns_is_collected_and_what_somebody_owns_stays(store: Store) -> None:
    kept = owned(store, b"a work")
    with store.files.intake():
        lost, _size = store.files.add([b"its row was never written"])
    (store.files.folder / "0123456789abcdef.part").write_bytes(b"a dead writer's")
    assert file_use.collect(store) == 2
    assert store.files.has(kept) and not store.files.has(lost)
    assert file_use.collect(store) == 0


def test_the_pieces_of_a_half_finished_download_stay(store: Store) -> None:
    with store.files.intake():
        piece, size = store.files.add([b"the first half"])
        transfers.add(
            store,
            id="t1",
            direction="down",
            project_id="p",
            material_id="m",
            sha256="0" * 64,
            size=2 * size,
            body={"segments": [piece]},
        )
    file_use.collect(store)
    assert store.files.read_all(piece) == b"the first half"


def test_an_intake_under_way_keeps_its_file_until_its_row_is_written(store: Store) -> None:
    with store.files.intake():
        sha256, _size = store.files.add([b"under way"])
        in_another_thread(store, lambda: file_use.collect(store))
        in_another_thread(store, lambda: file_use.remove_unused(store, {sha256}))
        assert store.files.has(sha256)
    assert file_use.collect(store) == 1


def in_another_thread(store: Store, act) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            store.close_thread()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failed, failed


def test_a_file_that_is_being_written_is_not_cleared_away(store: Store) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x" * 100_000
        in_another_thread(store, lambda: file_use.collect(store))
        yield b"y" * 100_000

    sha256, _size = store.files.add(chunks())
    assert len(store.files.read_all(sha256)) == 200_000


def test_many_intakes_beside_many_collections_lose_nothing(store: Store) -> None:
    kept: list[str] = []
    done = threading.Event()

    def take_in() -> None:
        try:
            kept.extend(owned(store, b"the same bytes" if n % 2 else secrets.token_bytes(50)) for n in range(40))
        finally:
            done.set()
            store.close_thread()

    thread = threading.Thread(target=take_in)
    thread.start()
    while not done.wait(0.001):  # SQLite's lock is not fair: leave the other thread a moment
        file_use.collect(store)
    thread.join()
    file_use.collect(store)
    assert len(kept) == 40 and all(store.files.has(sha256) for sha256 in kept)
    assert set(store.files.names()) == {store.files.name_of(sha256) for sha256 in kept}


def test_a_file_that_is_there_already_can_be_held_until_its_new_owner_is_written(store: Store) -> None:
    with store.files.intake():
        sha256, _size = store.files.add([b"nobody's"])
    with store.files.intake():
        assert store.files.hold(sha256) and not store.files.hold("f" * 64)
        in_another_thread(store, lambda: file_use.collect(store))
        assert store.files.has(sha256)
    file_use.collect(store)
    assert not store.files.has(sha256)


def test_a_file_in_a_step_that_may_be_taken_back_does_not_go(store: Store) -> None:
    sha256 = owned(store, b"a work")
    with pytest.raises(RuntimeError), store.transaction():
        store.run(pupil_work.Work.delete())
        file_use.collect(store)
    assert store.files.has(sha256) and file_use.collect(store) == 0


def test_a_missing_file_is_called_missing(store: Store) -> None:
    sha256, _size = store.files.add([b"x"])
    store.files.path(sha256).unlink()
    with pytest.raises(FileMissingError):
        store.files.read_all(sha256)


def test_a_wrong_checksum_leaves_nothing(store: Store) -> None:
    with pytest.raises(FileDamagedError):
        store.files.add([b"x"], expected="0" * 64)
    assert not [path for path in store.files.folder.rglob("*") if path.is_file()]


def test_a_disk_that_breaks_while_a_file_is_read_is_called_that(desk: Workspace, monkeypatch) -> None:
    sha256, _size = inside(desk).store.files.add([b"x" * 300_000])

    class Broken:
        def __init__(self, real) -> None:
            self._real, self._reads = real, 0

        def __enter__(self):
            return self

        def __exit__(self, *_error: object) -> None:
            self._real.close()

        def read(self, size: int) -> bytes:
            self._reads += 1
            if self._reads > 2:
                raise OSError(errno.EIO, "Input/output error")
            return self._real.read(size)

    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *args, **named: Broken(opened(path, *args, **named)))
    with pytest.raises(IoError):
        inside(desk).store.files.read_all(sha256)


def test_names_on_disk_tell_nothing(store: Store) -> None:
    sha256, _size = store.files.add([b"known to a thief"])
    assert list(store.files.names()) == [store.files.name_of(sha256)]
    assert sha256 not in str(list(store.files.folder.rglob("*")))


def test_the_disk_of_the_tests_counts_what_reaches_it(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        FileVault(tmp_path / "files", KEY).add([b"x"])
        assert {"mkdir", "write", "fsync", "replace"} <= set(disk.steps)
