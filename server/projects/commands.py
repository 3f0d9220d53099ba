"""Projects on the platform: members, states, and the commands that move them."""

import json
import re
from collections.abc import Callable
from typing import Any

from app.rules import projects as rules
from app.rules.outreach import MAX_REQUEST
from server.core.database import Account, Database, Document, Member, Project, Record
from server.core.refusals import Refused
from server.outreach import commands as outreach
from server.projects.membership import actor as actor
from server.projects.membership import locked_project as locked_project
from server.pupil_work import materials
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument

Args = dict[str, Any]
_ID = re.compile(r"[0-9a-zA-Z_-]{1,64}\Z")
_IDS = {"project_id", "account_id", "material_id", "upload_id", "message_id", "post_id", "answer_id"}


def run(db: Database, account: dict[str, Any], name: str, args: Args) -> None:
    """Carry out a command of a teacher. Raises Refused."""
    command = COMMANDS.get(name)
    if command is None:
        raise Refused("unknown_command")
    if any(not isinstance(args[key], str) or not _ID.match(args[key]) for key in _IDS & set(args)):
        raise Refused("invalid")  # what is stored under it goes to every member
    command(db, account, args)


def decide(db: Database, country: str, project_id: str, action: str, reason: str = "") -> str:
    """A national office approves or returns a project; gives the new state. Raises Refused."""
    project = locked_project(db, project_id)
    countries = founder_countries(db, project_id)
    if country not in countries or not rules.may(action, project["state"], rules.OFFICE):
        raise Refused("not_possible_now")
    approvals = sorted({*json.loads(project["approvals"]), country}) if action == "approve" else []
    state = rules.after(action, project["state"], all_offices_approved=set(approvals) >= countries)
    _move(db, project_id, state, approvals=json.dumps(approvals), reason=reason)
    return state


def founder_countries(db: Database, project_id: str) -> set[str]:
    query = Account.select(Account.country).join(Member, on=(Member.account_id == Account.id))
    rows = db.all(query.where(Member.project_id == project_id, Member.state == "member"))
    return {row["country"] for row in rows}


def waiting_for(db: Database, country: str | None = None) -> list[dict[str, Any]]:
    """The projects that wait for a national office, with the offices still missing."""
    found = []
    for row in db.all(Project.select().where(Project.state == rules.PENDING_OFFICES)):
        missing = sorted(founder_countries(db, row["id"]) - set(json.loads(row["approvals"])))
        if country is None or country in missing:
            found.append({"id": row["id"], "title": _draft(db, row["id"]).get("title", ""), "waits_for": missing})
    return found


def _create(db: Database, account: dict[str, Any], args: Args) -> None:
    project_id = str(args.get("project_id", ""))
    if not project_id or db.one(Project.select().where(Project.id == project_id)):
        raise Refused("exists")
    db.run(Project.insert(id=project_id, state=rules.DRAFT))
    db.run(Member.insert(project_id=project_id, account_id=account["id"], role=rules.FOUNDER, state="member"))
    _announce(db, project_id)


def _invite(db: Database, account: dict[str, Any], args: Args) -> None:
    project_id, other = _allowed(db, account, args, "invite"), str(args.get("account_id", ""))
    if not are_contacts(db, account["id"], other):
        raise Refused("not_a_contact")
    if other == account["id"]:
        raise Refused("not_possible_now")
    for row in db.all(Member.select().where(Member.project_id == project_id, Member.role == rules.COFOUNDER)):
        if row["state"] == "member":
            raise Refused("has_cofounder")
        if row["account_id"] != other:
            _leave(db, project_id, row["account_id"])
    db.put(
        Member,
        [Member.project_id, Member.account_id],
        project_id=project_id,
        account_id=other,
        role=rules.COFOUNDER,
        state="invited",
    )
    _announce(db, project_id)


def _answer(action: str) -> Callable[[Database, dict[str, Any], Args], None]:
    def answer(db: Database, account: dict[str, Any], args: Args) -> None:
        project_id = _allowed(db, account, args, action)
        where = (Member.project_id == project_id, Member.account_id == account["id"])
        member = db.one(Member.select().where(*where))
        if member is None or member["state"] != "invited":
            raise Refused("not_possible_now")
        state = rules.after(action, locked_project(db, project_id)["state"])
        if action == "accept":
            db.run(Member.update(state="member").where(*where))
        else:
            _leave(db, project_id, account["id"])
        _move(db, project_id, state)

    return answer


def _submit(db: Database, account: dict[str, Any], args: Args) -> None:
    project_id = _allowed(db, account, args, "submit")
    if rules.problems(_draft(db, project_id)):
        raise Refused("incomplete")
    partner = db.one(
        Member.select().where(Member.project_id == project_id, Member.role == rules.COFOUNDER, Member.state != "gone")
    )
    if partner is None:
        raise Refused("no_cofounder")
    state = rules.after("submit", rules.DRAFT, cofounder_accepted=partner["state"] == "member")
    _move(db, project_id, state, approvals="[]", reason="")


def _simple(action: str) -> Callable[[Database, dict[str, Any], Args], None]:
    def move(db: Database, account: dict[str, Any], args: Args) -> None:
        project_id = _allowed(db, account, args, action)
        state = rules.after(action, locked_project(db, project_id)["state"])
        _move(db, project_id, state, approvals="[]")
        if state == rules.DELETED:
            for row in db.all(Member.select().where(Member.project_id == project_id)):
                _leave(db, project_id, row["account_id"])

    return move


def are_contacts(db: Database, one: str, other: str) -> bool:
    row = db.one(Record.select().where(Record.kind == "contact", Record.id == contact_id(one, other)))
    return row is not None and json.loads(row["fields"]).get("state") == "contact"


def contact_id(owner: str, other: str) -> str:
    """Each of two contacts has a row of their own, in their own scope."""
    return f"{owner}--{other}"


def set_contact(db: Database, owner: dict[str, Any], other: dict[str, Any], state: str, text: str = "") -> None:
    fields = {
        "account_id": other["id"],
        "name": other["name"],
        "country": other["country"],
        "state": state,
        "text": text,
    }
    db.put_record(f"account:{owner['id']}", "contact", contact_id(owner["id"], other["id"]), fields)


def _ask_contact(db: Database, account: dict[str, Any], args: Args) -> None:
    other = db.one(Account.select().where(Account.id == str(args.get("account_id", ""))))
    if other is None or other["role"] != "teacher" or other["id"] == account["id"]:
        raise Refused("no_such_person")
    if are_contacts(db, account["id"], other["id"]):
        return
    text = args.get("text") or ""
    if not isinstance(text, str) or len(text) > MAX_REQUEST:
        raise Refused("invalid")
    set_contact(db, account, other, "asked", text)
    set_contact(db, other, account, "asks_you", text)


def _answer_contact(db: Database, account: dict[str, Any], args: Args) -> None:
    other = db.one(Account.select().where(Account.id == str(args.get("account_id", ""))))
    mine = db.one(
        Record.select().where(
            Record.kind == "contact", Record.id == contact_id(account["id"], other["id"] if other else "")
        )
    )
    if other is None or mine is None or json.loads(mine["fields"])["state"] != "asks_you":
        raise Refused("not_possible_now")
    yes = bool(args.get("accept"))
    set_contact(db, account, other, "contact" if yes else "declined")
    set_contact(db, other, account, "contact" if yes else "declined")


COMMANDS: dict[str, Callable[[Database, dict[str, Any], Args], None]] = {
    "create_project": _create,
    "invite_cofounder": _invite,
    "accept_invitation": _answer("accept"),
    "decline_invitation": _answer("decline"),
    "submit_project": _submit,
    "withdraw_project": _simple("withdraw"),
    "close_project": _simple("close"),
    "delete_project": _simple("delete"),
    "ask_contact": _ask_contact,
    "answer_contact": _answer_contact,
    **materials.COMMANDS,
    **outreach.COMMANDS,
}


def _allowed(db: Database, account: dict[str, Any], args: Args, action: str) -> str:
    project_id = str(args.get("project_id", ""))
    role = actor(db, project_id, account["id"])
    if role is None:
        raise Refused("not_yours")
    if not rules.may(action, locked_project(db, project_id)["state"], role):
        raise Refused("not_possible_now")
    return project_id


def _draft(db: Database, project_id: str) -> dict[str, Any]:
    row = db.one(Document.select().where(Document.id == project_id))
    return SharedDocument(PROJECT_DRAFT, bytes(row["state"])).fields() if row else {}


def _move(db: Database, project_id: str, state: str, **values: Any) -> None:
    db.run(Project.update(state=state, **values).where(Project.id == project_id))
    _announce(db, project_id)


def _leave(db: Database, project_id: str, account_id: str) -> None:
    db.run(Member.update(state="gone").where(Member.project_id == project_id, Member.account_id == account_id))
    db.put_record(f"account:{account_id}", "membership", f"{project_id}--{account_id}", {"state": "gone"})


def _announce(db: Database, project_id: str) -> None:
    """Tell everyone in the project how it stands: one record in its scope, one for each member."""
    project = locked_project(db, project_id)
    query = Member.select(Member.account_id, Member.role, Member.state, Account.name, Account.country)
    members = db.all(
        query.join(Account, on=(Account.id == Member.account_id)).where(
            Member.project_id == project_id, Member.state != "gone"
        )
    )
    fields: dict[str, Any] = {
        "state": project["state"],
        "reason": project["reason"],
        "approvals": json.loads(project["approvals"]),
    }
    for member in members:
        role = member["role"]
        fields |= {
            f"{role}_id": member["account_id"],
            f"{role}_name": member["name"],
            f"{role}_country": member["country"],
            f"{role}_state": member["state"],
        }
    if not any(member["role"] == rules.COFOUNDER for member in members):
        fields |= dict.fromkeys(("cofounder_id", "cofounder_name", "cofounder_country", "cofounder_state"))
    db.put_record(f"project:{project_id}", "project", project_id, fields)
    for member in members:
        db.put_record(
            f"account:{member['account_id']}",
            "membership",
            f"{project_id}--{member['account_id']}",
            {
                "project_id": project_id,
                "role": member["role"],
                "state": member["state"],
                "founder": fields.get("founder_name"),
            },
        )
