"""What can be done with a project now, as buttons of its head."""

from collections.abc import Callable
from typing import Protocol

from app.projects import Project, ProjectUseCases
from app.rules import projects as rules
from i18n import _
from ui.widgets.button_row import Step


class ProjectHead(Protocol):
    """What the buttons of a project's head set going: the page of projects."""

    use: ProjectUseCases

    def do(self, step: Callable[[str], object]) -> None:
        """Carry out a step with the project's id, and show what follows from it."""

    def find_partners(self) -> None:
        """Look for teachers who fit the draft."""

    def ask_whom_to_invite(self) -> None:
        """Choose a co-founder."""

    def submit(self) -> None:
        """Hand the draft in to the national offices."""

    def ask_to_close(self) -> None:
        """Close the project, after a question."""

    def delete(self) -> None:
        """Delete the draft."""


def steps_of(project: Project, page: ProjectHead) -> list[Step]:
    """The steps that the project's state and the teacher's role allow; none while one is on its way."""
    if project.waiting:
        return []
    invited = project.me == rules.INVITED
    return (_answers(page) if invited else _drafting(project, page)) + _moves(project, page)


def _answers(page: ProjectHead) -> list[Step]:
    use = page.use
    accept = Step(
        "accept", _("Accept the invitation"), lambda: page.do(lambda p: use.answer(p, True)), "main", "handshake"
    )
    return [accept, Step("decline", _("Decline"), lambda: page.do(lambda p: use.answer(p, False)))]


def _drafting(project: Project, page: ProjectHead) -> list[Step]:
    if not rules.may_edit_draft(project.state, project.me):
        return []
    return [Step("match", _("Find partners for it"), page.find_partners, icon="globe-hemisphere-west")]


def _moves(project: Project, page: ProjectHead) -> list[Step]:
    may = {move for move in rules.TRANSITIONS if rules.may(move, project.state, project.me)}
    invite = _("Invite another co-founder…") if project.cofounder else _("Invite a co-founder…")
    steps = {
        "invite": Step("invite", invite, page.ask_whom_to_invite, icon="users"),
        "submit": Step("submit", _("Submit to the national offices"), page.submit, "main", "paper-plane-tilt"),
        "withdraw": Step("withdraw", _("Withdraw the submission"), lambda: page.do(page.use.withdraw)),
        "close": Step("close", _("Close the project…"), page.ask_to_close),
        "delete": Step("delete", _("Delete the draft"), page.delete, icon="trash"),
    }
    if project.cofounder_state == "member":
        may.discard("invite")
    if not project.cofounder:
        may.discard("submit")
    return [step for name, step in steps.items() if name in may]
