"""The one door: what an account may see and do. Nothing else on the platform decides it.

A door is made for one request. It reads memberships once and asks :mod:`app.rules.rights` for everything.
"""

from typing import Any

from app.rules import projects as rules
from app.rules import rights
from server.core.database import Database, Member, Project
from server.core.refusals import Refused
from sync.protocol.kind import ACCOUNT, COMMUNITY, PROJECT, CommandKind

COMMUNITY_SCOPE = "community:all"
Account = dict[str, Any]


_READERS = ("member", "invited")  # the states of a membership in which a project is seen
_NUMBERS = (
    "select name, seq from scope where name in (?, ?) union all "
    "select scope.name, scope.seq from member join scope on scope.name = 'project:' || member.project_id "
    "where member.account_id = ? and member.state in (?, ?)"
)


class Door:
    """What ``account`` may see and do, now."""

    def __init__(self, db: Database, account: Account) -> None:
        self._db, self.account = db, account
        self._roles: dict[str, str | None] = {}
        self._joined: dict[str, int] = {}

    def scopes(self) -> set[str]:
        """The names of every scope that the account may read."""
        where = (Member.account_id == self.account["id"], Member.state.in_(_READERS))
        rows = self._db.all(
            Member.select(Member.project_id, Member.role, Member.state, Member.joined_seq).where(*where)
        )
        for row in rows:
            self._roles[row["project_id"]] = _role_of(row)
            self._joined[f"project:{row['project_id']}"] = row["joined_seq"]
        return {self._own_scope, COMMUNITY_SCOPE} | {f"project:{row['project_id']}" for row in rows}

    def numbers(self) -> tuple[str, tuple[str, ...]]:
        """A statement, with its values, for the name and number of every scope of :meth:`scopes` in which something
        happened."""
        return _NUMBERS, (self._own_scope, COMMUNITY_SCOPE, self.account["id"], *_READERS)

    @property
    def _own_scope(self) -> str:
        return f"account:{self.account['id']}"

    def joined(self, scope: str) -> int:
        """From which number of a project on the account saw all of it; what is known from before is read anew."""
        return self._joined.get(scope, 0)

    def role(self, scope: str) -> str | None:
        """The account's role in a scope; None for a stranger."""
        kind, _, name = scope.partition(":")
        if kind == ACCOUNT:
            return "self" if name == self.account["id"] else None
        if kind == COMMUNITY:
            return str(self.account["role"]) if scope == COMMUNITY_SCOPE else None
        return self.role_in_project(name) if kind == PROJECT else None

    def role_in_project(self, project_id: str) -> str | None:
        """The account's role in a project: of the table of rights, ``invited`` and ``former`` included."""
        if project_id not in self._roles:
            self._roles[project_id] = role_in_project(self._db, project_id, self.account["id"])
        return self._roles[project_id]

    def forget_roles(self) -> None:
        """Look memberships up anew: a command may have moved them."""
        self._roles.clear()

    def may_read(self, scope: str, action: str = "read") -> bool:
        """Whether the account may see things of a scope that need the right ``action``."""
        return rights.may(scope.partition(":")[0], self.role(scope), action)

    def refusal(self, scope: str, action: str, *, own: bool = True) -> str | None:
        """Why the account may not write something in a scope now, as a code; None if it may."""
        kind, _, name = scope.partition(":")
        role = self.role(scope)
        if role is None or self.account["role"] != "teacher":
            return "not_yours"
        if not rights.may(kind, role, action, own=own):
            return "not_yours" if role == rights.FORMER else "not_possible_now"
        if kind == PROJECT and not rules.may_write(action, locked_project(self._db, name)["state"], role, own=own):
            return "not_possible_now"
        return None

    def admit(self, command: CommandKind, arguments: dict[str, Any]) -> None:
        """Let a command in, its arguments and the right to it checked. Raises Refused.

        What a command of a project's material needs beyond that (whose it is) its handler says.
        """
        if command.complaint(arguments):
            raise Refused("invalid")
        if self.account["role"] != "teacher":
            raise Refused("not_yours")
        if command.scope == PROJECT and "project_id" in arguments:
            self._admit_to_project(command, str(arguments["project_id"]))
        elif command.scope != PROJECT and not rights.may(command.scope, self._plain_role(command.scope), command.right):
            raise Refused("not_yours")

    def _admit_to_project(self, command: CommandKind, project_id: str) -> None:
        role = self.role_in_project(project_id)
        if role is None:
            raise Refused("not_yours")
        if command.move and self._is_done(command.move, project_id, role):
            return
        if not rights.may(PROJECT, role, command.right):
            raise Refused("not_yours" if role == rights.FORMER else "not_possible_now")
        if command.move and not rules.may(command.move, locked_project(self._db, project_id)["state"], role):
            raise Refused("not_possible_now")

    def _is_done(self, move: str, project_id: str, role: str) -> bool:
        return rules.is_done(move, locked_project(self._db, project_id)["state"], role)

    def _plain_role(self, scope_kind: str) -> str:
        return "self" if scope_kind == ACCOUNT else str(self.account["role"])


def role_in_project(db: Database, project_id: str, account_id: str) -> str | None:
    """Anybody's role in a project, as :meth:`Door.role_in_project` says it."""
    row = db.one(Member.select().where(Member.project_id == project_id, Member.account_id == account_id))
    return _role_of(row) if row else None


def locked_project(db: Database, project_id: str) -> dict[str, Any]:
    """A project's row, held against other writers until the transaction ends. Raises Refused."""
    query = Project.select().where(Project.id == project_id)
    row = db.one(query if db.is_sqlite else query.for_update())
    if row is None:
        raise Refused("no_such_project")
    return row


def _role_of(member: dict[str, Any]) -> str:
    if member["state"] == "invited":
        return rights.INVITED
    return str(member["role"]) if member["state"] == "member" else rights.FORMER
