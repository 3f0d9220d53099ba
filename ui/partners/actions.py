"""Partners: the place in the side bar, and what the menus offer."""

from app.rules.text import brief
from app.search import FoundPerson
from i18n import _
from ui import words
from ui.actions import Action, Entry, Finder, Found
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


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds here: contacts, then other teachers of the directory by their names."""

    def show(person: FoundPerson) -> Found:
        country = words.item("countries", person.country)
        beside = f"{brief(person.school, 50)} · {country}" if person.school else country
        return Found(
            brief(person.name), lambda: host.page("partners").show_person(person.id), beside, "identification-card"
        )

    def contacts(typed: str, most: int) -> list[Found]:
        return [show(person) for person in host.workspace.search.contacts(typed, most)]

    def teachers(typed: str, most: int) -> list[Found]:
        return [show(person) for person in host.workspace.search.teachers(typed, most)]

    def onward(typed: str) -> Found:
        text = _("Search all teachers for “{words}”").format(words=typed)
        return Found(text, lambda: host.page("partners").search_for(typed), icon="magnifying-glass")

    return [Finder(_("Contacts"), contacts), Finder(_("Teachers"), teachers, onward)]
