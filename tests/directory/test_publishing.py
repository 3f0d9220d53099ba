"""Publishing the directory: killed anywhere, twice at once, and while everybody else goes on working."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core.database import Database, DirectoryEntry
from server.directory import entries, publishing
from server.directory.packs import PackFolder
from sync.packs import lines_of
from sync.protocol.messages import PackList
from tests.platform import AYSE, RunningPlatform
from tests.window import teacher

TODAY = date(2026, 11, 24)
Teachers = dict[str, dict[str, Any]]


class Reader:
    """Somebody who follows the packs as a program does, from delta to delta."""

    def __init__(self, folder: PackFolder) -> None:
        self._folder, self.number = folder, 0
        self._packs: dict[tuple[str, str], tuple[int, Teachers]] = {}

    def read(self) -> Teachers:
        """Everybody in the packs now."""
        for pack in self._folder.list().packs:
            number, teachers = self._packs.get((pack.country, pack.part), (0, {}))
            steps = [delta for delta in pack.deltas if delta.since >= number] if number else []
            if number != pack.number and (not steps or steps[0].since != number):
                number, teachers = 0, {}
                steps = [pack.whole, *(delta for delta in pack.deltas if delta.since >= pack.whole.number)]
            for file in steps if number != pack.number else ():
                path = self._folder.path(pack.country, pack.part, file.since, file.number)
                for values in map(json.loads, lines_of(file, path.read_bytes())):
                    if values.pop("gone", False):
                        teachers.pop(values["id"], None)
                    else:
                        teachers[values["id"]] = {**teachers.get(values["id"], {}), **values}
            assert len(teachers) == pack.profiles
            self._packs[pack.country, pack.part] = pack.number, teachers
        together = [teachers for _number, teachers in self._packs.values()]
        assert len({name for own in together for name in own}) == sum(map(len, together)), "somebody is there twice"
        return {name: one for own in together for name, one in own.items()}


def expected(db: Database) -> Teachers:
    rows = db.all(DirectoryEntry.select())
    return {r["id"]: json.loads(r["fields"]) for r in rows if r["keepable"] and r["expires"] >= TODAY.isoformat()}


def noted(db: Database) -> Teachers:
    return {r["id"]: json.loads(r["published"]) for r in db.all(DirectoryEntry.select()) if r["published"]}


def change(db: Database, number: int, *, keepable: bool = True, **fields: Any) -> None:
    card = db.one(DirectoryEntry.select().where(DirectoryEntry.id == f"t{number}"))
    after = {**json.loads(card["fields"]), **fields}
    values = {"fields": json.dumps(after), "expires": after["expires"], "keepable": keepable, "dirty": True}
    db.run(DirectoryEntry.update(**values).where(DirectoryEntry.id == f"t{number}"))


def person(number: int) -> dict[str, Any]:
    return {**teacher(number, country=("TR", "EL")[number % 2], about=f"First {number}"), "id": f"t{number}"}


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'p.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    database = Database(url)
    entries.put(database, [person(number) for number in range(40)])
    yield database
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> PackFolder:
    return PackFolder(tmp_path / "packs")


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Everything that reaches the disk or the database counts as a step; at number ``step`` the process ends."""
    steps: list[str] = []

    def counted(name: str, real: Any) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            steps.append(name)
            if len(steps) > step:
                raise Killed
            return real(*arguments, **more)

        return call

    with monkeypatch.context() as patch:
        for kind, name in ((Path, "replace"), (Path, "unlink"), (Database, "many"), (Path, "open")):
            patch.setattr(kind, name, counted(name, getattr(kind, name)))
        yield steps


def test_a_kill_at_any_instant_leaves_list_and_entries_in_agreement(
    db: Database, folder: PackFolder, monkeypatch
) -> None:
    monkeypatch.setattr(publishing, "PAGE", 4)
    follower = Reader(folder)
    publishing.publish(db, folder, TODAY)
    assert follower.read() == expected(db) == noted(db)
    step, killed = 0, True
    while killed:
        change(db, 0, about=f"At step {step}")
        change(db, 1, available=step % 2 == 0)
        change(db, 2, keepable=step % 2 == 0)
        change(db, 3, expires="2026-01-01" if step % 2 else "2027-06-01")
        for number in range(4, 10):
            change(db, number, about=f"Step {step}")
        try:
            with killed_at(step, monkeypatch):
                publishing.publish(db, folder, TODAY)
            killed = False
        except Killed:
            pass
        follower.read()
        change(db, 0, about="First 0")  # as it was long ago: what is published must not be forgotten
        change(db, 5, about=f"After step {step}")
        publishing.publish(db, folder, TODAY)
        assert follower.read() == Reader(folder).read() == expected(db) == noted(db), f"after a kill at step {step}"
        assert not publishing.waiting(db, TODAY)
        step += 1
    assert step > 15
    assert not list(folder.folder.glob("*.journal*")) and not list(folder.folder.glob("*.part"))


def test_what_changed_while_it_was_published_goes_out_the_next_time(
    db: Database, folder: PackFolder, monkeypatch
) -> None:
    real = PackFolder.publish

    def slow(self: PackFolder, *arguments: Any, **more: Any) -> PackList:
        if not folder.list().number:
            change(db, 7, about="Changed meanwhile")
            change(db, 8, keepable=False)
        return real(self, *arguments, **more)

    monkeypatch.setattr(PackFolder, "publish", slow)
    publishing.publish(db, folder, TODAY)
    first = Reader(folder).read()
    assert first["t7"]["about"] == "First 7" and "t8" in first
    assert publishing.waiting(db, TODAY)
    publishing.publish(db, folder, TODAY)
    assert Reader(folder).read() == expected(db) == noted(db)
    assert not publishing.waiting(db, TODAY)


def test_two_who_publish_at_once_never_write_the_same_number(db: Database, folder: PackFolder, monkeypatch) -> None:
    numbers: list[int] = []
    real = PackFolder.publish

    def counted(self: PackFolder, packs: Any, number: int, **more: Any) -> PackList:
        numbers.append(number)
        return real(self, packs, number, **more)

    monkeypatch.setattr(PackFolder, "publish", counted)
    failures: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for turn in range(5):
                change(db, first, about=f"{first} in turn {turn}")
                publishing.publish(db, PackFolder(folder.folder), TODAY)
        except BaseException as error:
            failures.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (3, 4, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert numbers == sorted(set(numbers)) and numbers[-1] == folder.list().number
    assert Reader(folder).read() == expected(db) == noted(db)


def test_others_sync_while_the_directory_is_published(any_platform: RunningPlatform, computers, monkeypatch) -> None:
    computer = computers(any_platform, AYSE)
    computer.sync()
    synced, at_work = threading.Event(), threading.Event()
    real = PackFolder.write_delta

    def held(self: PackFolder, *arguments: Any) -> Any:
        at_work.set()
        assert synced.wait(60), "nobody else could work"
        return real(self, *arguments)

    monkeypatch.setattr(PackFolder, "write_delta", held)
    database = any_platform.database
    database.run(
        DirectoryEntry.update(dirty=True, fields=DirectoryEntry.fields.concat(" ")).where(
            DirectoryEntry.id == "t-nikos"
        )
    )
    row = database.one(DirectoryEntry.select().where(DirectoryEntry.id == "t-nikos"))
    after = {**json.loads(row["fields"]), "about": "Published slowly"}
    database.run(DirectoryEntry.update(fields=json.dumps(after)).where(DirectoryEntry.id == "t-nikos"))
    publisher = threading.Thread(
        target=lambda: (
            publishing.publish(database, PackFolder(any_platform.data / "packs"), date.today()),
            database.close(),
        )
    )
    publisher.start()
    assert at_work.wait(60)
    computer.workspace.account.change_profile(about="Written meanwhile")
    assert computer.sync().sent == 1
    synced.set()
    publisher.join()
    assert publishing.waiting(database, date.today()), "what came meanwhile waits for the next publication"


def test_who_is_fetching_from_the_list_before_still_finds_its_files(
    db: Database, folder: PackFolder, monkeypatch
) -> None:
    monkeypatch.setattr(publishing, "wants_whole", lambda _pack: True)
    publishing.publish(db, folder, TODAY)
    before = folder.list()
    for number in range(40):
        change(db, number, about=f"Quite another text, number {number}")
    publishing.publish(db, folder, TODAY)
    assert {p.whole.number for p in folder.list().packs} == {2}, "the packs were written anew"
    assert all(folder.path(p.country, p.part, 0, p.whole.number).exists() for p in before.packs)
    change(db, 0, about="A last word")
    publishing.publish(db, folder, TODAY)
    assert not any(folder.path(p.country, p.part, 0, p.whole.number).exists() for p in before.packs)


def test_a_signing_key_is_whole_or_not_there(folder: PackFolder) -> None:
    key = folder.signed_list().key
    assert folder.signed_list().key == key
    assert (folder.folder / "signing.key").stat().st_size == 32
    assert [path.name for path in folder.folder.iterdir()] == ["signing.key"]
