"""A withdrawn permission wins: during an upload, in several projects, after an older copy of the profile came back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from local_db.tables import outbox, transfers
from sync.errors import OfflineError
from sync.transfers import PART, TransferQueue, reconcile_permissions
from tests.classroom import Classroom, materials
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


class Pair:
    """Two teachers with two projects; Ayşe has a class."""

    def __init__(self, running: RunningPlatform, make: Make, folder: Path) -> None:
        self.platform = running
        self.a, self.b = make(running, AYSE), make(running, NIKOS)
        self.projects = [active_project(self.a, self.b), active_project(self.a, self.b)]
        self.room = Classroom(self.a, folder)

    def settle(self) -> None:
        for computer in (self.a, self.b, self.a, self.b):
            computer.sync()

    def nothing_is_out(self) -> bool:
        shown = [materials(computer, project) for computer in (self.a, self.b) for project in self.projects]
        listed = [c.workspace.projects.materials(p) for c in (self.a, self.b) for p in self.projects]
        return not any(shown + listed) and self.platform.files() == []


@pytest.fixture
def pair(platform: RunningPlatform, computers: Make, tmp_path: Path) -> Pair:
    return Pair(platform, computers, tmp_path)


def during(monkeypatch: pytest.MonkeyPatch, client: object, name: str, call: int, act: Callable[[], object]) -> None:
    """Do something else right after the n-th call of the client."""
    real, count = getattr(client, name), 0

    def followed(*args: object) -> object:
        nonlocal count
        answer, count = real(*args), count + 1
        if count == call:
            act()
        return answer

    monkeypatch.setattr(client, name, followed)


@pytest.mark.parametrize("moment", [("create_upload", 1), ("upload_part", 1), ("upload_part", 2), ("upload_part", 4)])
def test_unticking_during_an_upload_means_nothing_is_published(
    pair: Pair, monkeypatch, moment: tuple[str, int]
) -> None:
    work, _data = pair.room.published(pair.projects[0], size=4 * PART - 100)
    with monkeypatch.context() as racing:
        during(racing, pair.room.client, *moment, lambda: pair.room.use.permit(work, False))
        pair.a.sync()
    pair.settle()
    assert pair.nothing_is_out() and pair.room.use.publication(work) == ""
    assert pair.a.workspace.status.waiting == pair.a.workspace.status.needs_you == 0


def test_unticking_while_the_publication_is_on_its_way_takes_it_back(pair: Pair, monkeypatch) -> None:
    work, _data = pair.room.published(pair.projects[0])
    with monkeypatch.context() as racing:
        real = pair.room.client.exchange

        def followed(request):
            if any(getattr(change, "name", "") == "publish_material" for change in request.changes):
                pair.room.use.permit(work, False)  # the command is sealed and goes out now
            return real(request)

        racing.setattr(pair.room.client, "exchange", followed)
        pair.a.sync()
    pair.settle()
    assert pair.nothing_is_out()


def test_unticking_after_a_lost_answer_takes_it_back(pair: Pair, monkeypatch) -> None:
    work, _data = pair.room.published(pair.projects[0])
    with monkeypatch.context() as cutting:
        real = pair.room.client.exchange

        def lost(request):
            answer = real(request)
            if any(getattr(change, "name", "") == "publish_material" for change in request.changes):
                raise OfflineError("the answer was lost")
            return answer

        cutting.setattr(pair.room.client, "exchange", lost)
        with pytest.raises(OfflineError):
            pair.a.sync()
    pair.room.use.permit(work, False)
    pair.settle()
    assert pair.nothing_is_out()


def test_unticking_before_the_publication_went_out_sends_nothing_of_it(pair: Pair, monkeypatch) -> None:
    work, _data = pair.room.published(pair.projects[0])
    real = TransferQueue.run

    def moved_then_unticked(*args: object) -> int:
        arrived = real(*args)
        pair.room.use.permit(work, False)
        return arrived

    with monkeypatch.context() as racing:
        racing.setattr(TransferQueue, "run", moved_then_unticked)
        pair.a.sync()
    assert outbox.counts(pair.room.store) == (0, 0)
    pair.settle()
    assert pair.nothing_is_out()  # the finished upload was forgotten by the platform too
    rows = pair.platform.database.db.execute_sql("select count(*) from record where kind = 'material'").fetchall()
    assert rows == [(0,)]  # not even for a moment


def test_a_work_in_two_projects_or_twice_in_one_leaves_all_of_them(pair: Pair) -> None:
    one, other = pair.projects
    work, data = pair.room.published(one, other, one)
    pair.settle()
    assert materials(pair.b, one) == [data, data] and materials(pair.b, other) == [data]
    assert pair.room.use.publication(work) == "finished"
    pair.room.use.permit(work, False)
    pair.settle()
    assert pair.nothing_is_out()
    assert set(pair.room.kept()) == pair.room.owned()


def test_two_works_with_the_same_bytes_are_withdrawn_one_by_one(pair: Pair) -> None:
    work, data = pair.room.published(pair.projects[0])
    (pair.room.folder / "same.txt").write_bytes(data)
    other_pupil = pair.room.use.add_pupil(pair.room.class_id, "Ece Su")
    same = pair.room.use.take_in(other_pupil, pair.room.folder / "same.txt")
    pair.room.use.permit(same, True)
    pair.room.use.publish(same, pair.projects[1], "active")
    pair.settle()
    pair.room.use.permit(work, False)
    pair.settle()
    assert materials(pair.b, pair.projects[0]) == [] and materials(pair.b, pair.projects[1]) == [data]
    pair.room.use.permit(same, False)
    pair.settle()
    assert pair.nothing_is_out()


def test_ticking_and_publishing_again_after_taking_back_works(pair: Pair) -> None:
    work, data = pair.room.published(pair.projects[0])
    pair.settle()
    for _ in range(2):
        pair.room.use.permit(work, False)
        pair.settle()
        assert pair.nothing_is_out()
        pair.room.use.permit(work, True)
        pair.room.use.publish(work, pair.projects[0], "active")
        pair.settle()
        assert materials(pair.b, pair.projects[0]) == [data]
        assert not reconcile_permissions(pair.room.store)


def copy_of(computer: Computer, folder: Path) -> Path:
    """The profile as the school's own backup keeps it."""
    computer.workspace.close()
    shutil.copytree(computer.profile, folder)
    computer.workspace = computer._open()
    return folder


def bring_back(computer: Computer, copy: Path) -> None:
    """The copy in the profile's place, signed in anew, for its token was used since."""
    computer.workspace.close()
    shutil.rmtree(computer.profile)
    shutil.copytree(copy, computer.profile)
    computer.workspace = computer._open()
    computer.sign_in()


def test_an_older_copy_that_knows_no_permission_takes_the_later_publication_back(pair: Pair, tmp_path: Path) -> None:
    work, data = pair.room.work(permitted=False)
    copy = copy_of(pair.a, tmp_path / "copy")
    pair.room.use.permit(work, True)
    pair.room.use.publish(work, pair.projects[0], "active")
    pair.settle()
    assert materials(pair.b, pair.projects[0]) == [data]
    bring_back(pair.a, copy)
    pair.settle()
    assert pair.nothing_is_out()


def test_an_older_copy_that_knows_a_permission_learns_that_it_was_withdrawn(pair: Pair, tmp_path: Path) -> None:
    work, _data = pair.room.published(pair.projects[0])
    pair.settle()
    copy = copy_of(pair.a, tmp_path / "copy")
    pair.room.use.permit(work, False)
    pair.settle()
    bring_back(pair.a, copy)
    pair.settle()
    assert pair.nothing_is_out()
    (row,) = pair.room.use.works(pair.room.class_id)
    assert not row.permitted and pair.room.use.publication(work) == ""


def test_an_older_copy_with_the_file_still_waiting_does_not_publish_what_was_withdrawn(pair: Pair, tmp_path) -> None:
    work, _data = pair.room.published(pair.projects[0])
    copy = copy_of(pair.a, tmp_path / "copy")
    pair.settle()
    pair.room.use.permit(work, False)
    pair.settle()
    bring_back(pair.a, copy)
    pair.settle()
    assert pair.nothing_is_out() and not pair.room.use.works(pair.room.class_id)[0].permitted
    assert pair.a.workspace.status.needs_you == 0


def test_the_teachers_second_computer_takes_nothing_back(pair: Pair, computers: Make, tmp_path: Path) -> None:
    _work, data = pair.room.published(pair.projects[0])
    pair.settle()
    second = computers(pair.platform, AYSE)
    room = Classroom(second, tmp_path)
    room.work(permitted=False)
    second.sync()
    second.sync()
    pair.settle()
    assert materials(pair.b, pair.projects[0]) == materials(second, pair.projects[0]) == [data]


def test_publishing_what_was_unticked_meanwhile_is_refused_and_leaves_no_copy(pair: Pair, monkeypatch) -> None:
    from app import media

    work, _data = pair.room.work()
    real = media.leaving

    def slow(filename: str, data: bytes, most: int) -> media.Leaving:
        pair.room.use.permit(work, False)  # in the window, while a worker makes the copy
        return real(filename, data + b"\n", most)

    monkeypatch.setattr(media, "leaving", slow)
    with pytest.raises(ValueError, match="no_permission"):
        pair.room.use.publish(work, pair.projects[0], "active")
    assert transfers.waiting(pair.room.store) == []
    pair.a.restart()
    assert pair.room.kept() == pair.room.owned()


def test_the_file_leaves_the_partners_computer_too(pair: Pair) -> None:
    work, data = pair.room.published(pair.projects[0])
    pair.settle()
    partner = inside(pair.b.workspace).store
    sha256 = pair.b.workspace.projects.materials(pair.projects[0])[0].sha256
    assert partner.files.read_all(sha256) == data
    pair.room.use.permit(work, False)
    pair.settle()
    assert not partner.files.has(sha256) and list(partner.files.names()) == []
