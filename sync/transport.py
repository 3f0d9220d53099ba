"""One way to one platform over HTTP: requests out, answers in, every failure by our names."""

import io
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase

from sync import answers
from sync.answers import Answer
from sync.errors import BadAddressError, OfflineError
from sync.line import Line
from sync.patience import CONNECT_SECONDS, READ_SECONDS, PatientAdapter
from sync.translate import network_error

STREAM_ABOVE = 16 * 1024  # larger bodies go out in pieces, so that a slow line is not taken for a dead one


class Bearer(AuthBase):
    """Signs with a token, or with nothing: an ``Authorization`` of the person's ~/.netrc never takes its place."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Transport:
    """Talks to the platform at ``base_url`` and counts round trips and bytes of bodies.

    Redirections are never followed, cookies never kept.
    """

    def __init__(self, base_url: str, line: Line | None = None) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self.line = line or Line()
        self.bytes_sent = self.bytes_received = self.round_trips = 0
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": "TwinDesk", "Accept-Encoding": "gzip"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PatientAdapter(self.line))

    def close(self) -> None:
        """Let go of the kept connections."""
        self._session.close()

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        wait: float = READ_SECONDS,
    ) -> requests.Response:
        """The answer with its body still to come. Raises a SyncError of the way; HTTP errors are the caller's."""
        self._check_line()
        self.round_trips += 1
        if isinstance(data, bytes):
            self.bytes_sent += len(data)
            data = io.BytesIO(data) if len(data) > STREAM_ABOVE else data
        try:
            return self._session.request(
                method,
                urljoin(self.base_url, path.lstrip("/")),
                data=data,
                headers=dict(headers or {}),
                auth=Bearer(token),
                timeout=(CONNECT_SECONDS, wait),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, OSError) as error:
            raise network_error(error) from error
        except ValueError as error:  # urllib.parse: half an IPv6 address, for instance
            raise BadAddressError(type(error).__name__) from error

    def read(self, response: requests.Response) -> Answer:
        """The whole answer. Raises what it means when it is not a good one."""
        with response:
            check(response)
            text = answers.body(response)
            self._check_line()
            self.bytes_received += len(text)
            return Answer(response.status_code, response.headers, text)

    def stream(self, response: requests.Response) -> Iterator[bytes]:
        """A file's bytes as they come."""
        for piece in answers.pieces(response):
            self.bytes_received += len(piece)
            yield piece
            self._check_line()

    def _check_line(self) -> None:
        if not self.line.connected:
            raise OfflineError("the line is cut")


def check(response: requests.Response) -> None:
    """Raises what an answer means unless it is a good one."""
    if not 200 <= response.status_code < 300 or answers.is_page(response):
        with response:
            answers.fail(response)
