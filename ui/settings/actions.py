"""Settings: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("settings", _("Settings"), "gear", "ui.settings.page:SettingsPage", below=True)


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    sign_in = _("Sign in to the platform…")
    return [Action("sign-in", sign_in, "file", lambda: host.page("settings").sign_in(), "", "user-circle")]
