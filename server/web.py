"""The reference platform as a web application."""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse

from server import capabilities
from server.accounts import sign_in as accounts
from server.core import exchange, limits, problems
from server.core.database import Database
from server.directory import routes as directory
from server.pupil_work import files
from sync.protocol.messages import PROTOCOL


def create_app(database: Database, data: Path, *, per_second: float = 50, burst: int = 400) -> FastAPI:
    """The application on a database and a data folder; ``per_second`` and ``burst`` limit each address."""
    app = FastAPI(
        title="TwinDesk reference platform",
        version=str(PROTOCOL),
        description="What a TwinDesk client needs of a platform. Errors are RFC 9457 problem details.",
        redoc_url=None,
        docs_url=None,
    )
    app.state.database, app.state.data, app.state.capabilities = database, data, capabilities.ALL
    files.go_on(database, data)  # with what an earlier life was stopped in the middle of
    problems.install(app)
    for part in (accounts, exchange, directory, files):
        app.include_router(part.router)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=3)
    app.add_middleware(limits.BoundedBody)
    app.add_middleware(limits.RateLimit, per_second=per_second, burst=burst)

    @app.get("/v1/health")
    def health() -> JSONResponse:
        """Whether the platform is up, and the protocol it speaks."""
        return JSONResponse({"platform": "twindesk", "protocol": PROTOCOL})

    return app
