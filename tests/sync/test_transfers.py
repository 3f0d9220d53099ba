"""Files on their way: cut, resumed, changed on the way, and the consent taken back while they wait."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from app.pupil_work import NameInTitleError
from local_db.tables import transfers
from sync.answers import Answer
from sync.errors import BadAnswerError, BusyError, OfflineError, RefusedError
from sync.transfers import PART
from tests.answering import http
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


@pytest.fixture
def pair(platform: RunningPlatform, computers: Make) -> tuple[Computer, Computer, str]:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    return a, b, active_project(a, b)


def queue(a: Computer, project: str, folder: Path, size: int) -> tuple[str, bytes]:
    data = secrets.token_hex(size // 2 + 5).encode()
    (folder / "big.txt").write_bytes(data)
    work = a.workspace.pupil_work
    piece = work.take_in(work.add_pupil(work.add_class("6-A"), "Ali İnce"), folder / "big.txt")
    work.permit(piece, True)
    work.publish(piece, project, "active")
    return piece, data


def cut_after(computer: Computer, name: str, times: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    real, calls = getattr(inside(computer.workspace).client, name), []

    def counted(*args):
        calls.append(args[1])
        if len(calls) > times:
            raise OfflineError("cut")
        return real(*args)

    monkeypatch.setattr(inside(computer.workspace).client, name, counted)
    return calls


def test_an_upload_goes_on_where_it_was_cut_also_after_a_restart(pair, tmp_path, monkeypatch) -> None:
    a, b, project = pair
    _piece, data = queue(a, project, tmp_path, 4 * PART)
    with monkeypatch.context() as cutting:
        cut_after(a, "upload_part", 2, cutting)
        with pytest.raises(OfflineError):
            a.sync()
    assert a.workspace.status.waiting == 1
    a.restart()
    with monkeypatch.context() as watching:
        offsets = cut_after(a, "upload_part", 99, watching)
        a.sync()
    assert offsets[0] == 2 * PART
    b.sync()
    (material,) = b.workspace.projects.materials(project)
    assert b.workspace.projects.material_bytes(material.sha256) == data


def test_a_download_goes_on_where_it_was_cut_and_leaves_nothing_in_clear(pair, tmp_path, monkeypatch) -> None:
    a, b, project = pair
    _piece, data = queue(a, project, tmp_path, 4 * PART)
    a.sync()
    real = inside(b.workspace).client.download

    def half(path: str, start: int = 0):
        got = 0
        for chunk in real(path, start):
            if got > 2 * PART:
                raise OfflineError("cut")
            got += len(chunk)
            yield chunk

    with monkeypatch.context() as cutting:
        cutting.setattr(inside(b.workspace).client, "download", half)
        with pytest.raises(OfflineError):
            b.sync()
    (row,) = transfers.waiting(inside(b.workspace).store)
    assert 2 * PART <= row.done < len(data)
    assert not any(data[:200] in path.read_bytes() for path in b.profile.rglob("*") if path.is_file())
    b.restart()
    starts = []
    real_again = inside(b.workspace).client.download
    monkeypatch.setattr(
        inside(b.workspace).client, "download", lambda path, start=0: starts.append(start) or real_again(path, start)
    )
    b.sync()
    assert starts[-1] == row.done
    assert b.workspace.projects.material_bytes(row.sha256) == data
    assert (
        len(list(inside(b.workspace).store.files.folder.rglob("*")))
        - len(list(inside(b.workspace).store.files.folder.glob("*")))
        == 1
    )


def test_consent_taken_back_before_the_sync_means_nothing_leaves(pair, tmp_path) -> None:
    a, b, project = pair
    piece, _data = queue(a, project, tmp_path, 1000)
    a.workspace.pupil_work.permit(piece, False)
    a.sync()
    assert a.platform.files() == [] and a.workspace.status.waiting == 0
    b.sync()
    assert b.workspace.projects.materials(project) == []


def test_a_file_changed_on_the_way_is_refused_and_said_so(pair, tmp_path) -> None:
    a, b, project = pair
    queue(a, project, tmp_path, 5000)
    a.sync()
    (kept,) = a.platform.files()
    kept.write_bytes(secrets.token_bytes(kept.stat().st_size))
    b.sync()
    (item,) = b.workspace.sync_centre.items()
    assert (item.what, item.refused, item.reason) == ("file_down", True, "damaged")
    assert not b.workspace.projects.materials(project)[0].here


def test_a_server_that_forgot_the_upload_gets_it_anew(pair, tmp_path, monkeypatch) -> None:
    a, b, project = pair
    _piece, data = queue(a, project, tmp_path, 3 * PART)
    with monkeypatch.context() as cutting:
        cut_after(a, "upload_part", 1, cutting)
        with pytest.raises(OfflineError):
            a.sync()
    a.platform.database.db.execute_sql("delete from upload")
    for part in a.platform.files():
        part.unlink()
    a.sync()
    b.sync()
    (material,) = b.workspace.projects.materials(project)
    assert b.workspace.projects.material_bytes(material.sha256) == data


def test_a_title_with_a_pupils_name_is_not_published_unlooked_at(pair, tmp_path) -> None:
    one, _other, project = pair
    work = one.workspace.pupil_work
    pupil = work.add_pupil(work.add_class("6-B"), "Zeynep Kara")
    (tmp_path / "zeynep dağda.txt").write_text("Kar", "utf-8")
    work_id = work.take_in(pupil, tmp_path / "zeynep dağda.txt")
    work.permit(work_id, True)
    work.rename(work_id, "Zeynep'in dağı")
    with pytest.raises(NameInTitleError) as error:
        work.publish(work_id, project, "active")
    assert error.value.found == ["Zeynep"] and work.publication(work_id) == ""
    work.rename(work_id, "Dağ")
    work.publish(work_id, project, "active")
    assert work.publication(work_id) == "waiting"


def test_the_published_copy_of_a_photo_has_no_place_and_no_camera(pair, tmp_path) -> None:
    from PIL import Image

    a, b, project = pair
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # turned by a quarter
    photo = tmp_path / "class.jpg"
    Image.new("RGB", (40, 20), "red").save(photo, exif=exif)
    work = a.workspace.pupil_work
    piece = work.take_in(work.add_pupil(work.add_class("6-A"), "Ali İnce"), photo)
    work.permit(piece, True)
    work.publish(piece, project, "active")
    a.sync()
    b.sync()
    (material,) = b.workspace.projects.materials(project)
    published = b.workspace.projects.material_bytes(material.sha256)
    assert b"SecretCamera" not in published and b"Exif" not in published
    (tmp_path / "out.jpg").write_bytes(published)
    assert Image.open(tmp_path / "out.jpg").size == (20, 40)
    assert "ali" not in material.filename.lower() and material.pupil in material.filename.replace("-", " ").title()
    assert work.read(piece) == photo.read_bytes()  # the teacher's own copy is as it was taken in


PAGE = b"<html>Method not allowed by this network</html>"


@pytest.mark.parametrize(
    "network",
    [
        http("405 Method Not Allowed", PAGE, Content_Type="text/html"),
        http("403 Forbidden", PAGE, Content_Type="text/html"),
        http("501 Not Implemented"),
        http("400 Bad Request", b"?", Content_Type="text/plain"),
        b"",  # the connection is closed without a word
    ],
)
def test_a_network_that_lets_only_get_and_post_through_lets_files_through(
    pair, tmp_path, answering, monkeypatch: pytest.MonkeyPatch, network: bytes
) -> None:
    a, b, project = pair
    piece, data = queue(a, project, tmp_path, 2 * PART)
    client, filter_ = inside(a.workspace).client, answering(network)
    real = client.send

    def through_the_filter(method: str, path: str, *rest: object, **named: object):
        if method in ("GET", "POST"):
            return real(method, path, *rest, **named)
        home, client.base_url = client.base_url, filter_.url + "/"
        try:
            return real(method, path, *rest, **named)
        finally:
            client.base_url = home

    monkeypatch.setattr(client, "send", through_the_filter)
    a.sync()
    b.sync()
    (material,) = b.workspace.projects.materials(project)
    assert b.workspace.projects.material_bytes(material.sha256) == data
    may_be_chance = not network or b" 501 " in network
    assert len(filter_.asked) == (2 if may_be_chance else 1), "once seen, the network is not tried again"
    a.workspace.pupil_work.permit(piece, False)
    a.sync()
    assert a.workspace.status.waiting == 0 and a.platform.files() == []


def test_the_platforms_own_no_is_no_reason_to_ask_by_post(pair, tmp_path, monkeypatch) -> None:
    a, _b, project = pair
    queue(a, project, tmp_path, 1000)
    client, asked = inside(a.workspace).client, []
    monkeypatch.setattr(
        client, "ask", lambda method, *rest, **named: asked.append(method) or refuse(RefusedError(403, "not_yours"))
    )
    with pytest.raises(RefusedError):
        client.upload_part("/v1/uploads/x", 0, b"x")
    monkeypatch.setattr(
        client, "ask", lambda method, *rest, **named: asked.append(method) or refuse(BusyError(60, asked=True))
    )
    with pytest.raises(BusyError):
        client.upload_offset("/v1/uploads/x")
    assert asked == ["PATCH", "HEAD"]


def test_a_line_that_broke_once_is_no_network_that_knows_post_alone(pair, tmp_path, monkeypatch) -> None:
    client, asked = inside(pair[0].workspace).client, []
    said: list[Exception | Answer] = []

    def ask(method: str, *_rest: object, **_named: object) -> Answer:
        asked.append(method)
        answer = said.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(client, "ask", ask)
    there = Answer(200, {"Upload-Offset": "0"}, b"")
    said[:] = [OfflineError("cut"), there, there, OfflineError("cut"), there, there]
    for _time in range(4):
        client.upload_offset("/v1/uploads/x")
    assert asked == ["HEAD", "POST", "HEAD", "HEAD", "POST", "HEAD"]


@pytest.mark.parametrize("first", [OfflineError("cut"), BusyError(5)])
def test_what_the_first_attempt_met_counts_where_the_second_is_refused(pair, tmp_path, monkeypatch, first) -> None:
    client, said = inside(pair[0].workspace).client, [first, RefusedError(409, "wrong_offset")]
    monkeypatch.setattr(client, "ask", lambda *_rest, **_named: refuse(said.pop(0)))
    with pytest.raises(type(first)):
        client.upload_part("/v1/uploads/x", 0, b"x")
    assert not said


@pytest.mark.parametrize(
    ("home", "location", "path"),
    [
        ("https://School.Example/", "https://school.example:443/v1/uploads/a", "/v1/uploads/a"),
        ("https://school.example/twindesk/", "https://SCHOOL.example/twindesk/v1/uploads/a", "/v1/uploads/a"),
        ("https://school.example/twindesk/", "/twindesk/v1/uploads/a", "/v1/uploads/a"),
        ("https://school.example/", "/v1/uploads/a", "/v1/uploads/a"),
        ("http://127.0.0.1:8000/", "//127.0.0.1:8000/v1/uploads/a", None),
        ("https://school.example/", "https://elsewhere.example/v1/uploads/a", None),
        ("https://school.example/", "http://school.example/v1/uploads/a", None),
        ("https://school.example/", "https://school.example:99999/v1/uploads/a", None),
        ("https://school.example/", "https://school.example:4430/v1/uploads/a", None),
        ("https://school.example/", "https://[/v1/uploads/a", None),
    ],
)
def test_an_upload_is_found_however_the_platform_spells_itself(
    pair, monkeypatch, home: str, location: str, path: str | None
) -> None:
    client = inside(pair[0].workspace).client
    monkeypatch.setattr(client, "base_url", home)
    monkeypatch.setattr(client, "ask", lambda *_rest, **_named: Answer(201, {"Location": location}, b""))
    if path is None:
        with pytest.raises(BadAnswerError):
            client.create_upload("k", 1, "m")
    else:
        assert client.create_upload("k", 1, "m") == path


def refuse(error: Exception) -> None:
    raise error
