"""Partners: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("partners", _("Partners"), "globe-hemisphere-west", "ui.partners.page:PartnersPage")


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [
        Action(
            "find-partner",
            _("Find a partner"),
            "file",
            lambda: host.page("partners").focus_search(),
            "Ctrl+F",
            "magnifying-glass",
        ),
        Action(
            "countries",
            _("Choose the directory's countries…"),
            "file",
            lambda: host.page("partners").strip.choose(),
            "Ctrl+Shift+D",
            "globe-hemisphere-west",
        ),
    ]
