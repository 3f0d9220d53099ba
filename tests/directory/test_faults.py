"""Every write of taking the directory in fails once: the old directory is whole, and the next update goes through."""

import json
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.rules.directory import parse_words
from local_db.directory import index
from local_db.directory.database import DirectoryDatabase
from local_db.directory.query import Search
from local_db.directory.search import Directory
from local_db.errors import BusyError, DiskFullError, IoError, ReadOnlyError, StoreDamagedError, StoreError
from sync import pack_downloads
from sync.directory import DirectorySync
from sync.protocol.messages import PackList
from tests.directory.test_directory import change_card
from tests.faults import KINDS, Disk
from tests.inside import inside
from tests.platform import AYSE, Computer, RunningPlatform
from tests.window import teacher

KEY = secrets.token_bytes(32)
# what SQLCipher says of a disk that is broken and of a page that is not its own is the same: the copy begins anew
NAMED: dict[str, tuple[type[StoreError], ...]] = {
    "full": (DiskFullError,),
    "broken": (IoError, StoreDamagedError),
    "read-only": (ReadOnlyError,),
    "busy": (BusyError,),
}
SHA = "0" * 64
Act = Callable[[DirectoryDatabase], object]


@pytest.fixture
def disk() -> Iterator[Disk]:
    with pytest.MonkeyPatch.context() as patch:
        yield Disk(patch)


def lines(*rows: dict[str, Any]) -> list[tuple[dict[str, Any], bytes]]:
    return [(row, json.dumps(row).encode()) for row in rows]


def content(db: DirectoryDatabase) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the directory's tables but the time at which a pack came."""
    tables = dict.fromkeys(("teacher", "posting", "common", "pair", "facet", "download"), "*")
    tables["pack"] = "country, part, number, sha256, segment"
    return {name: sorted(db.sql(f"select {columns} from {name}")) for name, columns in tables.items()}


ACTS: dict[str, Act] = {
    "a whole pack": lambda db: index.replace_pack(
        db, "EL", "available", 3, SHA, lines(teacher(1, about="Bees"), teacher(7), teacher(3, country="EL"))
    ),
    "a delta": lambda db: index.apply_delta(
        db, "EL", "available", 3, SHA, [teacher(1, about="Bees"), teacher(4, age_to=19), teacher(8)], ["t-2"]
    ),
    "a country that is given up": lambda db: index.forget_pack(db, "EL", "available"),
    "entries that expired": lambda db: index.remove_expired(db, "2026-01-01"),
}


@pytest.fixture
def old(disk: Disk, tmp_path: Path) -> Path:
    """A directory of two packs, one of them brought on by a delta; closed."""
    profile = tmp_path / "old"
    profile.mkdir()
    db = DirectoryDatabase(profile, KEY)
    greek = [teacher(number, about=f"Water of {number}") for number in (1, 2, 4)]
    index.replace_pack(db, "EL", "available", 1, SHA, lines(*greek))
    index.replace_pack(db, "TR", "available", 1, SHA, lines(teacher(3, country="TR"), teacher(5, country="TR")))
    index.apply_delta(db, "EL", "available", 2, SHA, [teacher(6, about="Rivers", expires="2025-01-01")], [])
    db.checkpoint()
    db.close()
    return profile


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_whichever_write_fails_the_old_directory_is_whole_and_the_next_try_succeeds(
    disk: Disk, old: Path, act: Act, kind: str
) -> None:
    db = opened(old)
    before = content(db)
    disk.heal()
    act(db)
    after, steps = content(db), len(disk.steps)
    db.close()
    assert before != after and steps > 4
    for step in range(1, steps + 1):
        db = opened(old)
        disk.fail_at(step, kind)
        with pytest.raises(NAMED[kind]):
            act(db)
        disk.heal()
        assert content(db) == before, f"step {step} of {steps}"
        assert db.sql("pragma integrity_check") == [("ok",)]
        act(db)
        assert content(db) == after, f"after step {step} of {steps}"
        db.close()


def opened(old: Path) -> DirectoryDatabase:
    """A copy of the old directory."""
    copy = old.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(old, copy)
    return DirectoryDatabase(copy, KEY)


class Trial:
    """An update of a teacher's directory, on a copy of what it was before."""

    def __init__(self, computer: Computer) -> None:
        self._opened, self._key = inside(computer.workspace), computer.key
        self._old = self._opened.directory_db.path
        self.folder = computer.profile / "trial"

    def begin(self) -> None:
        """Back to the old directory."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(self._old, self.folder / "directory.db")
        self.db = DirectoryDatabase(self.folder, self._key)
        self.sync = DirectorySync(self._opened.store, self.db)

    def update(self) -> list[str]:
        """Bring everything up to date; what was refused."""
        plan = self.sync.plan(self.listing())
        return self.sync.update(self._opened.client, plan, lambda _d, _t: None, threading.Event()).complaints

    def pieces(self) -> int:
        """How many pieces of files on their way are here."""
        return int(self.db.sql("select count(*) from download")[0][0])

    def listing(self) -> PackList:
        listing = self.sync.known_list()
        assert listing is not None
        return listing

    def packs(self) -> dict[tuple[str, str], tuple[int, list[tuple[str, bytes]]]]:
        """Number and teachers of each pack."""
        return {
            (country, part): (
                number,
                sorted(self.db.sql("select id, body from teacher where country = ? and part = ?", (country, part))),
            )
            for country, part, number in self.db.sql("select country, part, number from pack")
        }

    def people(self, words: str) -> int:
        return Directory(self.db).search(Search(parse_words(words))).total

    def close(self) -> None:
        self.db.close()


@pytest.fixture
def trial(disk: Disk, platform: RunningPlatform, computers, monkeypatch) -> Iterator[Trial]:
    """Ayşe's directory is old: one pack has a delta, two countries' packs were never fetched."""
    computer: Computer = computers(platform, AYSE)
    computer.sync()
    change_card(platform, "t-nikos", fields={"about": "We love quokkas"})
    opened, piece = inside(computer.workspace), 400
    monkeypatch.setattr(pack_downloads, "CHUNK", piece)
    monkeypatch.setattr("sync.answers.PIECE", piece)
    index.forget_pack(opened.directory_db, "TR", "available")
    opened.directory_db.checkpoint()
    opened.service.directory.fetch_list(opened.client)
    made = Trial(computer)
    yield made
    disk.heal()
    made.close()


@pytest.mark.parametrize("kind", ["full", "read-only", "busy"])
def test_whichever_write_of_an_update_fails_each_pack_is_the_old_or_the_new_one_and_nothing_is_refused(
    disk: Disk, trial: Trial, kind: str
) -> None:
    trial.begin()
    before = trial.packs()
    assert trial.people("quokkas") == 0
    disk.heal()
    assert trial.update() == []
    steps = list(disk.steps)
    after, everybody = trial.packs(), trial.people("")
    assert len(steps) > 30 and steps.count("sql insert") > 10 and before != after
    kept = 0
    for step in range(1, len(steps) + 1, 1 if kind == "full" else 5):
        trial.close()
        trial.begin()
        disk.fail_at(step, kind)
        with pytest.raises(NAMED[kind]):
            trial.update()
        disk.heal()
        now = trial.packs()
        assert all(pack in (before.get(name), after[name]) for name, pack in now.items()), f"step {step}"
        assert set(before) <= set(now), f"step {step}"
        assert trial.people("") == sum(len(rows) for _number, rows in now.values())
        assert trial.sync.refusals() == []
        kept += trial.pieces() > 0
        assert trial.update() == [] and trial.packs() == after, f"after step {step}"
        assert trial.people("quokkas") == 1 and trial.people("") == everybody and trial.pieces() == 0
    assert kept > 3, "what had come of a file was kept, and went on from there"


def test_a_broken_disk_costs_at_most_the_copy_which_comes_again(disk: Disk, trial: Trial) -> None:
    trial.begin()
    disk.heal()
    assert trial.update() == []
    after, steps = {name: rows for name, (_number, rows) in trial.packs().items()}, len(disk.steps)
    for step in range(1, steps + 1, 5):
        trial.close()
        trial.begin()
        disk.fail_at(step, "broken")
        with suppress(StoreError):
            trial.update()
        assert disk.failed
        disk.heal()
        while trial.sync.plan(trial.listing()).steps:
            trial.update()
        assert {name: rows for name, (_number, rows) in trial.packs().items()} == after, f"after step {step}"
        assert trial.sync.refusals() == []
