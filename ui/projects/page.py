"""Projects: the list on the left, the chosen project on the right."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QMessageBox, QTabWidget, QWidget

from app.projects import Project
from app.rules import projects as rules
from app.rules.text import brief
from i18n import _
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.not_taken import NotTakenBanner
from ui.projects.form import ProjectForm
from ui.projects.history import HistoryPanel
from ui.projects.sorting import orders, sorted_out, states
from ui.projects.space import SpacePanel
from ui.projects.steps import steps_of
from ui.projects.tasks import TasksPanel
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import (
    EmptyState,
    Page,
    breakable,
    button,
    card,
    column,
    label,
    row,
    scrolled,
    set_tone,
    tone_label,
)
from ui.widgets.button_row import ButtonRow
from ui.widgets.choose_dialog import Choice, ChooseDialog
from ui.widgets.filter_bar import FilterBar
from ui.widgets.item_list import Item, ItemList
from ui.widgets.panels import Panel, Panels
from ui.widgets.tall import Tall

DRAFT_TAB, SPACE_TAB, HISTORY_TAB, TASKS_TAB = range(4)


class ProjectsPage(Page):
    """The teacher's projects. The chosen one has a head with its steps, and tabs: draft, space, history, tasks."""

    listens_to = frozenset(
        {
            "projects",
            "project",
            "membership",
            "material",
            "journal",
            "files",
            "outbox",
            "contact",
            "profile",
            "task_lists",
        }
    )

    def __init__(self, host: Host) -> None:
        super().__init__(_("Projects"))
        self._host = host
        self.use = self._use = host.workspace.projects
        self._current: Project | None = None
        self._projects: list[Project] = []
        self.list = ItemList(_("Your projects"))
        self.list.currentItemChanged.connect(lambda *_items: self._choose())
        left = QWidget()
        left_layout = column(left)
        left_layout.addWidget(button(_("New project"), self.create, "main", "plus"))
        self.filter = FilterBar(_("Search your projects"), orders=orders(), kinds=states())
        self.filter.changed.connect(self._show_list)
        self._none_fits = label(_("No project fits. Use fewer words, or show all projects."), "muted", wrap=True)
        self._show_all = button(_("Show all projects"), self.filter.clear, "link")
        for widget in (self.filter, self._none_fits, self._show_all):
            left_layout.addWidget(widget)
        left_layout.addWidget(self.list, 1)
        left.setMinimumWidth(theme.px(180))
        self._empty = EmptyState(
            "notebook",
            _("No project yet"),
            _("Begin a draft: it stays on this computer until you invite a co-founder."),
            _("New project"),
            self.create,
        )
        self._detail = self._build_detail()
        right = QWidget()
        right_layout = column(right)
        right_layout.addWidget(self._detail)
        right_layout.addWidget(self._empty)
        self.body.addWidget(
            Panels(Panel(left, 250, _("Projects")), Panel(Tall(right), 800, _("This project")), grows=1), 1
        )

    def _build_detail(self) -> QWidget:
        detail = QWidget()
        layout = column(detail, spacing=8)
        layout.addWidget(self._build_head())
        self.form = ProjectForm()
        self.form.kept.connect(self._kept)
        self.form.saving.said.connect(self.say)
        self.form.saving.failed.connect(lambda error: self._host.say(words.not_saved(error)))
        self.space = SpacePanel(self._host)
        self.history = HistoryPanel(self._host, self._restore)
        self.tasks = TasksPanel(self._host)
        self.tasks.said.connect(self.say)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        pages = (
            (scrolled(self._draft()), _("Draft")),
            (self.space, _("Space")),
            (self.history, _("History")),
            (self.tasks, _("Tasks")),
        )
        for widget, text in pages:
            self.tabs.addTab(widget, text)
        self.tabs.currentChanged.connect(lambda _n: self._show_tab())
        layout.addWidget(self.tabs, 1)
        return detail

    def _draft(self) -> QWidget:
        """The form, and above it what of it was not taken."""
        holder = QWidget()
        layout = column(holder)
        self.not_taken = NotTakenBanner(self._host, self.refresh)
        layout.addWidget(self.not_taken)
        layout.addWidget(self.form, 1)
        return holder

    def _build_head(self) -> QWidget:
        frame, head = card(margin=12, spacing=6)
        self._title = label("", "cardTitle", wrap=True)
        self._state = tone_label("", "plain")
        self._people = label("", "muted", wrap=True)
        self._notice = label("", wrap=True)
        self._steps = ButtonRow()
        top = row(self._title, self._state)
        top.setStretch(0, 1)
        top.setAlignment(self._state, Qt.AlignmentFlag.AlignTop)
        head.addLayout(top)
        for widget in (self._people, self._notice, self._steps):
            head.addWidget(widget)
        return frame

    # -- list ------------------------------------------------------------------------------

    def refresh(self, changes: object = None) -> None:
        """Show the projects as they are now; the chosen one stays chosen."""
        projects = self._projects = self._use.overview()
        chosen = self._current.id if self._current else self._host.workspace.preference("project")
        shown = self._show_list(chosen)
        self._empty.setVisible(not projects)
        self._detail.setVisible(bool(projects))
        if shown:
            self._show(shown)
        else:
            self._current = None
            if self.form.keep():  # the words go where unsent ones are found when the project is gone
                self.form.close_draft()

    def _show_list(self, chosen: str = "") -> Project | None:
        """Show the projects that are wanted; returns the one to show, which stays the same while others are searched."""
        current = chosen or (self._current.id if self._current else "")
        wanted = sorted_out(self._projects, self.filter)
        shown = self.list.show_items([Item(project.id, _line(project), project) for project in wanted], current)
        here = next((project for project in self._projects if project.id == current), None)
        if here is not None and here not in wanted:
            with QSignalBlocker(self.list):
                self.list.setCurrentRow(-1)
        self.filter.show_for(len(self._projects))
        for widget in (self._none_fits, self._show_all):
            widget.setVisible(bool(self._projects) and not wanted)
        return here or shown or next(iter(self._projects), None)

    def create(self) -> None:
        """Begin a draft and put the cursor in its title."""
        if self._may_leave_draft():
            self.show_project(self._use.create())
            self.form.editors["title"].setFocus()

    def show_project(self, project_id: str) -> None:
        """Show one project's draft."""
        if self._may_leave_draft():
            self._current = self._use.get(project_id)
            self.tabs.setCurrentIndex(DRAFT_TAB)
            self.refresh()

    def leave(self) -> None:
        """Store what is typed."""
        self.form.keep()
        self.space.leave()
        self.tasks.leave()

    def unsaved(self) -> list[Unsaved]:
        """What is typed in the draft, the diary and the tasks and could not be stored."""
        return self.form.unsaved() + self.space.unsaved() + self.tasks.unsaved()

    def saving_error(self) -> Exception | None:
        """Why they could not."""
        return self.form.saving.error or self.space.saving.error or self.tasks.saving.error

    def _may_leave_draft(self) -> bool:
        return may_go_on(self, self.unsaved(), self.saving_error(), self._store_all)

    def _store_all(self) -> bool:
        return all([self.form.keep(), self.space.saving.save(), self.tasks.saving.save()])

    def _choose(self) -> None:
        project = self.list.chosen_value()
        if project is None or (self._current and project.id == self._current.id):
            return
        if self._may_leave_draft():
            self._show(self._use.get(project.id) or project)
        elif self._current:
            self.list.choose(self._current.id)

    # -- one project -----------------------------------------------------------------------

    def _show(self, project: Project) -> None:
        is_other = self.form.draft is None or self.form.draft.project_id != project.id
        self._current = project
        if is_other:
            self._host.workspace.remember("project", project.id)
            self.say("")
            self.form.load(self._use.open(project.id), rules.may_edit_draft(project.state, project.me))
        else:
            self.form.take_in()
            self.form.set_editable(rules.may_edit_draft(project.state, project.me))
        self.not_taken.show_project(project.id)
        self._show_head(project)
        self._show_tab()

    def _show_head(self, project: Project) -> None:
        self._title.setText(breakable(brief(project.title)) or _("Untitled"))
        text, tone = words.state(project.state)
        self._state.setText(text)
        set_tone(self._state, tone)
        self._people.setText(self._people_text(project))
        self._notice.setText(self._notice_text(project))
        for words_ in (self._people, self._notice):
            words_.setVisible(bool(words_.text()))
        self._steps.show_steps(steps_of(project, self))

    def _people_text(self, project: Project) -> str:
        founder = _("Founder: {name}").format(name=project.founder or _("you"))
        if not project.cofounder:
            return founder
        state = _("invited") if project.cofounder_state == "invited" else _("has joined")
        cofounder = _("Co-founder: {name} ({state})").format(name=project.cofounder, state=state)
        return f"{founder} · {cofounder}"

    def _notice_text(self, project: Project) -> str:
        if project.waiting:
            what = _(words.COMMANDS.get(project.waiting, project.waiting))
            return _("{what}: sent the next time you are connected.").format(what=what)
        if project.state == rules.DRAFT and project.reason:
            return _("A national office sent it back: {reason}").format(reason=project.reason)
        if project.state == rules.PENDING_OFFICES and project.approvals:
            names = ", ".join(words.item("countries", code) for code in project.approvals)
            return _("Approved so far by: {countries}").format(countries=names)
        return ""

    def _show_tab(self) -> None:
        if self._current is None:
            return
        if self.tabs.currentIndex() == SPACE_TAB:
            self.space.load(self._current)
        elif self.tabs.currentIndex() == HISTORY_TAB:
            self.form.keep()
            self.history.load(self._current.id)
        elif self.tabs.currentIndex() == TASKS_TAB:
            self.tasks.load(self._current)

    # -- steps -----------------------------------------------------------------------------

    def do(self, step: Callable[[str], object]) -> None:
        """Do something with the chosen project, after what is typed was stored."""
        if self._current and self.form.keep():
            step(self._current.id)
            self.refresh()

    def find_partners(self) -> None:
        """Search partners that fit the chosen draft."""
        if self._current:
            self._host.page("partners").match_to(self._current.id)

    def ask_whom_to_invite(self) -> None:
        """Let the person choose among the contacts, or find a first one."""
        contacts = self._use.contacts()
        if not contacts:
            self._host.say(_("You have no contacts yet. Find a partner first."))
            self._host.go("partners")
            return
        choices = [Choice(account_id, name, words.item("countries", country)) for account_id, name, country in contacts]
        dialog = ChooseDialog(_("Invite a co-founder"), _("Search your contacts"), _("Invite"), choices, self)
        if dialog.exec() and dialog.chosen:
            self.invite_contact(dialog.chosen)
        dialog.deleteLater()

    def invite_contact(self, account_id: str) -> None:
        """Name a contact as the co-founder."""
        self.do(lambda project_id: self._use.invite(project_id, account_id))

    def submit(self) -> None:
        """Hand in the draft, or say what is missing and go to the first such field."""
        if self._current is None or not self.form.keep():
            return
        missing = self._use.submit(self._current.id)
        if missing:
            sentences = [words.problem(problem.field, problem.code) for problem in missing]
            self._host.say(_("Not yet: {list}.").format(list="; ".join(sentences)))
            self.tabs.setCurrentIndex(DRAFT_TAB)
            self.form.editors[missing[0].field].setFocus()
            return
        self.refresh()

    def delete(self) -> None:
        """Delete the draft, with an undo."""
        if self._current is None:
            return
        self.form.keep()
        kept = self._use.get(self._current.id)
        title = brief(kept.title if kept else "") or _("Untitled")
        undo = self._use.delete(self._current.id)
        self._current = None
        self.form.close_draft()
        self.refresh()
        self._host.say(_("“{name}” was deleted.").format(name=title), undo)

    def ask_to_close(self) -> None:
        """End the project, after a question: it cannot be taken back."""
        question = _("Close the project? Its space becomes read-only for everyone, and this cannot be taken back.")
        if QMessageBox.question(self, _("Close the project…"), question) == QMessageBox.StandardButton.Yes:
            self.do(self._use.close)

    def _restore(self, fields: dict[str, Any]) -> None:
        draft = self.form.draft
        if draft is None or not self.form.keep():
            return
        before = draft.fields

        def put(values: dict[str, Any]) -> None:
            draft.set_fields(values)
            self.form.show_all()
            self._show_tab()

        put(fields)
        self._host.say(
            _("The draft is as it was then. What was written since is still in the history."), lambda: put(before)
        )

    def _kept(self) -> None:
        if self._current and self.form.draft:
            self.not_taken.show_project(self._current.id)
            self._current = replace(self._current, title=self.form.draft.fields["title"])
            self.list.rename(self._current.id, _line(self._current))
            self._title.setText(breakable(brief(self._current.title)) or _("Untitled"))


def _line(project: Project) -> str:
    title = brief(project.title) or _("Untitled")
    return f"{title}\n{words.state(project.state)[0]}"
