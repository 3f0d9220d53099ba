"""Projects: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("projects", _("Projects"), "notebook", "ui.projects.page:ProjectsPage")


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [Action("new-project", _("New project"), "file", lambda: host.page("projects").create(), "Ctrl+N", "plus")]
