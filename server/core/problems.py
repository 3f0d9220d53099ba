"""Errors as RFC 9457 problem details, so that a client can act and a person can read."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class ProblemError(Exception):
    """Stops a request with a status, a code for programs and a sentence for people."""

    def __init__(self, status: int, code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail or code)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


def answer(
    status: int, code: str, title: str, detail: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = {"type": f"urn:twindesk:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def install(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    def _problem(_: Request, error: ProblemError) -> JSONResponse:
        return answer(error.status, error.code, error.code.replace("_", " "), error.detail, error.headers)

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        places = "; ".join(f"{'/'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()[:5])
        return answer(422, "invalid", "The request is not of the expected form", places)

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, f"http_{error.status_code}", str(error.detail), headers=error.headers)
