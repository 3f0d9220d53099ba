"""Every route of the platform: without a token, with a bad one, as an office, with others' ids and with absurd values.

Never an error of the platform's own, never somebody else's data. A new route without a row in ``ROUTES`` fails.
"""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import requests

from app.rules import projects as rules
from server.accounts import tokens
from server.core import records
from server.core.database import MaterialFile, Token, Upload
from server.pupil_work.storage import Storage
from tests.server.stage import OFFICE, PARTNER, STRANGER, Stage

OPEN, SIGNED_IN, TEACHERS = "open", "signed in", "teachers"
SECRET = "word-of-the-partner"
DATA = b"\x89PNG\r\n\x1a\n" + SECRET.encode()
SHA256 = hashlib.sha256(DATA).hexdigest()
CHALLENGE = "c" * 43
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True)
class Row:
    """Who may ask, and an honest question of the partner's: path, query, form and headers."""

    who: str
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


_ASKED = {
    "response_type": "code",
    "client_id": "twindesk",
    "redirect_uri": "http://127.0.0.1:5/",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
_SIGN_IN = {
    "email": "nobody@example.org",
    "password": "none",
    "redirect_uri": "http://127.0.0.1:5/",
    "state": "s",
    "code_challenge": CHALLENGE,
}
_GRANT = {
    "grant_type": "refresh_token",
    "refresh_token": "none",
    "code": "none",
    "code_verifier": "none",
    "redirect_uri": "http://127.0.0.1:5/",
}
_UPLOAD = {"upload_id": "upload"}
_BEGIN = {"Upload-Length": str(len(DATA)), "Upload-Metadata": "metadata", "Idempotency-Key": "key"}
ROUTES: dict[str, Row] = {
    "GET /openapi.json": Row(OPEN),
    "HEAD /openapi.json": Row(OPEN),
    "GET /v1/health": Row(OPEN),
    "GET /oauth/authorize": Row(OPEN, query=_ASKED),
    "POST /oauth/authorize": Row(OPEN, form=_SIGN_IN),
    "POST /oauth/token": Row(OPEN, form=_GRANT),
    "POST /oauth/revoke": Row(OPEN, form={"token": "none"}),
    "OPTIONS /v1/uploads": Row(OPEN),
    "OPTIONS /v1/uploads/{upload_id}": Row(OPEN, _UPLOAD),
    "GET /v1/me": Row(SIGNED_IN),
    "POST /v1/exchange": Row(TEACHERS, headers={"Content-Type": "application/json"}, body=b'{"device": "d"}'),
    "GET /v1/directory": Row(TEACHERS),
    "GET /v1/directory/{country}/{part}/{since}/{number}": Row(
        TEACHERS, {"country": "TR", "part": "available", "since": "0", "number": "1"}
    ),
    "GET /v1/vocabularies": Row(TEACHERS),
    "POST /v1/uploads": Row(TEACHERS, headers=TUS | _BEGIN),
    "HEAD /v1/uploads/{upload_id}": Row(TEACHERS, _UPLOAD, headers=TUS),
    "PATCH /v1/uploads/{upload_id}": Row(TEACHERS, _UPLOAD, headers=BYTES | {"Upload-Offset": "0"}, body=DATA),
    "POST /v1/uploads/{upload_id}": Row(
        TEACHERS,
        _UPLOAD,
        headers=BYTES | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
        body=DATA,
    ),
    "DELETE /v1/uploads/{upload_id}": Row(TEACHERS, _UPLOAD, headers=TUS),
    "GET /v1/projects/{project_id}/files/{sha256}": Row(TEACHERS, {"project_id": "project", "sha256": SHA256}),
}
ABSURD = (
    b"\0",
    b"",
    b" ",
    b"-1",
    b"1e400",
    b"NaN",
    b"9" * 40,
    b"9" * 5_000,
    b"..%2f..%2fetc%2fpasswd",
    b"../../etc/passwd",
    "şİ👩🏽‍🏫".encode(),
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"'; drop table record; --",
    b"x" * 200,
    b"null",
    b"[]",
    b"\r\nSet-Cookie: x=1",
)
HEADERS = {  # besides those a route declares
    "Range": (b"bytes=-1", b"bytes=0-0,2-3", b"bytes=" + b"9" * 5_000 + b"-", b"bytes=5-2", b"lines=1-", b"\xff"),
    "If-Range": (b"\xff", b'"x"', b"Thu, 99 Nov 99999 99:99:99 GMT"),
    "Content-Type": (b"\xff", b"multipart/form-data", b"multipart/form-data; boundary=", b"text/x; charset=none"),
    "Content-Encoding": (b"gzip", b"br", b"\xff"),
    "Accept-Encoding": (b"\xff", b"br;q=9"),
    "X-Forwarded-For": (b"\xff", b"1.2.3.4, " * 500, b"::::"),
    "Upload-Checksum": (b"", b"\xff", b"sha256", b"md5 AAAA", b"sha256 *"),
    "Authorization": (b"", b"Bearer", b"Bearer \xff", b"Basic x", b"Bearer " + b"x" * 5_000),
    "Expect": (b"\xff", b"200-none"),
}


class World:
    """What the partner has: a project with a published work, and an upload on its way."""

    def __init__(self, stage: Stage) -> None:
        self.stage, db, owner = stage, stage.db, stage[PARTNER]
        self.project = uuid.uuid4().hex
        assert owner.send(
            {"type": "command", "id": self.project, "name": "create_project", "args": {"project_id": self.project}}
        )
        db.execute("update project set state = ? where id = ?", rules.ACTIVE, self.project)
        self.upload, work = uuid.uuid4().hex, uuid.uuid4().hex
        self.begin_upload()
        fields = {
            "title": SECRET,
            "pupil": "Star 1",
            "kind": "image",
            "filename": "a.png",
            "sha256": SHA256,
            "size": len(DATA),
        }
        records.create(db, f"project:{self.project}", "material", work, fields, owner.account)
        file = {"material_id": work, "project_id": self.project, "account_id": owner.id, "sha256": SHA256}
        db.run(MaterialFile.insert(**file, size=len(DATA)))
        storage = Storage(stage.platform.data)
        storage.append(self.upload, DATA)
        storage.keep(self.upload, SHA256)
        self._ids = {"upload": self.upload, "project": self.project, "key": self.upload, "metadata": self.metadata()}

    def begin_upload(self) -> None:
        upload = {"size": len(DATA), "filename": f"{SECRET}.png", "sha256": SHA256, "at": 4e9}
        about = {"id": self.upload, "account_id": self.stage[PARTNER].id, "project_id": self.project}
        self.stage.db.run(Upload.insert(**about, **upload))

    def metadata(self, **other: str) -> str:
        said = {"filename": f"{SECRET}.png", "sha256": SHA256, "project_id": self.project, **other}
        return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())

    def ask(self, route: str, token: str | None, **changed: dict[str, Any]) -> requests.Response:
        """The route's honest question, some of it changed."""
        row, (method, path) = ROUTES[route], route.split(" ")
        for name, value in {**self._known(row.path), **changed.get("path", {})}.items():
            path = path.replace("{" + name + "}", value)
        headers: dict[str, Any] = {
            **self._known(row.headers),
            **({"Authorization": f"Bearer {token}"} if token else {}),
        }
        form: Any = row.form and {**row.form, **changed.get("form", {})}
        with requests.Session() as session:
            return session.request(
                method,
                self.stage.platform.url + path,
                params={**row.query, **changed.get("query", {})},
                data=form or row.body,
                headers={**headers, **changed.get("headers", {})},
                timeout=60,
                allow_redirects=False,
            )

    def _known(self, values: dict[str, str]) -> dict[str, str]:
        return {name: self._ids.get(value, value) for name, value in values.items()}


@pytest.fixture(scope="module")
def world(stage: Stage) -> World:
    return World(stage)


def token(stage: Stage, role: str) -> str:
    return str(tokens.issue(stage.db, stage[role].id)["access_token"])


def shows(answer: requests.Response) -> str:
    """All that an answer says, what a header packs in base64 unpacked."""
    metadata = answer.headers.get("Upload-Metadata", "")
    words = [base64.b64decode(pair.partition(" ")[2]).decode() for pair in metadata.split(",") if pair]
    return answer.text + str(answer.headers) + str(words)


def all_routes(routes: Any) -> Iterator[Any]:
    for route in routes:
        router = getattr(route, "original_router", None)
        yield from all_routes(router.routes) if router is not None else [route]


def test_every_route_has_its_row(stage: Stage) -> None:
    routes = all_routes(stage.platform.app.routes)
    assert {f"{method} {route.path}" for route in routes for method in route.methods} == ROUTES.keys()


@pytest.mark.parametrize("route", ROUTES)
def test_the_honest_question_is_answered(stage: Stage, world: World, route: str) -> None:
    """Else the refusals below would prove nothing."""
    if ROUTES[route].who == OPEN:
        assert world.ask(route, None).status_code in (200, 204, 400, 401), route
        return
    answer = world.ask(route, token(stage, PARTNER))
    if route.startswith("DELETE"):
        world.begin_upload()
    assert answer.status_code < 300 or (answer.status_code, answer.json()["code"]) == (409, "offset"), answer.text


@pytest.mark.parametrize("route", ROUTES)
def test_without_a_good_token_nothing_is_told(stage: Stage, world: World, route: str) -> None:
    if ROUTES[route].who == OPEN:
        assert SECRET not in shows(world.ask(route, None))
        return
    pair = tokens.issue(stage.db, stage[PARTNER].id)
    expired = tokens.issue(stage.db, stage[PARTNER].id)["access_token"]
    stage.db.run(Token.update(expires=1).where(Token.hash == tokens.hashed(expired)))
    for bad in (
        None,
        "wrong",
        expired,
        pair["refresh_token"],
        stage[PARTNER].id,
        "",
        tokens.hashed(pair["access_token"]),
    ):
        answer = world.ask(route, bad)
        assert answer.status_code == 401, (bad, answer.status_code)
        assert SECRET not in shows(answer) and stage[PARTNER].id not in shows(answer)
    assert stage.db.one(Upload.select().where(Upload.id == world.upload))


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if row.who != OPEN])
def test_an_office_reads_itself_alone(stage: Stage, world: World, route: str) -> None:
    answer = world.ask(route, token(stage, OFFICE))
    expected = 200 if ROUTES[route].who == SIGNED_IN else 403
    assert answer.status_code == expected and SECRET not in shows(answer)
    if expected == 200:
        assert answer.json()["id"] == stage[OFFICE].id


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if row.who == TEACHERS])
def test_a_strangers_question_about_the_partners_things_is_refused(stage: Stage, world: World, route: str) -> None:
    answer = world.ask(route, token(stage, STRANGER))
    about_partner = any(
        value in ("upload", "project", "key") for value in (ROUTES[route].path | ROUTES[route].headers).values()
    )
    assert not about_partner or answer.status_code in (403, 404), (route, answer.status_code)
    assert SECRET not in shows(answer)
    row = stage.db.one(Upload.select().where(Upload.id == world.upload))
    assert row and row["account_id"] == stage[PARTNER].id


def test_anothers_upload_key_is_not_taken_over_in_an_own_project(stage: Stage, world: World) -> None:
    mine = stage.project(rules.ACTIVE, [rules.FOUNDER])
    founder = token(stage, rules.FOUNDER)
    metadata = world.metadata(project_id=mine)
    answer = world.ask("POST /v1/uploads", founder, headers={"Upload-Metadata": metadata})
    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused") and SECRET not in shows(answer)
    path = {"project_id": mine}
    assert world.ask("GET /v1/projects/{project_id}/files/{sha256}", founder, path=path).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_absurd_values_are_no_error_and_tell_nothing(stage: Stage, world: World, route: str) -> None:
    row, stranger = ROUTES[route], token(stage, STRANGER)
    who = None if row.who == OPEN else stranger
    asked: list[tuple[str, str, Any]] = []
    for value in ABSURD:
        asked += [("path", name, quote_from_bytes(value, safe="")) for name in row.path]
        asked += [("query", name, value) for name in row.query]
        asked += [("form", name, value) for name in row.form]
        if not set(value) & set(b"\0\r\n") and value.strip() == value:  # others, no client can send
            asked += [("headers", name, value) for name in row.headers]
    asked += [("headers", name, value) for name, values in HEADERS.items() for value in values]
    for place, name, value in asked:
        answer = world.ask(route, who, **{place: {name: value}})
        assert answer.status_code < 500, (place, name, value, answer.status_code)
        assert SECRET not in shows(answer) and "Set-Cookie" not in answer.headers, (place, name, value)
    if who:
        assert world.ask("GET /v1/me", stranger).json()["id"] == stage[STRANGER].id


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff", b'"x"', b"NaN", b"[" * 100_000, b"\x1f\x8b\x08"])
@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith(("POST", "PATCH"))])
def test_rubbish_for_a_body_is_no_error(stage: Stage, world: World, route: str, body: bytes) -> None:
    method, path = route.split(" ")
    headers = world._known(ROUTES[route].headers) | {"Authorization": f"Bearer {token(stage, STRANGER)}"}
    if ROUTES[route].form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    url = stage.platform.url + path.replace("{upload_id}", world.upload)
    answer = requests.request(method, url, data=body, headers=headers, timeout=60)
    assert answer.status_code < 500 and SECRET not in shows(answer)
