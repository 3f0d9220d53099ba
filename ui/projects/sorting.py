"""Which projects of the list are wanted, and in which order."""

from collections.abc import Callable, Sequence
from typing import Any

from app.projects import Project
from app.rules import projects as rules
from app.rules.finding import finds, wanted
from app.rules.text import fold
from i18n import _
from ui import words
from ui.widgets.filter_bar import Choices, FilterBar

ORDERS: dict[str, Callable[[Project], Any]] = {
    "changed": lambda project: -project.changed_at,
    "title": lambda project: (not project.title, fold(project.title)),
    "partner": lambda project: (not _partner(project), fold(_partner(project))),
    "state": lambda project: rules.STATES.index(project.state) if project.state in rules.STATES else len(rules.STATES),
}


def orders() -> Choices:
    """The orders of the list, in words."""
    return (
        (_("Last changed first"), "changed"),
        (_("By title"), "title"),
        (_("By partner"), "partner"),
        (_("By state"), "state"),
    )


def states() -> Choices:
    """All projects, or those of one state."""
    shown = [state for state in rules.STATES if state != rules.DELETED]
    return ((_("All projects"), ""), *((words.state(state)[0], state) for state in shown))


def sorted_out(projects: Sequence[Project], bar: FilterBar) -> list[Project]:
    """The projects that fit the bar, in its order."""
    asked = wanted(bar.typed)
    fitting = [
        project
        for project in projects
        if bar.only in ("", project.state) and finds(asked, f"{project.title} {project.founder} {project.cofounder}")
    ]
    return sorted(fitting, key=ORDERS.get(bar.order, ORDERS["changed"]))


def _partner(project: Project) -> str:
    return project.cofounder if project.me == rules.FOUNDER else project.founder
