"""Names of pupils and classes: one by one, and read out of a list that was pasted from a document or a spreadsheet."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.rules.filenames import plain_line
from app.rules.text import fold

MOST_LETTERS = 100
MOST_LINES = 300
MOST_TEXT = 60_000  # characters that are read; a list of 300 names has about 6,000
NEW, THERE, TWICE, BLANK, TOO_LONG, TOO_MANY = "new", "there", "twice", "blank", "too_long", "too_many"

_CELLS = re.compile(r"[\t;|]")
_APOSTROPHES = "'’ʼ"
_HEADINGS: dict[str, str] = {  # folded; which part of a name stands in the column
    **dict.fromkeys(("name", "first name", "given name", "forename", "ad", "adi", "isim", "ogrenci adi"), "given"),
    **dict.fromkeys(("surname", "last name", "family name", "soyad", "soyadi", "ogrenci soyadi"), "family"),
    **dict.fromkeys(
        ("full name", "pupil", "student", "ad soyad", "adi soyadi", "ogrenci", "ogrencinin adi soyadi"), "whole"
    ),
    **dict.fromkeys(("pupils", "students", "pupil name", "student name", "ogrenci adi soyadi", "ogrenciler"), "whole"),
    **dict.fromkeys(("no", "nr", "number", "s.no", "sira", "sira no", "numara", "ogrenci no", "okul no", "#"), ""),
    **dict.fromkeys(
        ("class", "gender", "sex", "birthday", "sinif", "sube", "cinsiyet", "cinsiyeti", "dogum tarihi"), ""
    ),
}


@dataclass(frozen=True)
class Line:
    """One line of a list: its number as people count, the name read from it, and what becomes of it.

    ``new``, or why not: ``there`` already, ``twice`` in the list, ``blank``, ``too_long``, ``too_many``.
    """

    number: int
    name: str
    state: str


def named(text: str) -> str:
    """A name as it is kept: one plain line. Raises ValueError (``blank_name``, ``long_name``)."""
    plain = plain_line(text)
    if not plain:
        raise ValueError("blank_name")
    if len(plain) > MOST_LETTERS:
        raise ValueError("long_name")
    return plain


def same_name(name: str) -> str:
    """What two ways of writing one name have in common: neither capitals nor the kind of i tell pupils apart, accents do."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ı", "i").replace("i\u0307", "i")
    return " ".join(unicodedata.normalize("NFC", folded).split())


def read(text: str, there: Iterable[str]) -> list[Line]:
    """The names in a pasted text, one a line; empty lines count for nothing.

    Understands "Surname, Name", cells of a spreadsheet with or without a line of headings, and numbers in front.
    ``there`` are the names that the class has. What is not read any more is told as one line (``too_many``).
    """
    known, new, found = {same_name(name) for name in there}, set[str](), list[Line]()
    whole = text if len(text) <= MOST_TEXT else text[: max(text.rfind("\n", 0, MOST_TEXT), 0) or MOST_TEXT]
    is_cut = len(whole) < len(text)
    for line in _lines(whole):
        if len(found) == 2 * MOST_LINES:
            is_cut = True
            break
        key = same_name(line.name)
        state = line.state if line.state != NEW else THERE if key in known else TWICE if key in new else NEW
        if state == NEW and len(new) == MOST_LINES:
            state = TOO_MANY
        if state == NEW:
            new.add(key)
        found.append(replace(line, state=state))
    if is_cut:
        found.append(Line(found[-1].number + 1 if found else 1, "", TOO_MANY))
    return found


def _lines(text: str) -> Iterator[Line]:
    columns: list[str] = []
    is_first = True
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        cells = [plain_line(cell) for cell in _CELLS.split(raw)]
        if is_first and (columns := _headings(cells)):
            is_first = False
            continue
        is_first = False
        name = _name_in(cells, columns)
        state = BLANK if not name else TOO_LONG if len(name) > MOST_LETTERS else NEW
        yield Line(number, name[: MOST_LETTERS + 1], state)


def _headings(cells: list[str]) -> list[str]:
    """What each column holds, where the line is one of headings."""
    words = [" ".join(fold(cell).split()) for cell in cells]
    if not all(word in _HEADINGS for word in words if word):
        return []
    columns = [_HEADINGS.get(word, "") for word in words]
    return columns if any(columns) else []


def _name_in(cells: list[str], columns: list[str]) -> str:
    parts = [_bare(cell) for cell in cells]
    if columns:
        parts = [
            part
            for wanted in ("whole", "given", "family")
            for part, column in zip(parts, columns, strict=False)
            if column == wanted
        ]
    parts = [part for part in parts if part]
    if len(parts) == 1 and parts[0].count(",") == 1:
        family, given = (part.strip() for part in parts[0].split(","))
        parts = [part for part in (given, family) if part]
    return " ".join(" ".join(parts).replace(",", " ").split())


def _bare(cell: str) -> str:
    """A cell without the number, dot or bullet in front of a name; empty where no letter is in it."""
    for at, letter in enumerate(cell):
        if letter.isalpha():
            before = cell[at - 1 : at]
            return cell[at - 1 if before and before in _APOSTROPHES else at :].rstrip(" ,.")
    return ""
