"""Who belongs to a project, and telling everyone in it how it stands."""

import json
from typing import Any

from app.rules import projects as rules
from server.core import records
from server.core.database import Account, Database, Member, Scope
from server.core.documents import fields_of
from server.core.door import locked_project
from sync.protocol.kinds.projects import PROJECT_RECORD

PEOPLE = (rules.FOUNDER, rules.COFOUNDER)


def of_project(db: Database, project_id: str) -> list[dict[str, Any]]:
    """The people of a project with names and countries, invited ones too; who left is not among them."""
    columns = (Member.account_id, Member.role, Member.state, Account.name, Account.country)
    query = Member.select(*columns).join(Account, on=(Account.id == Member.account_id))
    return db.all(query.where(Member.project_id == project_id, Member.state.in_(("member", "invited"))))


def founder_countries(db: Database, project_id: str) -> set[str]:
    """The countries whose national offices decide."""
    return {row["country"] for row in of_project(db, project_id) if row["state"] == "member"}


def invite(db: Database, project_id: str, account_id: str) -> None:
    """Make somebody the invited co-founder."""
    db.put(
        Member,
        [Member.project_id, Member.account_id],
        project_id=project_id,
        account_id=account_id,
        role=rules.COFOUNDER,
        state="invited",
    )


def join(db: Database, project_id: str, account_id: str) -> None:
    """An invited person becomes a member, and from now on reads all of the project."""
    row = db.one(Scope.select(Scope.seq).where(Scope.name == f"project:{project_id}"))
    where = (Member.project_id == project_id, Member.account_id == account_id)
    db.run(Member.update(state="member", joined_seq=(row["seq"] if row else 0) + 1).where(*where))


def leave(db: Database, project_id: str, account_id: str) -> None:
    """Somebody is not of the project any more; their computers forget it."""
    _end(db, project_id, account_id, "gone", {})


def put_aside(db: Database, project_id: str, until: str) -> None:
    """A deleted project leaves everybody's computer. Its founder can bring it back until a day."""
    title = str(fields_of(db, project_id).get("title") or "")[:300]
    for member in of_project(db, project_id):
        kept = member["role"] == rules.FOUNDER
        state, shown = ("deleted", {"title": title, "until": until}) if kept else ("gone", {})
        _end(db, project_id, member["account_id"], state, shown)


def bring_back(db: Database, project_id: str) -> bool:
    """The founder's membership in a deleted project holds again; false where the project was erased meanwhile."""
    where = (Member.project_id == project_id, Member.state == "deleted")
    return bool(db.run(Member.update(state="member").where(*where)))


def announce(db: Database, project_id: str) -> None:
    """Tell everyone in the project how it stands: one record in its scope, one for each member."""
    project, members = locked_project(db, project_id), of_project(db, project_id)
    fields: dict[str, Any] = dict.fromkeys(
        name for name in PROJECT_RECORD.by_name if name.partition("_")[0] in PEOPLE
    ) | {"state": project["state"], "reason": project["reason"], "approvals": json.loads(project["approvals"])}
    for member in members:
        role, person = member["role"], {"id": member["account_id"], **member}
        fields |= {f"{role}_{name}": person[name] for name in ("id", "name", "country", "state")}
    records.put(db, f"project:{project_id}", "project", project_id, fields)
    for member in members:
        _tell(db, project_id, member["account_id"], member["role"], member["state"], fields["founder_name"])


def _end(db: Database, project_id: str, account_id: str, state: str, shown: dict[str, Any]) -> None:
    where = (Member.project_id == project_id, Member.account_id == account_id)
    row = db.one(Member.select().where(*where))
    if row:
        db.run(Member.update(state=state).where(*where))
        _tell(db, project_id, account_id, row["role"], state, None, shown)


def _tell(
    db: Database,
    project_id: str,
    account_id: str,
    role: str,
    state: str,
    founder: str | None,
    shown: dict[str, Any] | None = None,
) -> None:
    fields = {"project_id": project_id, "role": role, "state": state, "founder": founder, **(shown or {})}
    records.put(db, f"account:{account_id}", "membership", f"{project_id}--{account_id}", fields)
