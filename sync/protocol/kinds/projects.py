"""Projects: how they stand, who belongs to them, and the commands that move them."""

from app.rules.projects import COFOUNDER, FOUNDER, STATES
from sync.protocol.fields import COUNTRY, IDENTIFIER, Choice, Day, Field, Items, Text
from sync.protocol.kind import ACCOUNT, PROJECT, CommandKind, RecordKind

MEMBER_STATES = ("invited", "member", "gone", "deleted")
_PROJECT_ID = Field("project_id", IDENTIFIER, required=True)


def _person(role: str) -> tuple[Field, ...]:
    return (
        Field(f"{role}_id", IDENTIFIER, empty=True, server=True),
        Field(f"{role}_name", Text(200), empty=True, server=True),
        Field(f"{role}_country", COUNTRY, empty=True, server=True),
        Field(f"{role}_state", Choice(MEMBER_STATES), empty=True, server=True),
    )


PROJECT_RECORD = RecordKind(
    "project",
    PROJECT,
    (
        Field("state", Choice(STATES), required=True, server=True),
        Field("reason", Text(5_000), server=True),
        Field("approvals", Items(COUNTRY, 60), server=True),
        *_person(FOUNDER),
        *_person(COFOUNDER),
    ),
    read="read_invitation",
    topic="project",
)
MEMBERSHIP = RecordKind(
    "membership",
    ACCOUNT,
    (
        Field("project_id", IDENTIFIER, required=True, server=True),
        Field("role", Choice((FOUNDER, COFOUNDER)), required=True, server=True),
        Field("state", Choice(MEMBER_STATES), required=True, server=True),
        Field("founder", Text(200), empty=True, server=True),
        Field("title", Text(300), server=True),
        Field("until", Day(), server=True),
    ),
    indexed=("state",),
    topic="membership",
)

RECORDS: tuple[RecordKind, ...] = (PROJECT_RECORD, MEMBERSHIP)


def _move(name: str, right: str, move: str, undone_by: str = "", *more: Field) -> CommandKind:
    return CommandKind(name, PROJECT, right, (_PROJECT_ID, *more), "project_id", move, undone_by)


COMMANDS: tuple[CommandKind, ...] = (
    CommandKind("create_project", ACCOUNT, "write", (_PROJECT_ID,), "project_id", undone_by="delete_project"),
    _move("invite_cofounder", "invite_cofounder", "invite", "", Field("account_id", IDENTIFIER, required=True)),
    _move("accept_invitation", "answer_invitation", "accept"),
    _move("decline_invitation", "answer_invitation", "decline"),
    _move("submit_project", "submit", "submit", "withdraw_project"),
    _move("withdraw_project", "withdraw", "withdraw"),
    _move("close_project", "close", "close"),
    _move("delete_project", "delete", "delete", "restore_project"),
    _move("restore_project", "restore", "restore", "delete_project"),
)
