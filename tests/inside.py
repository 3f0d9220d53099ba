"""The tests' one door to what stands behind a workspace; the program itself has none."""

from app.opened import Opened
from app.workspace import Workspace


def inside(workspace: Workspace) -> Opened:
    """The store, directory, connection, API client and sync service of a workspace."""
    return workspace._opened
