"""The platform in one process, or in several on PostgreSQL that share a socket."""

import gc
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from server.core.database import Database
from server.core.limits import Limits
from server.core.serving import configured
from server.web import create_app


@dataclass(frozen=True)
class Application:
    """Makes the application anew in the process that calls it. Can be pickled."""

    database: str
    data: Path
    limits: Limits

    def __call__(self) -> FastAPI:
        """The application on a database of this process's own."""
        app = create_app(Database(self.database), self.data, self.limits)
        _settle()
        return app


def run_one(app: FastAPI, host: str, port: int) -> None:
    """Answer in this process until stopped."""
    _settle()
    uvicorn.Server(configured(app, host=host, port=port)).run()


def run_several(make_app: Application, host: str, port: int, workers: int) -> None:
    """Answer in several processes until stopped; one that dies is started again."""
    config = configured(make_app, factory=True, host=host, port=port, workers=workers)
    Multiprocess(config, sockets=[config.bind_socket()]).run()


def _settle() -> None:
    """A large exchange makes many short-lived objects; looking through all others each time is in vain."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
