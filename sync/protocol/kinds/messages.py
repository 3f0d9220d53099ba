"""Messages between two teachers: a record in each one's scope."""

from app.rules.outreach import MAX_MESSAGE
from sync.protocol.fields import IDENTIFIER, MOMENT, Field, Text
from sync.protocol.kind import ACCOUNT, CommandKind, RecordKind

MESSAGE = RecordKind(
    "message",
    ACCOUNT,
    (
        Field("from_id", IDENTIFIER, required=True, server=True),
        Field("from_name", Text(200), required=True, server=True),
        Field("to_id", IDENTIFIER, required=True, server=True),
        Field("to_name", Text(200), required=True, server=True),
        Field("text", Text(MAX_MESSAGE), required=True, server=True),
        Field("at", MOMENT, required=True, server=True),
    ),
    indexed=("from_id", "to_id", "at"),
    topic="message",
)

RECORDS: tuple[RecordKind, ...] = (MESSAGE,)
COMMANDS: tuple[CommandKind, ...] = (
    CommandKind(
        "send_message",
        ACCOUNT,
        "write",
        (
            Field("message_id", IDENTIFIER, required=True),
            Field("account_id", IDENTIFIER, required=True),
            Field("text", Text(MAX_MESSAGE, least=1), required=True),
        ),
        target="message_id",
    ),
)
