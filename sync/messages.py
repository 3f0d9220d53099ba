"""The wire: what client and server say to each other, with limits. Both sides validate with these.

One POST carries a client's changes up and everything since its cursors down.
Described for people in docs/protocol.md, for machines in docs/openapi.json.
"""

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL = 1
MAX_CHANGES = 2_500
MAX_BODY = 32 * 1024 * 1024
MAX_EDIT = 1024 * 1024
PAGE_ITEMS = 5_000

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,64}$")]
RecordId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,140}$")
]  # two ids joined, for members and contacts
Scope = Annotated[str, StringConstraints(pattern=r"^(account|project):[0-9a-zA-Z_-]{1,64}$")]
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
    changes: Annotated[list[Change], Field(max_length=MAX_CHANGES)] = []


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


class Pack(Message):
    """One country's part of the directory: a gzip file of JSON lines, named by its version."""

    country: str
    version: Id
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, le=200_000_000)]
    profiles: Annotated[int, Field(ge=0)]


class PackList(Message):
    version: str
    packs: Annotated[list[Pack], Field(max_length=300)]


class DirectoryProfile(Message):
    """One line of a pack."""

    id: Id
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    school: Annotated[str, StringConstraints(max_length=300)]
    town: Annotated[str, StringConstraints(max_length=200)]
    role: Name
    languages: Annotated[list[str], Field(max_length=40)]
    subjects: Annotated[list[str], Field(max_length=60)]
    age_from: Annotated[int, Field(ge=0, le=120)]
    age_to: Annotated[int, Field(ge=0, le=120)]
    about: Annotated[str, StringConstraints(max_length=4_000)]
    available: bool
    last_active: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


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
