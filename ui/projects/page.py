"""Projects: the list on the left, the chosen project on the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QMessageBox, QTabWidget, QWidget

from app.projects import Project
from app.rules import projects as rules
from i18n import _
from ui import words
from ui.host import Host
from ui.projects.form import ProjectForm
from ui.projects.history import HistoryPanel
from ui.projects.space import SpacePanel
from ui.theme import theme
from ui.widgets.basics import (
    EmptyState,
    Flow,
    Page,
    button,
    card,
    clear,
    column,
    label,
    row,
    scrolled,
    side_by_side,
    tone_label,
)

ID = Qt.ItemDataRole.UserRole


class ProjectsPage(Page):
    def __init__(self, host: Host) -> None:
        super().__init__(_("Projects"))
        self._host, self._use = host, host.workspace.projects
        self._current: Project | None = None
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(_("Your projects"))
        self.list.currentItemChanged.connect(self._choose)
        left = QWidget()
        left_layout = column(left)
        left_layout.addWidget(button(_("New project"), self.create, "main", "plus"))
        left_layout.addWidget(self.list, 1)
        self._empty = EmptyState(
            "notebook",
            _("No project yet"),
            _("Begin a draft: it stays on this computer until you invite a co-founder."),
            _("New project"),
            self.create,
        )
        self._detail = self._build_detail()
        left.setMinimumWidth(theme.px(180))
        right = QWidget()
        right_layout = column(right)
        right_layout.addWidget(self._detail)
        right_layout.addWidget(self._empty)
        self.body.addWidget(side_by_side((left, 250), (right, 800), grows=1), 1)

    def _build_detail(self) -> QWidget:
        detail = QWidget()
        layout = column(detail, spacing=8)
        frame, head = card(margin=12, spacing=6)
        self._title = label("", "cardTitle", wrap=True)
        self._state_row = row()
        self._people = label("", "muted", wrap=True)
        self._notice = label("", wrap=True)
        self._steps = Flow(spacing=8)
        top = row(self._title)
        top.setStretch(0, 1)
        top.addLayout(self._state_row)
        head.addLayout(top)
        for widget in (self._people, self._notice):
            head.addWidget(widget)
        head.addLayout(self._steps)
        layout.addWidget(frame)
        self.form = ProjectForm()
        self.form.kept.connect(self._kept)
        self.form.failed.connect(self._not_kept)
        self.space, self.history = SpacePanel(self._host), HistoryPanel(self._restore)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for widget, text in ((scrolled(self.form), _("Draft")), (self.space, _("Space")), (self.history, _("History"))):
            self.tabs.addTab(widget, text)
        self.tabs.currentChanged.connect(lambda _n: self._show_tab())
        layout.addWidget(self.tabs, 1)
        return detail

    # -- list ------------------------------------------------------------------------------

    def refresh(self, topics: set[str] | None = None) -> None:
        if topics is not None and not topics & {
            "projects",
            "project",
            "membership",
            "material",
            "journal",
            "files",
            "outbox",
            "contact",
        }:
            return
        chosen = self._current.id if self._current else self._host.workspace.preference("project")
        projects = self._use.overview()
        self.list.blockSignals(True)
        self.list.clear()
        for project in projects:
            item = QListWidgetItem(f"{project.title or _('Untitled')}\n{words.state(project.state)[0]}")
            item.setData(ID, project.id)
            self.list.addItem(item)
        ids = [project.id for project in projects]
        self.list.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        self.list.blockSignals(False)
        self._empty.setVisible(not projects)
        self._detail.setVisible(bool(projects))
        if projects:
            self._show(projects[self.list.currentRow()])
        else:
            self._current, self.form.draft = None, None

    def create(self) -> None:
        """Begin a draft and put the cursor in its title."""
        self.form.keep()
        self.show_project(self._use.create())
        self.form.editors["title"].setFocus()

    def show_project(self, project_id: str) -> None:
        self.form.keep()
        self._current = self._use.get(project_id)
        self.tabs.setCurrentIndex(0)
        self.refresh()

    def leave(self) -> None:
        self.form.keep()

    def _choose(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        project = self._use.get(item.data(ID)) if item else None
        if project:
            self._show(project)

    # -- one project -----------------------------------------------------------------------

    def _show(self, project: Project) -> None:
        is_other = self.form.draft is None or self.form.draft.project_id != project.id
        self._current = project
        self._host.workspace.prefer("project", project.id)
        if is_other:
            editable = rules.may_edit_draft(project.state, project.me)
            self.form.load(self._use.open(project.id), editable)
        else:
            self.form.take_in()
        self._show_head(project)
        self._show_tab()

    def _show_head(self, project: Project) -> None:
        self._title.setText(project.title or _("Untitled"))
        clear(self._state_row)
        text, tone = words.state(project.state)
        self._state_row.addWidget(tone_label(text, tone))
        self._people.setText(self._people_text(project))
        self._people.setVisible(bool(self._people.text()))
        self._notice.setText(self._notice_text(project))
        self._notice.setVisible(bool(self._notice.text()))
        clear(self._steps)
        for step in self._step_buttons(project):
            self._steps.addWidget(step)

    def _people_text(self, project: Project) -> str:
        founder = _("Founder: {name}").format(name=project.founder)
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

    def _step_buttons(self, project: Project) -> list[QWidget]:
        if project.waiting:
            return []
        steps: list[QWidget] = []
        invited = project.me == rules.INVITED
        if invited:
            steps.append(button(_("Accept the invitation"), lambda: self._answer(True), "main", "handshake"))
            steps.append(button(_("Decline"), lambda: self._answer(False)))
        if rules.may_edit_draft(project.state, project.me) and not invited:
            steps.append(
                button(_("Find partners for it"), lambda: self._match(project.id), icon="globe-hemisphere-west")
            )
        if rules.may("invite", project.state, project.me) and project.cofounder_state != "member":
            text = _("Invite another co-founder…") if project.cofounder else _("Invite a co-founder…")
            self.invite = button(text, self._invite, icon="users")
            steps.append(self.invite)
        if rules.may("submit", project.state, project.me) and project.cofounder:
            steps.append(button(_("Submit to the national offices"), self.submit, "main", "paper-plane-tilt"))
        if rules.may("withdraw", project.state, project.me):
            steps.append(button(_("Withdraw the submission"), lambda: self._do(self._use.withdraw)))
        if rules.may("close", project.state, project.me):
            steps.append(button(_("Close the project…"), self._close_project))
        if rules.may("delete", project.state, project.me):
            steps.append(button(_("Delete the draft"), self.delete, icon="trash"))
        for step in steps:
            step.setObjectName(f"step-{step.text()}")  # type: ignore[attr-defined]
        return steps

    def _show_tab(self) -> None:
        if self._current is None:
            return
        if self.tabs.currentIndex() == 1:
            self.space.load(self._current)
        elif self.tabs.currentIndex() == 2:
            self.form.keep()
            project_id = self._current.id
            self.history.load(self._use.history(project_id), lambda edit_id: self._use.version(project_id, edit_id))

    # -- steps -----------------------------------------------------------------------------

    def _do(self, step: object) -> None:
        if self._current and callable(step):
            self.form.keep()
            step(self._current.id)
            self.refresh()

    def _answer(self, accept: bool) -> None:
        self._do(lambda project_id: self._use.answer(project_id, accept))

    def _match(self, project_id: str) -> None:
        self._host.page("partners").match_to(project_id)

    def _invite(self) -> None:
        menu = QMenu(self)
        contacts = self._use.contacts()
        for account_id, name, country in contacts:
            entry = menu.addAction(f"{name} · {words.item('countries', country)}")
            entry.triggered.connect(lambda _on, account_id=account_id: self.invite_contact(account_id))
        if not contacts:
            menu.addAction(_("You have no contacts yet. Find a partner first.")).triggered.connect(
                lambda: self._host.go("partners")
            )
        menu.exec(self.invite.mapToGlobal(self.invite.rect().bottomLeft()))

    def invite_contact(self, account_id: str) -> None:
        self._do(lambda project_id: self._use.invite(project_id, account_id))

    def submit(self) -> None:
        """Hand in the draft, or say what is missing and go to the first such field."""
        self.form.keep()
        if self._current is None:
            return
        missing = self._use.submit(self._current.id)
        if missing:
            sentences = [words.problem(problem.field, problem.code) for problem in missing]
            self._host.say(_("Not yet: {list}.").format(list="; ".join(sentences)))
            self.tabs.setCurrentIndex(0)
            self.form.editors[missing[0].field].setFocus()
            return
        self.refresh()

    def delete(self) -> None:
        if self._current is None:
            return
        self.form.keep()
        kept = self._use.get(self._current.id)
        title = (kept.title if kept else "") or _("Untitled")
        undo = self._use.delete(self._current.id)
        self._current, self.form.draft = None, None
        self.refresh()
        self._host.say(_("“{name}” was deleted.").format(name=title), undo)

    def _close_project(self) -> None:
        question = _("Close the project? Its space becomes read-only for everyone, and this cannot be taken back.")
        if QMessageBox.question(self, _("Close the project…"), question) == QMessageBox.StandardButton.Yes:
            self._do(self._use.close)

    def _restore(self, fields: dict[str, object]) -> None:
        if self.form.draft is None:
            return
        draft = self.form.draft
        before = draft.fields
        draft.set_fields(fields)
        self.form.show_all()
        self._show_tab()

        def undo() -> None:
            draft.set_fields(before)
            self.form.show_all()
            self._show_tab()

        self._host.say(_("The draft is as it was then. What was written since is still in the history."), undo)

    def _kept(self, text: str) -> None:
        self.say(text)
        item, title = self.list.currentItem(), self.form.draft.fields["title"] if self.form.draft else ""
        if item and self._current:
            name = title or _("Untitled")
            item.setText(f"{name}\n{words.state(self._current.state)[0]}")
            self._title.setText(name)

    def _not_kept(self, error: Exception) -> None:
        self._host.say(f"{words.trouble('store')} ({type(error).__name__})")
