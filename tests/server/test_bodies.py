"""What is sent to the platform is bounded in bytes, keys, depth, memory and time, and a stranger's is not read at all."""

import asyncio
import gzip
import json
import re
import socket
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from server.core.bodies import BodyMemory, BoundedBody
from server.core.json_body import MAX_DEPTH, MAX_KEYS, MAX_VALUES, parse
from server.core.limits import Limits
from server.core.problems import ProblemError
from server.core.serving import PatientProtocol
from tests.platform import AYSE, Api, RunningPlatform
from tests.server.test_accounts import at_once, pair


def memory_of(platform: RunningPlatform) -> BodyMemory:
    layer: Any = platform.app.middleware_stack
    while not isinstance(layer, BoundedBody):
        layer = getattr(layer, "_app", None) or layer.app
    return layer.memory


def signed_in(platform: RunningPlatform) -> Api:
    api = Api(platform)
    api.session.headers["Authorization"] = f"Bearer {pair(platform, AYSE)['access_token']}"
    return api


def connect(platform: RunningPlatform) -> socket.socket:
    host, _, port = platform.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def half_sent(
    platform: RunningPlatform, path: str, body: bytes, token: str = "", length: int = 32_000_000
) -> socket.socket:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    head += f"Authorization: Bearer {token}\r\n" if token else ""
    made = connect(platform)
    made.sendall(head.encode() + b"\r\n" + body)
    return made


def status(connection: socket.socket) -> int:
    found = re.match(rb"HTTP/1\.1 (\d+)", connection.recv(65_536))
    assert found
    return int(found[1])


def test_a_stranger_is_turned_away_before_a_byte_of_the_body_is_read(platform: RunningPlatform) -> None:
    waiting = [half_sent(platform, "/v1/exchange", b" " * 200_000) for _ in range(20)]
    assert [status(connection) for connection in waiting] == [401] * 20
    assert memory_of(platform).taken == 0
    for connection in waiting:
        connection.close()
    assert status(half_sent(platform, "/v1/exchange", b"", token="wrong")) == 401


def test_a_large_body_with_an_expired_token_still_gets_its_answer(platform: RunningPlatform) -> None:
    api = Api(platform)
    api.session.headers["Authorization"] = "Bearer expired"
    for size in (100_000, 20_000_000):
        answer = api.call("POST", "/v1/exchange", data=b" " * size, headers={"Content-Type": "application/json"})
        assert answer.status_code == 401


def test_whoever_is_not_signed_in_sends_little(platform: RunningPlatform) -> None:
    api = Api(platform)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/oauth/token", "/oauth/authorize", "/oauth/revoke", "/nowhere"):
        assert api.call("POST", path, data=b"a=" + b"x" * 17_000, headers=form).status_code == 413
        packed = gzip.compress(b"a=" + b"x" * 17_000)
        answer = api.call("POST", path, data=packed, headers=form | {"Content-Encoding": "gzip"})
        assert answer.status_code == 413
    assert status(half_sent(platform, "/oauth/token", b"a=1", length=17_000)) == 413


def test_a_request_that_stops_in_the_middle_ends_after_a_time(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(PatientProtocol, "silence", 0.3)
    with RunningPlatform(tmp_path / "brisk", silence=0.3) as running:
        token = pair(running)["access_token"]
        waiting = [half_sent(running, "/v1/exchange", b"{" + b" " * 100_000, token) for _ in range(2)]
        assert [status(connection) for connection in waiting] == [408, 408]
        assert status(half_sent(running, "/oauth/token", b"a", length=100)) == 408
        for words in (b"POST /v1/exchange HTTP/1.1\r\nHost", b""):  # half a head; not a word
            connection = connect(running)
            connection.sendall(words)
            assert connection.recv(1_000)[:12] in (b"HTTP/1.1 408", b"")
        refused = half_sent(running, "/v1/exchange", b" ")
        assert status(refused) == 401
        while refused.recv(1_000):
            pass  # and what was refused is not waited for either: the connection ends
        assert memory_of(running).taken == 0
        assert signed_in(running).exchange().status_code == 200


def test_a_trickle_is_no_progress(tmp_path: Path) -> None:
    """A piece just often enough to break no silence, but less than any line brings."""
    limits = Limits(silence=5, slowest=1e12)
    told: list[Any] = []
    clock = iter(range(0, 10_000, 40))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        told.append(message)

    async def never(*_: Any) -> None:
        raise AssertionError("the body is not whole")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.core.bodies.time.monotonic", lambda: float(next(clock)))
        scope = {"type": "http", "method": "POST", "headers": [], "who": {"id": "a"}}
        asyncio.run(BoundedBody(never, limits, "who")(scope, receive, send))
    assert told[0]["status"] == 408


def test_bodies_have_memory_for_all_together_and_small_ones_always_get_through(tmp_path: Path) -> None:
    with RunningPlatform(tmp_path / "narrow", body_memory=1_000_000) as narrow:
        api = signed_in(narrow)
        body = b'{"device": "d"' + b" " * 1_500_000 + b"}"
        head = {"Content-Type": "application/json"}
        full = api.call("POST", "/v1/exchange", data=body, headers=head)
        assert (full.status_code, full.json()["code"]) == (503, "busy") and int(full.headers["Retry-After"]) >= 1
        slow = half_sent(narrow, "/v1/exchange", b"{" + b" " * 900_000, pair(narrow)["access_token"], 1_000_000)
        while memory_of(narrow).taken < 900_000:
            pass
        assert at_once(4, lambda _: signed_in(narrow).exchange().status_code) == [200] * 4
        slow.close()
        while memory_of(narrow).taken:
            pass
        assert api.call("POST", "/v1/exchange", data=body[:900_000] + b"}", headers=head).status_code == 200


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_other_encodings_than_gzip_are_named_as_not_understood(platform: RunningPlatform, encoding: str) -> None:
    answer = signed_in(platform).call("POST", "/v1/exchange", data=b"{}", headers={"Content-Encoding": encoding})
    assert answer.status_code == 415


def test_gzip_that_is_cut_or_goes_on_is_refused(platform: RunningPlatform) -> None:
    api, whole = signed_in(platform), gzip.compress(b'{"device": "d"}')
    head = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert api.call("POST", "/v1/exchange", data=whole, headers=head).status_code == 200
    for body in (whole[:-3], whole + b"more", b""):
        assert api.call("POST", "/v1/exchange", data=body, headers=head).status_code == 400


def record(number: int, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "record",
        "id": f"c{number}",
        "scope": "project:p",
        "kind": "journal",
        "record_id": f"r{number}",
        "base_revision": 0,
        "fields": fields,
    }


def test_a_full_exchange_of_a_busy_teacher_is_within_all_bounds() -> None:
    fields = {f"field_{number}": "words, with: [marks], and, {everywhere}" for number in range(60)}
    full = {"device": "d", "cursors": {f"project:{n}": n for n in range(2_000)}}
    full["changes"] = [record(number, fields) for number in range(2_500)]
    body = json.dumps(full).encode()
    assert body.count(b",") > MAX_VALUES, "marks within texts do not count"
    assert parse(body) == full


@pytest.mark.parametrize(
    "body",
    [
        b"[" * (MAX_DEPTH + 2) + b"1" + b"]" * (MAX_DEPTH + 2),
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" + b"[]," * 300_000 + b"1]",
        b"[" + b"1," * (MAX_VALUES + 1) + b"1]",
        b"[" + b"1," * 6_000 + b"1]",
        json.dumps({f"k{n}": 1 for n in range(MAX_KEYS + 1)}).encode(),
        json.dumps({"a": {"b": {"c": {f"k{n}": 1 for n in range(300)}}}}).encode(),
        b'{"a": 123456789012345678901}',
        b'{"a": -1e300}',
        b'{"a": ' + b"9" * 4_000 + b"}",
    ],
)
def test_what_is_too_deep_too_broad_or_too_large_is_refused(platform: RunningPlatform, body: bytes) -> None:
    with pytest.raises((ProblemError, ValueError)):
        parse(body)
    answer = signed_in(platform).call("POST", "/v1/exchange", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"].startswith("application/problem+json") and len(answer.content) < 3_000


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_are_none_are_refused(number: bytes) -> None:
    with pytest.raises((ProblemError, ValueError)):
        parse(b'{"at": ' + number + b"}")


def test_hundreds_of_thousands_of_bad_keys_cost_no_gigabytes(platform: RunningPlatform) -> None:
    api = signed_in(platform)
    mountains = [
        {"device": "d", "changes": [record(0, {f"BAD {n}": 1 for n in range(700_000)})]},
        {"device": "d", "changes": [record(m, {f"BAD {n}": {} for n in range(70)}) for m in range(2_400)]},
        {"device": "d", "changes": [{"type": "none"}] * 2_500, "cursors": {f"BAD {n}": -1 for n in range(2_400)}},
    ]
    head = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    bodies = [gzip.compress(json.dumps(mountain).encode(), 1) for mountain in mountains]
    del mountains
    for body in bodies:
        tracemalloc.start()
        answer = api.call("POST", "/v1/exchange", data=body, headers=head)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert answer.status_code == 422 and answer.json()["detail"].count(";") <= 5
        assert len(answer.content) < 3_000 and peak < 200_000_000, peak
    assert api.exchange().status_code == 200
