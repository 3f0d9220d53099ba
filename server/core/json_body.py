"""JSON bodies of requests read by pydantic's parser: a large exchange has thousands of entries."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response


class _FastRequest(Request):
    async def json(self) -> Any:
        """Raises json.JSONDecodeError, as the framework expects."""
        body = await self.body()
        try:
            return from_json(body)
        except ValueError as error:
            raise json.JSONDecodeError(str(error), "", 0) from None


class FastJsonRoute(APIRoute):
    """A route whose body is parsed several times faster; otherwise like any other."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_fast(request: Request) -> Response:
            return await handle(_FastRequest(request.scope, request.receive))

        return handle_fast
