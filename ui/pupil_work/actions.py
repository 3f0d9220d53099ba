"""Pupils' work: the place in the side bar, and what the menus offer."""

from i18n import _
from ui.actions import Action, Entry
from ui.host import Host


def entry() -> Entry:
    """The place in the side bar."""
    return Entry("pupil_work", _("Pupils' work"), "student", "ui.pupil_work.page:PupilWorkPage")


def actions(host: Host) -> list[Action]:
    """What the menus and the command search offer."""
    return [
        Action(
            "add-work",
            _("Add pupils' work…"),
            "file",
            lambda: host.page("pupil_work").choose_files(),
            "Ctrl+O",
            "upload-simple",
        ),
        Action(
            "save-works",
            _("Save copies of pupils' work…"),
            "file",
            lambda: host.page("pupil_work").save_all(),
            icon="download-simple",
        ),
    ]
