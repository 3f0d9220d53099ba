"""The platform's API over HTTP: every answer checked, every failure named."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

from sync import answers
from sync.address import path_on
from sync.answers import Answer, plain_json
from sync.errors import (
    BadAnswerError,
    BusyError,
    CaptivePortalError,
    OfflineError,
    RefusedError,
    SyncError,
    WrongAccountError,
)
from sync.protocol.messages import ExchangeAnswer, SignedPackList
from sync.question import Question
from sync.signing import SignedTransport, parsed

__all__ = ["Answer", "ApiClient", "FileVersion"]

COMPRESS_ABOVE = 1_000
HEALTH_SECONDS = 8  # a person looks on
MAX_FILE = 10**12  # bytes; no platform's file is larger
_UPLOAD = re.compile(r"/v1/uploads/[0-9A-Za-z_.-]{1,160}", re.ASCII)
_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]{1,200}"', re.ASCII)
_TUS = {"Tus-Resumable": "1.0.0"}


class FileVersion:
    """Which version of a file is here, by its strong ETag, and whether the server has another one by now."""

    def __init__(self, tag: str = "") -> None:
        self.tag, self.changed = tag, False

    def is_another(self, tag: str | None, *, resumed: bool) -> bool:
        """Note the tag of an answer. Raises BadAnswerError for a part of another version than was asked for."""
        now = tag if tag and _STRONG_TAG.fullmatch(tag) else ""
        differs = bool(self.tag) and now != self.tag
        if differs and resumed and now:
            raise BadAnswerError("a part of another version of the file")
        self.changed = differs and not resumed
        self.tag = now or (self.tag if resumed else "")
        return self.changed


class ApiClient(SignedTransport):
    """Calls of the platform, for any thread. Each raises SyncError."""

    _only_post = False  # whether this network was seen to let GET and POST through alone
    _cut_methods = 0  # how often in a row another method was cut off where POST went through

    def health(self) -> None:
        """Raises SyncError unless a platform of ours answers."""
        answer = plain_json(self.read(self.send("GET", "v1/health", wait=HEALTH_SECONDS)).body)
        if not isinstance(answer, dict) or answer.get("platform") != "twindesk":
            raise BadAnswerError("another kind of server")

    def exchange(self, request: Question) -> ExchangeAnswer:
        """Changes up, news down. Safe to repeat: the server applies each change once."""
        body = request.as_json()
        headers = {"Content-Type": "application/json"}
        if len(body) > COMPRESS_ABOVE:
            body, headers["Content-Encoding"] = gzip.compress(body, 3, mtime=0), "gzip"
        answer = parsed(ExchangeAnswer, self.ask("POST", "v1/exchange", body, headers))
        whose = getattr(answer, "account", "")
        if whose and self._whose and whose != self._whose:
            raise WrongAccountError("the answer is meant for another account")
        return answer

    def packs(self) -> SignedPackList:
        """The directory's signed list."""
        return parsed(SignedPackList, self.ask("GET", "v1/directory"))

    def vocabularies(self) -> dict[str, Any]:
        """The platform's lists, as yet unchecked but for their size, depth and numbers."""
        lists = plain_json(self.ask("GET", "v1/vocabularies").body)
        if not isinstance(lists, dict):
            raise BadAnswerError("vocabularies are not an object")
        return lists

    def create_upload(self, key: str, size: int, metadata: str) -> str:
        """Begin a tus upload; the same key finds the same upload. Returns its address."""
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata, "Idempotency-Key": key}
        location = self.ask("POST", "v1/uploads", b"", headers | _TUS).headers.get("Location", "")
        location = path_on(self.base_url, location)
        if not _UPLOAD.fullmatch(location):
            raise BadAnswerError("an upload without an address of this server")
        return location

    def upload_offset(self, url: str) -> int:
        """How many bytes of an upload the platform has."""
        return _offset(self._of_tus("HEAD", url), 0, MAX_FILE)

    def upload_part(self, url: str, offset: int, data: bytes) -> int:
        """Send ``data`` at ``offset``; returns how many bytes the platform has now."""
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return _offset(self._of_tus("PATCH", url, data, headers), offset, offset + len(data))

    def end_upload(self, url: str) -> None:
        """Let the platform forget an upload."""
        self._of_tus("DELETE", url)

    def _of_tus(self, method: str, url: str, data: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """A request of tus; by POST where the network lets no other method through, and from then on."""
        headers = (headers or {}) | _TUS
        by_post = headers | {"X-HTTP-Method-Override": method}
        if self._only_post:
            return self.ask("POST", url, data, by_post)
        try:
            answer = self.ask(method, url, data or None, headers)
        except SyncError as error:
            if not _may_be_the_network(error):
                raise
            answer = self._once_more(url, data, by_post, error)
        else:
            self._cut_methods = 0
        return answer

    def _once_more(self, url: str, data: bytes, headers: dict[str, str], blocked: SyncError) -> Answer:
        """The request by POST. Where that comes to nothing too, what was said to the first one counts."""
        was_refused = isinstance(blocked, RefusedError)
        try:
            answer = self.ask("POST", url, data, headers)
        except RefusedError:
            if was_refused:
                raise  # the platform's own answer
            raise blocked from None  # the line was bad; the next attempt asks in peace
        except SyncError:
            raise blocked from None
        self._cut_methods += 1
        is_a_rule = not isinstance(blocked, OfflineError | BusyError)  # a line may break once by chance
        self._only_post = is_a_rule or self._cut_methods > 1
        return answer

    def download(self, path: str, start: int = 0, version: FileVersion | None = None) -> Iterator[bytes]:
        """A file's bytes from ``start`` (HTTP Range). Raises OfflineError where it is cut.

        A server or proxy that does not resume sends the file anew: what is here already is passed over. With the
        ``version`` of what is here (If-Range), a file that is another one by now comes from its start, and says so.
        """
        headers = {"Range": f"bytes={start}-"} if start else {}
        if start and version and version.tag:
            headers["If-Range"] = version.tag
        response = self.open("GET", path, None, headers | {"Accept-Encoding": "identity"})
        with response:
            if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
                raise BadAnswerError("a packed file was not asked for")
            resumed = start > 0 and response.status_code == 206
            if response.status_code == 206 and answers.range_start(response.headers.get("Content-Range")) != start:
                raise BadAnswerError("another part of the file than was asked for")
            anew = version is not None and version.is_another(response.headers.get("ETag"), resumed=resumed)
            yield from _after(self.stream(response), 0 if resumed or anew else start)


def _after(pieces: Iterator[bytes], skip: int) -> Iterator[bytes]:
    for piece in pieces:
        if skip < len(piece):
            yield piece[skip:]
        skip = max(0, skip - len(piece))


def _offset(answer: Answer, low: int, high: int) -> int:
    return answers.whole_number(answer.headers.get("Upload-Offset"), low, high)


def _may_be_the_network(error: SyncError) -> bool:
    """Whether something on the way may have refused a method it does not know, rather than the platform the request."""
    if isinstance(error, RefusedError):
        return error.problem == "refused" or error.status in (405, 501)
    if isinstance(error, BusyError):
        return not error.asked
    return isinstance(error, BadAnswerError | CaptivePortalError | OfflineError)
