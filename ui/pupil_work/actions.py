"""Pupils' work: the place in the side bar, and what the menus offer."""

from collections.abc import Callable

from app.rules.text import brief
from app.search import Place
from i18n import _
from ui.actions import Action, Entry, Finder, Found
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
            "paste-names",
            _("Paste a list of pupils' names…"),
            "file",
            lambda: host.page("pupil_work").class_steps.paste(),
            icon="clipboard-text",
        ),
        Action(
            "save-works",
            _("Save copies of pupils' work…"),
            "file",
            lambda: host.page("pupil_work").save_all(),
            icon="download-simple",
        ),
    ]


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds here: pupils by name or pseudonym, and works by title."""

    def show(place: Place) -> Callable[[], None]:
        return lambda: host.page("pupil_work").show_place(place.class_id, place.pupil_id, place.work_id)

    def pupils(typed: str, most: int) -> list[Found]:
        return [
            Found(brief(place.pupil), show(place), f"{brief(place.class_name, 40)} · {place.pseudonym}", "student")
            for place in host.workspace.search.pupils(typed, most)
        ]

    def works(typed: str, most: int) -> list[Found]:
        return [
            Found(
                brief(place.title) or _("Untitled"),
                show(place),
                f"{brief(place.pupil, 40)} · {brief(place.class_name, 40)}",
                "image",
            )
            for place in host.workspace.search.works(typed, most)
        ]

    return [Finder(_("Pupils"), pupils), Finder(_("Works"), works)]
