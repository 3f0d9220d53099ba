"""Messages: the place in the side bar, and what the menus offer."""

from app.rules.text import brief
from i18n import _
from ui.actions import Action, Entry, Finder, Found
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


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds here: conversations by their people and words."""

    def find(typed: str, most: int) -> list[Found]:
        return [
            Found(
                brief(found.name) or _("Somebody without a name"),
                lambda found=found: host.page("messages").open_person(found.person_id),
                brief(found.text, 50),
                "chats",
            )
            for found in host.workspace.messages.conversations(typed, most=most)
        ]

    return [Finder(_("Conversations"), find)]
