"""What a kind declares. Everything that crosses the wire is an instance of a kind; see :mod:`sync.protocol.registry`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sync.protocol.fields import Field, first_bad, first_missing, named

SERVER = ""  # instead of a right: only the platform writes this
ACCOUNT, PROJECT, COMMUNITY = "account", "project", "community"
SCOPES = (ACCOUNT, PROJECT, COMMUNITY)
DELETED = "deleted"  # the one field that every record may have besides its own


@dataclass(frozen=True)
class Stamps:
    """Fields that the platform fills by itself: who made a record, under which name, from where, and when."""

    author_id: str = ""
    author: str = ""
    country: str = ""
    made_at: str = ""


@dataclass(frozen=True)
class RecordKind:
    """A record: fields with types, who may write it, and what the window listens to.

    ``create``, ``change`` and ``delete`` name actions of :mod:`app.rules.rights`, or :data:`SERVER`. ``read`` names the
    action that lets somebody in its scope see it. ``identity`` is ``account`` where the id is the account's own.
    ``indexed`` are the fields that a computer searches and orders by, ``keys`` those by which the platform looks records
    up. A deletion leaves a tombstone without content, except where the kind ``keeps`` fields that others need to
    understand it. Where two changes of one field meet, the later wins and the other value is kept as a difference that
    the teacher can settle. ``file`` is the field that names a kept file, where a record has one.
    """

    name: str
    scope: str
    fields: tuple[Field, ...]
    read: str = "read"
    create: str = SERVER
    change: str = SERVER
    delete: str = SERVER
    identity: str = "free"
    stamps: Stamps = Stamps()
    indexed: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    topic: str = ""
    file: str = ""
    version: int = 1

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by their names."""
        return named(*self.fields)

    @property
    def written_by_people(self) -> bool:
        """Whether a client may send changes of it at all."""
        return self.create != SERVER

    def complaint(self, values: Mapping[str, Any], *, new: bool) -> str | None:
        """The name of the first value that a client may not send; None if all are well."""
        given = {name: value for name, value in values.items() if name != DELETED}
        if not isinstance(values.get(DELETED, False), bool):
            return DELETED
        bad = first_bad(self.by_name, given)
        return bad or (first_missing(self._asked, given) if new and not values.get(DELETED) else None)

    def is_readable(self, values: Mapping[str, Any]) -> bool:
        """Whether stored values are of this kind's form, fields of newer versions aside; a reader skips what is not."""
        if values.get(DELETED):
            return True
        known = {name: value for name, value in values.items() if name in self.by_name}
        return first_bad(self.by_name, known, by_server=True) is None and first_missing(self.by_name, known) is None

    def tombstone(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What stays of a deleted record."""
        return {DELETED: True} | {name: values[name] for name in self.keeps if name in values}

    def sendable(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of a record's values that a client may send."""
        return {name: value for name, value in values.items() if name in self._asked}

    @cached_property
    def _asked(self) -> dict[str, Field]:
        return {name: one for name, one in self.by_name.items() if not one.server}


@dataclass(frozen=True)
class CommandKind:
    """Something only the platform can decide: arguments, the right it needs, and what undoes it.

    ``scope`` is the kind of scope whose right it needs; for a project, the argument ``project_id`` names it.
    ``target`` is the argument that names what the command is about. ``move`` names the transition of
    :mod:`app.rules.projects` where the project's state decides too. ``undone_by`` is the command that takes it back.
    """

    name: str
    scope: str
    right: str
    arguments: tuple[Field, ...]
    target: str
    move: str = ""
    undone_by: str = ""
    version: int = 1

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The arguments by their names."""
        return named(*self.arguments)

    def complaint(self, arguments: Mapping[str, Any]) -> str | None:
        """The name of the first argument that is missing, unknown or not of its type; None if all are well."""
        return first_bad(self.by_name, arguments) or first_missing(self.by_name, arguments)
