"""A server that answers rubbish, half an answer, a web page, or nothing: named, told in both languages, nothing lost."""

import gzip
import threading
from collections.abc import Callable, Iterator

import pytest

from app.workspace import Workspace
from i18n import use_language
from local_db.tables import outbox
from sync import answers, patience
from sync.client import ApiClient
from sync.errors import BadAnswerError, BusyError, RefusedError, SlowLineError, SyncError
from tests.answering import AnsweringServer, http, json_answer
from tests.inside import inside
from ui import words

Answering = Callable[..., AnsweringServer]
PROBLEM = "application/problem+json"

HOSTILE: dict[str, tuple[bytes, str]] = {
    "rubbish": (b"\x00\xff not http at all\r\n\r\n", "bad_answer"),
    "nothing": (b"", "offline"),
    "half_an_answer": (
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"resu',
        "offline",
    ),
    "half_a_chunk": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
        "offline",
    ),
    "not_json": (http("200 OK", b"{{{{{"), "bad_answer"),
    "wrong_json": (http("200 OK", b'{"scopes": 5}'), "bad_answer"),
    "deep_json": (http("200 OK", b"[" * 60_000), "bad_answer"),
    "not_utf8": (http("200 OK", b'{"directory": "\xff"}'), "bad_answer"),
    "gzip_that_is_none": (http("200 OK", b"{}", Content_Encoding="gzip"), "bad_answer"),
    "half_a_gzip": (http("200 OK", gzip.compress(b"{}" * 500)[:-9], Content_Encoding="gzip"), "bad_answer"),
    "another_packing": (http("200 OK", b"{}", Content_Encoding="br"), "bad_answer"),
    "a_thousand_headers": (
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(1_000)) + b"\r\n{}",
        "bad_answer",
    ),
    "a_header_without_end": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n{}", "bad_answer"),
    "captive_portal": (http("200 OK", b"<h1>Wifi</h1>", Content_Type="Text/HTML"), "captive_portal"),
    "redirect": (http("302 Found", Location="http://wifi.example/"), "captive_portal"),
    "moved": (http("308 Permanent Redirect", Location="https://elsewhere.example/v1/exchange"), "moved"),
    "network_sign_in": (
        http("511 Network Authentication Required", b"<h1>Wifi</h1>", Content_Type="text/html"),
        "network_sign_in",
    ),
    "proxy_sign_in": (http("407 Proxy Authentication Required", Proxy_Authenticate="Basic"), "proxy_sign_in"),
    "too_large": (http("413 Too Large", b"<h1>nginx</h1>", Content_Type="text/html"), "too_large"),
    "unauthorised": (http("401 Unauthorized"), "sign_in_needed"),
    "conflict": (http("409 Conflict", b'{"code": "busy"}', Content_Type=PROBLEM), "refused"),
    "a_code_of_another_kind": (http("409 Conflict", b'{"code": ["x"]}', Content_Type=PROBLEM), "bad_answer"),
    "too_many": (http("429 Too Many", Retry_After="17"), "busy"),
    "unavailable": (http("503 Unavailable", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), "busy"),
    "unavailable_page": (http("503 Unavailable", b"<h1>nginx</h1>", Content_Type="text/html"), "busy"),
    "server_error": (http("500 Oops"), "busy"),
    "error_without_problem": (http("418 Teapot", b"no"), "bad_answer"),
}


def point_at(desk: Workspace, server: AnsweringServer) -> None:
    desk.online = True
    inside(desk).client.base_url = server.url + "/"
    inside(desk).client._access = "a-token"
    inside(desk).client._keep_token("a-refresh-token")


@pytest.fixture
def client_of(answering: Answering) -> Callable[..., ApiClient]:
    """A signed-in client of a server that answers as told."""

    def make(answer: object) -> ApiClient:
        client = ApiClient(answering(answer).url, lambda: "a-refresh-token", lambda _token: None)
        client._access = "a-token"
        return client

    return make


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_answer_is_named_and_loses_nothing(desk: Workspace, answering: Answering, kind: str) -> None:
    answer, code = HOSTILE[kind]
    point_at(desk, answering(answer))
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "Kept whatever happens"})
    before = [(entry.id, entry.body) for entry in outbox.waiting(inside(desk).store)]
    for _try in range(2):
        with pytest.raises(SyncError) as caught:
            desk.sync_and_wait()
        assert caught.value.code == code
    assert [(entry.id, entry.body) for entry in outbox.waiting(inside(desk).store)] == before
    assert desk.projects.open(project).fields["title"] == "Kept whatever happens"
    assert desk.status.code == code and desk.status.state in ("offline", "trouble", "signed_out")
    sentences = []
    for language in ("en", "tr"):
        use_language(language)
        sentences.append(words.trouble(code))
    use_language("en")
    assert sentences[0] != sentences[1] and all(sentence.endswith(".") for sentence in sentences)


NOW = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("17", 17),
        ("0", 1),
        ("999999999", 3600),
        ("9" * 400, 3600),
        ("soon", 60),
        ("-5", 60),
        ("²", 60),
        ("1.5", 60),
        ("", 60),
        (None, 60),
        ("Wed, 21 Oct 2026 07:30:00 GMT", 120),
        ("Wed, 21 Oct 2026 07:30:00", 120),
        ("Wed, 21 Oct 2126 07:30:00 GMT", 3600),
        ("Wed, 21 Oct 2020 07:30:00 GMT", 1),
        ("Wed, 99 Oct 99999999 07:30:00 GMT", 60),
    ],
)
def test_a_wait_that_the_server_asks_for_is_kept_but_bounded(value: str | None, seconds: float) -> None:
    """A date counts from the platform's own clock, for the one here may be years off."""
    assert answers.retry_after(value, NOW) == seconds


def test_the_next_sync_waits_as_long_as_it_was_asked_to(desk: Workspace, answering: Answering) -> None:
    point_at(desk, answering(http("429 Too Many", Retry_After="1200")))
    assert inside(desk).service._try() == 1200


def test_waits_grow_after_each_failure_and_are_spread(desk: Workspace) -> None:
    inside(desk).client._access = "a-token"
    waits = [inside(desk).service._try() for _failure in range(9)]
    assert 4 <= waits[0] <= 6 and waits[3] > waits[0] and max(waits) <= 360 and waits[-1] > 200


def test_changes_not_answered_are_not_taken_for_done(desk: Workspace, answering: Answering) -> None:
    point_at(desk, answering(json_answer({"results": [], "scopes": {}})))
    desk.projects.create()
    with pytest.raises(SyncError) as caught:
        desk.sync_and_wait()
    assert caught.value.code == "bad_answer" and inside(desk).service.status.waiting == 1


def test_an_old_token_the_server_denies_asks_for_a_sign_in(desk: Workspace, answering: Answering) -> None:
    point_at(desk, answering(json_answer({"error": "invalid_grant"}, "400 Bad")))
    inside(desk).client._access = None
    with pytest.raises(SyncError) as caught:
        desk.sync_and_wait()
    assert caught.value.code == "sign_in_needed"
    assert desk.status.state == "signed_out"


def test_a_token_page_that_is_out_of_order_signs_nobody_out(desk: Workspace, answering: Answering) -> None:
    point_at(desk, answering(json_answer({"error": "temporarily_unavailable"}, "400 Bad")))
    inside(desk).client._access = None
    with pytest.raises(RefusedError):
        desk.sync_and_wait()
    assert inside(desk).client._refresh_token() == "a-refresh-token"


@pytest.mark.parametrize("offset", ["", "-1", "1" + "0" * 30, "²", "1e3", "0x10", "12, 12", "99999999999999999"])
def test_an_upload_offset_that_cannot_be_is_a_bad_answer(client_of: Callable[..., ApiClient], offset: str) -> None:
    client = client_of(http("200 OK", Upload_Offset=offset.encode().decode("latin-1")))
    with pytest.raises(BadAnswerError):
        client.upload_offset("/v1/uploads/x")


@pytest.mark.parametrize("offset", ["6", "99", "200"])
def test_a_server_cannot_have_more_or_less_of_an_upload_than_was_sent(
    client_of: Callable[..., ApiClient], offset: str
) -> None:
    client = client_of(http("204 No Content", Upload_Offset=offset))
    with pytest.raises(BadAnswerError):
        client.upload_part("/v1/uploads/x", 7 if offset == "6" else 0, b"x" * 10)


@pytest.mark.parametrize(
    "where", ["https://evil.example/v1/uploads/x", "/v1/uploads/../me", "/v1/uploads/", "x" * 9_000]
)
def test_an_upload_stays_on_the_platform(client_of: Callable[..., ApiClient], where: str) -> None:
    with pytest.raises(BadAnswerError):
        client_of(http("201 Created", Location=where)).create_upload("key", 5, "")


@pytest.mark.parametrize(
    "place", ["", "bytes 0-9/10", "bytes 5-3/10", "bytes 5-9/7", "bytes 5-9/" + "9" * 30, "bytes */10", "lines 5-9/10"]
)
def test_a_part_from_another_place_is_not_joined(client_of: Callable[..., ApiClient], place: str) -> None:
    headers = {"Content_Range": place} if place else {}
    client = client_of(http("206 Partial Content", b"56789", Content_Type="application/pdf", **headers))
    with pytest.raises(BadAnswerError):
        b"".join(client.download("v1/file", 5))


def test_a_download_goes_on_where_the_server_can_and_where_it_cannot(client_of: Callable[..., ApiClient]) -> None:
    part = http("206 Partial Content", b"56789", Content_Type="application/pdf", Content_Range="bytes 5-9/10")
    assert b"".join(client_of(part).download("v1/file", 5)) == b"56789"
    whole = http("200 OK", b"0123456789", Content_Type="application/pdf")
    assert b"".join(client_of(whole).download("v1/file", 5)) == b"56789"


def test_a_gzip_bomb_is_stopped_before_it_unfolds(
    client_of: Callable[..., ApiClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MAX_ANSWER", 1_000_000)
    bomb = gzip.compress(b" " * 200_000_000, 9)
    largest: list[int] = []
    real = answers._Unpacker.__call__

    def watched(self: answers._Unpacker, piece: bytes, most: int) -> bytes:
        unpacked = real(self, piece, most)
        largest.append(len(unpacked))
        return unpacked

    monkeypatch.setattr(answers._Unpacker, "__call__", watched)
    with pytest.raises(BadAnswerError):
        client_of(http("200 OK", bomb, Content_Encoding="gzip")).vocabularies()
    assert sum(largest) <= 1_000_001


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100 + "]" * 100,
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": 1' + "0" * 30 + "}",
        '{"a": 1' + "0" * 5_000 + "}",
        '{"a": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"a": [[[-1' + "0" * 30 + "]]]}",
    ],
)
def test_lists_with_numbers_and_depths_beyond_all_bounds_are_refused(
    client_of: Callable[..., ApiClient], text: str
) -> None:
    with pytest.raises(BadAnswerError):
        client_of(http("200 OK", text.encode())).vocabularies()


def test_an_answer_that_drips_without_end_is_given_up(
    client_of: Callable[..., ApiClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "STALL_SECONDS", 0.2)
    over = threading.Event()

    def drip(_head: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
        while not over.wait(0.02):
            yield b" "

    with pytest.raises(SlowLineError):
        client_of(drip).vocabularies()
    over.set()


def test_headers_that_drip_without_end_are_given_up(
    client_of: Callable[..., ApiClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEADERS_SECONDS", 0.3)
    over = threading.Event()

    def drip(_head: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nX: "
        while not over.wait(0.02):
            yield b"x"

    with pytest.raises(SlowLineError):
        client_of(drip).vocabularies()
    over.set()


def test_a_slow_line_that_moves_is_not_given_up() -> None:
    pace = answers.Pace()
    for _minute in range(100):
        for _piece in range(6):
            pace.took(11, 200)
    pace = answers.Pace()
    with pytest.raises(SlowLineError):
        for _piece in range(7):
            pace.took(11, 1)


def test_a_wait_is_the_platforms_only_if_it_says_so(client_of: Callable[..., ApiClient]) -> None:
    for answer, asked in ((http("503 Unavailable", Retry_After="9"), True), (http("500 Oops"), False)):
        with pytest.raises(BusyError) as caught:
            client_of(answer).vocabularies()
        assert caught.value.asked is asked


def test_the_token_is_sent_also_where_a_netrc_knows_the_platform(
    answering: Answering, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password secret\n", "utf-8")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = answering(json_answer({"platform": "twindesk"}))
    client = ApiClient(server.url, lambda: None, lambda _token: None)
    client._access = "a-token"
    client.vocabularies()
    client.health()
    signed, unsigned = server.heads
    assert b"Authorization: Bearer a-token\r\n" in signed and b"Basic" not in signed
    assert b"Authorization" not in unsigned


def test_nothing_follows_a_redirect_or_keeps_a_cookie(answering: Answering) -> None:
    away = answering(json_answer({}))
    server = answering(http("308 Moved", Location=away.url, Set_Cookie="track=1"))
    client = ApiClient(server.url, lambda: None, lambda _token: None)
    client._access = "a-token"
    for _try in range(2):
        with pytest.raises(SyncError):
            client.vocabularies()
    assert away.asked == [] and b"track" not in server.heads[1]
