"""Messages between teachers, and posts that look for partners: the commands, and limits against mass mail.

A message is a record in both people's scopes. A post is a record in the community's scope, which everybody reads; it
expires, and its author can close it.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.rules import outreach, vocabularies
from app.rules.directory import AGE_BANDS
from server.core.database import Account, Database, Record
from server.core.refusals import Refused

COMMUNITY = "community:all"
KINDS = ("partner", "idea")
Args = dict[str, Any]


def send_message(db: Database, account: dict[str, Any], args: Args) -> None:
    """Write to another teacher."""
    text = _text(args.get("text"), outreach.MAX_MESSAGE)
    other = db.one(Account.select().where(Account.id == str(args.get("account_id", ""))))
    if other is None or other["role"] != "teacher" or other["id"] == account["id"]:
        raise Refused("no_such_person")
    mine = _sent(db, account["id"])
    if sum(fields["at"] > time.time() - 24 * 3600 for fields in mine) >= outreach.MESSAGES_A_DAY:
        raise Refused("too_many_messages")
    since = time.time() - outreach.LATELY_DAYS * 24 * 3600
    same = {
        f["to_id"] for f in mine if f["at"] > since and f["to_id"] != other["id"] and outreach.alike(f["text"], text)
    }
    if len(same) >= outreach.SAME_STOPS:
        raise Refused("same_message")
    fields = {
        "from_id": account["id"],
        "from_name": account["name"],
        "to_id": other["id"],
        "to_name": other["name"],
        "text": text,
        "at": int(time.time()),
    }
    message_id = str(args.get("message_id", ""))
    for person in (account, other):
        db.put_record(f"account:{person['id']}", "message", f"{message_id}--{person['id']}", fields, account["id"])


def publish_post(db: Database, account: dict[str, Any], args: Args) -> None:
    """Put up a post; the same words only once, and only a few at a time."""
    title, text = _text(args.get("title"), 200), _text(args.get("text"), outreach.MAX_POST)
    if args.get("kind") not in KINDS:
        raise Refused("invalid")
    open_ones = [fields for _id, fields in open_posts(db) if fields["author_id"] == account["id"]]
    if len(open_ones) >= outreach.POSTS_OPEN:
        raise Refused("too_many_posts")
    if any(outreach.alike(fields["text"], text) for fields in open_ones):
        raise Refused("same_post")
    expires = (datetime.now(UTC).date() + timedelta(days=outreach.POST_DAYS)).isoformat()
    fields = {
        "kind": args["kind"],
        "title": title,
        "text": text,
        "languages": _items(args, "languages", "languages"),
        "subjects": _items(args, "subjects", "subjects"),
        "ages": [band for band, _low, _high in AGE_BANDS if band in (args.get("ages") or [])],
        "author_id": account["id"],
        "author": account["name"],
        "country": account["country"],
        "at": int(time.time()),
        "expires": expires,
    }
    db.put_record(COMMUNITY, "post", str(args.get("post_id", "")), fields, account["id"])


def close_post(db: Database, account: dict[str, Any], args: Args) -> None:
    post = _open_post(db, args)
    if post["author_id"] != account["id"]:
        raise Refused("not_yours")
    _take_down(db, str(args["post_id"]))


def answer_post(db: Database, account: dict[str, Any], args: Args) -> None:
    """Answer a post where everybody can read it."""
    text = _text(args.get("text"), outreach.MAX_POST)
    _open_post(db, args)
    fields = {
        "post_id": str(args["post_id"]),
        "text": text,
        "author_id": account["id"],
        "author": account["name"],
        "country": account["country"],
        "at": int(time.time()),
    }
    db.put_record(COMMUNITY, "post_answer", str(args.get("answer_id", "")), fields, account["id"])


def take_down_expired(db: Database) -> int:
    """Posts whose time has passed disappear, with their answers; returns how many."""
    today = datetime.now(UTC).date().isoformat()
    old = [post_id for post_id, fields in open_posts(db) if fields["expires"] < today]
    if old:
        with db.transaction():
            for post_id in old:
                _take_down(db, post_id)
    return len(old)


def open_posts(db: Database) -> list[tuple[str, dict[str, Any]]]:
    rows = db.all(Record.select().where(Record.scope == COMMUNITY, Record.kind == "post"))
    found = [(row["id"], json.loads(row["fields"])) for row in rows]
    return [(post_id, fields) for post_id, fields in found if not fields.get("deleted")]


def _take_down(db: Database, post_id: str) -> None:
    gone = {"deleted": True, "text": "", "title": "", "author": ""}
    db.put_record(COMMUNITY, "post", post_id, gone)
    for row in db.all(Record.select().where(Record.scope == COMMUNITY, Record.kind == "post_answer")):
        if json.loads(row["fields"]).get("post_id") == post_id:
            db.put_record(COMMUNITY, "post_answer", row["id"], {"deleted": True, "text": "", "author": ""})


def _open_post(db: Database, args: Args) -> dict[str, Any]:
    found = dict(open_posts(db)).get(str(args.get("post_id", "")))
    if found is None:
        raise Refused("post_is_closed")
    return found


def _sent(db: Database, account_id: str) -> list[dict[str, Any]]:
    rows = db.all(Record.select(Record.fields).where(Record.scope == f"account:{account_id}", Record.kind == "message"))
    return [fields for row in rows if (fields := json.loads(row["fields"])).get("from_id") == account_id]


def _text(value: object, limit: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        raise Refused("invalid")
    return value.strip()


def _items(args: Args, name: str, vocabulary: str) -> list[str]:
    wanted = args.get(name) or []
    return [item for item in wanted if isinstance(item, str) and item in vocabularies.get(vocabulary)][:20]


COMMANDS: dict[str, Callable[[Database, dict[str, Any], Args], None]] = {
    "send_message": send_message,
    "publish_post": publish_post,
    "close_post": close_post,
    "answer_post": answer_post,
}
