"""What the window says of steps with classes, pupils and works."""

from app.rules.name_lists import BLANK, MOST_LETTERS, NEW, THERE, TOO_LONG, TOO_MANY, TWICE
from i18n import _, mark
from i18n.formats import number

_REFUSED = {
    "blank_name": mark("Please write a name."),
    "long_name": mark("This name is too long: {most} letters at most."),
    "blank_title": mark("Please write a title."),
    "long_title": mark("This title is too long."),
    "no_such_class": mark("This class is not there any more."),
    "no_such_pupil": mark("This pupil is not there any more."),
    "no_such_work": mark("This piece of work is not there any more."),
}
LINES = {
    NEW: mark("new"),
    THERE: mark("in the class already"),
    TWICE: mark("twice in the list"),
    BLANK: mark("no name in this line"),
    TOO_LONG: mark("too long for a name"),
    TOO_MANY: mark("too many at once: paste the rest afterwards"),
}


def refused(error: ValueError) -> str:
    """Why a step was not taken."""
    return _(_REFUSED.get(str(error), _REFUSED["no_such_work"])).format(most=number(MOST_LETTERS))


def changed_meanwhile() -> str:
    """Why an undo did nothing."""
    return _("Something else was changed since then. It stays as it is now.")
