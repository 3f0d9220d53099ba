"""Lists of tasks that the partners of a project share: who does what until when, written by all of them, also offline."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.account import AccountUseCases
from app.open_document import OpenDocument
from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import documents, unsent_words
from local_db.tables.unsent_words import UnsentWord
from sync.protocol.document_kinds import TASK_LIST

Undo = Callable[[], None]
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


class NotADayError(ValueError):
    """The text is no day of the calendar as ``2027-05-31``."""


@dataclass(frozen=True)
class Task:
    """One task. ``who`` is free text; ``until`` is a day as ``2027-05-31``, or empty."""

    id: str
    text: str
    who: str
    until: str
    done: bool


@dataclass(frozen=True)
class TaskList:
    """One list with its tasks in their order. ``changed_at`` is seconds since 1970; ``deleted``: it lies in the bin."""

    id: str
    project_id: str
    title: str
    tasks: tuple[Task, ...]
    changed_at: float
    deleted: bool

    @property
    def done(self) -> int:
        """How many of its tasks are ticked."""
        return sum(task.done for task in self.tasks)


class TaskListUseCases:
    """What partners do with their lists of tasks. Every step is kept at once, sent when connected, and can be undone.

    Steps raise LookupError for a list that is not there; those about a task that was removed meanwhile do nothing.
    """

    def __init__(self, store: Store, account: AccountUseCases, queued: Callable[[], None]) -> None:
        self._store, self._account, self._queued = store, account, queued

    def lists(self, project_id: str) -> list[TaskList]:
        """The lists of a project, the last changed first."""
        return [each for each in self._all(project_id) if not each.deleted]

    def bin(self, project_id: str) -> list[TaskList]:
        """The deleted lists of a project; :meth:`restore` takes one back at any time."""
        return [each for each in self._all(project_id) if each.deleted]

    def get(self, list_id: str) -> TaskList | None:
        """One list, or None."""
        stored = documents.get(self._store, list_id)
        if stored is None or stored.kind != TASK_LIST.name:
            return None
        return _shown(stored.id, stored.scope, stored.fields, stored.at)

    def open(self, list_id: str) -> OpenDocument:
        """The list as a document to type in: a text field per task that merges with what others write in it."""
        if self.get(list_id) is None:
            raise LookupError(list_id)
        me = self._account.current
        return OpenDocument(self._store, TASK_LIST, list_id, (me.id, me.name), self._queued)

    def create(self, project_id: str, title: str) -> tuple[str, Undo]:
        """Begin a list; gives its id and the undo."""
        list_id, scope, me = str(uuid7()), f"project:{project_id}", self._account.current
        with self._store.transaction():
            kept = documents.Stored(list_id, scope, TASK_LIST.name, b"", {}, time.time())
            documents.keep(self._store, kept)
            made = OpenDocument(self._store, TASK_LIST, list_id, (me.id, me.name), self._queued)
            made.set_fields({"title": title, "deleted": False})
        return list_id, lambda: self._set(list_id, deleted=True)

    def rename(self, list_id: str, title: str) -> Undo:
        """Give a list another title."""
        before = self.open(list_id).fields["title"]
        self._set(list_id, title=title)
        return lambda: self._set(list_id, title=before)

    def delete(self, list_id: str) -> Undo:
        """Put a list into the bin, for all partners."""
        self._set(list_id, deleted=True)
        return lambda: self._set(list_id, deleted=False)

    def restore(self, list_id: str) -> Undo:
        """Take a list out of the bin."""
        self._set(list_id, deleted=False)
        return lambda: self._set(list_id, deleted=True)

    def put_aside(self, list_id: str, task_id: str, text: str) -> None:
        """Keep words that were typed for a list that is gone meanwhile; ``task_id`` is empty for its title."""
        field = "tasks" if task_id else "title"
        words = UnsentWord(str(uuid7()), list_id, field, task_id, text, time.time(), "gone")
        with self._store.transaction():
            unsent_words.put_aside(self._store, [words])
        self._queued()

    def add(
        self, list_id: str, text: str, who: str = "", until: str = "", index: int | None = None
    ) -> tuple[str, Undo]:
        """Add a task, at the end or before number ``index``; gives its id and the undo. Raises NotADayError."""
        task_id = str(uuid7())
        values = {"text": text, "who": who, "until": _day(until), "done": False}
        self.open(list_id).insert_item("tasks", task_id, values, index)
        return task_id, lambda: self._remove(list_id, task_id)

    def change(
        self, list_id: str, task_id: str, *, text: str | None = None, who: str | None = None, until: str | None = None
    ) -> Undo:
        """Change what is given of a task. Raises NotADayError."""
        values = {"text": text, "who": who, "until": None if until is None else _day(until)}
        return self._change(list_id, task_id, {name: value for name, value in values.items() if value is not None})

    def tick(self, list_id: str, task_id: str, done: bool = True) -> Undo:
        """Tick a task off, or take the tick away."""
        return self._change(list_id, task_id, {"done": done})

    def move(self, list_id: str, task_id: str, index: int) -> Undo:
        """Make a task number ``index`` of its list."""
        before = self._place(list_id, task_id)
        if before is None:
            return _nothing
        self.open(list_id).move_item("tasks", task_id, index)
        return lambda: self._move(list_id, task_id, before)

    def remove(self, list_id: str, task_id: str) -> Undo:
        """Remove a task; the undo puts it back at its place with all its words."""
        place, task = self._place(list_id, task_id), self._task(list_id, task_id)
        if place is None or task is None:
            return _nothing
        self._remove(list_id, task_id)
        values = {"text": task.text, "who": task.who, "until": task.until, "done": task.done}

        def undo() -> None:
            self.open(list_id).insert_item("tasks", task_id, values, place)

        return undo

    def _all(self, project_id: str) -> list[TaskList]:
        rows = documents.projections(self._store, TASK_LIST.name, f"project:{project_id}")
        return [_shown(*row) for row in rows]

    def _set(self, list_id: str, **values: Any) -> None:
        self.open(list_id).set_fields(values)

    def _change(self, list_id: str, task_id: str, values: dict[str, Any]) -> Undo:
        task = self._task(list_id, task_id)
        if task is None:
            return _nothing
        before = {name: getattr(task, name) for name in values}
        self.open(list_id).change_item("tasks", task_id, values)

        def undo() -> None:
            self.open(list_id).change_item("tasks", task_id, before)

        return undo

    def _move(self, list_id: str, task_id: str, index: int) -> None:
        self.open(list_id).move_item("tasks", task_id, index)

    def _remove(self, list_id: str, task_id: str) -> None:
        self.open(list_id).remove_item("tasks", task_id)

    def _task(self, list_id: str, task_id: str) -> Task | None:
        shown = self.get(list_id)
        if shown is None:
            raise LookupError(list_id)
        return next((task for task in shown.tasks if task.id == task_id), None)

    def _place(self, list_id: str, task_id: str) -> int | None:
        shown = self.get(list_id)
        ids = [task.id for task in shown.tasks] if shown else []
        return ids.index(task_id) if task_id in ids else None


def _nothing() -> None:
    """The undo of a step that did nothing."""


def _shown(list_id: str, scope: str, fields: dict[str, Any], at: float) -> TaskList:
    tasks = tuple(
        Task(item["id"], item["text"], item["who"], item["until"] if _is_day(item["until"]) else "", item["done"])
        for item in fields.get("tasks", ())
    )
    title, deleted = str(fields.get("title", "")), bool(fields.get("deleted"))
    return TaskList(list_id, scope.partition(":")[2], title, tasks, at, deleted)


def _day(text: str) -> str:
    if text and not _is_day(text):
        raise NotADayError(text)
    return text


def _is_day(text: str) -> bool:
    if not _DAY.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
