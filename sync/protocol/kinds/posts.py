"""Posts that look for partners, and answers to them, which the whole community reads."""

from app.rules.outreach import MAX_POST
from sync.protocol.fields import COUNTRY, IDENTIFIER, MOMENT, WORD, Choice, Day, Field, Items, Text
from sync.protocol.kind import COMMUNITY, CommandKind, RecordKind, Stamps

POST_KINDS = ("partner", "idea")
_STAMPS = Stamps("author_id", "author", "country", "at")
_STAMPED = (
    Field("author_id", IDENTIFIER, required=True, server=True),
    Field("author", Text(200), required=True, server=True),
    Field("country", COUNTRY, required=True, server=True),
    Field("at", MOMENT, required=True, server=True),
)
_WRITTEN = (
    Field("kind", Choice(POST_KINDS), required=True),
    Field("title", Text(200, least=1), required=True),
    Field("text", Text(MAX_POST, least=1), required=True),
    Field("languages", Items(WORD, 40)),
    Field("subjects", Items(WORD, 60)),
    Field("ages", Items(WORD, 20)),
)
_POST_ID = Field("post_id", IDENTIFIER, required=True)

POST = RecordKind(
    "post",
    COMMUNITY,
    (*_WRITTEN, *_STAMPED, Field("expires", Day(), required=True, server=True)),
    stamps=_STAMPS,
    indexed=("at", "author_id"),
    keys=("author_id", "expires"),
    topic="post",
)
POST_ANSWER = RecordKind(
    "post_answer",
    COMMUNITY,
    (_POST_ID, Field("text", Text(MAX_POST, least=1), required=True), *_STAMPED),
    stamps=_STAMPS,
    indexed=("post_id",),
    keys=("post_id",),
    keeps=("post_id",),
    topic="post_answer",
)

RECORDS: tuple[RecordKind, ...] = (POST, POST_ANSWER)
COMMANDS: tuple[CommandKind, ...] = (
    CommandKind("publish_post", COMMUNITY, "post", (_POST_ID, *_WRITTEN), target="post_id", undone_by="close_post"),
    CommandKind("close_post", COMMUNITY, "close_post", (_POST_ID,), target="post_id", undone_by="reopen_post"),
    CommandKind("reopen_post", COMMUNITY, "close_post", (_POST_ID,), target="post_id", undone_by="close_post"),
    CommandKind(
        "answer_post",
        COMMUNITY,
        "answer_post",
        (
            _POST_ID,
            Field("answer_id", IDENTIFIER, required=True),
            Field("text", Text(MAX_POST, least=1), required=True),
        ),
        target="answer_id",
    ),
)
