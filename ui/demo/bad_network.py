"""Networks as schools have them, on this computer: a proxy that asks who one is, and a portal that answers everything."""

import base64
import http.client
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

VARIABLES = ("http_proxy", "HTTP_PROXY")
PORTAL = b"<!doctype html><title>Okul A&gbreve;&inodot;</title><p>Sign in to use this network.</p>"
HOP = {"connection", "proxy-authorization", "proxy-connection", "keep-alive", "transfer-encoding"}


class BadNetwork:
    """A proxy on loopback. ``login`` is the name and password it wants; ``is_portal``: it answers with a page of its own."""

    def __init__(self, login: tuple[str, str] | None = None, *, is_portal: bool = False) -> None:
        self.wanted = f"Basic {base64.b64encode(':'.join(login).encode()).decode()}" if login else ""
        self.is_portal, self.refused, self.passed = is_portal, 0, 0
        handler = type("Handler", (_Handler,), {"network": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.place = f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Let nobody through any more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    network: ClassVar[BadNetwork]

    def _any(self) -> None:
        body = self._body()
        if self.network.is_portal:
            self._say(200, PORTAL, {"Content-Type": "text/html; charset=utf-8"})
        elif self.headers.get("Proxy-Authorization", "") != self.network.wanted:
            self.network.refused += 1
            self._say(407, b"", {"Proxy-Authenticate": 'Basic realm="school"'})
        else:
            self.network.passed += 1
            self._pass_on(body)

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = _any

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _pass_on(self, body: bytes) -> None:
        where = urlsplit(self.path)
        line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        line.request(self.command, where.path + (f"?{where.query}" if where.query else ""), body or None, kept)
        answer = line.getresponse()
        text = answer.read()
        self._say(answer.status, text, {n: v for n, v in answer.getheaders() if n.lower() not in HOP})
        line.close()

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        length = headers.get("Content-Length", str(len(body))) if self.command == "HEAD" else str(len(body))
        if status != 204:
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


@contextmanager
def behind(network: BadNetwork) -> Iterator[BadNetwork]:
    """Every request of this process goes through the network meanwhile."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, f"http://{network.place}"))
    try:
        yield network
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        network.close()
