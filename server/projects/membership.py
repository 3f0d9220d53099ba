"""Who belongs to a project, and the project's row held still while it is changed."""

from typing import Any

from server.core.database import Database, Member, Project
from server.core.refusals import Refused


def actor(db: Database, project_id: str, account_id: str) -> str | None:
    """The account's role in a project, invited or member; None for everybody else."""
    row = db.one(Member.select().where(Member.project_id == project_id, Member.account_id == account_id))
    return row["role"] if row and row["state"] != "gone" else None


def locked_project(db: Database, project_id: str) -> dict[str, Any]:
    """The project's row, held against other writers until the transaction ends. Raises Refused."""
    query = Project.select().where(Project.id == project_id)
    row = db.one(query if db.is_sqlite else query.for_update())
    if row is None:
        raise Refused("no_such_project")
    return row
