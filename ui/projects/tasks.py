"""A project's lists of tasks, which all its partners write: the lists at the left, the tasks of one at the right."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.projects import Project
from app.rules import projects as rules
from app.rules.text import brief
from app.safety import StoreError
from app.task_lists import Task, TaskList
from i18n import _
from i18n.formats import number
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.projects.task_row import TaskDeeds, TaskRow
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import EmptyState, button, column, label, row, scrolled
from ui.widgets.item_list import Item, ItemList
from ui.widgets.panels import Panel, Panels
from ui.widgets.row_list import RowList
from ui.widgets.saving import Saving
from ui.widgets.text_field import LineField

TITLE = ""  # stands for the list itself among the things that are typed in


class TasksPanel(QWidget):
    """``said`` carries the sentence about saving. Every step is stored at once, and can be undone."""

    said = Signal(str)

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host, self._use = host, host.workspace.task_lists
        self._project: Project | None = None
        self._shown: TaskList | None = None
        self._typed_words: dict[tuple[str, str, str], str] = {}  # by list, task and field
        self.saving = Saving(self, self._store_words)
        self.saving.said.connect(self.said.emit)
        self.saving.failed.connect(self._tell)
        self.list = ItemList(_("Lists of tasks"))
        self.list.currentItemChanged.connect(lambda *_items: self._choose())
        self._new = button(_("New list"), self.create, icon="plus")
        left = QWidget()
        left.setMinimumWidth(theme.px(150))
        left_layout = column(left)
        left_layout.addWidget(self._new)
        left_layout.addWidget(self.list, 1)
        self._nothing = EmptyState(
            "check-square",
            _("No list of tasks yet"),
            _("Write down who does what until when. All partners see it and can tick it off, also offline."),
            _("New list"),
            self.create,
        )
        self._both = Panels(Panel(left, 200, _("Lists")), Panel(self._build_right(), 560, _("Tasks")), grows=1)
        layout = column(self)
        layout.addWidget(self._nothing)
        layout.addWidget(self._both, 1)

    def _build_right(self) -> QWidget:
        self._right = QWidget()
        layout = column(self._right, spacing=8)
        self.title = LineField(_("Name of the list"), _("Name of the list"))
        self.title.textEdited.connect(lambda text: self._typed(TITLE, "title", text))
        self._delete = button(_("Delete the list"), self.delete, icon="trash")
        top = row(self.title, self._delete)
        top.setStretch(0, 1)
        layout.addLayout(top)
        self._count = label("", "muted")
        layout.addWidget(self._count)
        deeds = TaskDeeds(self._typed, self._tick, self._until, self._move, self._remove)
        self.tasks = RowList(lambda _task: TaskRow(deeds))
        inner = QWidget()
        holder = column(inner)
        holder.addWidget(self.tasks)
        holder.addStretch()
        layout.addWidget(scrolled(inner), 1)
        self.new_task = LineField(_("New task"), _("Add a task and press Enter"))
        self.new_task.returnPressed.connect(self.add)
        self.new_task.textEdited.connect(lambda _text: self.saving.typed())
        self._add = button(_("Add"), self.add)
        line = row(self.new_task, self._add)
        line.setStretch(0, 1)
        layout.addLayout(line)
        return self._right

    # -- what is shown ---------------------------------------------------------------------

    def load(self, project: Project) -> None:
        """Show one project's lists as they are now."""
        if not self.saving.save() and self._project is not None and self._project.id == project.id:
            return  # what cannot be stored stays on the screen
        is_other = self._project is None or self._project.id != project.id
        self._project = project
        if is_other:
            self.new_task.setText(self._host.workspace.preference(self._draft_name(), ""))
        may_write = rules.may_edit_draft(project.state, project.me)
        lists = self._use.lists(project.id)
        chosen = self.list.show_items([Item(each.id, _line(each), each) for each in lists])
        self._nothing.setVisible(not lists)
        self._both.setVisible(bool(lists))
        self._right.setEnabled(may_write)
        self._new.setEnabled(may_write)
        self._show(chosen)

    def leave(self) -> None:
        """Store what is typed."""
        self.saving.save()

    def unsaved(self) -> list[Unsaved]:
        """Words of tasks that could not be stored."""
        if not self.saving.unsaved:
            return []
        new = [self.new_task.text()] if self.new_task.isModified() else []
        return [Unsaved(_("Task"), text) for text in [*self._typed_words.values(), *new] if text]

    def _choose(self) -> None:
        if may_go_on(self, self.unsaved(), self.saving.error, self.saving.save):
            self._forget()
            self._show(self._use.get(self.list.chosen_key() or ""))
        elif self._shown:
            self.list.choose(self._shown.id)

    def _show(self, shown: TaskList | None) -> None:
        self._shown = shown
        if shown is None:
            return
        self.title.show_text(shown.title)
        done, count = number(shown.done), number(len(shown.tasks))
        self._count.setText(_("{done} of {count} done").format(done=done, count=count))
        self.tasks.show_rows([(f"{shown.id}:{task.id}", task) for task in shown.tasks])

    def _again(self) -> None:
        if self._project:
            self.load(self._project)

    # -- typing ----------------------------------------------------------------------------

    def _typed(self, task_id: str, field: str, text: str) -> None:
        if self._shown:
            self._typed_words[self._shown.id, task_id, field] = text
            self.saving.typed()

    def _store_words(self) -> None:
        for (list_id, task_id, field), text in list(self._typed_words.items()):
            try:
                self._store_one(list_id, task_id, field, text)
            except LookupError:
                self._use.put_aside(list_id, task_id, text)
            del self._typed_words[list_id, task_id, field]
        if self._project and self.new_task.isModified():
            self._host.workspace.prefer(self._draft_name(), self.new_task.text() or None)
            self.new_task.setModified(False)
        stored = self._use.get(self._shown.id) if self._shown else None
        if stored:
            self._shown = stored
            self.list.rename(stored.id, _line(stored))

    def _store_one(self, list_id: str, task_id: str, field: str, text: str) -> None:
        if task_id == TITLE:
            self._use.rename(list_id, text)
        elif field == "text":
            self._use.change(list_id, task_id, text=text)
        else:
            self._use.change(list_id, task_id, who=text)

    def _draft_name(self) -> str:
        return f"task-draft:{self._project.id}" if self._project else ""

    def _forget(self) -> None:
        self._typed_words.clear()
        self.saving.forget()

    # -- steps -----------------------------------------------------------------------------

    def create(self) -> None:
        """Begin a list and put the cursor in its name."""
        project = self._project
        if project is None or not self.saving.save():
            return
        made: list[str] = []
        if self._do(lambda: made.append(self._use.create(project.id, _("New list"))[0])):
            self.list.choose(made[0])
            self.title.setFocus()
            self.title.selectAll()

    def delete(self) -> None:
        """Put the shown list into the bin, with an undo."""
        shown = self._shown
        if shown is not None:
            said = _("“{name}” is in the bin.").format(name=brief(shown.title) or _("Untitled"))
            self._do(lambda: self._use.delete(shown.id), said)

    def add(self) -> None:
        """Add the task that was typed below."""
        shown, text = self._shown, self.new_task.text().strip()
        if shown is not None and text and self._do(lambda: self._use.add(shown.id, text)):
            self.new_task.clear()
            self._host.workspace.remember(self._draft_name(), None)

    def _tick(self, task_id: str, done: bool) -> None:
        self._with_list(lambda list_id: self._use.tick(list_id, task_id, done))

    def _until(self, task_id: str, day: str) -> None:
        self._with_list(lambda list_id: self._use.change(list_id, task_id, until=day))

    def _move(self, task_id: str, step: int) -> None:
        ids = [task.id for task in self._shown.tasks] if self._shown else []
        if task_id in ids and 0 <= (place := ids.index(task_id) + step) < len(ids):
            self._with_list(lambda list_id: self._use.move(list_id, task_id, place))

    def _remove(self, task_id: str) -> None:
        task = self._task(task_id)
        if task:
            said = _("“{name}” was deleted.").format(name=brief(task.text) or _("Untitled"))
            self._with_list(lambda list_id: self._use.remove(list_id, task_id), said)

    def _task(self, task_id: str) -> Task | None:
        tasks = self._shown.tasks if self._shown else ()
        return next((task for task in tasks if task.id == task_id), None)

    def _with_list(self, deed: Callable[[str], Callable[[], object]], said: str = "") -> None:
        shown = self._shown
        if shown is not None:
            self._do(lambda: deed(shown.id), said)

    def _do(self, deed: Callable[[], object], said: str = "") -> bool:
        """Do one step and show it; with ``said``, tell it with its undo. False if it could not be stored."""
        if not self.saving.save():
            return False
        try:
            undo = deed()
        except (StoreError, LookupError) as error:
            self._tell(error)
            self._again()
            return False
        self._again()
        if said and callable(undo):
            self._host.say(said, lambda: self._undo(undo))
        return True

    def _undo(self, undo: Callable[[], object]) -> None:
        undo()
        self._again()

    def _tell(self, error: Exception) -> None:
        gone = _("This list is not there any more.")
        self._host.say(gone if isinstance(error, LookupError) else words.not_saved(error))


def _line(shown: TaskList) -> str:
    done, count = number(shown.done), number(len(shown.tasks))
    progress = _("{done} of {count} done").format(done=done, count=count)
    title = brief(shown.title) or _("Untitled")
    return f"{title}\n{progress}"
