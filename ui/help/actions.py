"""Help: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("help", _("Help"), "question", "ui.help.page:HelpPage", below=True)


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [Action("first-week", _("Your first week"), "help", lambda: host.go("help"), "F1", "book-open")]
