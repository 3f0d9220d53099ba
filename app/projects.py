"""Drafting a project alone and together, and moving it through the platform's states."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app import commands, document_history
from app.account import Account, AccountUseCases
from app.commands import Undo
from app.document_history import HistoryEntry
from app.open_document import OpenDocument
from app.rules import filenames
from app.rules import projects as rules
from app.rules.ids import uuid7
from app.rules.text import storable
from app.today_item import TodayItem
from local_db.store import Store
from local_db.tables import documents, outbox, records
from local_db.tables.documents import Stored
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.kind import DELETED
from sync.protocol.kinds import projects as project_kinds
from sync.protocol.kinds.diary import JOURNAL

Queued = Callable[[], None]


@dataclass(frozen=True)
class Project:
    """A project as its list shows it. ``waiting`` names a command that is on its way, ``me`` is the teacher's role."""

    id: str
    title: str
    state: str
    me: str
    me_state: str
    founder: str
    cofounder: str
    cofounder_id: str
    cofounder_state: str
    approvals: tuple[str, ...]
    reason: str
    changed_at: float
    waiting: str


@dataclass(frozen=True)
class Material:
    """A published piece of work: ``pupil`` is a pseudonym, ``here`` tells whether its bytes are on this computer."""

    id: str
    title: str
    pupil: str
    kind: str
    filename: str
    sha256: str
    size: int
    author: str
    author_id: str
    here: bool


class OpenDraft(OpenDocument):
    """A project's draft that is being edited."""

    def __init__(self, store: Store, project_id: str, author: tuple[str, str], queued: Queued) -> None:
        super().__init__(store, PROJECT_DRAFT, project_id, author, queued)

    @property
    def project_id(self) -> str:
        """The project it belongs to."""
        return self.id


class ProjectUseCases:
    """What a teacher does with projects. Every call keeps its step and queues it; none waits for the network."""

    def __init__(self, store: Store, account: AccountUseCases, queued: Queued) -> None:
        self._store, self._account, self._queued = store, account, queued

    def overview(self) -> list[Project]:
        """All projects of the teacher, the last changed first."""
        drafts = {name: (title, at) for name, title, at in documents.titles(self._store, PROJECT_DRAFT.name)}
        rows = {row.id: row.fields for row in records.all_of(self._store, "project")}
        waiting = self._waiting()
        mine = [pid for pid in {*drafts, *rows} if pid in rows or "create_project" in waiting.get(pid, ())]
        me = self._account.current
        shown = [_project(me, pid, *drafts.get(pid, ("", 0.0)), rows.get(pid, {}), waiting) for pid in mine]
        kept = [project for project in shown if project.state != rules.DELETED and project.waiting != "delete_project"]
        return sorted(kept, key=lambda project: -project.changed_at)

    def today(self) -> list[TodayItem]:
        """Invitations, drafts to go on with, and what is with somebody else."""
        items = []
        for project in self.overview():
            if kind := _today_kind(project):
                person = project.founder if project.me != rules.FOUNDER else project.cofounder
                items.append(TodayItem(kind, project.title, project.id, person, at=project.changed_at))
        return items

    def get(self, project_id: str) -> Project | None:
        """One of the teacher's projects; None where there is none of that id."""
        return next((project for project in self.overview() if project.id == project_id), None)

    def create(self) -> str:
        """Begin a draft; returns its id."""
        project_id = str(uuid7())
        with self._store.transaction():
            documents.keep(
                self._store,
                Stored(project_id, f"project:{project_id}", PROJECT_DRAFT.name, b"", {"title": ""}, time.time()),
            )
            self._command("create_project", project_id)
        self._queued()
        return project_id

    def open(self, project_id: str) -> OpenDraft:
        """The draft of a project, for editing."""
        me = self._account.current
        return OpenDraft(self._store, project_id, (me.id, me.name), self._queued)

    def problems(self, project_id: str) -> list[rules.Problem]:
        """What still keeps the draft from being submitted, in the order of the form."""
        stored = documents.get(self._store, project_id)
        return rules.problems(stored.fields if stored else {})

    def contacts(self) -> list[tuple[str, str, str]]:
        """``(account id, name, country)`` of everyone who may be invited."""
        rows = records.select(self._store, records.Query("contact", None, {"state": "contact"}))
        people = [(str(r.fields["account_id"]), str(r.fields["name"]), str(r.fields["country"])) for r in rows]
        return sorted(people, key=lambda person: person[1])

    def invite(self, project_id: str, account_id: str) -> None:
        """Name the co-founder; they get the invitation at the next sync."""
        self._queue("invite_cofounder", project_id, account_id=account_id)

    def answer(self, project_id: str, accept: bool) -> Undo:
        """Accept or decline the invitation to be the co-founder; returns the undo, which works until it was sent."""
        name = "accept_invitation" if accept else "decline_invitation"
        body = {"project_id": project_id}
        return commands.queue(self._store, self._queued, f"project:{project_id}", name, project_id, body)

    def submit(self, project_id: str) -> list[rules.Problem]:
        """Hand the draft to the national offices; returns what is still missing instead, if anything is."""
        missing = self.problems(project_id)
        if not missing:
            self._queue("submit_project", project_id)
        return missing

    def withdraw(self, project_id: str) -> None:
        """Take back a draft that was submitted."""
        self._queue("withdraw_project", project_id)

    def close(self, project_id: str) -> None:
        """End the project."""
        self._queue("close_project", project_id)

    def delete(self, project_id: str) -> Undo:
        """Delete a draft; returns the undo, which works for 30 days, offline too."""
        return commands.queue(
            self._store,
            self._queued,
            f"project:{project_id}",
            "delete_project",
            project_id,
            {"project_id": project_id},
        )

    def history(self, project_id: str) -> list[HistoryEntry]:
        """Who wrote what, oldest first; read from columns alone, so quick for any length."""
        return document_history.entries(self._store, PROJECT_DRAFT, project_id)

    def version(self, project_id: str, edit_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The draft before and after one entry of the history. Raises LookupError for one that is not there."""
        return document_history.version(self._store, PROJECT_DRAFT, project_id, edit_id)

    def complete_history(self, project_id: str) -> bool:
        """Look up what entries of older versions changed (their ``changed`` is empty); for a worker. True: list anew."""
        return document_history.complete(self._store, PROJECT_DRAFT, project_id)

    def materials(self, project_id: str) -> list[Material]:
        """What the members published to the project, as it was at the last sync."""
        rows = records.all_of(self._store, "material", f"project:{project_id}")
        return [
            Material(
                id=row.id,
                title=filenames.plain_line(_text(row.fields, "title")),
                pupil=filenames.plain_line(_text(row.fields, "pupil")),
                kind=_text(row.fields, "kind"),
                filename=filenames.plain_name(_text(row.fields, "filename")),
                sha256=_text(row.fields, "sha256"),
                size=int(row.fields.get("size") or 0),
                author=_text(row.fields, "author"),
                author_id=_text(row.fields, "author_id"),
                here=self._store.files.has(_text(row.fields, "sha256")),
            )
            for row in rows
        ]

    def material_bytes(self, sha256: str) -> bytes:
        """The content of a material that is ``here``. Raises FileMissingError or FileDamagedError."""
        return self._store.files.read_all(sha256)

    def journal(self, project_id: str, limit: int | None = None, offset: int = 0) -> list[tuple[str, dict[str, Any]]]:
        """The project's diary: ``(id, {text, author, author_id, at})``, newest first, all of it or a page."""
        query = records.Query(JOURNAL.name, f"project:{project_id}", {}, "at", True, limit, offset)
        return [(row.id, row.fields) for row in records.select(self._store, query)]

    def write_journal(self, project_id: str, text: str, entry_id: str | None = None) -> str:
        """Add or change a diary entry that all members see. The platform says who wrote it, and when."""
        me, is_new = self._account.current, entry_id is None
        entry_id = entry_id or str(uuid7())
        shown = {"author": me.name, "author_id": me.id, "at": int(time.time())} if is_new else {}
        records.change(self._store, JOURNAL.name, entry_id, f"project:{project_id}", {"text": storable(text)}, shown)
        self._queued()
        return entry_id

    def delete_journal(self, project_id: str, entry_id: str) -> Callable[[], bool]:
        """Delete an entry; returns the undo, which works for 30 days, offline too."""
        records.change(self._store, JOURNAL.name, entry_id, f"project:{project_id}", {DELETED: True})
        self._queued()
        return lambda: self.restore_journal(entry_id)

    def restore_journal(self, entry_id: str) -> bool:
        """Bring a deleted entry back; False where its words are not on this computer any more."""
        row = records.get(self._store, JOURNAL.name, entry_id, deleted=True)
        if row is None or not row.fields.get("text"):
            return False
        fields = {**JOURNAL.sendable(row.fields), DELETED: False}
        records.change(self._store, JOURNAL.name, entry_id, row.scope, fields)
        self._queued()
        return True

    def _waiting(self) -> dict[str, list[str]]:
        waiting: dict[str, list[str]] = {}
        for name, target_id in outbox.commanded(self._store, *(kind.name for kind in project_kinds.COMMANDS)):
            waiting.setdefault(target_id, []).append(name)
        return waiting

    def _queue(self, name: str, project_id: str, **args: Any) -> None:
        with self._store.transaction():
            self._command(name, project_id, **args)
        self._queued()

    def _command(self, name: str, project_id: str, **args: Any) -> None:
        outbox.add(
            self._store,
            str(uuid7()),
            "command",
            f"project:{project_id}",
            (name, project_id),
            {"project_id": project_id, **args},
        )


def _project(
    me: Account, project_id: str, title: str, at: float, row: dict[str, Any], waiting: dict[str, list[str]]
) -> Project:
    is_cofounder = bool(row) and row.get("cofounder_id") == me.id
    return Project(
        id=project_id,
        title=title,
        state=str(row.get("state", rules.DRAFT)),
        me=_role(is_cofounder, row),
        me_state=str(row.get("cofounder_state") if is_cofounder else "member"),
        founder=str(row.get("founder_name") or me.name),
        cofounder=str(row.get("cofounder_name") or ""),
        cofounder_id=str(row.get("cofounder_id") or ""),
        cofounder_state=str(row.get("cofounder_state") or ""),
        approvals=tuple(row.get("approvals") or ()),
        reason=str(row.get("reason") or ""),
        changed_at=at,
        waiting=next((name for name in reversed(waiting.get(project_id, [])) if name != "create_project"), ""),
    )


def _today_kind(project: Project) -> str:
    if project.reason and project.state == rules.DRAFT:
        return "returned"
    if project.me == rules.INVITED:
        return "" if project.waiting else "invitation"
    if project.state == rules.DRAFT and project.me == rules.FOUNDER:
        return "ready" if project.cofounder_state == "member" and not project.waiting else "draft"
    return {rules.PENDING_OFFICES: "with_offices", rules.PENDING_PARTNER: "with_partner"}.get(project.state, "")


def _role(is_cofounder: bool, row: dict[str, Any]) -> str:
    if not is_cofounder:
        return rules.FOUNDER
    return rules.INVITED if row.get("cofounder_state") == "invited" else rules.COFOUNDER


def _text(fields: dict[str, Any], name: str) -> str:
    return str(fields.get(name) or "")
