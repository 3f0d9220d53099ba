"""Servers that answer whatever a test wants, byte by byte."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

Answer = bytes | Callable[[bytes], bytes | Iterable[bytes]]


def http(status: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; an underscore in a header's name stands for a hyphen."""
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def json_answer(value: Any, status: str = "200 OK", **headers: str) -> bytes:
    return http(status, json.dumps(value).encode(), **headers)


class AnsweringServer:
    """Answers every request with the same bytes, or with what a function makes of the request's head.

    ``asked`` keeps the request lines. Each connection serves one request.
    """

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self._answer, self._tls = answer, tls
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if tls else "http"
        self.port = self._listener.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(5)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                head = self._head(connection)
                answer = self._answer(head) if callable(self._answer) else self._answer
                for piece in [_closing(answer)] if isinstance(answer, bytes) else answer:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):  # what is still sent must not become a reset
                    pass
        except OSError:
            connection.close()

    def _head(self, connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and (part := connection.recv(65_536)):
            head += part
        self.heads.append(head)
        self.asked.append(head.split(b"\r\n", 1)[0].decode("latin-1"))
        return head


def _closing(answer: bytes) -> bytes:
    """The answer says that the connection ends with it; else the next request may go into one that is closing."""
    return answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) if answer.startswith(b"HTTP/") else answer
