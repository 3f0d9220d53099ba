"""What is written into a file beside what one sees or hears: kinds of it, each with the fields that hold it.

Only names of fields are told, never what stands in them.
"""

Found = dict[str, set[str]]

PLACE, CAMERA, DATE, AUTHOR, PROGRAM = "place", "camera", "date", "author", "program"
WORDS, SMALL_PICTURE, COVER, INSIDE, SCRIPTS = "words", "small_picture", "cover", "inside", "scripts"
PATHS, SIGNATURE, COLOURS, OTHER = "paths", "signature", "colours", "other"
ALL = (
    PLACE,
    CAMERA,
    DATE,
    AUTHOR,
    WORDS,
    PROGRAM,
    SMALL_PICTURE,
    COVER,
    INSIDE,
    SCRIPTS,
    PATHS,
    SIGNATURE,
    COLOURS,
    OTHER,
)

_SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (  # the first that stands in a field's name decides
    (PLACE, ("gps", "location", "xyz", "city", "country", "latitude", "longitude", "province", "place", "loci")),
    (DATE, ("date", "time", "year", "modify", "created", "tdrc", "tyer", "tdor", "©day")),
    (CAMERA, ("camera", "lens", "serial", "make", "model", "device", "makernote", "exposure", "focal", "flash")),
    (
        AUTHOR,
        ("author", "artist", "creator", "by-line", "owner", "copyright", "credit", "byline", "composer", "publisher"),
    ),
    (AUTHOR, ("performer", "company", "manager", "lastmodifiedby", "person", "user", "writer", "tpe", "host")),
    (PROGRAM, ("software", "producer", "encoder", "application", "generator", "tool", "program")),
    (
        WORDS,
        ("comment", "title", "subject", "keyword", "description", "caption", "headline", "album", "genre", "lyric"),
    ),
)


def note(found: Found, kind: str, field: str) -> None:
    """Remember that a field of that kind was seen."""
    found.setdefault(kind, set()).add(field[:60])


def kind_of_field(name: str) -> str:
    """What a field is about, by its name, however the format calls it."""
    small = name.lower()
    return next((kind for kind, signs in _SIGNS if any(sign in small for sign in signs)), OTHER)


def merge(found: Found, other: Found, where: str) -> None:
    """Take over what was found in a part of a file."""
    for kind, fields in other.items():
        for field in fields:
            note(found, kind, f"{where}: {field}")


class CannotLeaveError(Exception):
    """A file cannot be cleaned; ``code`` says why, see ``CANNOT_LEAVE`` among the window's sentences."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
