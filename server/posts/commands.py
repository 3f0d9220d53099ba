"""Posts that look for partners: put up, answered, closed and opened again, and taken down when their time has passed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.rules import outreach, vocabularies
from app.rules.directory import AGE_BANDS
from server.core import records
from server.core.capabilities import Handler
from server.core.database import Database
from server.core.door import COMMUNITY_SCOPE
from server.core.refusals import Refused

Args = dict[str, Any]
TEXTS = ("kind", "title", "text")


def publish(db: Database, account: dict[str, Any], args: Args) -> None:
    """Put up a post; the same words only once, and only a few at a time. The same post once more changes nothing."""
    fields = {name: args[name].strip() for name in TEXTS} | _choices(args)
    known = records.with_tombstone(db, "post", args["post_id"])
    if known is None:
        _check_limits(db, account["id"], fields["text"])
    expires = (datetime.now(UTC).date() + timedelta(days=outreach.POST_DAYS)).isoformat()
    if known and known["fields"].get("expires"):
        expires = known["fields"]["expires"]
    records.create(db, COMMUNITY_SCOPE, "post", args["post_id"], {**fields, "expires": expires}, account)


def close(db: Database, account: dict[str, Any], args: Args) -> None:
    """Take an own post down, with its answers. What they said is kept aside so that it can be opened again."""
    _own(db, account, args["post_id"])
    _take_down(db, args["post_id"])


def reopen(db: Database, account: dict[str, Any], args: Args) -> None:
    """Put an own closed post up again, with its answers. Raises Refused when nothing of it is kept any more."""
    post = _own(db, account, args["post_id"])
    if not post["fields"].get("deleted"):
        return
    if not records.unbury(db, "post", args["post_id"]):
        raise Refused("post_is_closed")
    records.unbury(db, "post_answer", args["post_id"])


def answer(db: Database, account: dict[str, Any], args: Args) -> None:
    """Answer a post where everybody can read it."""
    _hold(db, args["post_id"])
    if records.get(db, "post", args["post_id"]) is None:
        raise Refused("post_is_closed")
    fields = {"post_id": args["post_id"], "text": args["text"].strip()}
    records.create(db, COMMUNITY_SCOPE, "post_answer", args["answer_id"], fields, account)


def take_down_expired(db: Database) -> int:
    """Posts whose time has passed disappear, with their answers; returns how many."""
    old = records.ids_before(db, "post", "expires", datetime.now(UTC).date().isoformat())
    for post_id in old:
        db.transact(lambda post_id=post_id: _take_down(db, post_id))  # type: ignore[misc]
    return len(old)


def _own(db: Database, account: dict[str, Any], post_id: str) -> dict[str, Any]:
    _hold(db, post_id)
    known = records.with_tombstone(db, "post", post_id)
    if known is None:
        raise Refused("post_is_closed")
    if known["owner_id"] != account["id"]:
        raise Refused("not_yours")
    return known


def _hold(db: Database, post_id: str) -> None:
    """An answer comes before a post is taken down, and goes with it, or after, and is refused."""
    db.hold(f"post:{post_id}")


def _take_down(db: Database, post_id: str) -> None:
    _hold(db, post_id)
    records.bury(db, "post", post_id, under=post_id)
    for answer_id in records.ids_by(db, "post_answer", "post_id", post_id):
        records.bury(db, "post_answer", answer_id, under=post_id)


def _check_limits(db: Database, account_id: str, text: str) -> None:
    rows = [records.get(db, "post", post_id) for post_id in records.ids_by(db, "post", "author_id", account_id)]
    mine = [row["fields"] for row in rows if row]
    if len(mine) >= outreach.POSTS_OPEN:
        raise Refused("too_many_posts")
    if any(outreach.alike(fields["text"], text) for fields in mine):
        raise Refused("same_post")


def _choices(args: Args) -> dict[str, list[str]]:
    ages = args.get("ages") or []
    return {
        "languages": _items(args, "languages"),
        "subjects": _items(args, "subjects"),
        "ages": [band for band, _low, _high in AGE_BANDS if band in ages],
    }


def _items(args: Args, name: str) -> list[str]:
    known = vocabularies.get(name)
    return [item for item in args.get(name) or [] if item in known][:20]


COMMANDS: dict[str, Handler] = {
    "publish_post": publish,
    "close_post": close,
    "reopen_post": reopen,
    "answer_post": answer,
}
