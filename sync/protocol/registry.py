"""The registry of kinds: every record, document and command that crosses the wire is declared once.

Both sides validate with it, the platform authorises with it, the client routes events and searches with it, and the
tables of docs/protocol.md and the generated tests are made from it. To add a kind, write it into the module of its
capability under ``sync/protocol/kinds`` and, for a new capability, name the module here.
"""

from sync.protocol.document_kinds import DOCUMENT_KINDS
from sync.protocol.documents import DocumentKind
from sync.protocol.kind import CommandKind, RecordKind
from sync.protocol.kinds import contacts, diary, messages, posts, profile, projects, pupil_work

_CAPABILITIES = (profile, contacts, messages, posts, projects, diary, pupil_work)

RECORDS: dict[str, RecordKind] = {kind.name: kind for module in _CAPABILITIES for kind in module.RECORDS}
COMMANDS: dict[str, CommandKind] = {kind.name: kind for module in _CAPABILITIES for kind in module.COMMANDS}
DOCUMENTS: dict[str, DocumentKind] = dict(DOCUMENT_KINDS)


def versions() -> dict[str, int]:
    """Which version of each record and document this program speaks, for the beginning of an exchange."""
    records = {name: kind.version for name, kind in RECORDS.items()}
    return records | {name: kind.version for name, kind in DOCUMENTS.items()}


def topic_of(kind: str) -> str:
    """What the window listens to when something of a kind moved; a kind of a newer version has its own name."""
    known = RECORDS.get(kind)
    return known.topic if known and known.topic else kind


def indexes() -> dict[str, tuple[str, ...]]:
    """For each kind of record the fields that a computer searches and orders by."""
    return {name: kind.indexed for name, kind in RECORDS.items() if kind.indexed}


def with_files() -> dict[str, str]:
    """The kinds of records that name a kept file, each with the field that does."""
    return {name: kind.file for name, kind in RECORDS.items() if kind.file}
