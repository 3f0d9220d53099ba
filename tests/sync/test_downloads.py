"""Files on their way here: damage, a full disk, withdrawal, bad ones among good ones; and nothing left without an owner."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from local_db.errors import DiskFullError
from local_db.tables import transfers
from server.core import records
from sync.errors import BadAnswerError, BusyError, OfflineError, RefusedError
from sync.protocol.kind import RecordKind
from sync.transfers import PART, STUMBLES, TransferQueue
from tests.classroom import Classroom, materials
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


class Partner:
    """Nikos's computer, and how his files get there."""

    def __init__(self, running: RunningPlatform, make: Make, folder: Path) -> None:
        self.platform = running
        self.a, self.b = make(running, AYSE), make(running, NIKOS)
        self.project = active_project(self.a, self.b)
        self.room = Classroom(self.a, folder)

    @property
    def store(self):
        return inside(self.b.workspace).store

    @property
    def client(self):
        return inside(self.b.workspace).client

    def kept(self) -> set[str]:
        folder = self.store.files.folder
        return {path.name for path in folder.rglob("*") if path.is_file()}

    def shown(self) -> list[bytes]:
        return materials(self.b, self.project)

    def cut_download(self, monkeypatch: pytest.MonkeyPatch, parts: int) -> transfers.TransferRow:
        """A sync whose download is cut after some segments."""
        real = self.client.download

        def half(path: str, start: int = 0):
            got = 0
            for chunk in real(path, start):
                if got >= parts * PART:
                    raise OfflineError("cut")
                got += len(chunk)
                yield chunk

        with monkeypatch.context() as cutting:
            cutting.setattr(self.client, "download", half)
            with pytest.raises(OfflineError):
                self.b.sync()
        (row,) = transfers.waiting(self.store)
        assert len(row.body["segments"]) >= parts
        return row


@pytest.fixture
def partner(platform: RunningPlatform, computers: Make, tmp_path: Path) -> Partner:
    return Partner(platform, computers, tmp_path)


def test_what_is_withdrawn_during_a_download_ends_quietly(partner: Partner, monkeypatch) -> None:
    work, _data = partner.room.published(partner.project, size=4 * PART)
    partner.a.sync()
    partner.cut_download(monkeypatch, 2)
    partner.room.use.permit(work, False)
    partner.a.sync()
    partner.b.sync()
    assert partner.kept() == set() and transfers.waiting(partner.store) == []
    assert partner.b.workspace.status.needs_you == 0 and partner.b.workspace.sync_centre.items() == []


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_file_gone_from_the_platform_in_the_middle_ends_quietly(partner: Partner, monkeypatch, status: int) -> None:
    partner.room.published(partner.project, size=4 * PART)
    partner.a.sync()
    partner.cut_download(monkeypatch, 2)

    def gone(*_: object):
        raise RefusedError(status, "no_such_file")

    with monkeypatch.context() as fault:
        fault.setattr(partner.client, "download", gone)
        partner.b.sync()
    assert partner.kept() == set() and partner.b.workspace.status.needs_you == 0
    partner.b.sync()  # it was there after all
    assert len(partner.shown()) == 1


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("harm", ["damaged", "swapped", "missing", "cut short"])
def test_a_damaged_segment_is_thrown_away_and_fetched_again(
    partner: Partner, monkeypatch, number: int, harm: str
) -> None:
    _work, data = partner.room.published(partner.project, size=4 * PART)
    partner.a.sync()
    row = partner.cut_download(monkeypatch, 3)
    path = partner.store.files.path(row.body["segments"][number])
    if harm == "missing":
        path.unlink()
    elif harm == "swapped":
        path.write_bytes(partner.store.files.path(row.body["segments"][(number + 1) % 3]).read_bytes())
    else:
        path.write_bytes(path.read_bytes()[:-9] if harm == "cut short" else b"x" * 70_000)
    partner.b.sync()
    assert partner.shown() == [data] and len(partner.kept()) == 1
    assert partner.b.workspace.status.needs_you == 0


@pytest.mark.parametrize("when", ["fetching", "assembling"])
def test_a_full_disk_loses_nothing_and_the_download_goes_on(partner: Partner, monkeypatch, when: str) -> None:
    _work, data = partner.room.published(partner.project, size=4 * PART)
    _other, small = partner.room.published(partner.project)
    partner.a.sync()
    real, writes = type(partner.store.files)._write, 0

    def full(vault, part, chunks):
        nonlocal writes
        writes += 1
        if (when == "fetching" and writes > 2) or (when == "assembling" and part and writes > 5):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(vault, part, chunks)

    with monkeypatch.context() as fault:
        fault.setattr(type(partner.store.files), "_write", full)
        with pytest.raises(DiskFullError):
            partner.b.sync()
    assert transfers.refused(partner.store) == [] and transfers.waiting(partner.store)
    starts: list[int] = []
    download = partner.client.download
    monkeypatch.setattr(partner.client, "download", lambda path, start=0: starts.append(start) or download(path, start))
    partner.b.sync()
    assert sorted(partner.shown()) == sorted([data, small])
    assert len(partner.kept()) == 2 and (when == "fetching" or len(starts) <= 1 or max(starts) > 0)


def test_a_file_that_is_another_than_published_is_put_aside_and_leaves_nothing(partner: Partner) -> None:
    partner.room.published(partner.project, size=3 * PART)
    _other, data = partner.room.published(partner.project)
    partner.a.sync()
    big = max(partner.platform.files(), key=lambda path: path.stat().st_size)
    big.write_bytes(b"x" * big.stat().st_size)
    partner.b.sync()
    (row,) = transfers.refused(partner.store)
    assert (row.reason, row.done, row.body.get("segments")) == ("damaged", 0, None)
    assert partner.shown() == [data] and len(partner.kept()) == 1
    (item,) = partner.b.workspace.sync_centre.items()
    partner.b.workspace.sync_centre.give_up(item)
    assert partner.b.workspace.sync_centre.items() == []


def test_a_file_longer_or_shorter_than_published_is_put_aside(partner: Partner) -> None:
    for change in (lambda data: data + b"more", lambda data: data[:-5]):
        partner.room.published(partner.project)
        partner.a.sync()
        newest = max(partner.platform.files(), key=lambda path: path.stat().st_mtime_ns)
        newest.write_bytes(change(newest.read_bytes()))
        partner.b.sync()
    assert [row.reason for row in transfers.refused(partner.store)] == ["damaged"] * 2 and partner.kept() == set()


def test_a_platform_whose_file_became_shorter_than_what_is_here_is_no_loop(partner: Partner, monkeypatch) -> None:
    partner.room.published(partner.project, size=4 * PART)
    partner.a.sync()
    partner.cut_download(monkeypatch, 3)
    (kept,) = partner.platform.files()
    kept.write_bytes(kept.read_bytes()[:PART])
    partner.b.sync()
    assert [row.reason for row in transfers.refused(partner.store)] == ["damaged"] and partner.kept() == set()


FAULTS = {
    "refused": (RefusedError(400, "odd"), "odd"),
    "a fault of the program": (ZeroDivisionError("oops"), "unexpected"),
    "deep": (RecursionError(), "unexpected"),
    "a strange value": (KeyError("x"), "unexpected"),
    "the system": (PermissionError("no"), "unexpected"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_bad_file_is_put_aside_with_a_reason_and_the_rest_arrives(
    partner: Partner, monkeypatch, fault: str
) -> None:
    error, reason = FAULTS[fault]
    works = [partner.room.published(partner.project) for _ in range(3)]
    partner.a.sync()
    real, bad = partner.client.download, []

    def download(path: str, start: int = 0):
        bad[:] = bad or [path]
        if path == bad[0]:
            raise error
        return real(path, start)

    with monkeypatch.context() as failing:
        failing.setattr(partner.client, "download", download)
        partner.b.sync()
    assert len(partner.shown()) == 2
    assert [row.reason for row in transfers.refused(partner.store)] == [reason]
    (item,) = partner.b.workspace.sync_centre.items()
    partner.b.workspace.sync_centre.try_again(item)
    partner.b.sync()
    assert sorted(partner.shown()) == sorted(data for _work, data in works)


def test_faults_of_the_program_are_noted(partner: Partner, monkeypatch) -> None:
    partner.room.published(partner.project)
    partner.a.sync()
    noted: list[tuple[str, BaseException]] = []
    queue = TransferQueue(partner.store, partner.client, lambda doing, error: noted.append((doing, error)))
    monkeypatch.setattr(queue, "queue_missing", queue.queue_missing)
    with monkeypatch.context() as offline:
        offline.setattr(partner.client, "download", lambda *_: (_ for _ in ()).throw(OfflineError()))
        with pytest.raises(OfflineError):
            partner.b.sync()
    monkeypatch.setattr(partner.client, "download", lambda *_: 1 / 0)
    assert queue.run(lambda _done, _total: None) == 0
    ((doing, error),) = noted
    assert doing == "files" and isinstance(error, ZeroDivisionError)


def test_answers_without_sense_put_a_file_aside_only_when_they_stay(partner: Partner, monkeypatch) -> None:
    works = [partner.room.published(partner.project) for _ in range(2)]
    partner.a.sync()
    real, bad = partner.client.download, []

    def download(path: str, start: int = 0):
        bad[:] = bad or [path]
        if path == bad[0]:
            raise BadAnswerError("nonsense")
        return real(path, start)

    with monkeypatch.context() as failing:
        failing.setattr(partner.client, "download", download)
        for n in range(STUMBLES):
            assert transfers.refused(partner.store) == []
            with pytest.raises(BadAnswerError):
                partner.b.sync()
            assert len(partner.shown()) == 1, n
    assert [row.reason for row in transfers.refused(partner.store)] == ["bad_answer"]
    partner.b.workspace.sync_centre.try_again(partner.b.workspace.sync_centre.items()[0])
    partner.b.sync()
    assert sorted(partner.shown()) == sorted(data for _work, data in works)


def test_a_file_on_which_the_platform_fails_does_not_hold_up_the_others(partner: Partner, monkeypatch) -> None:
    works = [partner.room.published(partner.project) for _ in range(4)]
    partner.a.sync()
    real, bad = partner.client.download, []

    def download(path: str, start: int = 0):
        bad[:] = bad or [path]
        if path == bad[0]:
            raise BusyError(60, "HTTP 500")
        return real(path, start)

    with monkeypatch.context() as failing:
        failing.setattr(partner.client, "download", download)
        with pytest.raises(BusyError):
            partner.b.sync()
    assert len(partner.shown()) == 3 and transfers.refused(partner.store) == []
    partner.b.sync()
    assert sorted(partner.shown()) == sorted(data for _work, data in works)


def test_a_platform_that_asks_to_wait_is_not_asked_for_the_next_file(partner: Partner, monkeypatch) -> None:
    for _ in range(3):
        partner.room.published(partner.project)
    partner.a.sync()
    asked: list[str] = []

    def download(path: str, start: int = 0):
        asked.append(path)
        raise BusyError(60, "HTTP 429", asked=True)

    monkeypatch.setattr(partner.client, "download", download)
    with pytest.raises(BusyError):
        partner.b.sync()
    assert len(asked) == 1


def test_a_download_begun_by_an_older_version_begins_anew_and_leaves_nothing(partner: Partner, monkeypatch) -> None:
    _work, data = partner.room.published(partner.project, size=3 * PART)
    partner.a.sync()
    row = partner.cut_download(monkeypatch, 2)
    body = json.dumps({"segments": row.body["segments"]})  # as it was kept: without sizes
    transfers.change(partner.store, row.id, body=body)
    partner.b.sync()
    assert partner.shown() == [data] and len(partner.kept()) == 1


def test_an_absurd_size_or_checksum_in_a_material_is_passed_by(partner: Partner, monkeypatch) -> None:
    _work, data = partner.room.published(partner.project)
    partner.a.sync()
    with partner.platform.database.transaction():
        for n, change in enumerate(
            ({"size": -1}, {"size": 10**15}, {"size": "5"}, {"sha256": "../x"}, {"sha256": "z" * 64})
        ):
            fields = {
                "title": "T",
                "pupil": "Star 1",
                "kind": "document",
                "filename": "a.pdf",
                "sha256": "a" * 64,
                "size": 5,
            }
            scope, known = f"project:{partner.project}", {**fields, **change}
            owner = {"id": "t-ayse", "name": "Ayşe Işık", "country": "TR"}
            with monkeypatch.context() as careless:  # an older platform looked at nothing
                careless.setattr(RecordKind, "is_readable", lambda *_: True)
                records.create(partner.platform.database, scope, "material", f"odd{n}", known, owner)
    partner.b.sync()
    partner.b.sync()
    assert data in partner.shown() and partner.b.workspace.status.needs_you == 0


# -- up ----------------------------------------------------------------------------------------


def test_a_copy_that_is_damaged_here_is_said_so_and_the_others_go_out(partner: Partner) -> None:
    partner.room.published(partner.project)
    (row,) = transfers.waiting(partner.room.store)
    partner.room.store.files.path(row.sha256).unlink()
    _other, data = partner.room.published(partner.project)
    partner.a.sync()
    assert [row.reason for row in transfers.refused(partner.room.store)] == ["copy_damaged"]
    partner.b.sync()
    assert partner.shown() == [data]


@pytest.mark.parametrize("status", [404, 409, 410])
def test_an_upload_that_stands_elsewhere_or_was_forgotten_goes_on_by_itself(
    partner: Partner, monkeypatch, status
) -> None:
    _work, data = partner.room.published(partner.project, size=3 * PART)
    real, failed = partner.room.client.upload_part, []

    def once(url: str, offset: int, part: bytes) -> int:
        if offset and not failed:
            failed.append(offset)
            raise RefusedError(status, "offset")
        return real(url, offset, part)

    monkeypatch.setattr(partner.room.client, "upload_part", once)
    partner.a.sync()
    partner.b.sync()
    assert failed and partner.shown() == [data]


@pytest.mark.parametrize("code", ["quota_bytes", "too_many_uploads"])
def test_a_full_quota_puts_the_file_aside_with_its_reason_and_it_may_go_later(
    partner: Partner, monkeypatch, code
) -> None:
    from server.pupil_work import quotas

    _work, data = partner.room.published(partner.project)
    with monkeypatch.context() as small:
        small.setattr(quotas, "ACCOUNT_BYTES" if code == "quota_bytes" else "OPEN_UPLOADS", 0)
        partner.a.sync()
    (item,) = partner.a.workspace.sync_centre.items()
    assert (item.what, item.refused, item.reason) == ("file_up", True, code)
    partner.a.workspace.sync_centre.try_again(item)
    partner.a.sync()
    partner.b.sync()
    assert partner.shown() == [data]
