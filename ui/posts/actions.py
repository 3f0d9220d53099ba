"""Partner posts: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry, Finder, Found
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


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K offers here: to look for the words among the posts."""

    def onward(typed: str) -> Found:
        text = _("Search the partner posts for “{words}”").format(words=typed)
        return Found(text, lambda: host.page("posts").search_for(typed), icon="megaphone")

    return [Finder(_("Partner posts"), lambda _typed, _most: [], onward)]
