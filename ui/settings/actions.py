"""Settings: the place in the side bar, and what the menus offer."""

from app.rules.finding import finds, wanted
from i18n import _, mark
from ui.actions import Action, Entry, Finder, Found
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("settings", _("Settings"), "gear", "ui.settings.page:SettingsPage", below=True)


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    sign_in = _("Sign in to the platform…")
    return [Action("sign-in", sign_in, "file", lambda: host.page("settings").sign_in(), "", "user-circle")]


PARTS = (
    ("address", mark("Address of the platform"), "globe-hemisphere-west"),
    ("account", mark("Account, signing in and out"), "user-circle"),
    ("profile", mark("Your public profile"), "identification-card"),
    ("language", mark("Language"), "gear"),
    ("look", mark("Colours: light or dark"), "gear"),
    ("scale", mark("Text size"), "gear"),
    ("copies", mark("Copies of your work, and its check"), "gear"),
)


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds here: the parts of the settings."""

    def find(typed: str, most: int) -> list[Found]:
        asked = wanted(typed)
        fitting = [(name, _(text), icon) for name, text, icon in PARTS if finds(asked, _(text))]
        return [
            Found(text, lambda name=name: host.page("settings").show_part(name), icon=icon)
            for name, text, icon in fitting[:most]
        ]

    return [Finder(_("Settings"), find)]
