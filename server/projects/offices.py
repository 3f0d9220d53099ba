"""What national offices decide about projects."""

import json
from typing import Any

from app.rules import projects as rules
from server.core.database import Database, Project
from server.core.documents import fields_of
from server.core.door import locked_project
from server.core.refusals import Refused
from server.projects import members


def decide(db: Database, country: str, project_id: str, action: str, reason: str = "") -> str:
    """A national office approves or returns a project; gives the new state. Raises Refused."""
    project = locked_project(db, project_id)
    countries = members.founder_countries(db, project_id)
    if country not in countries or not rules.may(action, project["state"], rules.OFFICE):
        raise Refused("not_possible_now")
    approvals = sorted({*json.loads(project["approvals"]), country}) if action == "approve" else []
    state = rules.after(action, project["state"], all_offices_approved=set(approvals) >= countries)
    values = {"state": state, "approvals": json.dumps(approvals), "reason": reason}
    db.run(Project.update(**values).where(Project.id == project_id))
    members.announce(db, project_id)
    return state


def waiting_for(db: Database, country: str | None = None) -> list[dict[str, Any]]:
    """The projects that wait for a national office, with the offices still missing."""
    waiting = []
    for row in db.all(Project.select().where(Project.state == rules.PENDING_OFFICES)):
        missing = sorted(members.founder_countries(db, row["id"]) - set(json.loads(row["approvals"])))
        if country is None or country in missing:
            title = fields_of(db, row["id"]).get("title", "")
            waiting.append({"id": row["id"], "title": title, "waits_for": missing})
    return waiting
