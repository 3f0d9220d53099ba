"""The copy of a file that may leave, looked through once more before it does. Called in the helper process alone."""

import struct

from app.media import jpeg, office, pdf, pictures, recordings
from app.media.found import CannotLeaveError, Found
from app.rules import filenames, formats

PLAIN = ("txt", "md")  # nothing is written into these beside their words
_DEFAULT_MOST = 100_000_000


def without_metadata(name: str, data: bytes, most: int = _DEFAULT_MOST) -> tuple[str, bytes]:
    """The ending of the copy and its bytes. Raises CannotLeaveError where nothing may leave, with the reason."""
    try:
        ending, clean = _copy(name, data, most)
        if look(f"x.{ending}", clean):
            raise CannotLeaveError("left_over")
    except MemoryError as error:
        raise CannotLeaveError("too_heavy") from error
    except CannotLeaveError:
        raise
    except Exception as error:  # what the libraries raise for broken files; nothing leaves then
        raise CannotLeaveError("damaged") from error
    if len(clean) > most:
        raise CannotLeaveError("too_big")
    return ending, clean


def look(name: str, data: bytes) -> Found:
    """What is written into a file beside what is seen and heard. Raises CannotLeaveError, and what the libraries raise."""
    form = formats.form_of(name)
    if form in formats.PICTURES:
        return pictures.look(form, data)
    if form in formats.PLAYED:
        return recordings.look(form, data)
    if form == "pdf":
        return pdf.look(data)
    return office.look(data, look) if form == "zip" else {}


def _copy(name: str, data: bytes, most: int) -> tuple[str, bytes]:
    form, ending = formats.form_of(name), filenames.ending(name)
    found = formats.sniff(data[: formats.HEAD])
    if ending in PLAIN and formats.true_name(name, data[: formats.HEAD]):
        return ending, data
    if found != form and not (form == "mp3" and found in (None, "aac")):
        raise CannotLeaveError("damaged")
    if form in formats.PICTURES:
        made, clean = pictures.without_metadata(form, data, most)
        return (ending if ending == "jpeg" and made == "jpg" else made), clean
    if form in formats.PLAYED:
        made = formats.leaves_as(ending)
        return made, recordings.without_metadata(form, made, data)
    if form == "pdf":
        return ending, pdf.without_metadata(data)
    if form == "zip":
        return ending, office.without_metadata(data, _inside)
    raise CannotLeaveError("holds_other_files")


def _inside(name: str, data: bytes, depth: int = 1) -> tuple[str, bytes]:
    """What lies inside a document, cleaned and of the same form: its program has turned the pictures already."""
    try:
        form, ending = formats.form_of(name), filenames.ending(name)
        found = formats.sniff(data[: formats.HEAD])
        if form == "jpg" and found == "jpg":
            return ending, jpeg.without_metadata(data)
        if form == "zip":
            return ending, office.without_metadata(data, lambda n, d: _inside(n, d, depth + 1), depth)
        if not look(name, data):
            return ending, data
        return _copy(name, data, _DEFAULT_MOST)
    except (ValueError, OSError, SyntaxError, struct.error) as error:
        raise CannotLeaveError("holds_other_files") from error
