"""A teacher's own entry, which also goes into the directory."""

from sync.protocol.fields import WORD, Field, Flag, Items, Number, Text
from sync.protocol.kind import ACCOUNT, CommandKind, RecordKind

AGE = Number(0, 120)

PROFILE = RecordKind(
    "profile",
    ACCOUNT,
    (
        Field("about", Text(4_000)),
        Field("languages", Items(WORD, 40)),
        Field("subjects", Items(WORD, 60)),
        Field("age_from", AGE),
        Field("age_to", AGE),
        Field("school", Text(300)),
        Field("town", Text(200)),
        Field("school_type", WORD),
        Field("available", Flag()),
        Field("keepable", Flag()),
    ),
    create="write_profile",
    change="write_profile",
    identity="account",
    topic="profile",
)

RECORDS: tuple[RecordKind, ...] = (PROFILE,)
COMMANDS: tuple[CommandKind, ...] = ()
