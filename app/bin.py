"""The bin: what was deleted here and can still be brought back, offline and online."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app import commands
from app.projects import ProjectUseCases
from app.pupil_work import KEEP_REMOVED, PupilWorkUseCases
from app.task_lists import TaskListUseCases
from local_db.store import Store
from local_db.tables import documents, outbox, records
from local_db.tables.class_bin import CLASS, PUPIL
from sync.protocol.document_kinds import TASK_LIST
from sync.protocol.kinds.diary import JOURNAL
from sync.protocol.kinds.projects import MEMBERSHIP

PROJECT, DIARY, WORK, TASKS = "project", "journal", "work", "task_list"
SHOWN_LETTERS = 80


@dataclass(frozen=True)
class BinItem:
    """Something deleted. ``days_left`` is None where it stays as long as what it belongs to; ``coming`` where bringing it
    back waits for the next connection. ``pupils`` and ``works`` come back with it; ``needs`` is the kind of what it is
    in, which lies in the bin too and comes back as well."""

    kind: str
    id: str
    title: str
    days_left: int | None
    coming: bool = False
    pupils: int = 0
    works: int = 0
    needs: str = ""


class BinUseCases:
    """Everything that was deleted in this profile, in one list."""

    def __init__(
        self,
        store: Store,
        projects: ProjectUseCases,
        works: PupilWorkUseCases,
        task_lists: TaskListUseCases,
        queued: Callable[[], None],
    ) -> None:
        self._store, self._projects, self._works, self._task_lists = store, projects, works, task_lists
        self._queued = queued

    def items(self) -> list[BinItem]:
        """What can be brought back: projects, diary entries, classes, pupils, works and lists of tasks."""
        classes = self._classes_and_pupils()
        return [*self._deleted_projects(), *self._diary(), *classes, *self._removed_works(), *self._lists()]

    def put_back(self, kind: str, item_id: str) -> bool:
        """Undo :meth:`restore` of a class, pupil or work; False for other kinds."""
        if kind not in (CLASS, PUPIL, WORK):
            return False
        self._works.steps.remove(kind, [item_id])
        return True

    def restore(self, kind: str, item_id: str) -> bool:
        """Bring something back, or queue that where the platform has to; False where it is gone for good."""
        if kind == PROJECT:
            return self._restore_project(item_id)
        if kind == DIARY:
            return self._projects.restore_journal(item_id)
        if kind == WORK:
            return self._works.restore(item_id) != "gone"
        if kind in (CLASS, PUPIL):
            return self._works.steps.restore(kind, item_id) is not None
        if self._task_lists.get(item_id) is None:
            return False
        self._task_lists.restore(item_id)
        return True

    def _deleted_projects(self) -> list[BinItem]:
        restoring = {entry.target_id for entry in outbox.commands(self._store, "restore_project")}
        waiting = [entry.target_id for entry in outbox.commands(self._store, "delete_project")]
        here = [
            BinItem(PROJECT, project_id, self._title(project_id), 30)
            for project_id in dict.fromkeys(waiting)
            if project_id not in restoring and documents.get(self._store, project_id)
        ]
        rows = records.select(self._store, records.Query(MEMBERSHIP.name, None, {"state": "deleted"}))
        there = [
            BinItem(
                PROJECT,
                str(row.fields["project_id"]),
                str(row.fields.get("title") or ""),
                _days_until(str(row.fields.get("until") or "")),
                str(row.fields["project_id"]) in restoring,
            )
            for row in rows
        ]
        return here + there

    def _restore_project(self, project_id: str) -> bool:
        entries = outbox.commands(self._store, "delete_project", "restore_project")
        mine = [entry for entry in entries if entry.target_id == project_id]
        if mine and mine[-1].target_kind == "restore_project":
            return True
        change_id = mine[-1].id if mine else ""
        scope = f"project:{project_id}"
        return commands.take_back(self._store, self._queued, change_id, scope, "delete_project", project_id)

    def _title(self, project_id: str) -> str:
        stored = documents.get(self._store, project_id)
        return str(stored.fields.get("title") or "") if stored else ""

    def _diary(self) -> list[BinItem]:
        rows = records.select(self._store, records.Query(JOURNAL.name, deleted=True))
        return [
            BinItem(DIARY, row.id, " ".join(str(row.fields["text"]).split())[:SHOWN_LETTERS], None)
            for row in rows
            if row.fields.get("text")
        ]

    def _removed_works(self) -> list[BinItem]:
        return [
            BinItem(
                WORK,
                work.id,
                f"{work.title} · {work.pupil}",
                work.days_left,
                needs=PUPIL if work.pupil_too else "",
            )
            for work in self._works.bin()
        ]

    def _classes_and_pupils(self) -> list[BinItem]:
        return [
            BinItem(
                one.kind,
                one.id,
                f"{one.name} · {one.of}" if one.of else one.name,
                max(0, KEEP_REMOVED - days),
                pupils=one.pupils,
                works=one.works,
                needs=CLASS if one.of_too else "",
            )
            for one, days in self._works.lists.lying()
        ]

    def _lists(self) -> list[BinItem]:
        kept = documents.projections(self._store, TASK_LIST.name)
        return [
            BinItem(TASKS, list_id, str(fields.get("title") or ""), None)
            for list_id, _scope, fields, _at in kept
            if fields.get("deleted")
        ]


def _days_until(day: str) -> int | None:
    try:
        return max(0, (date.fromisoformat(day) - date.today()).days)
    except ValueError:
        return None
