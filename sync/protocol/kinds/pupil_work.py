"""Published pieces of pupils' work. The pupil's own name is no field of it: only a pseudonym leaves a computer."""

from app.rules.pupil_work import KINDS
from sync.protocol.fields import CHECKSUM, COUNTRY, IDENTIFIER, Choice, Field, Number, Text
from sync.protocol.kind import PROJECT, CommandKind, RecordKind, Stamps

MAX_TITLE = 300
MAX_FILE = 100_000_000  # bytes
_PROJECT_ID = Field("project_id", IDENTIFIER, required=True)
_MATERIAL_ID = Field("material_id", IDENTIFIER, required=True)
_SHOWN = (
    Field("title", Text(MAX_TITLE), required=True),
    Field("pupil", Text(100, least=1), required=True),
    Field("kind", Choice(tuple(KINDS)), required=True),
)

MATERIAL = RecordKind(
    "material",
    PROJECT,
    (
        *_SHOWN,
        Field("filename", Text(255, least=1), required=True, server=True),
        Field("sha256", CHECKSUM, required=True, server=True),
        Field("size", Number(1, MAX_FILE), required=True, server=True),
        Field("author_id", IDENTIFIER, required=True, server=True),
        Field("author", Text(200), required=True, server=True),
        Field("school_country", COUNTRY, server=True),
    ),
    stamps=Stamps("author_id", "author", "school_country", ""),
    indexed=("sha256", "author_id"),
    keys=("sha256",),
    topic="material",
    file="sha256",
)

RECORDS: tuple[RecordKind, ...] = (MATERIAL,)
COMMANDS: tuple[CommandKind, ...] = (
    CommandKind(
        "publish_material",
        PROJECT,
        "publish_work",
        (_PROJECT_ID, _MATERIAL_ID, Field("upload_id", IDENTIFIER, required=True), *_SHOWN),
        target="material_id",
        undone_by="withdraw_material",
    ),
    CommandKind(
        "withdraw_material",
        PROJECT,
        "withdraw_work",
        (_MATERIAL_ID, Field("project_id", IDENTIFIER)),
        target="material_id",
    ),
)
