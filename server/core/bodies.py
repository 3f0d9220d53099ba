"""Bodies of requests: read with a limit of bytes, of time, and of memory for all together; plain or gzip."""

import asyncio
import time
import zlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.core.limits import Limits
from server.core.problems import ProblemError, answer_problem

PIECE = 256 * 1024  # bytes unpacked before others get their turn
FREE = 64 * 1024  # a body up to this size never waits for memory
_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_CLOSE = {"Connection": "close"}


class BodyMemory:
    """The bytes that all bodies of a process may have in memory together. For one event loop."""

    def __init__(self, most: int) -> None:
        self._most, self.taken = most, 0

    def take(self, count: int) -> None:
        """Raises ProblemError (503) when there is no room."""
        if self.taken + count > self._most:
            raise ProblemError(503, "busy", "Too much is being sent just now", {"Retry-After": "5", **_CLOSE})
        self.taken += count

    def give_back(self, count: int) -> None:
        """The bytes are not kept any more."""
        self.taken -= count


class BoundedBody:
    """ASGI middleware: hands a request on when its whole body is here, and within all limits.

    ``scope[signed_in]`` must tell who asks, or be missing: then only a small body is read.
    """

    def __init__(self, app: ASGIApp, limits: Limits, signed_in: str) -> None:
        self._app, self._limits, self._signed_in = app, limits, signed_in
        self.memory = BodyMemory(limits.body_memory)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, or answer 408, 413, 415 or 503; then hand the request on."""
        if scope["type"] != "http" or scope["method"] not in _METHODS:
            await self._app(scope, receive, send)
            return
        limit = self._limits.body if scope.get(self._signed_in) else self._limits.small_body
        body = _Body(limit, self._limits, self.memory)
        try:
            await body.read(scope, receive)
            await self._app(scope, _replay(body, receive), send)
        except ProblemError as error:
            await answer_problem(error)(scope, receive, send)
        except _GoneError:
            pass  # nobody is there to be answered
        finally:
            body.release()


class _GoneError(Exception):
    pass


class _Body:
    def __init__(self, limit: int, limits: Limits, memory: BodyMemory) -> None:
        self._limit, self._limits, self._memory = limit, limits, memory
        self._bytes, self._taken, self._arrived, self._began = bytearray(), 0, 0, time.monotonic()

    async def read(self, scope: Scope, receive: Receive) -> None:
        """Raises ProblemError, or _GoneError when the client went away."""
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced[:20]) > self._limit:
            raise _too_large()
        unpack = _unpacker(headers.get(b"content-encoding", b"").strip().lower())
        more = True
        while more:
            message = await self._next(receive)
            await self._add(message.get("body", b""), unpack)
            more = message.get("more_body", False)
        if unpack and not (unpack.eof and not unpack.unused_data):
            raise ProblemError(400, "invalid", "The body is not whole gzip")

    def hand_over(self) -> bytes:
        """The body, once; the application keeps it from now on."""
        body, self._bytes = bytes(self._bytes), bytearray()
        return body

    def release(self) -> None:
        """The request is done: its memory is free again."""
        self._memory.give_back(self._taken)
        self._bytes, self._taken = bytearray(), 0

    async def _next(self, receive: Receive) -> Message:
        try:
            message = await asyncio.wait_for(receive(), self._limits.silence)
        except TimeoutError:
            raise _too_slow() from None
        if message["type"] == "http.disconnect":
            raise _GoneError
        self._arrived += len(message.get("body", b""))
        seconds = time.monotonic() - self._began - max(30.0, self._limits.silence)
        if message.get("more_body") and seconds > 0 and self._arrived < seconds * self._limits.slowest:
            raise _too_slow()
        return message

    async def _add(self, chunk: bytes, unpack: "zlib._Decompress | None") -> None:
        if unpack is None:
            self._keep(chunk)
            return
        while chunk and not unpack.eof:
            try:
                piece = unpack.decompress(chunk, PIECE)
            except zlib.error:
                raise ProblemError(400, "invalid", "The body is not gzip") from None
            self._keep(piece)
            chunk = unpack.unconsumed_tail
            if chunk:
                await asyncio.sleep(0)

    def _keep(self, piece: bytes) -> None:
        size = len(self._bytes) + len(piece)
        if size > self._limit:
            raise _too_large()
        if size > FREE and size > self._taken:
            self._memory.take(size - self._taken)
            self._taken = size
        self._bytes += piece


def _replay(body: _Body, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body.hand_over(), "more_body": False}

    return replay


def _unpacker(encoding: bytes) -> "zlib._Decompress | None":
    if encoding in (b"", b"identity"):
        return None
    if encoding != b"gzip":
        raise ProblemError(415, "invalid", "Only gzip is understood as Content-Encoding", _CLOSE)
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def _too_large() -> ProblemError:
    return ProblemError(413, "too_large", "The request is too large", _CLOSE)


def _too_slow() -> ProblemError:
    return ProblemError(408, "too_slow", "The request did not arrive in time", _CLOSE)
