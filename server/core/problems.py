"""Errors as RFC 9457 problem details, so that a client can act and a person can read."""

import logging
from collections.abc import Mapping

import peewee
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from playhouse.pool import MaxConnectionsExceeded
from starlette.exceptions import HTTPException

from server.core.connections import trouble

PLACES = 5  # of a request that are told to be wrong
_log = logging.getLogger(__name__)


class ProblemError(Exception):
    """Stops a request with a status, a code for programs and a sentence for people."""

    def __init__(self, status: int, code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail or code)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


def answer(
    status: int, code: str, title: str, detail: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A response with problem details."""
    body = {"type": f"urn:twindesk:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def answer_problem(error: ProblemError) -> JSONResponse:
    """The response for a problem that was raised."""
    return answer(error.status, error.code, error.code.replace("_", " "), error.detail, error.headers)


def answer_trouble(error: Exception) -> JSONResponse:
    """The response for a database that cannot just now: 503, so that the client comes again."""
    kind = trouble(error)
    if not kind:
        raise error
    _log.warning("the database is in trouble (%s): %s", kind, error)
    wait = {"Retry-After": "60" if kind == "full" else "5"}
    return answer(
        503, "platform_full" if kind == "full" else "busy", "The platform cannot do it just now", headers=wait
    )


def install(app: FastAPI) -> None:
    """Let an application answer its errors as problem details."""

    @app.exception_handler(ProblemError)
    def _problem(_: Request, error: ProblemError) -> JSONResponse:
        return answer_problem(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        places = "; ".join(f"{_place(e['loc'])}: {e['msg'][:200]}" for e in error.errors()[:PLACES])
        return answer(422, "invalid", "The request is not of the expected form", places)

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, f"http_{error.status_code}", str(error.detail), headers=error.headers)

    for kind in (peewee.OperationalError, peewee.InterfaceError, MaxConnectionsExceeded):
        app.exception_handler(kind)(_database)


def _database(_: Request, error: Exception) -> JSONResponse:
    return answer_trouble(error)


def _place(location: tuple[object, ...]) -> str:
    return "/".join(str(part)[:80] for part in location[:10])
