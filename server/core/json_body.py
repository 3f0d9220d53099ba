"""JSON bodies of requests: counted before they are parsed, measured after, and parsed fast.

A large exchange has thousands of entries, so what is harmless is known by counting bytes, and only what is not is looked
at more closely.
"""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.core.problems import ProblemError
from sync.protocol.messages import MAX_SCOPES

MAX_VALUES = 400_000  # values and keys: 2,500 changes of 60 fields each, and room
MAX_DEPTH = 32
MAX_KEYS, MAX_KEYS_BELOW = MAX_SCOPES, 250  # of one object: in the upper two levels, and further down
MAX_ITEMS = 5_000  # of one list
MAX_NUMBER = 10**20
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_MARKS = (b",", b":", b"[", b"{")
_IN_PLACE = 64 * 1024  # bytes: larger bodies are parsed in a thread


def parse(body: bytes) -> Any:
    """The value of a JSON text. Raises ValueError where it is none, ProblemError (422) where it is beyond all measure."""
    if _marks(body) > MAX_VALUES and _marks(_STRING.sub(b"", body)) > MAX_VALUES:
        raise _refused("more values than a request may have")
    value = from_json(body, allow_inf_nan=False)
    _measure(value)
    return value


def _marks(body: bytes) -> int:
    """At least as many as there are keys and values."""
    return sum(body.count(mark) for mark in _MARKS)


def _measure(value: Any) -> None:
    """Raises ProblemError when a value is too deep, too broad, or a number too large."""
    waiting: list[tuple[Any, int]] = [([value], 0)]
    while waiting:
        holder, depth = waiting.pop()
        _check_breadth(holder, depth)
        for item in holder.values() if type(holder) is dict else holder:
            kind = type(item)
            if kind is dict or kind is list:
                if item:
                    waiting.append((item, depth + 1))
            elif (kind is int or kind is float) and not -MAX_NUMBER < item < MAX_NUMBER:
                raise _refused("a number too large")


def _check_breadth(holder: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _refused("values nested too deep")
    if type(holder) is dict:
        if len(holder) > (MAX_KEYS if depth <= 2 else MAX_KEYS_BELOW):
            raise _refused("an object with too many keys")
    elif len(holder) > MAX_ITEMS:
        raise _refused("a list with too many items")


def _refused(what: str) -> ProblemError:
    return ProblemError(422, "invalid", f"The request has {what}")


class _FastRequest(Request):
    async def parse(self) -> None:
        """Parse the body now. Raises ProblemError; what is no JSON is told by ``json``."""
        body = await self.body()
        try:
            self._value = await run_in_threadpool(parse, body) if len(body) > _IN_PLACE else parse(body)
        except ValueError as error:
            self._value = json.JSONDecodeError(str(error), "", 0)

    async def json(self) -> Any:
        """Raises json.JSONDecodeError, as the framework expects."""
        if isinstance(self._value, json.JSONDecodeError):
            raise self._value
        return self._value


class FastJsonRoute(APIRoute):
    """A route whose JSON body is parsed several times faster, within limits; otherwise like any other."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with a request that is parsed as told above."""
        handle = super().get_route_handler()

        async def handle_fast(request: Request) -> Response:
            fast = _FastRequest(request.scope, request.receive)
            await fast.parse()
            return await handle(fast)

        return handle_fast
