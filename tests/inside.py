"""The tests' one door to what stands behind a workspace; the program itself has none."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.opened import Opened
from app.workspace import Workspace
from local_db.store import Store


def inside(workspace: Workspace) -> Opened:
    """The store, directory, connection, API client and sync service of a workspace."""
    return workspace._opened


@contextmanager
def asked(store: Store) -> Iterator[list[str]]:
    """The statements that the calling thread's connection is asked meanwhile: what something costs, whatever the clock says."""
    statements: list[str] = []
    connection = store.db.connection()
    connection.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        connection.set_trace_callback(None)
