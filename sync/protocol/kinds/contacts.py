"""Who knows whom: each of two people has a record of their own about the other."""

from app.rules.outreach import MAX_REQUEST
from sync.protocol.fields import COUNTRY, IDENTIFIER, Choice, Field, Flag, Text
from sync.protocol.kind import ACCOUNT, CommandKind, RecordKind

STATES = ("asked", "asks_you", "contact", "declined", "was_declined")  # the last: by the other

CONTACT = RecordKind(
    "contact",
    ACCOUNT,
    (
        Field("account_id", IDENTIFIER, required=True, server=True),
        Field("name", Text(200), required=True, server=True),
        Field("country", COUNTRY, required=True, server=True),
        Field("state", Choice(STATES), required=True, server=True),
        Field("text", Text(MAX_REQUEST), server=True),
    ),
    indexed=("account_id", "state"),
    topic="contact",
)

RECORDS: tuple[RecordKind, ...] = (CONTACT,)
COMMANDS: tuple[CommandKind, ...] = (
    CommandKind(
        "ask_contact",
        ACCOUNT,
        "write",
        (Field("account_id", IDENTIFIER, required=True), Field("text", Text(MAX_REQUEST))),
        target="account_id",
    ),
    CommandKind(
        "answer_contact",
        ACCOUNT,
        "write",
        (Field("account_id", IDENTIFIER, required=True), Field("accept", Flag(), required=True)),
        target="account_id",
    ),
)
