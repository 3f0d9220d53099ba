"""Classes and pupils renamed, moved, deleted and brought back with their works; every step has its undo."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.class_lists import CLASS, PUPIL, WORK
from app.workspace import Workspace
from local_db import elapsed
from local_db.errors import StoreError
from local_db.tables import outbox
from tests.classroom import Classroom, materials
from tests.faults import KINDS, Disk
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project
from tests.whole.test_pupil_work import Desk

FROM_OUTSIDE = ("", "nobody", "../../x", "\0", "'; drop table pupil; --", "x" * 10_000, "İ")


@pytest.fixture
def room(desk: Workspace, tmp_path: Path) -> Classroom:
    return Classroom(Desk(desk), tmp_path)  # type: ignore[arg-type]


def state(room: Classroom) -> list[object]:
    """Everything about classes, pupils and works."""
    tables = ("school_class", "pupil", "work")
    return [sorted(room.store.sql(f"select * from {table}"), key=str) for table in tables]


# -- names -----------------------------------------------------------------------------------------


def test_a_pupil_who_is_renamed_or_moved_keeps_pseudonym_and_works(room: Classroom) -> None:
    work, data = room.work()
    before = room.use.pupils(room.class_id)[0]
    other = room.use.add_class("7-B")
    whole = state(room)
    rename = room.use.lists.rename_pupil(room.pupil, " Ali  Ince ")
    move = room.use.lists.move_pupil(room.pupil, other)
    (now,) = room.use.pupils(other)
    assert (now.name, now.pseudonym, now.id) == ("Ali Ince", before.pseudonym, before.id)
    assert [one.id for one in room.use.works(other)] == [work] and room.use.read(work) == data
    assert move() and rename() and state(room) == whole
    assert not rename() and state(room) == whole


def test_a_class_is_renamed_and_back(room: Classroom) -> None:
    undo = room.use.lists.rename_class(room.class_id, "6-B")
    assert room.use.classes()[0][1] == "6-B"
    room.use.lists.rename_class(room.class_id, "6-C")
    assert not undo() and room.use.classes()[0][1] == "6-C"


def test_pasted_names_become_pupils_all_at_once_and_undo_leaves_those_with_works(room: Classroom) -> None:
    made = room.use.lists.add_pupils(room.class_id, ["Zeynep Kara", "Elif Su", "İpek Işık"])
    pupils = room.use.pupils(room.class_id)
    assert len(pupils) == 4 and len({one.pseudonym for one in pupils}) == 4
    (room.folder / "a.txt").write_text("x", "utf-8")
    room.use.take_in(made.ids[1], room.folder / "a.txt")
    assert not made.undo()
    assert [one.name for one in room.use.pupils(room.class_id)] == ["Ali İnce", "Elif Su"]
    with pytest.raises(ValueError, match="blank_name"):
        room.use.lists.add_pupils(room.class_id, ["Efe", " "])
    assert len(room.use.pupils(room.class_id)) == 2


def test_a_class_with_pupils_is_not_unmade_by_undo(room: Classroom) -> None:
    made = room.use.lists.add_class("7-B")
    pupil = room.use.add_pupil(made.ids[0], "Ece")
    assert not made.undo() and len(room.use.classes()) == 2
    room.use.lists.move_pupil(pupil, room.class_id)
    assert made.undo() and len(room.use.classes()) == 1


@pytest.mark.parametrize("odd", FROM_OUTSIDE)
def test_an_id_from_outside_changes_nothing(room: Classroom, odd: str) -> None:
    work, _data = room.work()
    whole = state(room)
    lists, steps = room.use.lists, room.use.steps
    for refused in (
        lambda: lists.rename_class(odd, "A"),
        lambda: lists.rename_pupil(odd, "A"),
        lambda: lists.move_pupil(odd, room.class_id),
        lambda: lists.move_pupil(room.pupil, odd),
        lambda: lists.add_pupils(odd, ["A"]),
        lambda: steps.rename(odd, "A"),
        lambda: steps.move([odd], room.pupil),
        lambda: steps.move([work, odd], room.pupil),
        lambda: steps.move([work], odd),
        lambda: room.use.viewing.copy(odd),
    ):
        with pytest.raises(ValueError, match=r"no_such_\w+"):
            refused()
    for kind in (CLASS, PUPIL, WORK):
        removal = steps.remove(kind, [odd])
        assert removal.works == 0 and removal.undo() == "restored"
        assert steps.restore(kind, odd) is None
    assert state(room) == whole


def test_what_lies_in_the_bin_is_neither_renamed_nor_moved_nor_given_more(room: Classroom) -> None:
    work, data = room.work()
    (room.folder / "more.txt").write_bytes(data + b"x")
    other = room.use.add_pupil(room.use.add_class("7-B"), "Ece")
    room.use.steps.remove(CLASS, [room.class_id])
    gone_class = room.store.sql("select id from school_class where removed_at is not null")[0][0]
    for refused in (
        lambda: room.use.lists.rename_class(gone_class, "A"),
        lambda: room.use.lists.rename_pupil(room.pupil, "A"),
        lambda: room.use.lists.move_pupil(other, gone_class),
        lambda: room.use.lists.add_pupils(gone_class, ["A"]),
        lambda: room.use.steps.rename(work, "A"),
        lambda: room.use.steps.move([work], other),
        lambda: room.use.take_in(room.pupil, room.folder / "more.txt"),
        lambda: room.use.viewing.copy(work),
    ):
        with pytest.raises(ValueError, match=r"no_such_\w+"):
            refused()
    assert room.kept() == room.owned()


# -- works -----------------------------------------------------------------------------------------


def test_a_work_that_goes_to_another_pupil_needs_the_consent_anew(room: Classroom) -> None:
    work, _data = room.work(permitted=True)
    other = room.use.add_pupil(room.class_id, "Ece Su")
    moving = room.use.steps.move([work], other)
    (now,) = room.use.works(room.class_id)
    assert (moving.works, moving.there, moving.unticked) == (1, [], 1)
    assert (now.pupil, now.permitted) == ("Ece Su", False)
    assert moving.undo()
    (now,) = room.use.works(room.class_id)
    assert (now.pupil, now.permitted) == ("Ali İnce", True)
    assert not moving.undo()


def test_a_work_that_the_other_pupil_has_already_stays_and_is_told(room: Classroom) -> None:
    work, data = room.work()
    other = room.use.add_pupil(room.class_id, "Ece Su")
    (room.folder / "same.txt").write_bytes(data)
    room.use.take_in(other, room.folder / "same.txt")
    second, _more = room.work()
    title = next(one.title for one in room.use.works(room.class_id) if one.id == work)
    moving = room.use.steps.move([work, second], other)
    assert (moving.works, moving.there) == (1, [title])


def test_several_works_go_and_come_back_in_one_step(room: Classroom) -> None:
    works = [room.work()[0] for _ in range(3)]
    whole = state(room)
    removal = room.use.steps.remove(WORK, [*works[:2], works[0]])
    assert removal.works == 2 and [one.id for one in room.use.works(room.class_id)] == works[2:]
    assert removal.undo() == "restored" and state(room) == whole


# -- the bin ---------------------------------------------------------------------------------------


def test_a_deleted_pupil_comes_back_with_the_works_that_went_along(room: Classroom) -> None:
    kept, _data = room.work()
    before, _other = room.work()
    room.use.remove(before)
    removal = room.use.steps.remove(PUPIL, [room.pupil])
    assert removal.works == 1 and room.use.pupils(room.class_id) == [] and room.use.works(room.class_id) == []
    items = {item.kind: item for item in room.computer.workspace.bin.items()}
    assert (items["pupil"].title, items["pupil"].works, items["pupil"].days_left) == ("Ali İnce · 6-A", 1, 30)
    assert items["work"].needs == "pupil"
    assert room.computer.workspace.bin.restore("pupil", room.pupil)
    assert [one.id for one in room.use.works(room.class_id)] == [kept]
    assert [item.id for item in room.computer.workspace.bin.items()] == [before]


def test_a_work_out_of_the_bin_brings_its_pupil_and_class_along(room: Classroom) -> None:
    work, _data = room.work()
    other, _more = room.work()
    room.use.remove(work)
    room.use.steps.remove(PUPIL, [room.pupil])
    class_id = room.class_id
    room.use.add_pupil(class_id, "Ece Su")
    room.use.steps.remove(CLASS, [class_id])
    found = {item.kind: item for item in room.computer.workspace.bin.items()}
    assert (found["school_class"].pupils, found["school_class"].works) == (1, 0)
    assert (found["pupil"].works, found["pupil"].needs) == (1, "school_class")
    back = room.use.steps.restore(WORK, work)
    assert back is not None and back.top == ("school_class", class_id)
    assert (back.classes, sorted(back.pupils), sorted(back.works)) == (
        ["6-A"],
        ["Ali İnce", "Ece Su"],
        sorted([work, other]),
    )
    assert room.computer.workspace.bin.items() == []
    assert len(room.use.works(class_id)) == 2 and len(room.use.pupils(class_id)) == 2


def test_undo_of_a_deleted_class_leaves_all_as_it_was(room: Classroom) -> None:
    room.work()
    room.use.remove(room.work()[0])
    room.use.steps.remove(PUPIL, [room.use.add_pupil(room.class_id, "Ece")])
    whole = state(room)
    removal = room.use.steps.remove(CLASS, [room.class_id])
    assert room.use.classes() == [] and removal.works == 1
    assert removal.undo() == "restored" and state(room) == whole


def test_bringing_back_out_of_the_bin_has_an_undo(room: Classroom) -> None:
    room.work()
    room.use.steps.remove(PUPIL, [room.pupil])
    use = room.computer.workspace.bin
    assert use.restore("pupil", room.pupil) and use.put_back("pupil", room.pupil)
    assert [(item.kind, item.works) for item in use.items()] == [("pupil", 1)]
    assert not use.put_back("project", "x")


def test_after_thirty_days_of_use_a_deleted_class_is_gone_with_its_files(room: Classroom, monkeypatch) -> None:
    room.work()
    kept = room.use.add_pupil(room.use.add_class("7-B"), "Ece")
    room.use.steps.remove(CLASS, [room.class_id])
    now = time.time()
    for day in range(1, 32):
        monkeypatch.setattr(time, "time", lambda day=day: now + day * elapsed.DAY)
        room.use.purge()
        assert bool(room.computer.workspace.bin.items()) == (day <= 30), day
    assert room.kept() == set()
    assert [row[0] for row in room.store.sql("select id from pupil")] == [kept]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_disk_does_a_class_goes_and_comes_whole(room: Classroom, monkeypatch, kind: str) -> None:
    room.work()
    room.use.add_pupil(room.class_id, "Ece")
    elapsed.days_seen(room.store)
    disk, step = Disk(monkeypatch), 0
    room.store.close_thread()  # the next connection is one that fails
    class_id, whole = room.class_id, state(room)
    while True:
        step += 1
        disk.fail_at(step, kind)
        try:
            room.use.steps.remove(CLASS, [class_id])
        except StoreError:
            disk.heal()
            assert state(room) == whole
            continue
        failed = disk.failed
        disk.heal()
        counts = [
            room.store.sql(f"select count(*) from {table} where removed_at is null")[0][0]
            for table in ("school_class", "pupil", "work")
        ]
        assert counts == [0, 0, 0]
        room.use.steps.restore(CLASS, class_id)
        assert state(room) == whole
        if not failed:
            break
    assert step > 3


def test_nothing_of_classes_and_pupils_waits_to_be_sent(room: Classroom) -> None:
    room.use.lists.rename_pupil(room.pupil, "Zeynep")
    room.use.lists.rename_class(room.class_id, "9-Z")
    room.use.steps.remove(CLASS, [room.class_id]).undo()
    assert outbox.waiting(inside(room.computer.workspace).store) == []


def test_a_deleted_class_takes_its_works_out_of_the_projects_and_undo_brings_them_back(
    platform: RunningPlatform, computers: Callable[..., Computer], tmp_path: Path
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    room = Classroom(a, tmp_path)
    _work, data = room.published(project)

    def settle() -> None:
        for computer in (a, b, a, b):
            computer.sync()

    settle()
    assert materials(b, project) == [data]
    removal = room.use.steps.remove(CLASS, [room.class_id])
    settle()
    assert materials(b, project) == [] and platform.files() == []
    assert removal.undo() == "republished"
    settle()
    assert materials(b, project) == [data] and a.workspace.status.needs_you == 0
    moving = room.use.steps.move([_work], room.use.add_pupil(room.class_id, "Ece"))
    settle()
    assert materials(b, project) == [] and moving.unticked == 1
    assert moving.undo()
    settle()
    assert materials(b, project) == [data]
