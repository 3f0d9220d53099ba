"""Reading what a platform answers without believing it: bounded in bytes, time, depth and numbers."""

import email.utils
import json
import math
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

import requests
import urllib3.exceptions as pool

from sync.errors import (
    BadAnswerError,
    BusyError,
    CaptivePortalError,
    MovedError,
    NetworkSignInError,
    OfflineError,
    ProxySignInError,
    RefusedError,
    SignInNeededError,
    SlowLineError,
    TooLargeError,
)
from sync.protocol.messages import MAX_BODY
from sync.translate import network_error

MAX_ANSWER = 2 * MAX_BODY  # bytes, unpacked
MAX_PROBLEM = 64 * 1024  # bytes of an answer that only says no
LONGEST_WAIT, USUAL_WAIT = 3600.0, 60.0  # seconds a platform may ask for; what counts when it does not say
STALL_SECONDS, STALL_BYTES = 60.0, 1_000  # slower than this is no answer but a drip
MAX_DEPTH, MAX_NUMBER = 40, 2**63 - 1
PIECE = 256 * 1024
_CODE = re.compile(r"[a-z0-9_.-]{1,64}", re.ASCII)
_WAIT = {408, 425, 429}


@dataclass(frozen=True)
class Answer:
    """A whole answer: HTTP status, headers and unpacked body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Pace:
    """Tells a slow line from a stall. Only the time spent waiting for bytes counts, not what is done with them."""

    def __init__(self) -> None:
        self._waited, self._came = 0.0, 0

    def took(self, seconds: float, size: int) -> None:
        """Count a piece of ``size`` bytes. Raises SlowLineError for a drip."""
        self._waited += seconds
        self._came += size
        if self._waited > STALL_SECONDS:
            if self._came < STALL_BYTES:
                raise SlowLineError(f"{self._came} bytes in {self._waited:.0f} s")
            self._waited, self._came = 0.0, 0


def pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes, still packed. Raises OfflineError or SlowLineError where it is cut or dries up."""
    if not _has_an_end(response):
        raise OfflineError("the answer was cut within its headers")
    pace = Pace()
    while True:
        before = time.monotonic()
        try:
            piece = response.raw.read1(PIECE, decode_content=False)
        except (pool.HTTPError, OSError, ValueError) as error:
            raise network_error(error) from error
        if not piece:
            return
        pace.took(time.monotonic() - before, len(piece))
        yield piece


def _has_an_end(response: requests.Response) -> bool:
    """Whether the headers say where the body ends. http.client takes headers that were cut for whole ones, and a file
    of unknown length that was cut looks like a shorter file."""
    status, headers = response.status_code, response.headers
    bodiless = response.request.method == "HEAD" or status == 204
    return bodiless or "Content-Length" in headers or "chunked" in headers.get("Transfer-Encoding", "").lower()


def body(response: requests.Response, limit: int | None = None) -> bytes:
    """The whole unpacked body, at most ``limit`` bytes. Raises BadAnswerError beyond, before it is unpacked."""
    most = MAX_ANSWER if limit is None else limit
    unpack, whole = _Unpacker(response.headers.get("Content-Encoding", "")), bytearray()
    for piece in pieces(response):
        whole += unpack(piece, most + 1 - len(whole))
        if len(whole) > most:
            raise BadAnswerError("the answer is too large")
    if not unpack.whole:
        raise BadAnswerError("the packed answer has no end")
    return bytes(whole)


class _Unpacker:
    """Inflates gzip within a limit; anything else than gzip or plain is none of the protocol."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise BadAnswerError("packed in a way nobody asked for")
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in name else None
        self._used = False

    def __call__(self, piece: bytes, most: int) -> bytes:
        if self._gzip is None:
            return piece
        self._used = True
        try:
            return self._gzip.decompress(piece, max(1, most))
        except zlib.error:
            raise BadAnswerError("the answer is not gzip") from None

    @property
    def whole(self) -> bool:
        return self._gzip is None or not self._used or self._gzip.eof


def is_page(response: requests.Response) -> bool:
    """Whether a web page came where data was asked for."""
    kind = response.headers.get("Content-Type", "").lower()
    return kind.startswith(("text/html", "application/xhtml+xml"))


def fail(response: requests.Response) -> NoReturn:
    """Raise what an answer other than 2xx, or a web page, means."""
    status = response.status_code
    _fail_on_the_way(response, status)
    if status in _WAIT or status >= 500:
        asked = response.headers.get("Retry-After")
        raise BusyError(retry_after(asked, response.headers.get("Date")), f"HTTP {status}", asked=bool(asked))
    if status == 413:
        raise TooLargeError(f"HTTP {status}")
    if is_page(response) or 300 <= status < 400:
        raise CaptivePortalError(f"HTTP {status} with a web page")
    if status == 401:
        raise SignInNeededError("the server does not accept the token")
    if response.request.method == "HEAD":  # an answer to HEAD has no body to tell more
        raise RefusedError(status, "gone" if status in (404, 410) else "refused")
    raise _refusal(status, body(response, MAX_PROBLEM))


def _fail_on_the_way(response: requests.Response, status: int) -> None:
    """What something between here and the platform says."""
    if status == 407:
        raise ProxySignInError(f"HTTP {status}")
    if status == 511:
        raise NetworkSignInError(f"HTTP {status}")
    if status in (301, 308):
        raise MovedError(f"HTTP {status} to {response.headers.get('Location', '')[:200]}")


def _refusal(status: int, text: bytes) -> RefusedError | BadAnswerError:
    try:
        problem = plain_json(text)
    except BadAnswerError:
        problem = None
    code = (problem.get("code") or problem.get("error")) if isinstance(problem, dict) else None
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return BadAnswerError(f"HTTP {status} without problem details")
    return RefusedError(status, code, str(problem.get("detail") or "")[:500])


def retry_after(value: str | None, now: str | None = None) -> float:
    """Seconds to wait, between 1 and 3,600; rubbish counts as a minute.

    A date counts from the answer's own ``now`` (its Date header) where there is one: clocks here may be years off.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return _bounded(float(text[:9]))
    until = _date(text)
    return USUAL_WAIT if until is None else _bounded((until - (_date(now) or datetime.now(UTC))).total_seconds())


def _bounded(seconds: float) -> float:
    return min(max(seconds, 1.0), LONGEST_WAIT)


def _date(value: str | None) -> datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(value or "")
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def whole_number(value: str | None, low: int, high: int) -> int:
    """A header's number. Raises BadAnswerError unless it is one within ``low`` and ``high``."""
    text = value or ""
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and low <= int(text) <= high):
        raise BadAnswerError("a header has no possible number")
    return int(text)


def range_start(value: str | None) -> int:
    """Where the bytes of a 206 begin. Raises BadAnswerError for a Content-Range that is none."""
    match = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", value or "", re.ASCII)
    if not match or int(match[2]) < int(match[1]) or (match[3] != "*" and int(match[3]) <= int(match[2])):
        raise BadAnswerError("a part of a file without its place")
    return int(match[1])


def plain_json(text: bytes) -> Any:
    """JSON that can be kept: bounded in depth, numbers finite and of 64 bits, texts without half characters.

    Raises BadAnswerError.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadAnswerError("not JSON") from None
    _check(value)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: Any) -> None:
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise BadAnswerError("nested too deep")
        if isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]
        elif isinstance(one, str):
            _check_text(one)
        elif isinstance(one, int | float) and not (math.isfinite(one) and abs(one) <= MAX_NUMBER):
            raise BadAnswerError("a number beyond all bounds")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadAnswerError("half a character") from None
