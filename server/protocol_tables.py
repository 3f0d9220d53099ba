"""The tables of docs/protocol.md, made from the registry of kinds, the table of rights and the limits of the code.

Each stands between two markers, ``<!-- table: NAME -->`` and ``<!-- end -->``; the words around them are written by hand.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from app.rules import outreach, projects, rights
from server.core import merge_trial, quotas
from server.core.json_body import MAX_DEPTH, MAX_ITEMS, MAX_KEYS, MAX_KEYS_BELOW, MAX_NUMBER, MAX_VALUES
from server.core.limits import Limits
from server.pupil_work import quotas as files
from server.upkeep import BIN_DAYS, TOMBSTONE_DAYS, UPLOAD_DAYS
from sync.protocol import documents, messages
from sync.protocol.document_parts import DocumentKind, ListPart, MapPart, Part, ScalarPart, SetPart, TextPart
from sync.protocol.fields import Field
from sync.protocol.kind import SCOPES, SERVER, RecordKind
from sync.protocol.registry import COMMANDS, DOCUMENTS, RECORDS

FILE = Path(__file__).resolve().parent.parent / "docs" / "protocol.md"
_TABLE = re.compile(r"(<!-- table: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_MB = 1_000_000


def with_tables(text: str) -> str:
    """The page with every table as the code has it now. Raises KeyError for a table that nothing makes."""
    return _TABLE.sub(lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n{match[3]}", text)


def named_in(text: str) -> set[str]:
    """The names of the tables that a page has."""
    return {match[2] for match in _TABLE.finditer(text)}


def records() -> str:
    """Every kind of record: where it lives, who may write it, what a deletion leaves."""
    head = ("record", "version", "lives in", "read", "create", "change", "delete", "id", "a tombstone keeps")
    return _table(head, (_record_row(kind) for kind in RECORDS.values()))


def _record_row(kind: RecordKind) -> Sequence[object]:
    identity = "the account's" if kind.identity == "account" else "free" if kind.written_by_people else "the platform's"
    writers = (_right(kind.create), _right(kind.change), _right(kind.delete or kind.change))
    return (_code(kind.name), kind.version, kind.scope, _code(kind.read), *writers, identity, _codes(kind.keeps))


def fields() -> str:
    """Every field of every record."""
    rows = ((_code(kind.name), *_field_row(field)) for kind in RECORDS.values() for field in kind.fields)
    return _table(("record", "field", "what it holds", "written by", "needed"), rows)


def _field_row(field: Field) -> Sequence[object]:
    holds = field.type.describe() + (", or null" if field.empty else "")
    return (_code(field.name), holds, "the platform" if field.server else "people", "yes" if field.required else "")


def shared_documents() -> str:
    """Every kind of shared document."""
    rows = (
        (_code(kind.name), kind.version, kind.scope, _code(kind.read), _code(kind.write), _document_id(kind))
        for kind in DOCUMENTS.values()
    )
    return _table(("document", "version", "lives in", "read", "write", "id"), rows)


def _document_id(kind: DocumentKind) -> str:
    return "the scope's own, one for each" if kind.identity == "scope" else "free, any number"


def parts() -> str:
    """Every part of every shared document."""
    rows = ((_code(kind.name), *_part_row(part)) for kind in DOCUMENTS.values() for part in kind.parts)
    return _table(("document", "part", "what it is"), rows)


def _part_row(part: Part) -> Sequence[object]:
    return (_code(part.name), _part_words(part))


def _part_words(part: Part) -> str:
    if isinstance(part, TextPart):
        return ("marked text" if part.marked else "text") + _limit(part.limit, "characters")
    if isinstance(part, SetPart):
        return "set of " + (part.vocabulary or "words") + _limit(part.limit, "items")
    if isinstance(part, ScalarPart):
        return _scalar_words(part)
    inside = "; ".join(f"{_code(field.name)}: {_part_words(field)}" for field in part.fields)
    name = "ordered list" if isinstance(part, ListPart) else "map"
    return f"{name}{_limit(part.limit, 'items' if isinstance(part, ListPart | MapPart) else '')}, each with {inside}"


def _scalar_words(part: ScalarPart) -> str:
    if part.type == "bool":
        return "true or false"
    return (
        f"text{_limit(part.highest, 'characters')}"
        if part.type == "str"
        else f"number, {part.lowest} to {part.highest:,}"
    )


def _limit(limit: int | None, of: str) -> str:
    return "" if limit is None else f", at most {limit:,} {of}"


def commands() -> str:
    """Every command: its arguments, the right it needs, and what takes it back."""
    rows = (
        (
            _code(command.name),
            "; ".join(_argument(field) for field in command.arguments),
            command.scope,
            _code(command.right),
            _codes([command.undone_by]),
        )
        for command in COMMANDS.values()
    )
    return _table(("command", "arguments", "in", "right", "taken back by"), rows)


def _argument(field: Field) -> str:
    return f"{_code(field.name)}: {field.type.describe()}{'' if field.required else ' (may be left out)'}"


def rights_of_roles() -> str:
    """Who may do what, in each kind of scope."""
    return "\n\n".join(_rights_in(scope) for scope in SCOPES)


def _rights_in(scope: str) -> str:
    roles = rights.roles(scope)
    rows = (
        (_code(action), *(rights.table()[scope][role].get(action, "") for role in roles))
        for action in rights.actions(scope)
    )
    return _table((f"in {scope}", *map(_code, roles)), rows)


def moves() -> str:
    """The moves of a project between its states."""
    rows = (
        (_code(name), _codes(move.sources), _codes(move.actors), " or ".join(map(_code, _ends(name))))
        for name, move in projects.TRANSITIONS.items()
    )
    return _table(("move", "from", "by", "to"), rows)


def _ends(move: str) -> list[str]:
    """Every state that a move can lead to, whatever co-founder and offices have said."""
    return list(
        dict.fromkeys(
            projects.after(move, source, cofounder_accepted=accepted, all_offices_approved=approved)
            for source in projects.TRANSITIONS[move].sources
            for accepted in (False, True)
            for approved in (False, True)
        )
    )


def _trial_words() -> str:
    return f"{merge_trial.MERGE_SECONDS:g} s; {merge_trial.LOAD_SECONDS:g} s and 5 µs a piece, of processor time"


def limits() -> str:
    """Every limit that a client may meet, with what it meets."""
    one = Limits()
    rows: list[Sequence[object]] = [
        ("requests of one address", f"{one.per_second:g} a second after {one.burst}", "429 `too_many`"),
        ("requests of one account", f"{one.account_per_second:g} a second after {one.account_burst}", "429 `too_many`"),
        ("requests of one account at once", f"{one.running}, of them {one.exchanges} exchanges", "429 `too_many`"),
        ("a body, unpacked", f"{one.body:,} bytes; without a token {one.small_body:,}", "413 `too_large`"),
        (
            "silence within a request",
            f"{one.silence:g} s; on average {one.slowest:,g} bytes a second",
            "408 `too_slow`",
        ),
        ("JSON", _json_words(), "422 `invalid`"),
        ("changes in a request", f"{messages.MAX_CHANGES:,}", "422 `invalid`"),
        ("scopes in a request", f"{messages.MAX_SCOPES:,}", "422 `invalid`"),
        ("one edit", f"{messages.MAX_EDIT:,} bytes", "422 `invalid`"),
        ("a document", f"{documents.MAX_STATE:,} bytes", "refused `document_full`"),
        ("merging an edit, loading a document", _trial_words(), "refused `document_full`"),
        ("changes of an account a day", f"{quotas.CHANGES_A_DAY:,}, {_size(quotas.BYTES_A_DAY)}", "429 `quota`"),
        ("records and edits of a project", _size(quotas.PROJECT_BYTES), "refused `project_full`"),
        ("contact requests a day", quotas.REQUESTS_A_DAY, "refused `too_many_requests`"),
        ("messages a day", outreach.MESSAGES_A_DAY, "refused `too_many_messages`"),
        (
            "the same words to strangers",
            f"{outreach.SAME_STOPS} in {outreach.LATELY_DAYS} days",
            "refused `same_message`",
        ),
        ("open posts", f"{outreach.POSTS_OPEN}, each for {outreach.POST_DAYS} days", "refused `too_many_posts`"),
        ("projects of one person", f"{projects.MOST_PROJECTS:,}", "refused `too_many_projects`"),
        ("a founder's open invitations", projects.OPEN_INVITATIONS, "refused `too_many_invitations`"),
        *_file_rows(),
        ("what is deleted can come back", f"{BIN_DAYS} days", ""),
        ("tombstones are kept", f"{TOMBSTONE_DAYS} days", "`reset`"),
        ("a page of an answer", f"{messages.PAGE_ITEMS:,} items, {_size(messages.PAGE_BYTES)}", "`more`"),
    ]
    return _table(("what", "limit", "beyond it"), rows)


def _file_rows() -> list[Sequence[object]]:
    room = f"{_size(files.ACCOUNT_BYTES)} an account, {_size(files.PROJECT_BYTES)} a project"
    return [
        ("files", room, "403 `quota_bytes`"),
        ("uploads begun and not finished", files.OPEN_UPLOADS, "409 `too_many_uploads`"),
        ("an upload that stands still", f"{UPLOAD_DAYS} days", "404"),
    ]


def _json_words() -> str:
    keys = f"{MAX_KEYS:,} keys in the upper levels and {MAX_KEYS_BELOW} below"
    number = f"numbers below 10^{len(str(MAX_NUMBER)) - 1}"
    return f"{MAX_VALUES:,} keys and values, depth {MAX_DEPTH}, {keys}, lists of {MAX_ITEMS:,}, {number}, no NaN"


def _size(count: int) -> str:
    return f"{count // _MB:,} MB"


def _right(action: str) -> str:
    return "the platform" if action == SERVER else _code(action)


def _code(word: str) -> str:
    return f"`{word}`"


def _codes(words: Iterable[str]) -> str:
    return ", ".join(_code(word) for word in words if word)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "records": records,
    "fields": fields,
    "documents": shared_documents,
    "parts": parts,
    "commands": commands,
    "rights": rights_of_roles,
    "moves": moves,
    "limits": limits,
}
