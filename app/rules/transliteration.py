"""Names in Greek, Cyrillic, Georgian and Armenian letters as they are written in Latin ones.

Official and everyday spellings differ (Χανιά is Chania on signs and Hania in e-mails), so each word
has up to two Latin forms: by the national standard (ELOT 743, the Ukrainian and Bulgarian laws, the
Georgian national system, ISO 9985 simplified), and by the way people type. Letters without accents,
in the form of :func:`app.rules.text.fold`.
"""

import re

_GREEK_PAIRS = {
    "ου": ("ou", "u"),
    "αυ": ("av", "au"),
    "ευ": ("ev", "eu"),
    "ηυ": ("iv", "iu"),
    "γγ": ("ng", "g"),
    "γχ": ("nch", "nh"),
    "γξ": ("nx", "x"),
    "μπ": ("b", "mp"),
    "ντ": ("nt", "d"),
    "γκ": ("gk", "g"),
}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        [
            ("a",),
            ("v",),
            ("g",),
            ("d",),
            ("e",),
            ("z",),
            ("i",),
            ("th",),
            ("i",),
            ("k",),
            ("l",),
            ("m",),
            ("n",),
            ("x",),
            ("o",),
            ("p",),
            ("r",),
            ("s",),
            ("t",),
            ("y", "i"),
            ("f",),
            ("ch", "h"),
            ("ps",),
            ("o",),
        ],
        strict=True,
    )
)
_CYRILLIC = {
    "а": ("a",),
    "б": ("b",),
    "в": ("v",),
    "г": ("g", "h"),
    "ґ": ("g",),
    "д": ("d",),
    "ђ": ("dj",),
    "ѓ": ("gj",),
    "е": ("e",),
    "є": ("ie", "ye"),
    "ж": ("zh", "z"),
    "з": ("z",),
    "ѕ": ("dz",),
    "и": ("i", "y"),
    "і": ("i",),
    "ј": ("j",),
    "к": ("k",),
    "л": ("l",),
    "љ": ("lj",),
    "м": ("m",),
    "н": ("n",),
    "њ": ("nj",),
    "о": ("o",),
    "п": ("p",),
    "р": ("r",),
    "с": ("s",),
    "т": ("t",),
    "ћ": ("c",),
    "ќ": ("kj",),
    "у": ("u",),
    "ф": ("f",),
    "х": ("h", "kh"),
    "ц": ("ts", "c"),
    "ч": ("ch", "c"),
    "џ": ("dz",),
    "ш": ("sh", "s"),
    "щ": ("sht", "shch"),
    "ъ": ("a", ""),
    "ы": ("y",),
    "ь": ("",),
    "э": ("e",),
    "ю": ("yu", "iu"),
    "я": ("ya", "ia"),
}
_GEORGIAN = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        [
            ("a",),
            ("b",),
            ("g",),
            ("d",),
            ("e",),
            ("v",),
            ("z",),
            ("t",),
            ("i",),
            ("k",),
            ("l",),
            ("m",),
            ("n",),
            ("o",),
            ("p",),
            ("zh",),
            ("r",),
            ("s",),
            ("t",),
            ("u",),
            ("p",),
            ("k",),
            ("gh", "g"),
            ("q", "k"),
            ("sh",),
            ("ch",),
            ("ts",),
            ("dz",),
            ("ts",),
            ("ch",),
            ("kh", "x"),
            ("j",),
            ("h",),
        ],
        strict=True,
    )
)
_ARMENIAN_PAIRS = {"ու": ("u", "ou"), "և": ("ev", "yev"), "եւ": ("ev", "yev")}
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
        [
            ("a",),
            ("b",),
            ("g",),
            ("d",),
            ("e", "ye"),
            ("z",),
            ("e",),
            ("y",),
            ("t",),
            ("zh",),
            ("i",),
            ("l",),
            ("kh",),
            ("ts",),
            ("k",),
            ("h",),
            ("dz",),
            ("gh",),
            ("ch",),
            ("m",),
            ("y", "h"),
            ("n",),
            ("sh",),
            ("o", "vo"),
            ("ch",),
            ("p",),
            ("j",),
            ("r",),
            ("s",),
            ("v",),
            ("t",),
            ("r",),
            ("ts",),
            ("v",),
            ("p",),
            ("k",),
            ("o",),
            ("f",),
        ],
        strict=True,
    )
)
_LETTERS = _GREEK | _CYRILLIC | _GEORGIAN | _ARMENIAN
_PAIRS = _GREEK_PAIRS | _ARMENIAN_PAIRS
_PIECES = re.compile("|".join([*_PAIRS, "."]), re.DOTALL)
_HAS_LETTERS = re.compile("[" + "".join(_LETTERS) + "և]")


def latin(word: str) -> tuple[str, ...]:
    """The Latin forms of a folded word; none for one that is Latin already."""
    if not _HAS_LETTERS.search(word):
        return ()
    pieces = [_PAIRS.get(piece) or _LETTERS.get(piece) or (piece,) for piece in _PIECES.findall(word)]
    forms = ("".join(piece[0] for piece in pieces), "".join(piece[-1] for piece in pieces))
    return tuple(form for form in dict.fromkeys(forms) if form)
