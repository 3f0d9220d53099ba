"""The wire: what client and server say to each other, with limits. Both sides validate with these.

One POST carries a client's changes up and everything since its cursors down.
Described for people in docs/protocol.md, for machines in docs/openapi.json.
"""

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, FailFast, Field, StringConstraints
from typing_extensions import TypedDict

PROTOCOL = 1
MAX_CHANGES = 2_500
MAX_BODY = 32 * 1024 * 1024
MAX_EDIT = 1024 * 1024
PAGE_ITEMS = 5_000

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,64}$")]
RecordId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,140}$")
]  # two ids joined, for members and contacts
Scope = Annotated[str, StringConstraints(pattern=r"^(account|project|community):[0-9a-zA-Z_-]{1,64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Scalar = Text | int | bool | None
Value = Scalar | Annotated[list[Text], Field(max_length=200)]
Fields = Annotated[dict[Name, Value], Field(max_length=60)]


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class RecordChange(Message):
    """Changed fields of one record and the server revision they were based on (0: a new record)."""

    type: Literal["record"] = "record"
    id: Id
    scope: Scope
    kind: Name
    record_id: RecordId
    base_revision: Annotated[int, Field(ge=0)]
    fields: Fields


class DocumentChange(Message):
    """Edits of one CRDT document (a Yjs v1 update)."""

    type: Literal["document"] = "document"
    id: Id
    scope: Scope
    kind: Name
    document_id: Id
    data: Annotated[Base64Bytes, Field(max_length=MAX_EDIT)]
    at: float


class Command(Message):
    """Something only the server can decide."""

    type: Literal["command"] = "command"
    id: Id
    name: Name
    args: Fields


Change = Annotated[RecordChange | DocumentChange | Command, Field(discriminator="type")]


class ExchangeRequest(Message):
    device: Id
    cursors: Annotated[dict[Scope, Annotated[int, Field(ge=0)]], Field(max_length=2_000)] = {}
    changes: Annotated[list[Change], FailFast(), Field(max_length=MAX_CHANGES)] = []  # the first bad one is enough


class Result(Message):
    """What became of one change. ``repeated`` means an earlier try had already been applied.

    ``replaced`` holds the values that a record change wrote over without knowing them.
    """

    id: Id
    status: Literal["applied", "repeated", "refused"]
    revision: int = 0
    code: str = ""
    replaced: Fields = Field(default_factory=dict)


class Record(Message):
    kind: Name
    id: RecordId
    revision: int
    fields: dict[Name, Value]


class Edit(Message):
    """One author's edits. ``data`` is empty for the device that sent them: it needs only ``seq``."""

    id: Id
    document_id: Id
    kind: Name
    seq: int
    author_id: str
    author: str
    at: float
    data: Base64Bytes


class ScopeChanges(Message):
    """What is new in a scope. ``reset``: the cursor was too old, forget the scope and take this instead."""

    seq: int
    reset: bool = False
    more: bool = False
    records: list[Record] = []
    edits: list[Edit] = []


class ExchangeAnswer(Message):
    results: list[Result] = []
    scopes: dict[Scope, ScopeChanges] = {}
    gone: list[Scope] = []
    directory: str = ""
    vocabularies: str = ""


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
MAX_PACK = 120_000_000  # bytes compressed
MAX_PACK_PLAIN = 1_500_000_000


class PackFile(Message):
    """One file of the directory: a whole pack (``since`` is 0), or what changed since number ``since``."""

    since: Annotated[int, Field(ge=0)] = 0
    number: Annotated[int, Field(ge=1)]
    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=MAX_PACK)]
    plain: Annotated[int, Field(ge=0, le=MAX_PACK_PLAIN)]
    lines: Annotated[int, Field(ge=0, le=5_000_000)]


class Pack(Message):
    """One of a country's two packs of the directory, and the steps that lead to its present number."""

    country: Country
    part: Literal["available", "other"]
    number: Annotated[int, Field(ge=1)]
    profiles: Annotated[int, Field(ge=0)]
    whole: PackFile
    deltas: Annotated[list[PackFile], Field(max_length=60)] = []


class PackList(Message):
    """All packs there are. ``number`` only ever grows."""

    number: Annotated[int, Field(ge=0)]
    made: float
    packs: Annotated[list[Pack], Field(max_length=600)]


class SignedPackList(Message):
    """A :class:`PackList` as the JSON text that was signed (Ed25519, RFC 8032), with signature and public key in hex."""

    text: Annotated[str, StringConstraints(max_length=4_000_000)]
    signature: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class PastProject(TypedDict):
    """A finished or running project of a teacher, with the ids of those who took part."""

    title: Annotated[str, StringConstraints(max_length=200)]
    year: Annotated[int, Field(ge=2000, le=2100)]
    partners: Annotated[list[Id], Field(max_length=30)]


class DirectoryProfile(TypedDict):
    """One teacher of the directory, one line of a pack. ``place`` is the school's, in tenths of a degree north and
    east, or empty. A dictionary rather than an object: a directory has a million of them."""

    id: Id
    country: Country
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    school: Annotated[str, StringConstraints(max_length=300)]
    school_type: Name
    etwinning_school: bool
    town: Annotated[str, StringConstraints(max_length=200)]
    place: Annotated[str, StringConstraints(pattern=r"^$|^-?\d{1,2}\.\d,-?\d{1,3}\.\d$")]
    role: Name
    languages: Annotated[list[Annotated[str, StringConstraints(max_length=12)]], Field(max_length=40)]
    subjects: Annotated[list[Name], Field(max_length=60)]
    age_from: Annotated[int, Field(ge=0, le=120)]
    age_to: Annotated[int, Field(ge=0, le=120)]
    about: Annotated[str, StringConstraints(max_length=4_000)]
    projects: Annotated[list[PastProject], Field(max_length=20)]
    active_projects: Annotated[int, Field(ge=0, le=1_000)]
    available: bool
    last_active: Day
    expires: Day


class Account(Message):
    id: Id
    name: str
    email: str
    role: str
    country: str
    school: str


class Tokens(Message):
    """An OAuth 2.0 token answer (RFC 6749, section 5.1)."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: int


class Problem(Message):
    """An error as RFC 9457 problem details; ``code`` is for programs."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
