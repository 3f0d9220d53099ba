"""Word, Excel, PowerPoint and OpenDocument files: a zip of parts, each kept as it is, cleaned, or left out.

Names of people become :data:`NOBODY`; properties are emptied; macros, printers, previews and signatures go; pictures
and recordings inside are cleaned as those outside are.
"""

import io
import re
import zipfile
from collections.abc import Callable

from app.media import office_parts, opendocument_parts
from app.media.found import INSIDE, OTHER, CannotLeaveError, Found, kind_of_field, merge, note
from app.media.office_parts import Part

MOST_PARTS = 5_000
MOST_BYTES = 400_000_000  # of all parts together, unpacked
MOST_XML = 60_000_000  # of one part that is read as XML
MOST_RATIO_BYTES = 10_000_000  # a part smaller than this may be packed however tightly
MOST_RATIO = 400
MOST_DEPTH = 3
_SINCE = (1980, 1, 1, 0, 0, 0)  # the zip's own beginning: no part tells when it was written
Inside = Callable[[str, bytes], tuple[str, bytes]]  # the cleaner of what lies inside, by its name
_MEDIA = re.compile(
    r"(?i)\.(jpe?g|jpe|png|gif|tiff?|bmp|webp|heic|avif|mp4|mov|m4a|m4v|mp3|wav|ogg|webm|docx|xlsx|pptx|odt|ods|odp|pdf)$"
)
_KEPT_AS_THEY_ARE = re.compile(r"(?i)\.(wmf|emf|odttf|fntdata|ttf|otf|txt|css|glsl|vert|frag|bau)$|^mimetype$")


def without_metadata(data: bytes, inside: Inside, depth: int = 0) -> bytes:
    """The document without what tells of people. Raises CannotLeaveError, and zipfile's and lxml's errors."""
    with _opened(data) as source:
        rules = _rules(source)
        parts = [Part(one.filename, _read(source, one)) for one in _wanted(source, rules)]
    parts = [_cleaned(part, rules, inside, depth) for part in parts]
    gone = rules.left_out
    parts = [rules.after(part, gone) for part in parts]
    return _packed(parts)


def look(data: bytes, inside: Callable[[str, bytes], Found]) -> Found:
    """What tells of people, programs and other files. Raises as :func:`without_metadata` does."""
    found: Found = {}
    with _opened(data) as source:
        rules = _rules(source)
        for one in source.infolist():
            if one.is_dir():
                continue
            if kind := rules.kind_left_out(one.filename):
                note(found, kind, one.filename)
                continue
            body = _read(source, one)
            merge(found, _look_at(Part(one.filename, body), rules, inside), one.filename.rpartition("/")[2])
            if one.comment or one.extra.strip(b"\0") and one.date_time != _SINCE:
                note(found, OTHER, "zip")
        if source.comment:
            note(found, OTHER, "zip comment")
    return found


def form_of(data: bytes) -> str | None:
    """The ending that a zip should have as a document; None for another zip. Raises CannotLeaveError for a broken one."""
    with _opened(data) as source:
        names = set(source.namelist())
        if "mimetype" in names:
            kind = source.read("mimetype")[:80].decode("ascii", "replace")
            return {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}.get(kind.rpartition(".")[2])
        if "[Content_Types].xml" not in names:
            return None
        for folder, ending in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return ending
    return None


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        source = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CannotLeaveError("damaged") from error
    parts = source.infolist()
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_BYTES:
        raise CannotLeaveError("too_heavy")
    if any(
        one.file_size > MOST_RATIO_BYTES and one.file_size > MOST_RATIO * max(1, one.compress_size) for one in parts
    ):
        raise CannotLeaveError("too_heavy")
    if any(one.flag_bits & 1 for one in parts):
        raise CannotLeaveError("locked")
    return source


def _rules(source: zipfile.ZipFile) -> "office_parts.Rules | opendocument_parts.Rules":
    names = set(source.namelist())
    if len(names) < len(source.infolist()):
        raise CannotLeaveError("damaged")  # two parts of one name: programs differ in which they show
    if "mimetype" in names:
        if "META-INF/manifest.xml" in names and b"encryption-data" in source.read("META-INF/manifest.xml"):
            raise CannotLeaveError("locked")
        return opendocument_parts.Rules(names)
    if "[Content_Types].xml" in names:
        return office_parts.Rules(names)
    raise CannotLeaveError("damaged")


def _wanted(source: zipfile.ZipFile, rules: "office_parts.Rules | opendocument_parts.Rules") -> list[zipfile.ZipInfo]:
    parts = [one for one in source.infolist() if not one.is_dir()]
    rules.left_out = {one.filename for one in parts if rules.kind_left_out(one.filename)}
    return [one for one in parts if one.filename not in rules.left_out]


def _read(source: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """A part, never more of it than it says it has. Raises CannotLeaveError."""
    try:
        with source.open(one) as stream:
            body = stream.read(one.file_size + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise CannotLeaveError("damaged") from error
    except Exception as error:  # zlib.error and those of other packings
        raise CannotLeaveError("damaged") from error
    if len(body) > one.file_size:
        raise CannotLeaveError("too_heavy")
    return body


def _cleaned(part: Part, rules: "office_parts.Rules | opendocument_parts.Rules", inside: Inside, depth: int) -> Part:
    if rules.is_xml(part.name):
        if len(part.body) > MOST_XML:
            raise CannotLeaveError("too_heavy")
        return rules.cleaned(part)
    if part.name.lower().endswith(".emf"):
        return Part(part.name, _emf(part.body))
    if _KEPT_AS_THEY_ARE.search(part.name):
        return part
    if depth < MOST_DEPTH and _is_media(part):
        ending, body = inside(_named(part), part.body)
        if ending == _named(part).rpartition(".")[2]:
            return Part(part.name, body)
    raise CannotLeaveError("holds_other_files")


def _look_at(
    part: Part, rules: "office_parts.Rules | opendocument_parts.Rules", inside: Callable[[str, bytes], Found]
) -> Found:
    if rules.is_xml(part.name):
        return rules.look(part) if len(part.body) <= MOST_XML else {}
    if part.name.lower().endswith(".emf"):
        return {} if part.body == _emf(part.body) else {kind_of_field("description"): {"EMF"}}
    if _KEPT_AS_THEY_ARE.search(part.name):
        return {}
    return inside(_named(part), part.body) if _is_media(part) else {INSIDE: {part.name}}


def _is_media(part: Part) -> bool:
    return bool(_MEDIA.search(_named(part)))


def _named(part: Part) -> str:
    """The part's name with the ending of what it is: OpenDocument's pictures often have none."""
    from app.rules import formats

    name = part.name.rpartition("/")[2]
    if "." in name:
        return name
    found = formats.sniff(part.body[: formats.HEAD])
    return f"{name}.{found}" if found in formats.PICTURES else name


def _emf(body: bytes) -> bytes:
    """A metafile without the words about its program and title ([MS-EMF] 2.3.4.2)."""
    if len(body) < 88 or body[:4] != b"\1\0\0\0":
        return body
    count, place = int.from_bytes(body[60:64], "little"), int.from_bytes(body[64:68], "little")
    stop = place + 2 * count
    return body if not count or stop > len(body) else body[:place] + bytes(stop - place) + body[stop:]


def _packed(parts: list[Part]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in parts:
            about = zipfile.ZipInfo(part.name, _SINCE)
            about.compress_type = zipfile.ZIP_STORED if part.name == "mimetype" else zipfile.ZIP_DEFLATED
            about.create_system = 0
            target.writestr(about, part.body)
    return out.getvalue()
