"""Works of a class: taken in whole or not at all, once; a bin that can be seen; undo that says what it did."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.pupil_work import TakeInError
from app.workspace import Workspace
from local_db import elapsed
from local_db.errors import DiskFullError
from local_db.tables import file_use, transfers
from tests.classroom import Classroom, materials
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


class Desk:
    """A stand-in for a computer, for what needs no platform."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace


@pytest.fixture
def room(desk: Workspace, tmp_path: Path) -> Classroom:
    return Classroom(Desk(desk), tmp_path)  # type: ignore[arg-type]


def photo(kind: str, size: int = 300) -> bytes:
    out = io.BytesIO()
    noise = Image.effect_noise((size, size), 90)
    more = {"save_all": True, "append_images": [noise.rotate(90)]} if kind == "GIF" else {}
    noise.save(out, kind, **more)
    return out.getvalue()


def refused(room: Classroom, name: str, data: bytes) -> str:
    path = room.folder / name
    path.write_bytes(data)
    with pytest.raises(TakeInError) as error:
        room.use.take_in(room.pupil, path)
    assert room.kept() == room.owned()
    return error.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_picture_cut_short_is_told_when_it_is_taken_in(room: Classroom, kind: str, part: float) -> None:
    data = photo(kind)
    ending = {"JPEG": "jpg"}.get(kind, kind.lower())
    assert refused(room, f"cut.{ending}", data[: int(len(data) * part)]) == "cut_short"
    (room.folder / f"whole.{ending}").write_bytes(data)
    room.use.take_in(room.pupil, room.folder / f"whole.{ending}")
    assert room.use.small_picture(room.use.works(room.class_id)[0])


def test_a_picture_of_absurdly_many_pixels_is_not_taken_in(room: Classroom) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert refused(room, "huge.png", out.getvalue()) == "too_many_pixels"


def test_the_same_file_of_the_same_pupil_is_there_already(room: Classroom) -> None:
    _work, data = room.work()
    assert refused(room, "again.txt", data) == "already_there"
    assert len(room.use.works(room.class_id)) == 1
    other = room.use.add_pupil(room.class_id, "Ece Su")  # they made it together
    room.use.take_in(other, room.folder / "again.txt")
    first = room.use.works(room.class_id)[0]
    room.use.remove(first.id)
    room.use.take_in(room.pupil, room.folder / "again.txt")  # what is in the bin is not there
    assert len(room.use.works(room.class_id)) == 2


@pytest.mark.parametrize("name", ["", "   ", "\u00a0\u2003", "\n\t", "\u200d\u202e\ufeff"])
def test_a_pupil_or_class_without_a_name_is_refused(room: Classroom, name: str) -> None:
    with pytest.raises(ValueError, match="blank_name"):
        room.use.add_pupil(room.class_id, name)
    with pytest.raises(ValueError, match="blank_name"):
        room.use.add_class(name)
    assert len(room.use.pupils(room.class_id)) == 1 and len(room.use.classes()) == 1


@pytest.mark.parametrize(
    ("name", "filename", "title"),
    [
        ("kar\u202efdp.pdf", "karfdp.pdf", "karfdp"),
        ("kar\n yağdı.pdf", "kar yağdı.pdf", "kar yağdı"),
        ("CON.pdf", "_CON.pdf", "CON"),
        ("ş" * 125 + ".pdf", None, None),
        ("kar .pdf", "kar.pdf", "kar"),
    ],
)
def test_a_work_from_a_file_with_an_odd_name_has_a_plain_one(
    room, name: str, filename: str | None, title: str | None
) -> None:
    (room.folder / name).write_bytes(b"%PDF-1.7\n" + name.encode())
    room.use.take_in(room.pupil, room.folder / name)
    (work,) = room.use.works(room.class_id)
    assert filename is None or (work.filename, work.title) == (filename, title)
    assert work.filename.endswith(".pdf") and len(work.filename.encode()) <= 200


def test_a_gif_with_turkish_capitals_is_a_gif(room: Classroom) -> None:
    (room.folder / "GÜL.GİF").write_bytes(photo("GIF"))
    room.use.take_in(room.pupil, room.folder / "GÜL.GİF")
    (work,) = room.use.works(room.class_id)
    assert (work.kind, work.filename, work.title) == ("image", "GÜL.gif", "GÜL")


def test_a_failed_intake_leaves_nothing_at_the_next_start(room: Classroom, monkeypatch) -> None:
    path = room.folder / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"x" * 500)
    with monkeypatch.context() as fault:

        def full(*_: object, **__: object) -> None:
            raise DiskFullError("full")

        fault.setattr("local_db.tables.pupil_work.add_work", full)
        with pytest.raises(DiskFullError):
            room.use.take_in(room.pupil, path)
    with pytest.raises(ValueError, match="no_such_pupil"):
        room.use.take_in("nobody", path)
    room.use.purge()
    assert room.kept() == set()
    room.use.take_in(room.pupil, path)
    assert room.kept() == room.owned() and len(room.kept()) == 1


# -- the bin ------------------------------------------------------------------------------------


def test_a_removed_work_is_seen_in_the_bin_and_comes_back_whole(room: Classroom) -> None:
    work, data = room.work()
    room.use.remove(work)
    (removed,) = room.use.bin()
    assert (removed.id, removed.days_left, removed.was_published) == (work, 30, False)
    assert room.use.works(room.class_id) == []
    assert room.use.restore(work) == "restored"
    assert room.use.bin() == [] and room.use.read(work) == data


def test_a_work_deleted_for_good_takes_its_file_along_and_no_others(room: Classroom) -> None:
    work, data = room.work()
    (room.folder / "same.txt").write_bytes(data)
    same = room.use.take_in(room.use.add_pupil(room.class_id, "Ece Su"), room.folder / "same.txt")
    room.use.delete_for_good(work)
    assert room.use.read(work) == data  # not in the bin: nothing is deleted
    undo = room.use.remove(work)
    room.use.delete_for_good(work)
    assert room.use.bin() == [] and room.use.read(same) == data
    assert undo() == "gone" and room.use.restore(work) == "gone"
    room.use.remove(same)
    room.use.delete_for_good(same)
    assert room.kept() == set()


def test_one_start_with_the_clock_years_ahead_deletes_nothing(room: Classroom, monkeypatch) -> None:
    work, data = room.work()
    room.use.remove(work)
    now = time.time()
    with monkeypatch.context() as clock:
        clock.setattr(time, "time", lambda: now + 9 * 365 * elapsed.DAY)
        room.use.purge()
    room.use.purge()
    assert room.use.read(work) == data and room.use.bin()[0].days_left >= 20


def test_after_thirty_days_of_use_a_removed_work_is_gone(room: Classroom, monkeypatch) -> None:
    work, _data = room.work()
    room.use.remove(work)
    now = time.time()
    for day in range(1, 32):
        monkeypatch.setattr(time, "time", lambda day=day: now + day * elapsed.DAY)
        room.use.purge()
        assert bool(room.use.bin()) == (day <= 30), day
    assert room.kept() == set() and room.use.restore(work) == "gone"


def test_works_removed_before_days_were_counted_wait_from_now_on(room: Classroom) -> None:
    work, _data = room.work()
    room.use.remove(work)
    room.store.sql("update work set removed_day = null, removed_at = 0")
    room.use.purge()
    assert room.use.bin()[0].days_left == 30


# -- removing what is published ------------------------------------------------------------------


class Pair:
    def __init__(self, running: RunningPlatform, make: Make, folder: Path) -> None:
        self.platform = running
        self.a, self.b = make(running, AYSE), make(running, NIKOS)
        self.projects = [active_project(self.a, self.b), active_project(self.a, self.b)]
        self.room = Classroom(self.a, folder)

    def settle(self) -> None:
        for computer in (self.a, self.b, self.a, self.b):
            computer.sync()

    def shown(self) -> list[list[bytes]]:
        return [materials(self.b, project) for project in self.projects]


@pytest.fixture
def pair(platform: RunningPlatform, computers: Make, tmp_path: Path) -> Pair:
    return Pair(platform, computers, tmp_path)


def test_undoing_the_removal_before_a_sync_leaves_all_as_it_was(pair: Pair) -> None:
    work, data = pair.room.published(*pair.projects)
    pair.settle()
    undo = pair.room.use.remove(work)
    assert undo() == "restored" and pair.room.use.publication(work) == "finished"
    pair.settle()
    assert pair.shown() == [[data], [data]] and pair.a.workspace.status.needs_you == 0


def test_undoing_the_removal_of_a_file_that_waits_lets_it_wait_again(pair: Pair) -> None:
    work, data = pair.room.published(pair.projects[0])
    undo = pair.room.use.remove(work)
    pair.a.sync()
    assert pair.platform.files() == []
    assert undo() == "restored" and pair.room.use.publication(work) == "waiting"
    pair.settle()
    assert pair.shown() == [[data], []]


def test_undoing_the_removal_after_it_was_synced_publishes_again(pair: Pair) -> None:
    work, data = pair.room.published(*pair.projects)
    pair.settle()
    undo = pair.room.use.remove(work)
    pair.settle()
    assert pair.shown() == [[], []] and pair.platform.files() == []
    result = undo()
    pair.settle()
    if result == "republished":
        assert pair.shown() == [[data], [data]]
    else:
        assert result == "not_published" and pair.shown() == [[], []]
    assert result == "republished" and pair.a.workspace.status.needs_you == 0


def test_undoing_says_when_the_work_does_not_come_back_into_its_project(pair: Pair) -> None:
    work, _data = pair.room.published(pair.projects[0])
    pair.settle()
    undo = pair.room.use.remove(work)
    pair.settle()
    pair.room.use.permit(work, False)
    assert undo() == "not_published"
    pair.settle()
    assert pair.shown() == [[], []] and len(pair.room.use.works(pair.room.class_id)) == 1


def test_the_bin_says_that_a_work_was_published_and_is_no_more(pair: Pair) -> None:
    work, _data = pair.room.published(pair.projects[0])
    pair.settle()
    pair.room.use.remove(work)
    pair.settle()
    assert pair.room.use.bin()[0].was_published
    assert pair.room.use.restore(work) == "not_published" and pair.room.use.publication(work) == ""


def test_after_everything_no_file_is_without_an_owner(pair: Pair) -> None:
    for _ in range(2):
        work, _data = pair.room.published(*pair.projects)
        pair.settle()
        pair.room.use.remove(work)
        pair.settle()
        pair.room.use.delete_for_good(work)
    assert transfers.waiting(pair.room.store) == []
    file_use.collect(pair.room.store)
    assert pair.room.kept() == set() and list(inside(pair.b.workspace).store.files.names()) == []
    assert pair.platform.files() == []
