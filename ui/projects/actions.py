"""Projects: the place in the side bar, and what the menus offer."""

from app.rules.text import brief
from i18n import _
from ui import words
from ui.actions import Action, Entry, Finder, Found
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("projects", _("Projects"), "notebook", "ui.projects.page:ProjectsPage")


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [Action("new-project", _("New project"), "file", lambda: host.page("projects").create(), "Ctrl+N", "plus")]


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds here: projects by their titles and people."""

    def find(typed: str, most: int) -> list[Found]:
        return [
            Found(
                brief(project.title) or _("Untitled"),
                lambda project=project: host.page("projects").show_project(project.id),
                words.state(project.state)[0],
                "notebook",
            )
            for project in host.workspace.search.projects(typed, most)
        ]

    return [Finder(_("Projects"), find)]
