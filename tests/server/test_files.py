"""The platform's files: uploads stopped at each step, files that several people share, foreign clients, quotas."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tusclient.client import TusClient

from server.core.database import Upload
from server.pupil_work import arrival, files, quotas
from server.pupil_work.storage import Storage
from tests.platform import AYSE, NIKOS, Api, Computer, RunningPlatform, active_project, command

Make = Callable[..., Computer]
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}


class Stage:
    """Two teachers with an active project, and what they do with files over plain HTTP."""

    def __init__(self, running: RunningPlatform, make: Make) -> None:
        self.platform = running
        one, other = make(running, AYSE), make(running, NIKOS)
        self.project = active_project(one, other)
        self.ayse, self.nikos = Api(running, one), Api(running, other)

    def create(
        self, api: Api, data: bytes, key: str | None = None, name: str = "a.png", **more: str
    ) -> requests.Response:
        meta = {"filename": name, "sha256": hashlib.sha256(data).hexdigest(), "project_id": self.project} | more
        pairs = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in meta.items())
        own = {"Idempotency-Key": key} if key else {}
        return api.call(
            "POST", "/v1/uploads", headers=TUS | own | {"Upload-Length": str(len(data)), "Upload-Metadata": pairs}
        )

    def send(self, api: Api, key: str, data: bytes, offset: int = 0) -> requests.Response:
        headers = BYTES | {"Upload-Offset": str(offset)}
        answer = api.call("PATCH", f"/v1/uploads/{key}", data=data, headers=headers)
        if answer.status_code == 500:
            api.session.close()  # the platform ends a connection on which it failed
        return answer

    def offset(self, api: Api, key: str) -> int:
        answer = api.call("HEAD", f"/v1/uploads/{key}", headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def upload(self, api: Api, data: bytes, key: str, **more: str) -> None:
        assert self.create(api, data, key, **more).status_code == 201
        assert self.send(api, key, data).status_code == 204

    def do(self, api: Api, name: str, **args: object) -> str:
        (result,) = api.exchange(command(name, **args)).json()["results"]
        return str(result.get("code") or result["status"])

    def publish(self, api: Api, key: str, material: str, **more: object) -> str:
        shown = {"title": "T", "pupil": "Star 1", "kind": "image"} | more
        return self.do(api, "publish_material", project_id=self.project, upload_id=key, material_id=material, **shown)

    def withdraw(self, api: Api, material: str) -> str:
        return self.do(api, "withdraw_material", project_id=self.project, material_id=material)

    def fetch(self, data: bytes, api: Api | None = None, **arguments: object) -> requests.Response:
        sha256 = hashlib.sha256(data).hexdigest()
        return (api or self.nikos).call("GET", f"/v1/projects/{self.project}/files/{sha256}", **arguments)

    def material(self, material: str) -> dict[str, object]:
        answer = self.nikos.exchange(cursors={f"project:{self.project}": 0}).json()
        rows = answer["scopes"][f"project:{self.project}"]["records"]
        return next(row["fields"] for row in rows if row["id"] == material)


@pytest.fixture
def stage(any_platform: RunningPlatform, computers: Make) -> Stage:
    return Stage(any_platform, computers)


@pytest.fixture
def one_stage(platform: RunningPlatform, computers: Make) -> Stage:
    """The same on SQLite alone, where the database makes no difference."""
    return Stage(platform, computers)


def picture(size: int = 400) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(size)


# -- stopped half-way -------------------------------------------------------------------------


def power_cut(*_: object, **__: object) -> None:
    raise RuntimeError("the power went")


def after(real: Callable[..., object]) -> Callable[..., object]:
    def cut(*args: object, **arguments: object) -> None:
        real(*args, **arguments)
        power_cut()

    return cut


STEPS: dict[str, tuple[object, str, bool]] = {
    "before the last byte": (Storage, "append", False),
    "after the last byte": (Storage, "append", True),
    "while it is checked": (Storage, "checksum", False),
    "checked and not marked": (Storage, "checksum", True),
    "marked and not moved": (Storage, "keep", False),
    "moved and not answered": (Storage, "keep", True),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("restarted", [False, True])
def test_an_upload_stopped_at_any_step_is_finished_by_a_repeat(stage, monkeypatch, step: str, restarted: bool) -> None:
    where, name, afterwards = STEPS[step]
    data = picture()
    assert stage.create(stage.ayse, data, "cut").status_code == 201
    assert stage.send(stage.ayse, "cut", data[:100]).status_code == 204
    with monkeypatch.context() as fault:
        fault.setattr(where, name, after(getattr(where, name)) if afterwards else power_cut)
        assert stage.send(stage.ayse, "cut", data[100:], 100).status_code == 500
    if restarted:
        files.go_on(stage.platform.database, stage.platform.data)
    here = stage.offset(stage.ayse, "cut")
    assert here in (100, len(data))
    if here < len(data):
        assert stage.send(stage.ayse, "cut", data[here:], here).status_code == 204
    assert stage.publish(stage.ayse, "cut", "m") == "applied"
    assert stage.fetch(data).content == data
    assert len(stage.platform.files()) == 1


def test_a_client_that_publishes_without_looking_again_is_served_after_the_restart(stage, monkeypatch) -> None:
    data = picture()
    assert stage.create(stage.ayse, data, "cut").status_code == 201
    with monkeypatch.context() as fault:
        fault.setattr(Storage, "keep", power_cut)
        assert stage.send(stage.ayse, "cut", data).status_code == 500
    files.go_on(stage.platform.database, stage.platform.data)
    assert stage.publish(stage.ayse, "cut", "m") == "applied" and stage.fetch(data).content == data


def test_a_file_that_the_disk_lost_before_it_was_published_may_come_again(stage) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "lost")
    for path in stage.platform.files():
        path.unlink()
    assert stage.offset(stage.ayse, "lost") == 0
    assert stage.send(stage.ayse, "lost", data).status_code == 204
    assert stage.publish(stage.ayse, "lost", "m") == "applied" and stage.fetch(data).content == data


def test_a_platform_whose_disk_is_full_says_so_and_goes_on_later(one_stage, monkeypatch) -> None:
    data = picture()
    assert one_stage.create(one_stage.ayse, data, "full").status_code == 201

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as fault:
        fault.setattr("server.pupil_work.storage.os.fsync", full)
        answer = one_stage.send(one_stage.ayse, "full", data[:9])
        assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
    here = one_stage.offset(one_stage.ayse, "full")
    assert one_stage.send(one_stage.ayse, "full", data[here:], here).status_code == 204
    assert one_stage.publish(one_stage.ayse, "full", "m") == "applied" and one_stage.fetch(data).content == data


def test_bytes_other_than_announced_begin_again_also_after_a_kill(stage, monkeypatch) -> None:
    data = picture()
    assert stage.create(stage.ayse, data, "wrong").status_code == 201
    with monkeypatch.context() as fault:
        fault.setattr(Storage, "checksum", power_cut)
        assert stage.send(stage.ayse, "wrong", b"x" * len(data)).status_code == 500
    assert stage.offset(stage.ayse, "wrong") == 0
    assert stage.send(stage.ayse, "wrong", data).status_code == 204


# -- files that several people need -----------------------------------------------------------


def test_withdrawing_leaves_the_same_file_of_another_published_work(stage) -> None:
    data = picture()
    for api, key in ((stage.ayse, "one"), (stage.nikos, "two")):
        stage.upload(api, data, key)
        assert stage.publish(api, key, f"of-{key}") == "applied"
    assert stage.withdraw(stage.ayse, "of-one") == "applied"
    assert stage.fetch(data).content == data
    assert stage.withdraw(stage.nikos, "of-two") == "applied"
    assert stage.fetch(data).status_code == 404 and stage.platform.files() == []


def test_withdrawing_leaves_an_upload_that_is_finished_and_not_yet_published(stage) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "one")
    assert stage.publish(stage.ayse, "one", "of-one") == "applied"
    stage.upload(stage.nikos, data, "two")
    assert stage.withdraw(stage.ayse, "of-one") == "applied"
    assert stage.publish(stage.nikos, "two", "of-two") == "applied"
    assert stage.fetch(data).content == data


def test_withdrawing_leaves_an_upload_of_the_same_bytes_on_its_way(stage) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "one")
    assert stage.publish(stage.ayse, "one", "of-one") == "applied"
    assert stage.create(stage.nikos, data, "two").status_code == 201
    assert stage.send(stage.nikos, "two", data[:100]).status_code == 204
    assert stage.withdraw(stage.ayse, "of-one") == "applied"
    assert stage.offset(stage.nikos, "two") == 100
    assert stage.send(stage.nikos, "two", data[100:], 100).status_code == 204
    assert stage.publish(stage.nikos, "two", "of-two") == "applied" and stage.fetch(data).content == data


@pytest.mark.parametrize("step", ["before", "after"])
def test_an_erasure_stopped_half_way_is_finished_by_the_next_start(stage, monkeypatch, step: str) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "one")
    assert stage.publish(stage.ayse, "one", "m") == "applied"
    with monkeypatch.context() as fault:
        fault.setattr(Storage, "erase", power_cut if step == "before" else after(Storage.erase))
        answer = stage.ayse.exchange(command("withdraw_material", project_id=stage.project, material_id="m"))
        assert answer.status_code == 500  # the withdrawal stands all the same
        stage.ayse.session.close()
    assert stage.fetch(data).status_code == 404
    files.go_on(stage.platform.database, stage.platform.data)
    assert stage.platform.files() == []


def test_publishing_and_withdrawing_the_same_again_changes_nothing(stage) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "one")
    assert stage.publish(stage.ayse, "one", "m") == "applied"
    stage.upload(stage.ayse, data, "one")  # an older copy of the profile does all of it once more
    assert stage.publish(stage.ayse, "one", "m") == "applied"
    assert stage.publish(stage.ayse, "one", "m", title="Another") == "exists"
    assert stage.publish(stage.nikos, "one", "m") == "exists"
    assert stage.material("m")["title"] == "T" and stage.fetch(data).content == data
    assert stage.withdraw(stage.nikos, "m") == "not_yours"
    assert stage.withdraw(stage.ayse, "m") == "applied" and stage.withdraw(stage.ayse, "m") == "applied"
    stage.upload(stage.ayse, data, "two")
    assert stage.publish(stage.ayse, "two", "m") == "withdrawn"  # what was taken back stays so under its id
    assert stage.publish(stage.ayse, "two", "n") == "applied"


def test_many_finish_and_withdraw_the_same_bytes_at_once_and_no_file_is_lost(stage) -> None:
    data = picture()

    def work(n: int) -> None:
        api = stage.ayse if n % 2 else stage.nikos
        session = Api(stage.platform)
        session.session.headers.update(api.session.headers)
        stage.upload(session, data, f"u{n}")
        assert stage.publish(session, f"u{n}", f"m{n}") == "applied"
        if n < 6:
            assert stage.withdraw(session, f"m{n}") == "applied"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert stage.fetch(data).content == data
    for n in (6, 7):
        assert stage.withdraw(stage.ayse if n % 2 else stage.nikos, f"m{n}") == "applied"
    assert stage.platform.files() == []


def test_the_same_piece_sent_eight_times_at_once_is_kept_once(stage) -> None:
    data = picture(50_000)
    assert stage.create(stage.ayse, data, "once").status_code == 201
    headers = dict(stage.ayse.session.headers) | BYTES | {"Upload-Offset": "0"}

    def patch(_: int) -> int:
        return requests.patch(f"{stage.platform.url}/v1/uploads/once", data=data, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(patch, range(8))) == [204] + [409] * 7
    assert stage.publish(stage.ayse, "once", "m") == "applied" and stage.fetch(data).content == data


def test_locks_do_not_grow_with_the_uploads(one_stage) -> None:
    storage = Storage(one_stage.platform.data)
    for n in range(2_000):
        with storage.upload_lock(f"upload-{n}"), storage.file_lock(hashlib.sha256(str(n).encode()).hexdigest()):
            pass
    assert len(list((one_stage.platform.data / "locks").iterdir())) <= 512


# -- clients that no one here wrote -----------------------------------------------------------


def test_tuspy_uploads_a_file_that_a_partner_then_reads(stage, tmp_path: Path) -> None:
    data, path = picture(100_000), tmp_path / "kış.png"
    path.write_bytes(data)
    client = TusClient(
        f"{stage.platform.url}/v1/uploads", headers={"Authorization": stage.ayse.session.headers["Authorization"]}
    )
    about = {"filename": path.name, "project_id": stage.project}  # it does not tell the checksum
    uploader = client.uploader(str(path), chunk_size=30_000, metadata=about, upload_checksum=True)
    uploader.upload_chunk()
    again = client.uploader(str(path), chunk_size=30_000, url=uploader.url, metadata=about)
    assert again.offset == 30_000
    again.upload()
    assert stage.publish(stage.ayse, uploader.url.rsplit("/", 1)[-1], "m") == "applied"
    assert stage.fetch(data).content == data and stage.material("m")["filename"] == "kış.png"


def test_tuspy_uploads_in_one_piece_too(stage, tmp_path: Path) -> None:
    data, path = picture(1_000), tmp_path / "a.png"
    path.write_bytes(data)
    client = TusClient(
        f"{stage.platform.url}/v1/uploads", headers={"Authorization": stage.ayse.session.headers["Authorization"]}
    )
    client.uploader(str(path), metadata={"name": "a.png", "project_id": stage.project}).upload()
    assert len(stage.platform.files()) == 1


def test_the_server_says_what_it_offers_of_tus_to_anybody(one_stage) -> None:
    for path in ("/v1/uploads", "/v1/uploads/x"):
        answer = Api(one_stage.platform).call("OPTIONS", path)
        assert answer.status_code == 204 and answer.headers["Tus-Version"] == "1.0.0"
        assert "creation" in answer.headers["Tus-Extension"].split(",")
        assert int(answer.headers["Tus-Max-Size"]) == 100_000_000


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0", ""])
def test_another_version_of_tus_is_told_which_one_is_spoken(one_stage, version: str | None) -> None:
    one_stage.upload(one_stage.ayse, picture(), "k")
    headers = BYTES | {"Upload-Offset": "0"}
    del headers["Tus-Resumable"]
    headers |= {"Tus-Resumable": version} if version is not None else {}
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = one_stage.ayse.call(method, "/v1/uploads/k", headers=headers)
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    create = headers | {"Upload-Length": "1", "Upload-Metadata": "filename YQ=="}
    assert one_stage.ayse.call("POST", "/v1/uploads", headers=create).status_code == 412


def test_a_network_that_lets_only_get_and_post_through_is_no_hindrance(stage) -> None:
    data = picture()
    assert stage.create(stage.ayse, data, "p").status_code == 201

    def post(method: str, **more: object) -> requests.Response:
        headers = BYTES | {"X-HTTP-Method-Override": method} | more.pop("headers", {})
        return stage.ayse.call("POST", "/v1/uploads/p", headers=headers, **more)

    assert post("PATCH", data=data[:50], headers={"Upload-Offset": "0"}).status_code == 204
    assert post("HEAD").headers["Upload-Offset"] == "50"
    assert post("patch", data=data[50:], headers={"Upload-Offset": "50"}).status_code == 204
    assert post("GET").status_code == 405
    assert stage.publish(stage.ayse, "p", "m") == "applied"
    assert post("DELETE").status_code == 404 and stage.fetch(data).content == data


def test_an_upload_that_is_given_up_leaves_nothing(stage) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "whole")
    assert stage.create(stage.ayse, data, "half").status_code == 201
    assert stage.send(stage.ayse, "half", data[:10]).status_code == 204
    for key in ("whole", "half"):
        assert stage.nikos.call("DELETE", f"/v1/uploads/{key}", headers=TUS).status_code == 404
        assert stage.ayse.call("DELETE", f"/v1/uploads/{key}", headers=TUS).status_code == 204
    assert stage.platform.files() == [] and stage.publish(stage.ayse, "whole", "m") == "file_missing"


def test_a_piece_whose_own_checksum_differs_is_not_kept(one_stage) -> None:
    data = picture()
    assert one_stage.create(one_stage.ayse, data, "c").status_code == 201
    right = base64.b64encode(hashlib.sha1(data).digest()).decode()

    def patch(checksum: str, body: bytes) -> int:
        headers = BYTES | {"Upload-Offset": "0", "Upload-Checksum": checksum}
        return one_stage.ayse.call("PATCH", "/v1/uploads/c", data=body, headers=headers).status_code

    assert patch(f"sha1 {right}", b"x" * len(data)) == 460
    assert patch("md5 abc", data) == 400 and patch("sha1 not base64", data) == 460
    assert one_stage.offset(one_stage.ayse, "c") == 0
    assert patch(f"sha1 {right}", data) == 204


def test_a_length_that_is_missing_deferred_or_absurd_is_refused(one_stage) -> None:
    good = {"Upload-Length": "9", "Upload-Metadata": f"filename YS5wbmc=,project_id {_b64(one_stage.project)}"}
    for change, status in (
        ({"Upload-Length": None}, 400),
        ({"Upload-Length": None, "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": "-5"}, 422),
        ({"Upload-Length": "1" + "0" * 30}, 413),
        ({"Upload-Length": "100000001"}, 413),
        ({"Upload-Length": "NaN"}, 422),
        ({"Upload-Metadata": None}, 422),
        ({"Upload-Metadata": "x" * 5_000}, 422),
        ({"Upload-Metadata": "filename ***"}, 422),
        ({"Upload-Metadata": f"filename {_b64('a.png')}"}, 422),
        ({"Upload-Metadata": f"filename {_b64('a.exe')},project_id {_b64(one_stage.project)}"}, 422),
        ({"Idempotency-Key": "../x"}, 422),
        ({}, 201),
    ):
        headers = {k: v for k, v in (TUS | good | change).items() if v is not None}
        assert one_stage.ayse.call("POST", "/v1/uploads", headers=headers).status_code == status, change


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "plain"),
    [
        ("../../x.png", "x.png"),
        ("C:\\Users\\Ali\\x.png", "x.png"),
        ("CON.png", "_CON.png"),
        ("com¹.png", "_com¹.png"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("kar\n yağdı.png. . ", "kar yağdı.png"),
        ("çiçek.PNG", "çiçek.png"),
        ("GÜL.GİF", "GÜL.gif"),
        ("a: b?.png", "a_ b_.png"),
    ],
)
def test_a_file_name_from_outside_is_stored_and_shown_as_a_plain_name(one_stage, given_name: str, plain: str) -> None:
    data = picture() if not plain.endswith("gif") else b"GIF89a" + picture()
    one_stage.upload(one_stage.ayse, data, "n", name=given_name)
    assert one_stage.publish(one_stage.ayse, "n", "m", title="Kar\u202e\n yağdı") == "applied"
    material = one_stage.material("m")
    assert (material["filename"], material["title"]) == (plain, "Kar yağdı")


def test_a_very_long_name_keeps_its_ending(one_stage) -> None:
    one_stage.upload(one_stage.ayse, picture(), "n", name="ş" * 127 + ".png")
    assert one_stage.publish(one_stage.ayse, "n", "m") == "applied"
    filename = str(one_stage.material("m")["filename"])
    assert filename.endswith("ş.png") and len(filename.encode()) <= 200


# -- quotas and what is never finished --------------------------------------------------------


def test_who_keeps_too_much_is_told_so_and_may_go_on_after_withdrawing(stage, monkeypatch) -> None:
    monkeypatch.setattr(quotas, "ACCOUNT_BYTES", 1_000)
    first, second = picture(700), picture(700)
    stage.upload(stage.ayse, first, "one")
    refused = stage.create(stage.ayse, second, "two")
    assert (refused.status_code, refused.json()["code"]) == (403, "quota_bytes")
    assert stage.create(stage.ayse, first, "one").status_code == 201  # the same once more is no more
    assert stage.publish(stage.ayse, "one", "m") == "applied"
    assert stage.create(stage.ayse, second, "two").json()["code"] == "quota_bytes"
    assert stage.create(stage.nikos, second, "three").status_code == 201  # another account is not held up
    assert stage.withdraw(stage.ayse, "m") == "applied"
    stage.upload(stage.ayse, second, "two")


def test_a_project_has_a_quota_of_its_own(stage, monkeypatch) -> None:
    monkeypatch.setattr(quotas, "PROJECT_BYTES", 1_000)
    stage.upload(stage.ayse, picture(700), "one")
    refused = stage.create(stage.nikos, picture(700), "two")
    assert (refused.status_code, refused.json()["code"]) == (403, "quota_bytes")


def test_uploads_that_are_begun_and_never_finished_are_counted(stage, monkeypatch) -> None:
    monkeypatch.setattr(quotas, "OPEN_UPLOADS", 3)
    data = picture()
    for n in range(3):
        assert stage.create(stage.ayse, data, f"o{n}").status_code == 201
    refused = stage.create(stage.ayse, data, "o3")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_uploads")
    assert stage.send(stage.ayse, "o0", data).status_code == 204  # finished: no longer open
    assert stage.create(stage.ayse, data, "o3").status_code == 201


def test_many_beginnings_at_once_do_not_pass_the_quota(stage, monkeypatch) -> None:
    monkeypatch.setattr(quotas, "ACCOUNT_BYTES", 3_000)
    data = picture(992)

    def begin(n: int) -> int:
        session = Api(stage.platform)
        session.session.headers.update(stage.ayse.session.headers)
        return stage.create(session, data, f"q{n}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(begin, range(8))) == [201] * 3 + [403] * 5


def test_uploads_that_stood_still_for_long_are_removed_and_others_stay(stage) -> None:
    data, other = picture(), picture()
    stage.upload(stage.ayse, data, "published")
    assert stage.publish(stage.ayse, "published", "m") == "applied"
    stage.upload(stage.ayse, data, "same")  # finished, the file is also the published one's
    stage.upload(stage.ayse, other, "finished")
    assert stage.create(stage.ayse, other, "half").status_code == 201
    assert stage.send(stage.ayse, "half", other[:5]).status_code == 204
    orphan = stage.platform.data / "uploads" / "nobody.part"
    orphan.write_bytes(b"left")
    database, folder = stage.platform.database, stage.platform.data
    assert files.remove_stale_uploads(database, folder, time.time() - 3_600) == 0 and orphan.exists()
    assert files.remove_stale_uploads(database, folder, time.time() + 3_600) == 3
    assert not orphan.exists() and len(stage.platform.files()) == 1
    assert stage.fetch(data).content == data and database.all(Upload.select()) == []


# -- anybody, anything ------------------------------------------------------------------------

IDS = st.sampled_from(["of-ayse", "unknown", "x" * 64, "x" * 65, "..", "%00", "%2e%2e%2fx", "é", "0", "-1"])
NUMBERS = st.one_of(
    st.sampled_from(["-1", "0", "1", "100", "10", "1e3", "NaN", "", "9" * 30, "9" * 5_000, "٣", "0x10"]),
    st.integers().map(str),
)


def test_nobody_reaches_anothers_upload_whatever_is_asked(stage) -> None:
    data = picture(92)
    assert stage.create(stage.ayse, data, "of-ayse").status_code == 201
    assert stage.send(stage.ayse, "of-ayse", data[:50]).status_code == 204

    @settings(max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        method=st.sampled_from(["HEAD", "PATCH", "DELETE", "POST"]),
        override=st.sampled_from(["PATCH", "HEAD", "DELETE", "GET", ""]),
        upload=IDS,
        offset=NUMBERS,
        body=st.binary(max_size=200),
    )
    def ask(method: str, override: str, upload: str, offset: str, body: bytes) -> None:
        headers = BYTES | {"Upload-Offset": offset.encode(), "X-HTTP-Method-Override": override}
        answer = stage.nikos.call(method, f"/v1/uploads/{upload}", data=body, headers=headers)
        assert 400 <= answer.status_code < 500, (method, override, upload, offset, answer.status_code)

    ask()
    assert stage.create(stage.nikos, data, "of-ayse").status_code == 409
    assert stage.publish(stage.nikos, "of-ayse", "m") == "file_missing"
    assert stage.offset(stage.ayse, "of-ayse") == 50
    assert stage.send(stage.ayse, "of-ayse", data[50:], 50).status_code == 204


def test_absurd_offsets_and_ranges_of_ones_own_change_nothing(stage) -> None:
    data = picture(92)
    stage.upload(stage.ayse, data, "own")
    assert stage.create(stage.ayse, data, "half").status_code == 201
    assert stage.send(stage.ayse, "half", data[:50]).status_code == 204

    @settings(max_examples=80, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(offset=NUMBERS.filter(lambda n: n != "50"), upload=st.sampled_from(["own", "half"]))
    def ask(offset: str, upload: str) -> None:
        headers = BYTES | {"Upload-Offset": offset.encode()}
        answer = stage.ayse.call("PATCH", f"/v1/uploads/{upload}", data=data, headers=headers)
        assert answer.status_code in (409, 413, 422), (offset, answer.status_code)

    ask()
    assert stage.publish(stage.ayse, "own", "m") == "applied" and stage.offset(stage.ayse, "half") == 50
    for asked in (
        "bytes=100-",
        "bytes=5000-",
        "bytes=" + "9" * 30 + "-",
        "bytes=7-3",
        "bytes=--5",
        "lines=1-2",
        "bytes=x-y",
    ):
        answer = stage.fetch(data, headers={"Range": asked})
        assert answer.status_code in (200, 400, 416), (asked, answer.status_code)
        assert answer.status_code != 200 or answer.content == data
    assert stage.fetch(data, headers={"Range": "bytes=90-"}).content == data[90:]


def test_a_project_that_one_is_not_in_takes_and_gives_no_file(stage) -> None:
    data = picture()
    stage.upload(stage.ayse, data, "own")
    assert stage.publish(stage.ayse, "own", "m") == "applied"
    other = stage.ayse.exchange(command("create_project", project_id="alone")).json()["results"][0]
    assert other["status"] == "applied"
    assert stage.create(stage.nikos, data, "n", project_id="alone").status_code == 403
    assert stage.create(stage.ayse, data, "n", project_id="nowhere").status_code == 403
    sha256 = hashlib.sha256(data).hexdigest()
    assert stage.ayse.call("GET", f"/v1/projects/alone/files/{sha256}").status_code == 404
    assert stage.nikos.call("GET", f"/v1/projects/alone/files/{sha256}").status_code == 403
    stage.upload(stage.ayse, data, "elsewhere", project_id="alone")
    assert stage.publish(stage.ayse, "elsewhere", "n") == "file_missing"  # uploaded for another project


def test_an_upload_found_in_its_row_is_whosever_it_is(one_stage) -> None:
    one_stage.upload(one_stage.ayse, picture(), "own")
    row = arrival.find(one_stage.platform.database, "own")
    assert row is not None and row["finished"] and row["at"] == pytest.approx(time.time(), abs=600)
