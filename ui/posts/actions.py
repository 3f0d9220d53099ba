"""Partner posts: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("posts", _("Partner posts"), "megaphone", "ui.posts.page:PostsPage")


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [
        Action(
            "new-post",
            _("New partner post…"),
            "file",
            lambda: host.page("posts").ask_new(),
            "Ctrl+Shift+N",
            "megaphone",
        )
    ]
