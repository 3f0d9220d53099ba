"""Help: the place in the side bar, and what the menus offer."""

from app.rules.finding import finds, wanted
from i18n import _
from ui.actions import Action, Entry, Finder, Found
from ui.help.steps import STEPS
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("help", _("Help"), "question", "ui.help.page:HelpPage", below=True)


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [Action("first-week", _("Your first week"), "help", lambda: host.go("help"), "F1", "book-open")]


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds here: the steps of the first week, by their titles and words."""

    def find(typed: str, most: int) -> list[Found]:
        asked = wanted(typed)
        fitting = [
            (n, _(title)) for n, (title, text, _page) in enumerate(STEPS) if finds(asked, f"{_(title)} {_(text)}")
        ]
        return [
            Found(title, lambda n=n: host.page("help").show_step(n), icon="book-open") for n, title in fitting[:most]
        ]

    return [Finder(_("Help"), find)]
