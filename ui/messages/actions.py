"""Messages: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("messages", _("Messages"), "chats", "ui.messages.page:MessagesPage")


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [
        Action(
            "write-to",
            _("Write to…"),
            "file",
            lambda: host.page("messages").choose_contact(),
            "Ctrl+Shift+M",
            "note-pencil",
        ),
        Action("requests", _("Contact requests and invitations"), "go", lambda: host.page("messages").show_requests()),
    ]
