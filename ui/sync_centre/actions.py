"""Sync centre: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry(
        "sync_centre",
        _("Sync centre"),
        "arrows-clockwise",
        "ui.sync_centre.page:SyncCentrePage",
        below=True,
        from_pill=True,
    )


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""

    def report() -> None:
        host.page("sync_centre").report()

    sync = host.workspace.sync_centre.sync_now
    return [
        Action("sync", _("Sync now"), "file", sync, "F5", "arrows-clockwise"),
        Action("report", _("Report a problem…"), "help", report, icon="warning-circle"),
    ]
