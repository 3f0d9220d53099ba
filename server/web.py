"""The reference platform as a web application."""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse

from server import capabilities
from server.accounts import routes as accounts
from server.accounts.gate import Gate
from server.accounts.signed_in import SCOPE_KEY
from server.core import exchange, problems
from server.core.bodies import BoundedBody
from server.core.database import Database
from server.core.limits import Limits, RateLimit
from server.core.private_files import own_folder
from server.directory import routes as directory
from server.pupil_work import files
from sync.protocol.messages import PROTOCOL


def create_app(database: Database, data: Path, limits: Limits | None = None) -> FastAPI:
    """The application on a database and a data folder, within limits."""
    app = FastAPI(
        title="TwinDesk reference platform",
        version=str(PROTOCOL),
        description="What a TwinDesk client needs of a platform. Errors are RFC 9457 problem details.",
        redoc_url=None,
        docs_url=None,
    )
    limits = limits or Limits()
    own_folder(data)
    app.state.database, app.state.data, app.state.limits = database, data, limits
    app.state.capabilities = capabilities.ALL
    files.go_on(database, data)  # with what an earlier life was stopped in the middle of
    problems.install(app)
    for part in (accounts, exchange, directory, files):
        app.include_router(part.router)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=3)
    app.add_middleware(BoundedBody, limits=limits, signed_in=SCOPE_KEY)
    app.add_middleware(Gate, database=database, limits=limits)
    app.add_middleware(RateLimit, limits=limits)

    @app.get("/v1/health")
    def health() -> JSONResponse:
        """Whether the platform is up, and the protocol it speaks."""
        return JSONResponse({"platform": "twindesk", "protocol": PROTOCOL})

    return app
