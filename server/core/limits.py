"""How much may be asked of the platform: by one address, by one account, and at once."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from server.core.addresses import Network, client_address
from server.core.problems import ProblemError, answer_problem
from sync.protocol.messages import MAX_BODY


@dataclass(frozen=True)
class Limits:
    """What one process of the platform bears. Seconds and bytes."""

    per_second: float = 50  # requests of one address
    burst: int = 400
    account_per_second: float = 20  # requests of one account
    account_burst: int = 300
    running: int = 8  # requests of one account at once
    exchanges: int = 2  # of them, exchanges
    patience: float = 15  # seconds that a request waits for its turn
    small_body: int = 16 * 1024  # of somebody who is not signed in
    body: int = MAX_BODY
    body_memory: int = 256 * 1024 * 1024  # of all bodies being read or worked on
    silence: float = 20  # seconds between two pieces of a request
    slowest: float = 4_096  # bytes a second, on average after the first half minute
    trusted_proxies: tuple[Network, ...] = ()


class Buckets:
    """Token buckets by name. Of too many, those that were not used for longest go, one by one."""

    def __init__(self, per_second: float, burst: float, most: int = 50_000) -> None:
        self._per_second, self._burst, self._most = per_second, float(burst), most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> float:
        """Take one token; the seconds to wait when there is none, else 0."""
        now = time.monotonic()
        with self._lock:
            level, then = self._levels.pop(name, (self._burst, now))
            level = min(self._burst, level + (now - then) * self._per_second)
            enough = level >= 1
            self._levels[name] = (level - 1 if enough else level, now)
            while len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return 0.0 if enough else (1 - level) / self._per_second


class RateLimit:
    """ASGI middleware: a bucket for each address; 429 with Retry-After beyond."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._buckets = Buckets(limits.per_second, limits.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 429."""
        if scope["type"] == "http":
            wait = self._buckets.take(client_address(scope, self._limits.trusted_proxies))
            if wait:
                await answer_problem(too_many(wait))(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Turns:
    """So many at once for each name; others wait a while for their turn. For one event loop."""

    def __init__(self, most: int, patience: float) -> None:
        self._most, self._patience = most, patience
        self._queues: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises ProblemError (429) when it does not come."""
        queue, users = self._queues.get(name, (asyncio.Semaphore(self._most), 0))
        if users >= 5 * self._most:
            raise too_many(2)
        self._queues[name] = (queue, users + 1)
        try:
            try:
                await asyncio.wait_for(queue.acquire(), self._patience)
            except TimeoutError:
                raise too_many(5) from None
            try:
                yield
            finally:
                queue.release()
        finally:
            users = self._queues[name][1] - 1
            if users:
                self._queues[name] = (queue, users)
            else:
                del self._queues[name]


def too_many(wait: float) -> ProblemError:
    """What is told to whoever asks too much; ``wait`` in seconds."""
    return ProblemError(429, "too_many", "Too many requests", {"Retry-After": str(max(1, round(wait)))})
