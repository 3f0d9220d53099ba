"""What is said of a file before it leaves: as what, without what, or why it stays."""

from app.media import Leaving, found
from i18n import _, mark
from ui import words

WITHOUT = {
    found.PLACE: mark("the place"),
    found.CAMERA: mark("the camera"),
    found.AUTHOR: mark("names of people"),
    found.DATE: mark("the date"),
    found.WORDS: mark("notes and keywords"),
    found.PROGRAM: mark("the program"),
    found.SMALL_PICTURE: mark("the small picture inside"),
    found.COVER: mark("the cover"),
    found.INSIDE: mark("files inside"),
    found.SCRIPTS: mark("macros and scripts"),
    found.PATHS: mark("names of folders"),
    found.SIGNATURE: mark("signatures"),
    found.COLOURS: mark("the name of the screen"),
    found.OTHER: mark("what programs noted in it"),
}
CANNOT_LEAVE = {
    "damaged": mark(
        "This file cannot be published: it cannot be read to its end. Open it in its program, save it anew, then add it again."
    ),
    "locked": mark(
        "This file cannot be published: a password protects it. Save it without a password, then add it again."
    ),
    "holds_other_files": mark(
        "This file cannot be published: another file lies inside it that nobody can look through. Save it as PDF, then add that."
    ),
    "several_pages": mark("This picture cannot be published: it has several pages. Save it as PDF, then add that."),
    "unplayable": mark(
        "This recording cannot be published: its form is unusual. Save it as MP4 or MP3, then add that."
    ),
    "too_big": mark(
        "This file cannot be published: its copy is larger than the platform allows. Make it smaller, then add it again."
    ),
    "too_heavy": mark(
        "This file cannot be published: it asks too much of this computer. Make it smaller or save it as PDF, then add it again."
    ),
    "left_over": mark(
        "This file cannot be published: something in it that tells who made it cannot be taken out. Save it as PDF, JPEG or MP4, "
        "then add that."
    ),
}
_SMALL = (found.SMALL_PICTURE, found.COLOURS, found.OTHER)  # named where there is nothing that matters more
MOST = 4  # kinds that are named


def why_not(code: str) -> str:
    """Why a file stays here, and what to do."""
    return _(CANNOT_LEAVE.get(code, CANNOT_LEAVE["damaged"]))


def leaves(leaving: Leaving) -> str:
    """One line: "Leaves as JPEG, without the place, the camera and the date", or why it does not."""
    if leaving.why_not:
        return why_not(leaving.why_not)
    form = {"jpg": "JPEG", "jpeg": "JPEG"}.get(leaving.ending, leaving.ending.upper())
    kinds = [kind for kind in found.ALL if kind in leaving.found]
    named = [_(WITHOUT[kind]) for kind in [kind for kind in kinds if kind not in _SMALL] or kinds]
    if not named:
        return _("Leaves as {form}; nothing about people or places is noted in it.").format(form=form)
    if len(named) > MOST:
        named = [*named[: MOST - 1], _("more")]
    return _("Leaves as {form}, without {things}.").format(form=form, things=_listed(named))


def not_taken(code: str, filename: str, limit_mb: int) -> str:
    """Why a file is not taken in, and what to do."""
    return _(words.TAKE_IN[code]).format(file=filename, limit=limit_mb)


def _listed(things: list[str]) -> str:
    if len(things) < 2:
        return "".join(things)
    return _("{some} and {last}").format(some=", ".join(things[:-1]), last=things[-1])
