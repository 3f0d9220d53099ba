"""The wire: what client and server say to each other, with limits. Both sides validate with these.

One POST carries a client's changes up and everything since its cursors down.
Described for people in docs/protocol.md, for machines in docs/openapi.json.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    Base64Bytes,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from typing_extensions import TypedDict

PROTOCOL = 2
MAX_CHANGES = 2_500
MAX_BODY = 32 * 1024 * 1024
MAX_EDIT = 1024 * 1024
MAX_SCOPES = 5_000
PAGE_ITEMS = 5_000
PAGE_BYTES = 4_000_000  # of content in one answer; a single larger item still comes, alone
LARGEST = 2**53 - 1

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,64}$")]
RecordId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,140}$")
]  # two ids joined, for members and contacts
Scope = Annotated[str, StringConstraints(pattern=r"^(account|project|community):[0-9a-zA-Z_-]{1,64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Number = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
Moment = Annotated[float, Field(strict=True, ge=0, le=1e11, allow_inf_nan=False)]  # seconds since 1970
Text = Annotated[str, StringConstraints(max_length=20_000, strict=True)]
Whole = Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)]
Scalar = Text | Annotated[bool, Field(strict=True)] | Whole | None
Value = Scalar | Annotated[list[Text], Field(max_length=200)]
Fields = Annotated[dict[Name, Value], Field(max_length=60)]
_Plain: TypeAlias = Scalar | Annotated[float, Field(strict=True, ge=-1e18, le=1e18)]
_List: TypeAlias = Annotated[list[_Plain], Field(max_length=200)]
_Object: TypeAlias = Annotated[dict[Name, _Plain], Field(max_length=60)]
_Lists: TypeAlias = Annotated[list[_List | _Object], Field(max_length=200)]
_Objects: TypeAlias = Annotated[dict[Name, _Plain | _List | _Object], Field(max_length=60)]
# a newer version's fields may have another form than these
LaterFields = Annotated[dict[Name, _Plain | _List | _Object | _Lists | _Objects], Field(max_length=60)]
UNREADABLE: Final = {"unreadable_form": True}  # the fields of a record in no form at all; the rest of an answer is good


class Message(BaseModel):
    """What all messages have in common: they do not change once read, and unknown fields, of a newer version, are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class RecordChange(Message):
    """Changed fields of one record and the server revision they were based on (0: a new record)."""

    type: Literal["record"] = "record"
    id: Id
    scope: Scope
    kind: Name
    record_id: RecordId
    base_revision: Number
    fields: Fields


class DocumentChange(Message):
    """Edits of one CRDT document (a Yjs v1 update)."""

    type: Literal["document"] = "document"
    id: Id
    scope: Scope
    kind: Name
    document_id: Id
    data: Annotated[Base64Bytes, Field(max_length=MAX_EDIT)]
    at: Moment


class Command(Message):
    """Something only the server can decide."""

    type: Literal["command"] = "command"
    id: Id
    name: Name
    args: Fields


Change = Annotated[RecordChange | DocumentChange | Command, Field(discriminator="type")]


class ExchangeRequest(Message):
    """What a device sends. ``turn`` counts its exchanges that carried changes, ``nonce`` is new for each turn.

    A request without changes may give ``digest`` (of :func:`digest`) instead of cursors: where it is what the platform
    makes of its own numbers, nothing is new.
    """

    device: Id
    turn: Number = 0
    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{0,64}$")] = ""
    speaks: Annotated[dict[Name, Number], Field(max_length=200)] = {}
    digest: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    cursors: Annotated[dict[Scope, Number], Field(max_length=MAX_SCOPES)] = {}
    began: Annotated[dict[Scope, Number], Field(max_length=MAX_SCOPES)] = {}
    changes: Annotated[list[Change], FailFast(), Field(max_length=MAX_CHANGES)] = []  # the first bad one is enough


class Result(Message):
    """What became of one change. ``repeated`` means an earlier try had already been applied.

    ``replaced`` holds the values that a record change wrote over without knowing them.
    """

    id: Id
    status: Literal["applied", "repeated", "refused"]
    revision: Number = 0
    code: Annotated[str, StringConstraints(max_length=60)] = ""
    replaced: Fields = Field(default_factory=dict)


class Record(Message):
    """One record as the platform has it. Its kind tells whether it is readable; ``UNREADABLE`` is not, of any kind."""

    kind: Name
    id: RecordId
    revision: Number
    fields: LaterFields

    @field_validator("fields", mode="wrap")
    @classmethod
    def _alone(cls, value: Any, read: ValidatorFunctionWrapHandler) -> Any:
        try:
            return read(value)
        except ValidationError:
            return dict(UNREADABLE)


class Edit(Message):
    """One author's edits. ``data`` is empty for the device that sent them: it needs only ``seq``."""

    id: Id
    document_id: Id
    kind: Name
    seq: Number
    author_id: Annotated[str, StringConstraints(max_length=64)]
    author: Annotated[str, StringConstraints(max_length=300)]
    at: Moment
    data: Annotated[Base64Bytes, Field(max_length=8 * MAX_EDIT)]


class ScopeChanges(Message):
    """What is new in a scope. ``reset``: the cursor was too old, forget the scope and take this instead.

    ``began``: while a scope is read from its beginning in several pages, how far it had come at the first; to be sent back.
    """

    seq: Number
    began: Number = 0
    reset: bool = False
    more: bool = False
    records: list[Record] = []
    edits: list[Edit] = []


class ExchangeAnswer(Message):
    """What the platform answers. ``account`` is whom the token belongs to, ``now`` its clock for what it stamped.

    ``stale``: this device's turn is not the one that the platform knows, so the profile was copied or brought back; it
    becomes a new device and reads everything anew, and nothing of the request was applied. ``cursors_needed``: the digest
    is another one.
    """

    account: Annotated[str, StringConstraints(max_length=64)] = ""
    now: Moment = 0
    stale: bool = False
    cursors_needed: bool = False
    speaks: Annotated[dict[Name, Number], Field(max_length=500)] = {}
    results: list[Result] = []
    scopes: dict[Scope, ScopeChanges] = {}
    gone: list[Scope] = []
    directory: Annotated[str, StringConstraints(max_length=100)] = ""
    vocabularies: Annotated[str, StringConstraints(max_length=100)] = ""


def digest(cursors: Iterable[tuple[str, int]]) -> str:
    """One number for how far all scopes were read: SHA-256 over ``scope:seq`` lines in the order of the scopes' names."""
    lines = "\n".join(f"{scope}:{seq}" for scope, seq in sorted(cursors))
    return hashlib.sha256(lines.encode()).hexdigest()


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
MAX_PACK = 120_000_000  # bytes compressed
MAX_PACK_PLAIN = 1_500_000_000
MAX_PACK_NUMBER = 2**53 - 1
PackNumber = Annotated[int, Field(ge=1, le=MAX_PACK_NUMBER)]


class PackFile(Message):
    """One file of the directory: a whole pack (``since`` is 0), or what changed since number ``since``."""

    since: Annotated[int, Field(ge=0, le=MAX_PACK_NUMBER)] = 0
    number: PackNumber
    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=MAX_PACK)]
    plain: Annotated[int, Field(ge=0, le=MAX_PACK_PLAIN)]
    lines: Annotated[int, Field(ge=0, le=5_000_000)]


class Pack(Message):
    """One of a country's two packs of the directory, and the steps that lead to its present number."""

    country: Country
    part: Literal["available", "other"]
    number: PackNumber
    profiles: Annotated[int, Field(ge=0, le=MAX_PACK_NUMBER)]
    whole: PackFile
    deltas: Annotated[list[PackFile], Field(max_length=60)] = []


class PackList(Message):
    """All packs there are. ``number`` only ever grows."""

    number: Annotated[int, Field(ge=0, le=MAX_PACK_NUMBER)]
    made: Moment
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


class Teacher(TypedDict):
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


Short = Annotated[str, StringConstraints(max_length=300)]


class Account(Message):
    """Who is signed in, as the platform knows them."""

    id: Id
    name: Short
    email: Short
    role: Short
    country: Short
    school: Annotated[str, StringConstraints(max_length=600)]


Secret = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z._~+/=-]{8,2000}$")]


class Tokens(Message):
    """An OAuth 2.0 token answer (RFC 6749, section 5.1)."""

    access_token: Secret
    refresh_token: Secret
    token_type: Short = "Bearer"
    expires_in: Number


class Problem(Message):
    """An error as RFC 9457 problem details; ``code`` is for programs."""

    type: str = "about:blank"
    title: str
    status: Annotated[int, Field(ge=100, le=599)]
    code: str
    detail: str = ""
