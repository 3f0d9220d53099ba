"""A server that answers rubbish, half an answer, a web page, or nothing: named, told in both languages, nothing lost."""

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from app.workspace import Workspace
from i18n import use_language
from local_db.tables import outbox
from sync.errors import SyncError
from tests.inside import inside
from ui import words

HOSTILE: dict[str, tuple[bytes, str]] = {
    "rubbish": (b"\x00\xff not http at all\r\n\r\n", "offline"),
    "nothing": (b"", "offline"),
    "half_an_answer": (
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"resu',
        "offline",
    ),
    "not_json": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{{{{{", "bad_answer"),
    "wrong_json": (
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"scopes": 5}',
        "bad_answer",
    ),
    "deep_json": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n" + b"[" * 60_000,
        "bad_answer",
    ),
    "captive_portal": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<h1>Wifi</h1",
        "captive_portal",
    ),
    "redirect": (
        b"HTTP/1.1 302 Found\r\nLocation: http://wifi.example/\r\nContent-Length: 0\r\n\r\n",
        "captive_portal",
    ),
    "unauthorised": (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "sign_in_needed"),
    "conflict": (
        b'HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\nContent-Length: 16\r\n\r\n{"code": "busy"}',
        "refused",
    ),
    "too_many": (b"HTTP/1.1 429 Too Many\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n", "busy"),
    "unavailable": (
        b"HTTP/1.1 503 Unavailable\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n",
        "busy",
    ),
    "server_error": (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "busy"),
    "error_without_problem": (b"HTTP/1.1 418 Teapot\r\nContent-Length: 2\r\n\r\nno", "bad_answer"),
}


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], str]]:
    """Starts a server that gives the same bytes to everybody; returns its address."""
    listeners: list[socket.socket] = []

    def start(answer: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    head = b""
                    while b"\r\n\r\n" not in head and (part := connection.recv(65_536)):
                        head += part
                    if answer:
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


def point_at(desk: Workspace, address: str) -> None:
    desk.online = True
    inside(desk).client.base_url = address + "/"
    inside(desk).client._access = "a-token"
    inside(desk).client._keep_token("a-refresh-token")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_answer_is_named_and_loses_nothing(
    desk: Workspace, answering: Callable[[bytes], str], kind: str
) -> None:
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


def test_a_wait_that_the_server_asks_for_is_kept_but_bounded(
    desk: Workspace, answering: Callable[[bytes], str]
) -> None:
    for value, seconds in (("17", 17), ("999999999", 3600), ("soon", 60), ("-5", 60)):
        answer = f"HTTP/1.1 429 Too Many\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode()
        point_at(desk, answering(answer))
        assert inside(desk).service._try() == seconds


def test_waits_grow_after_each_failure_and_are_spread(desk: Workspace) -> None:
    inside(desk).client._access = "a-token"
    waits = [inside(desk).service._try() for _failure in range(9)]
    assert 4 <= waits[0] <= 6 and waits[3] > waits[0] and max(waits) <= 360 and waits[-1] > 200


def test_changes_not_answered_are_not_taken_for_done(desk: Workspace, answering: Callable[[bytes], str]) -> None:
    body = json.dumps({"results": [], "scopes": {}}).encode()
    point_at(
        desk,
        answering(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        ),
    )
    desk.projects.create()
    with pytest.raises(SyncError) as caught:
        desk.sync_and_wait()
    assert caught.value.code == "bad_answer" and inside(desk).service.status.waiting == 1


def test_an_old_token_the_server_denies_asks_for_a_sign_in(desk: Workspace, answering: Callable[[bytes], str]) -> None:
    body = b'{"error": "invalid_grant"}'
    point_at(
        desk,
        answering(
            b"HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        ),
    )
    inside(desk).client._access = None
    with pytest.raises(SyncError) as caught:
        desk.sync_and_wait()
    assert caught.value.code == "sign_in_needed"
    assert desk.status.state == "signed_out"
