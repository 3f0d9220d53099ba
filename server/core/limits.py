"""How much one address may ask: a token bucket each; and bodies of bounded size, plain or gzip."""

import threading
import time
import zlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.core.problems import answer
from sync.protocol.messages import MAX_BODY


class RateLimit:
    """ASGI middleware: ``burst`` requests at once, then ``per_second``; 429 with Retry-After beyond."""

    def __init__(self, app: ASGIApp, per_second: float, burst: int) -> None:
        self._app, self._per_second, self._burst = app, per_second, burst
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = (scope.get("client") or ("", 0))[0]
            strict = scope["path"] == "/oauth/authorize" and scope["method"] == "POST"
            wait = self._take(f"{client}:{strict}", 0.2 if strict else self._per_second, 20 if strict else self._burst)
            if wait:
                headers = {"Retry-After": str(max(1, round(wait)))}
                await answer(429, "too_many", "Too many requests", headers=headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _take(self, name: str, per_second: float, burst: int) -> float:
        now = time.monotonic()
        with self._lock:
            if len(self._buckets) > 50_000:
                self._buckets.clear()
            level, then = self._buckets.get(name, (float(burst), now))
            level = min(float(burst), level + (now - then) * per_second)
            if level < 1:
                self._buckets[name] = (level, now)
                return (1 - level) / per_second
            self._buckets[name] = (level - 1, now)
            return 0.0


class BoundedBody:
    """ASGI middleware: reads gzip request bodies and stops any body beyond the limit, bombs included."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT", "PATCH"):
            await self._app(scope, receive, send)
            return
        body = await self._read(scope, receive)
        if body is None:
            await answer(413, "too_large", "The request is too large or not valid gzip")(scope, receive, send)
            return
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        gzipped = (b"content-encoding", b"gzip") in scope["headers"]
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if gzipped else None
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk = message.get("body", b"")
            try:
                body += inflate.decompress(chunk, self._limit + 1 - len(body)) if inflate else chunk
            except zlib.error:
                return None
            if len(body) > self._limit:
                return None
            if not message.get("more_body"):
                return bytes(body)
