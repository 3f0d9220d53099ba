"""Names that come from outside, made plain: what a file is called, and any other single line of text.

A name is only ever shown, offered for saving, or sent on; nothing here touches a disk. Both sides use it, so
that what one faulty side lets through the other still makes harmless.
"""

import unicodedata

from app.rules.text import fold

MAX_BYTES = 200  # of UTF-8; systems allow 255, and a folder, "(2)" or ".part" may be added to it
MAX_ENDING = 12
FALLBACK = "file"
_JOINERS = "\u200c\u200d"
_NOT_IN_NAMES = '<>:"|?*'
_DEVICES = (
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"com{n}" for n in "0123456789¹²³"}
    | {f"lpt{n}" for n in "0123456789¹²³"}
)


def plain_line(text: str) -> str:
    """Text as one line of visible characters: no control, direction or invisible marks, single spaces.

    The two joiners stay between letters: Persian words and many emoji are written with them.
    """
    shown = "".join(_shown(c) for c in unicodedata.normalize("NFC", text))
    return " ".join(shown.split()).strip(_JOINERS + " ")


def plain_name(name: str, fallback: str = FALLBACK) -> str:
    """A file's name without folders, marks, and what some system reads as something else than a name.

    ``fallback`` is the stem where nothing is left. An ending is written in small ASCII letters where
    it can be (``.GİF``). At most ``MAX_BYTES`` of UTF-8.
    """
    last = plain_line(name.replace("\\", "/")).rsplit("/", 1)[-1]
    whole = "".join("_" if c in _NOT_IN_NAMES else c for c in last).strip(" .")
    stem, dot, tail = whole.rpartition(".")
    if not dot:
        stem, tail = whole, ""
    folded = fold(tail)
    tail = folded if folded.isascii() and folded.isalnum() and len(folded) <= MAX_ENDING else tail
    if len(tail) > MAX_ENDING:
        stem, tail = whole, ""
    stem = stem.strip(" .") or fallback
    if stem.partition(".")[0].strip().casefold() in _DEVICES:
        stem = f"_{stem}"
    after = f".{tail}" if tail else ""
    return _cut(stem, MAX_BYTES - len(after.encode())) + after


def stem_of(name: str) -> str:
    """What stands before the ending, as a title may begin: plain, and empty if there is nothing."""
    last = plain_line(name.replace("\\", "/")).rsplit("/", 1)[-1].strip(" .")
    stem, dot, _tail = last.rpartition(".")
    return (stem if dot else last).strip(" .")


def ending(name: str) -> str:
    """The ending in small ASCII letters without its dot (``gif`` for ``x.GİF``); empty if there is none."""
    _stem, dot, tail = plain_name(name).rpartition(".")
    return fold(tail) if dot else ""


def _shown(c: str) -> str:
    if c in _JOINERS:
        return c
    category = unicodedata.category(c)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category[0] == "C" else c


def _cut(text: str, limit: int) -> str:
    """The beginning that fits into ``limit`` bytes of UTF-8, never half a character or a letter without its accent."""
    if len(text.encode()) <= limit:
        return text
    cut = text.encode()[:limit].decode(errors="ignore")
    whole = len(cut)
    while whole > 1 and whole < len(text) and unicodedata.combining(text[whole]):
        whole -= 1
    return cut[:whole].rstrip(" .")
