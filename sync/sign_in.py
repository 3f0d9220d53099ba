"""Sign-in through the system's browser: OAuth 2.0 with PKCE and a loopback redirect (RFC 8252)."""

import http.server
import secrets
import socketserver
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from pydantic import ValidationError

from sync.errors import BadAnswerError, OfflineError, SignInCancelledError
from sync.protocol.messages import Tokens

WAIT_SECONDS = 300
OpenBrowser = Callable[[str], object]


def sign_in(base_url: str, open_browser: OpenBrowser, done_text: str, cancelled: threading.Event) -> Tokens:
    """Open the platform's sign-in page and wait for the person.

    ``done_text`` is shown in the browser afterwards. Raises SignInCancelledError,
    OfflineError or BadAnswerError.
    """
    base, verifier, state = base_url.rstrip("/"), secrets.token_urlsafe(64), secrets.token_urlsafe(24)
    with _Loopback(state, done_text) as loopback:
        session = OAuth2Session(
            "twindesk", redirect_uri=loopback.address, code_challenge_method="S256", token_endpoint_auth_method="none"
        )
        url, _ = session.create_authorization_url(f"{base}/oauth/authorize", state=state, code_verifier=verifier)
        open_browser(url)
        code = loopback.wait(cancelled)
        try:
            token = session.fetch_token(f"{base}/oauth/token", code=code, code_verifier=verifier, timeout=30)
            return Tokens.model_validate(dict(token))
        except requests.RequestException as error:
            raise OfflineError(str(error)) from error
        except (AuthlibBaseError, ValidationError, ValueError) as error:
            raise BadAnswerError(str(error)) from error


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
