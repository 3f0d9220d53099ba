"""The diary of a project, which its members write."""

from sync.protocol.fields import IDENTIFIER, MOMENT, Field, Text
from sync.protocol.kind import PROJECT, CommandKind, RecordKind, Stamps

JOURNAL = RecordKind(
    "journal",
    PROJECT,
    (
        Field("text", Text(20_000), required=True),
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
