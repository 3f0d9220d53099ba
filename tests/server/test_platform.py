"""The platform's promises to anyone on the network: who may do what, once, within limits."""

import base64
import gzip
import hashlib
import uuid
from collections.abc import Callable

import pytest

from server.core.refusals import Refused
from server.projects import offices
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument
from tests.platform import AYSE, NIKOS, Api, Computer, RunningPlatform, active_project, command

Make = Callable[..., Computer]


def journal(project: str, record: str | None = None, text: str = "hello", revision: int = 0) -> dict[str, object]:
    return {
        "type": "record",
        "id": uuid.uuid4().hex,
        "scope": f"project:{project}",
        "kind": "journal",
        "record_id": record or uuid.uuid4().hex,
        "base_revision": revision,
        "fields": {"text": text},
    }


def test_without_a_token_nothing_is_told(any_platform: RunningPlatform) -> None:
    api = Api(any_platform)
    for method, path in (
        ("GET", "/v1/me"),
        ("POST", "/v1/exchange"),
        ("GET", "/v1/directory"),
        ("GET", "/v1/directory/TR/other/0/1"),
        ("GET", "/v1/vocabularies"),
        ("POST", "/v1/uploads"),
        ("HEAD", "/v1/uploads/x"),
        ("PATCH", "/v1/uploads/x"),
        ("GET", "/v1/projects/x/files/y"),
    ):
        answer = api.call(method, path, json={"device": "d"} if method == "POST" else None)
        assert answer.status_code in (401, 422), (method, path, answer.status_code)
        if answer.status_code == 422:  # a malformed question is told so, but nothing of anybody
            assert "Ayşe" not in answer.text
    assert api.call("GET", "/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_stranger_can_neither_read_nor_write_a_project(any_platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(any_platform, AYSE), computers(any_platform, NIKOS)
    project = a.workspace.projects.create()
    a.workspace.projects.open(project).set_fields({"title": "Not for others"})
    a.sync()
    stranger = Api(any_platform, b)
    edit = base64.b64encode(SharedDocument(PROJECT_DRAFT).set_fields({"title": "Mine now"})).decode()
    tries = [
        journal(project),
        command("delete_project", project_id=project),
        command("submit_project", project_id=project),
        command("accept_invitation", project_id=project),
        command("approve_project", project_id=project),
        command("publish_material", project_id=project, upload_id="x", material_id="y"),
        {
            "type": "document",
            "id": uuid.uuid4().hex,
            "scope": f"project:{project}",
            "kind": "project_draft",
            "document_id": project,
            "data": edit,
            "at": 0,
        },
        {**journal(project), "scope": "account:t-ayse", "kind": "profile", "record_id": "t-ayse"},
        {**journal(project), "scope": "account:t-nikos", "kind": "contact", "record_id": "t-nikos--t-ayse"},
    ]
    answer = stranger.exchange(*tries, cursors={f"project:{project}": 0, "account:t-ayse": 0}).json()
    assert [result["status"] for result in answer["results"]] == ["refused"] * len(tries)
    assert set(answer.get("scopes", {})) <= {"account:t-nikos", "community:all"}
    assert set(answer["gone"]) == {f"project:{project}", "account:t-ayse"}
    assert "Not for others" not in stranger.exchange(cursors={}).text
    a.sync()
    assert a.workspace.projects.open(project).fields["title"] == "Not for others"
    assert a.workspace.account.profile_fields()["about"].startswith("We live at the foot")


def test_files_are_for_members_of_the_project_alone(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    mine = a.workspace.projects.create()
    a.sync()
    stranger, data = Api(platform, b), b"\x89PNG\r\n\x1a\n picture"
    sha256 = hashlib.sha256(data).hexdigest()
    assert upload(stranger, mine, data).status_code == 403
    project = active_project(a, b)
    assert upload(Api(platform, a), project, data, key="of-ayse").status_code == 201
    assert stranger.call("HEAD", "/v1/uploads/of-ayse", headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert stranger.call("GET", f"/v1/projects/{mine}/files/{sha256}").status_code == 403
    assert stranger.call("GET", f"/v1/projects/{project}/files/{sha256}").status_code == 404  # not published


def upload(api: Api, project: str, data: bytes, *, key: str = "k", name: str = "a.png", sha256: str = ""):
    meta = {"filename": name, "sha256": sha256 or hashlib.sha256(data).hexdigest(), "project_id": project}
    header = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in meta.items())
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(data)),
        "Upload-Metadata": header,
        "Idempotency-Key": key,
    }
    return api.call("POST", "/v1/uploads", headers=headers)


def test_an_upload_is_checked_at_every_step(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project, api, data = active_project(a, b), Api(platform, a), b"\x89PNG\r\n\x1a\n" + b"x" * 100
    head = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    assert upload(api, project, data, name="virus.exe").status_code == 422
    assert upload(api, project, data, name="../../x.png", key="up").status_code in (201, 422)
    assert upload(api, project, data, key="one").status_code == 201
    assert upload(api, project, data, key="one").status_code == 201  # the same again is the same upload
    assert upload(api, project, data + b"!", key="one").status_code == 409

    def patch(offset: int, body: bytes):
        return api.call("PATCH", "/v1/uploads/one", data=body, headers=head | {"Upload-Offset": str(offset)})

    assert patch(5, data).status_code == 409
    assert patch(0, data[:50]).headers["Upload-Offset"] == "50"
    assert api.call("HEAD", "/v1/uploads/one", headers=head).headers["Upload-Offset"] == "50"
    assert patch(0, data).status_code == 409  # a repeat whose answer was lost
    assert patch(50, data[50:] + b"more").status_code == 413
    assert patch(50, b"y" * (len(data) - 50)).status_code == 460  # other bytes than announced
    assert patch(0, data).status_code == 204
    outside = [path for path in platform.files() if platform.data not in path.parents]
    assert not outside
    publish = command(
        "publish_material",
        project_id=project,
        upload_id="one",
        material_id="m1",
        title="T",
        pupil="Star 1",
        kind="image",
    )
    assert api.exchange(publish).json()["results"][0]["status"] == "applied"
    assert api.exchange(publish).json()["results"][0]["status"] == "repeated"
    sha256 = hashlib.sha256(data).hexdigest()
    path = f"/v1/projects/{project}/files/{sha256}"
    assert api.call("GET", path).content == data
    part = api.call("GET", path, headers={"Range": "bytes=100-"})
    assert (part.status_code, part.content) == (206, data[100:])


def test_every_change_is_applied_once_however_often_it_comes(any_platform: RunningPlatform, computers: Make) -> None:
    a = computers(any_platform, AYSE)
    project = a.workspace.projects.create()
    a.sync()
    api, change = Api(any_platform, a), journal(project, "r1")
    first = api.exchange(change, change).json()["results"]
    assert len(first) == 1 and first[0]["status"] == "applied"
    assert api.exchange(change).json()["results"][0] == {**first[0], "status": "repeated"}
    refused = command("submit_project", project_id=project)
    assert api.exchange(refused).json()["results"] == api.exchange(refused).json()["results"]
    assert any_platform.database.db.execute_sql("select revision from record where id = 'r1'").fetchall() == [(1,)]


def test_a_code_works_once_and_only_with_its_verifier(platform: RunningPlatform) -> None:
    api = Api(platform)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 64).digest()).rstrip(b"=").decode()
    form = {
        "email": AYSE,
        "password": "demo-password",
        "redirect_uri": "http://127.0.0.1:5/",
        "state": "s",
        "code_challenge": challenge,
    }

    def code() -> str:
        answer = api.call("POST", "/oauth/authorize", data=form, allow_redirects=False)
        return answer.headers["Location"].split("code=")[1].split("&")[0]

    def trade(value: str, verifier: str, uri: str = "http://127.0.0.1:5/") -> int:
        body = {"grant_type": "authorization_code", "code": value, "code_verifier": verifier, "redirect_uri": uri}
        return api.call("POST", "/oauth/token", data=body).status_code

    good = code()
    assert trade(good, "v" * 64) == 200
    assert trade(good, "v" * 64) == 400
    assert trade(code(), "w" * 64) == 400
    assert trade(code(), "v" * 64, "http://127.0.0.1:6/") == 400
    for uri in ("https://evil.example/", "http://127.0.0.1.evil.example/", "http://user@evil.example/", "file:///etc"):
        assert (
            api.call("POST", "/oauth/authorize", data=form | {"redirect_uri": uri}, allow_redirects=False).status_code
            == 400
        )
    page = api.call("POST", "/oauth/authorize", data=form | {"password": "no", "state": '"><script>'})
    assert page.status_code == 401 and "<script>" not in page.text


def test_too_much_is_stopped_at_the_door(tmp_path, computers: Make) -> None:
    with RunningPlatform(tmp_path / "strict", per_second=1, burst=8) as strict:
        api = Api(strict)
        codes = [api.call("GET", "/v1/health").status_code for _ in range(12)]
        assert codes.count(429) >= 3 and codes[0] == 200
        assert int(api.call("GET", "/v1/health").headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"device": 5}',
        b'{"device": "d", "changes": [{"type": "x"}]}',
        b'{"device": "d", "cursors": {"project:../x": 1}}',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"device": "d", "cursors": {"account:a": 1e999}}',
        b'{"device": "' + b"a" * 100 + b'"}',
    ],
)
def test_malformed_requests_get_problem_details(platform: RunningPlatform, computers: Make, body: bytes) -> None:
    api = Api(platform, computers(platform, AYSE))
    answer = api.call("POST", "/v1/exchange", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert {"title", "status", "code"} <= set(answer.json())


def test_a_bomb_of_gzip_and_a_mountain_are_refused(platform: RunningPlatform, computers: Make) -> None:
    api = Api(platform, computers(platform, AYSE))
    bomb = gzip.compress(b" " * 200_000_000, 9)
    head = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert api.call("POST", "/v1/exchange", data=bomb, headers=head).status_code == 413
    assert api.call("POST", "/v1/exchange", data=b"not gzip", headers=head).status_code == 400
    assert (
        api.call(
            "POST", "/v1/exchange", data=b" " * 40_000_000, headers={"Content-Type": "application/json"}
        ).status_code
        == 413
    )


def test_edits_that_are_none_are_refused_and_harm_nothing(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    project = a.workspace.projects.create()
    a.workspace.projects.open(project).set_fields({"title": "Whole"})
    a.sync()
    api = Api(platform, a)
    for rubbish in (b"", b"\x00", b"\xff" * 300, SharedDocument(PROJECT_DRAFT).set_fields({"title": "x" * 300})[:-5]):
        change = {
            "type": "document",
            "id": uuid.uuid4().hex,
            "scope": f"project:{project}",
            "kind": "project_draft",
            "document_id": project,
            "data": base64.b64encode(rubbish).decode(),
            "at": 0,
        }
        answer = api.exchange(change)
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert answer.json()["results"][0]["code"] in ("damaged_edit", "")
    a.sync()
    assert a.workspace.projects.open(project).fields["title"] == "Whole"


def test_offices_decide_as_the_rules_say(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    with pytest.raises(Refused):
        offices.decide(platform.database, "TR", project, "approve")
    assert offices.waiting_for(platform.database) == []


def test_ids_and_texts_that_would_poison_a_project_are_refused(any_platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(any_platform, AYSE), computers(any_platform, NIKOS)
    project = active_project(a, b)
    api, data = Api(any_platform, a), b"\x89PNG\r\n\x1a\n picture"
    assert upload(api, project, data, key="whole").status_code == 201
    head = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert api.call("PATCH", "/v1/uploads/whole", data=data, headers=head).status_code == 204
    good = {
        "project_id": project,
        "upload_id": "whole",
        "material_id": "m",
        "title": "T",
        "pupil": "Star 1",
        "kind": "image",
    }
    bad = [
        {"material_id": "../x"},
        {"material_id": "x\0y"},
        {"material_id": ["m"]},
        {"material_id": "m" * 65},
        {"title": 5},
        {"title": "x" * 301},
        {"kind": "poison"},
        {"pupil": "Zeynep Kara"},
        {"pupil": None},
    ]
    tries = [command("publish_material", **{**good, **change}) for change in bad]
    tries += [
        command("create_project", project_id="a\0b"),
        command("ask_contact", account_id="\0"),
        journal(project, text="a\0b"),
    ]
    results = api.exchange(*tries).json()["results"]
    assert [result["status"] for result in results] == ["refused"] * len(tries)
    assert {result["code"] for result in results[: len(bad)]} == {"invalid", "not_a_pseudonym"}
    assert upload(api, project, data, name="a\0.png").status_code == 422
    assert upload(api, "p\0", data).status_code == 422
    form = {
        "email": "a\0",
        "password": "\0",
        "redirect_uri": "http://127.0.0.1:5/",
        "state": "s",
        "code_challenge": "x" * 43,
    }
    assert api.call("POST", "/oauth/authorize", data=form).status_code == 422
    b.sync()
    assert [fields["text"] for _id, fields in b.workspace.projects.journal(project)] == []


def test_long_ids_of_people_and_projects_fit_together(any_platform: RunningPlatform, computers: Make) -> None:
    a = computers(any_platform, AYSE)
    project = "p" * 64
    api = Api(any_platform, a)
    assert api.exchange(command("create_project", project_id=project)).json()["results"][0]["status"] == "applied"
    a.sync()
    assert [found.id for found in a.workspace.projects.overview()] == [project]
