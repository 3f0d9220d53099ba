"""The platform's API over HTTP: every answer checked, every failure named."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin

import requests
from pydantic import BaseModel, ValidationError

from sync.errors import (
    BadAnswerError,
    BusyError,
    CaptivePortalError,
    OfflineError,
    RefusedError,
    SignInNeededError,
)
from sync.line import Line
from sync.protocol.messages import MAX_BODY, Account, ExchangeAnswer, ExchangeRequest, SignedPackList, Tokens

TIMEOUT = (6, 45)  # seconds to connect, and between bytes
COMPRESS_ABOVE = 1_000
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class ApiClient:
    """Calls of the platform. ``refresh_token`` gives the kept token, ``keep_token`` stores a new one."""

    def __init__(
        self,
        base_url: str,
        refresh_token: Callable[[], str | None],
        keep_token: Callable[[str | None], None],
        line: Line | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self.line = line or Line()
        self.bytes_sent = self.bytes_received = self.round_trips = 0
        self._refresh_token, self._keep_token = refresh_token, keep_token
        self._access: str | None = None
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "TwinDesk"

    def close(self) -> None:
        self._session.close()

    def use_tokens(self, tokens: Tokens) -> None:
        self._access = tokens.access_token
        self._keep_token(tokens.refresh_token)

    def health(self) -> None:
        """Raises SyncError unless a platform of ours answers."""
        found = _json(self._ask("GET", "v1/health", signed=False).body)
        if not isinstance(found, dict) or found.get("platform") != "twindesk":
            raise BadAnswerError("another kind of server")

    def me(self) -> Account:
        return self._parse(Account, self._ask("GET", "v1/me"))

    def exchange(self, request: ExchangeRequest) -> ExchangeAnswer:
        """Changes up, news down. Safe to repeat: the server applies each change once."""
        body = request.model_dump_json().encode()
        headers = {"Content-Type": "application/json"}
        if len(body) > COMPRESS_ABOVE:
            body, headers["Content-Encoding"] = gzip.compress(body, 3), "gzip"
        return self._parse(ExchangeAnswer, self._ask("POST", "v1/exchange", body, headers))

    def packs(self) -> SignedPackList:
        return self._parse(SignedPackList, self._ask("GET", "v1/directory"))

    def vocabularies(self) -> dict[str, Any]:
        found = _json(self._ask("GET", "v1/vocabularies").body)
        if not isinstance(found, dict):
            raise BadAnswerError("vocabularies are not an object")
        return found

    def create_upload(self, key: str, size: int, metadata: str) -> str:
        """Begin a tus upload; the same key finds the same upload. Returns its address."""
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata, "Idempotency-Key": key}
        answer = self._ask("POST", "v1/uploads", b"", headers | _TUS)
        location = answer.headers.get("Location", "")
        if not location.startswith("/v1/uploads/"):
            raise BadAnswerError("an upload without an address of this server")
        return location

    def upload_offset(self, url: str) -> int:
        return _offset(self._ask("HEAD", url, headers=_TUS))

    def upload_part(self, url: str, offset: int, data: bytes) -> int:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return _offset(self._ask("PATCH", url, data, headers | _TUS))

    def download(self, path: str, start: int = 0) -> Iterator[bytes]:
        """A file's bytes from ``start`` (HTTP Range). Raises OfflineError where it is cut."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        response = self._open("GET", path, None, headers | {"Accept-Encoding": "identity"})
        with response:
            if start and response.status_code != 206:
                raise BadAnswerError("the server does not resume downloads")
            try:
                for chunk in response.iter_content(64 * 1024):
                    self.bytes_received += len(chunk)
                    yield chunk
                    self._check_line()
            except requests.RequestException as error:
                raise OfflineError(str(error)) from error

    def refresh(self) -> None:
        """Get a new access token. Raises SignInNeededError when the kept token is no longer good."""
        kept = self._refresh_token()
        if not kept:
            raise SignInNeededError("nobody is signed in")
        form = {"grant_type": "refresh_token", "refresh_token": kept, "client_id": "twindesk"}
        try:
            self.use_tokens(self._parse(Tokens, self._ask("POST", "oauth/token", data=form, signed=False)))
        except RefusedError as refused:
            if refused.status == 400:
                self._keep_token(None)
                raise SignInNeededError(refused.problem) from refused
            raise

    def sign_out(self) -> None:
        """End the tokens on the server, then forget them here."""
        kept = self._refresh_token()
        if kept:
            self._ask("POST", "oauth/revoke", data={"token": kept}, signed=False)
        self._access = None
        self._keep_token(None)

    def _ask(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None, signed: bool = True
    ) -> Answer:
        with self._open(method, path, data, headers or {}, signed) as response:
            return Answer(response.status_code, response.headers, self._read(response))

    def _open(
        self, method: str, path: str, data: Any, headers: Mapping[str, str], signed: bool = True, retry: bool = True
    ) -> requests.Response:
        if signed and self._access is None:
            self.refresh()
        own = {"Authorization": f"Bearer {self._access}"} if signed else {}
        self._check_line()
        self.round_trips += 1
        self.bytes_sent += len(data) if isinstance(data, bytes) else 0
        try:
            response = self._session.request(
                method,
                urljoin(self.base_url, path.lstrip("/")),
                data=data,
                headers={**headers, **own},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, OSError) as error:
            raise OfflineError(str(error)) from error
        if response.status_code == 401 and signed and retry:
            response.close()
            self._access = None
            return self._open(method, path, data, headers, signed, retry=False)
        if not 200 <= response.status_code < 300 or _is_page(response):
            with response:
                self._fail(response)
        return response

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        try:
            for chunk in response.iter_content(256 * 1024):
                body += chunk
                if len(body) > 2 * MAX_BODY:
                    raise BadAnswerError("the answer is too large")
        except requests.RequestException as error:
            raise OfflineError(f"the answer was cut: {error}") from error
        self._check_line()
        self.bytes_received += len(body)
        return bytes(body)

    def _fail(self, response: requests.Response) -> None:
        status = response.status_code
        if _is_page(response) or 300 <= status < 400:
            raise CaptivePortalError(f"HTTP {status} with a web page")
        if status == 401:
            raise SignInNeededError("the server does not accept the token")
        if status in (429, 502, 503, 504):
            raise BusyError(_retry_after(response.headers.get("Retry-After")), f"HTTP {status}")
        if status >= 500:
            raise BusyError(60, f"HTTP {status}")
        if response.request.method == "HEAD":  # an answer to HEAD has no body to tell more
            raise RefusedError(status, "gone" if status in (404, 410) else "refused")
        try:
            problem = json.loads(self._read(response))
            raise RefusedError(status, str(problem.get("code") or problem.get("error")), str(problem.get("detail", "")))
        except (ValueError, AttributeError):
            raise BadAnswerError(f"HTTP {status} without problem details") from None

    def _parse(self, model: type[M], answer: Answer) -> M:
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            places = "; ".join(f"{'/'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()[:3])
            raise BadAnswerError(f"not a {model.__name__}: {places}") from None

    def _check_line(self) -> None:
        if not self.line.connected:
            raise OfflineError("the line is cut")


_TUS = {"Tus-Resumable": "1.0.0"}


def _offset(answer: Answer) -> int:
    value = answer.headers.get("Upload-Offset", "")
    if not value.isdigit():
        raise BadAnswerError("no Upload-Offset")
    return int(value)


def _is_page(response: requests.Response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _retry_after(value: str | None) -> float:
    """Seconds to wait; a date or rubbish counts as a minute, and no server may ask for more than an hour."""
    return float(min(int(value), 3600)) if value and value.isdigit() else 60.0


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise BadAnswerError("not JSON") from None
