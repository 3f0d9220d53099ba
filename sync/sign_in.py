"""Sign-in through the system's browser: OAuth 2.0 with PKCE and a loopback redirect (RFC 8252)."""

import base64
import hashlib
import http.server
import secrets
import socketserver
import threading
import time
import webbrowser
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from sync.errors import BadAnswerError, NoBrowserError, RefusedError, SignInCancelledError
from sync.protocol.messages import Tokens
from sync.signing import CLIENT_ID, SignedTransport

WAIT_SECONDS = 300
OpenBrowser = Callable[[str], object]


def sign_in(client: SignedTransport, open_browser: OpenBrowser, done_text: str, cancelled: threading.Event) -> Tokens:
    """Open the platform's sign-in page and wait for the person. The tokens are not kept.

    ``done_text`` is shown in the browser afterwards. Raises SignInCancelledError, NoBrowserError, or another SyncError
    when the platform does not hand out the tokens.
    """
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(24)
    with _Loopback(state, done_text) as loopback:
        if cancelled.is_set():
            raise SignInCancelledError("given up before the browser opened")
        _show(open_browser, _page(client.base_url, loopback.address, state, verifier))
        code = loopback.wait(cancelled)
        try:
            return client.redeem(code, verifier, loopback.address)
        except RefusedError as refused:
            raise BadAnswerError(f"the sign-in was not accepted: {refused.problem}") from refused


def _show(open_browser: OpenBrowser, url: str) -> None:
    try:
        opened = open_browser(url)
    except (OSError, webbrowser.Error) as error:
        raise NoBrowserError(type(error).__name__) from error
    if opened is False:
        raise NoBrowserError("no browser is set up")


def _page(base_url: str, redirect_uri: str, state: str, verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    question = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{base_url.rstrip('/')}/oauth/authorize?{urlencode(question)}"


class _LoopbackServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Without the name look-up of the base class, which hangs for seconds where DNS does not answer."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]


class _Loopback:
    """Listens on a free port of 127.0.0.1 for the one answer that carries our ``state``."""

    def __init__(self, state: str, done_text: str) -> None:
        self._state, self._text, self._code = state, done_text, ""
        self._refused, self._arrived = False, threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                outer._take(self)

            def log_message(self, *_: object) -> None:  # the code must not reach a log
                pass

        self._server = _LoopbackServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> "_Loopback":
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, cancelled: threading.Event) -> str:
        end = time.monotonic() + WAIT_SECONDS
        while not self._arrived.wait(0.1):
            if cancelled.is_set() or time.monotonic() > end:
                raise SignInCancelledError("no answer from the browser")
        if self._refused:
            raise SignInCancelledError("refused on the sign-in page")
        return self._code

    def _take(self, request: http.server.BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(request.path).query)
        ours = secrets.compare_digest(query.get("state", [""])[0].encode(), self._state.encode())
        body = (self._text if ours else "?").encode()
        request.send_response(200 if ours else 400)
        request.send_header("Content-Type", "text/plain; charset=utf-8")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        if ours and not self._arrived.is_set():
            self._code, self._refused = query.get("code", [""])[0], "code" not in query
            self._arrived.set()
