"""The diary of a project, which its members write."""

from app.rules.projects import MAX_DIARY
from sync.protocol.fields import IDENTIFIER, MOMENT, Field, Text
from sync.protocol.kind import PROJECT, CommandKind, RecordKind, Stamps

JOURNAL = RecordKind(
    "journal",
    PROJECT,
    (
        Field("text", Text(MAX_DIARY), required=True),
        Field("author_id", IDENTIFIER, server=True),
        Field("author", Text(200), server=True),
        Field("at", MOMENT, server=True),
    ),
    create="write_diary",
    change="change_diary",
    delete="delete_diary",
    stamps=Stamps("author_id", "author", "", "at"),
    indexed=("at",),
    topic="journal",
)

RECORDS: tuple[RecordKind, ...] = (JOURNAL,)
COMMANDS: tuple[CommandKind, ...] = ()
