"""The commands that make projects and move them through their states. The door has let each in already."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from app.rules import projects as rules
from server.contacts.commands import are_contacts
from server.core.capabilities import Handler
from server.core.database import Database, Member, Project
from server.core.documents import fields_of
from server.core.door import locked_project, role_in_project
from server.core.refusals import Refused
from server.projects import members, quotas

Args = dict[str, Any]
KEPT_DAYS = 30  # a deleted project can be brought back


def create(db: Database, account: dict[str, Any], args: Args) -> None:
    """Begin a project; the same once more changes nothing. Raises Refused for somebody else's id, or too many."""
    project_id = args["project_id"]
    if db.one(Project.select(Project.id).where(Project.id == project_id)):
        if _founder_id(db, project_id) != account["id"]:
            raise Refused("exists")
        return
    quotas.check_projects(db, account["id"])
    db.run(Project.insert(id=project_id, state=rules.DRAFT))
    db.run(Member.insert(project_id=project_id, account_id=account["id"], role=rules.FOUNDER, state="member"))
    members.announce(db, project_id)


def invite(db: Database, account: dict[str, Any], args: Args) -> None:
    """Name the co-founder: a contact, who answers. Whoever was invited before and did not answer is let go."""
    project_id, other = args["project_id"], args["account_id"]
    if other == account["id"] or not are_contacts(db, account["id"], other):
        raise Refused("not_a_contact")
    for member in members.of_project(db, project_id):
        if member["role"] != rules.COFOUNDER:
            continue
        if member["state"] == "member":
            raise Refused("has_cofounder")
        if member["account_id"] != other:
            members.leave(db, project_id, member["account_id"])
    quotas.check_invitations(db, account["id"], project_id)
    members.invite(db, project_id, other)
    members.announce(db, project_id)


def accept(db: Database, account: dict[str, Any], args: Args) -> None:
    """The invited person joins."""
    project_id = args["project_id"]
    if role_in_project(db, project_id, account["id"]) != rules.INVITED:
        return  # has joined already
    state = rules.after("accept", locked_project(db, project_id)["state"])
    quotas.check_projects(db, account["id"])
    members.join(db, project_id, account["id"])
    _move(db, project_id, state)


def decline(db: Database, account: dict[str, Any], args: Args) -> None:
    """The invited person does not join; a project that waited for them is a draft again."""
    project_id = args["project_id"]
    if role_in_project(db, project_id, account["id"]) != rules.INVITED:
        return
    state = rules.after("decline", locked_project(db, project_id)["state"])
    members.leave(db, project_id, account["id"])
    _move(db, project_id, state)


def submit(db: Database, account: dict[str, Any], args: Args) -> None:
    """Hand a complete draft with a co-founder to the national offices."""
    project_id = args["project_id"]
    if locked_project(db, project_id)["state"] != rules.DRAFT:
        return  # is submitted already
    if rules.problems(fields_of(db, project_id)):
        raise Refused("incomplete")
    partner = next((m for m in members.of_project(db, project_id) if m["role"] == rules.COFOUNDER), None)
    if partner is None:
        raise Refused("no_cofounder")
    state = rules.after("submit", rules.DRAFT, cofounder_accepted=partner["state"] == "member")
    _move(db, project_id, state, approvals="[]", reason="")


def withdraw(db: Database, account: dict[str, Any], args: Args) -> None:
    """Take a submitted project back into a draft."""
    if locked_project(db, args["project_id"])["state"] == rules.DRAFT:
        return  # is one already
    _move(db, args["project_id"], rules.DRAFT, approvals="[]")


def close(db: Database, account: dict[str, Any], args: Args) -> None:
    """End a project."""
    if locked_project(db, args["project_id"])["state"] != rules.CLOSED:
        _move(db, args["project_id"], rules.CLOSED, approvals="[]")


def delete(db: Database, account: dict[str, Any], args: Args) -> None:
    """Delete a draft. It leaves every computer; its founder can bring it back for 30 days."""
    project_id = args["project_id"]
    if locked_project(db, project_id)["state"] == rules.DELETED:
        return
    until = (datetime.now(UTC).date() + timedelta(days=KEPT_DAYS)).isoformat()
    _move(db, project_id, rules.DELETED, approvals="[]", deleted_at=time.time())
    members.put_aside(db, project_id, until)


def restore(db: Database, account: dict[str, Any], args: Args) -> None:
    """Bring a deleted draft back, for who founded it. A co-founder is invited anew."""
    project_id = args["project_id"]
    if locked_project(db, project_id)["state"] != rules.DELETED:
        return
    if _founder_id(db, project_id) != account["id"]:
        raise Refused("not_yours")
    quotas.check_projects(db, account["id"])
    if not members.bring_back(db, project_id):
        raise Refused("not_possible_now")
    _move(db, project_id, rules.DRAFT, deleted_at=0.0)


def erase_deleted(db: Database, before: float) -> int:
    """Delete for good what was deleted before a moment; returns how many projects."""
    where = (Project.state == rules.DELETED, Project.deleted_at > 0, Project.deleted_at < before)
    rows = db.all(Project.select(Project.id).where(*where))
    for row in rows:
        db.transact(lambda project_id=row["id"]: _erase(db, project_id))  # type: ignore[misc]
    return len(rows)


COMMANDS: dict[str, Handler] = {
    "create_project": create,
    "invite_cofounder": invite,
    "accept_invitation": accept,
    "decline_invitation": decline,
    "submit_project": submit,
    "withdraw_project": withdraw,
    "close_project": close,
    "delete_project": delete,
    "restore_project": restore,
}


def _move(db: Database, project_id: str, state: str, **values: Any) -> None:
    db.run(Project.update(state=state, **values).where(Project.id == project_id))
    members.announce(db, project_id)


def _founder_id(db: Database, project_id: str) -> str | None:
    where = (Member.project_id == project_id, Member.role == rules.FOUNDER)
    row = db.one(Member.select(Member.account_id).where(*where))
    return str(row["account_id"]) if row else None


def _erase(db: Database, project_id: str) -> None:
    founder = _founder_id(db, project_id)
    if founder:
        members.leave(db, project_id, founder)
    scope = f"project:{project_id}"
    for table in ("record", "document", "document_author", "edit"):
        db.execute(f"delete from {table} where scope = ?", scope)
    db.run(Project.update(deleted_at=0.0, approvals=json.dumps([])).where(Project.id == project_id))
