"""The bin: its place in the side bar."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("bin", _("Bin"), "trash", "ui.bin.page:BinPage", below=True)


def actions(_host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return []
