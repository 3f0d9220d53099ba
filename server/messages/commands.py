"""Messages between teachers, and limits against mass mail that leave the polite alone."""

import time
from typing import Any

from app.rules import outreach
from server.contacts.commands import are_contacts, teacher
from server.core import records
from server.core.capabilities import Handler
from server.core.database import Database
from server.core.exchange_tables import SentMessage
from server.core.refusals import Refused

Args = dict[str, Any]
DAY = 24 * 3600.0
LOOKED_AT = 200  # the latest messages to strangers


def send(db: Database, account: dict[str, Any], args: Args) -> None:
    """Write to another teacher. The same message once more changes nothing."""
    other = teacher(db, args["account_id"], besides=account["id"])
    text, message_id = args["text"].strip(), args["message_id"]
    known = db.one(SentMessage.select().where(SentMessage.id == message_id))
    if known:
        if (known["from_id"], known["to_id"], known["text"]) != (account["id"], other["id"], text):
            raise Refused("exists")
        return
    stranger = _is_stranger(db, account["id"], other["id"])
    _check_limits(db, account["id"], other["id"], text, stranger)
    now = time.time()
    row = {"from_id": account["id"], "to_id": other["id"], "at": now, "text": text, "stranger": stranger}
    db.run(SentMessage.insert(id=message_id, **row))
    fields = {
        "from_id": account["id"],
        "from_name": account["name"],
        "to_id": other["id"],
        "to_name": other["name"],
        "text": text,
        "at": int(now),
    }
    for person in (account, other):
        records.put(db, f"account:{person['id']}", "message", f"{message_id}--{person['id']}", fields, account["id"])


def forget_old(db: Database, before: float) -> int:
    """Remove what the limits do not look at any more; the messages themselves stay."""
    return int(db.run(SentMessage.delete().where(SentMessage.at < before)))


def _is_stranger(db: Database, sender_id: str, other_id: str) -> bool:
    """Somebody who is no contact and never wrote to the sender: a thank-you to partners is no mass mail."""
    where = (SentMessage.from_id == other_id, SentMessage.to_id == sender_id)
    return not are_contacts(db, sender_id, other_id) and db.one(SentMessage.select().where(*where).limit(1)) is None


def _check_limits(db: Database, sender_id: str, to_id: str, text: str, stranger: bool) -> None:
    now, mine = time.time(), SentMessage.from_id == sender_id
    today = SentMessage.select(SentMessage.id).where(mine, SentMessage.at > now - DAY).limit(outreach.MESSAGES_A_DAY)
    if len(db.all(today)) >= outreach.MESSAGES_A_DAY:
        raise Refused("too_many_messages")
    if not stranger:
        return
    since = now - outreach.LATELY_DAYS * DAY
    lately = SentMessage.select().where(mine, SentMessage.at > since, SentMessage.stranger == True)  # noqa: E712
    rows = db.all(lately.order_by(SentMessage.at.desc()).limit(LOOKED_AT))
    same = {row["to_id"] for row in rows if row["to_id"] != to_id and outreach.alike(row["text"], text)}
    if len(same) >= outreach.SAME_STOPS:
        raise Refused("same_message")


COMMANDS: dict[str, Handler] = {"send_message": send}
