"""A bare FastAPI that sends each body through PostgreSQL and back, to measure the platform against."""

import json
import queue
import sys
from typing import Any

import psycopg
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from server.core.connections import POOL

WORKERS = 2


class Echo:
    """What the echo needs: its database. Makes the application in the process that calls it."""

    def __init__(self, database: str) -> None:
        self.database = database

    def __call__(self) -> FastAPI:
        """The application, with as many connections as the platform has in a process."""
        app, idle = FastAPI(), queue.LifoQueue[psycopg.Connection[Any]]()
        for _ in range(POOL):
            idle.put(psycopg.connect(self.database, autocommit=True))

        @app.post("/v1/exchange")
        def echo(body: dict[str, Any]) -> Any:
            connection = idle.get()
            try:
                row = connection.execute("select %s::text", (json.dumps(body),)).fetchone()
            finally:
                idle.put(connection)
            return json.loads(row[0] if row else "null")

        @app.get("/v1/health")
        def health() -> bool:
            return True

        return app


def serve(database: str, port: str) -> None:
    """Answer until ended."""
    config = uvicorn.Config(
        Echo(database), factory=True, port=int(port), workers=WORKERS, log_level="warning", access_log=False
    )
    Multiprocess(config, sockets=[config.bind_socket()]).run()


if __name__ == "__main__":
    serve(*sys.argv[1:])
