"""Asking for a contact, and answering. Each of two people has a record of their own about the other."""

from typing import Any

from server.core import quotas, records
from server.core.capabilities import Handler
from server.core.database import Account, Database
from server.core.refusals import Refused

Args = dict[str, Any]
Person = dict[str, Any]


def ask(db: Database, account: Person, args: Args) -> None:
    """Ask somebody to be a contact. Who declined is not asked again by the same person; the other way round they may."""
    other = teacher(db, args["account_id"], besides=account["id"])
    _hold(db, account, other)
    mine = state_of(db, account["id"], other["id"])
    if mine in ("contact", "asked"):
        return
    if mine == "asks_you":
        _become_contacts(db, account, other)
        return
    if mine == "was_declined":
        raise Refused("declined")
    quotas.spend_request(db, account["id"])
    text = str(args.get("text") or "")
    put(db, account, other, "asked", text)
    put(db, other, account, "asks_you", text)


def answer(db: Database, account: Person, args: Args) -> None:
    """Accept or decline somebody who asked."""
    other = teacher(db, args["account_id"], besides=account["id"])
    _hold(db, account, other)
    state, wanted = state_of(db, account["id"], other["id"]), "contact" if args["accept"] else "declined"
    if state == wanted:
        return
    if state != "asks_you":
        raise Refused("not_possible_now")
    if args["accept"]:
        _become_contacts(db, account, other)
        return
    put(db, account, other, "declined")
    put(db, other, account, "was_declined")


def are_contacts(db: Database, one: str, other: str) -> bool:
    """Whether two people are contacts of each other."""
    return state_of(db, one, other) == "contact"


def state_of(db: Database, owner_id: str, other_id: str) -> str:
    """How the other stands to the owner: asked, asks_you, contact, declined, was_declined, or empty."""
    row = records.get(db, "contact", contact_id(owner_id, other_id))
    return str(row["fields"]["state"]) if row else ""


def contact_id(owner_id: str, other_id: str) -> str:
    """The id of the record that an owner has about another person."""
    return f"{owner_id}--{other_id}"


def put(db: Database, owner: Person, other: Person, state: str, text: str = "") -> None:
    """Write down how another person stands to an owner."""
    fields = {
        "account_id": other["id"],
        "name": other["name"],
        "country": other["country"],
        "state": state,
        "text": text,
    }
    records.put(db, f"account:{owner['id']}", "contact", contact_id(owner["id"], other["id"]), fields)


def teacher(db: Database, account_id: str, *, besides: str) -> Person:
    """Another teacher's account. Raises Refused where there is none, or it is ``besides``."""
    row = db.one(Account.select().where(Account.id == account_id, Account.role == "teacher"))
    if row is None or row["id"] == besides:
        raise Refused("no_such_person")
    return row


def _hold(db: Database, one: Person, other: Person) -> None:
    """What two people do about each other at once happens one after the other."""
    db.hold(f"contact:{'--'.join(sorted((one['id'], other['id'])))}")


def _become_contacts(db: Database, one: Person, other: Person) -> None:
    put(db, one, other, "contact")
    put(db, other, one, "contact")


COMMANDS: dict[str, Handler] = {"ask_contact": ask, "answer_contact": answer}
