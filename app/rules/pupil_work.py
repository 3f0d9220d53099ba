"""What may be taken in as pupils' work, and what may leave the computer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.rules import filenames, formats, vocabularies
from app.rules.text import fold
from app.rules.transliteration import latin

KINDS: dict[str, tuple[str, ...]] = {
    "image": ("jpg", "jpeg", "png", "gif"),
    "video": ("mp4", "ogg", "webm", "mov"),
    "document": ("pdf", "txt", "md", "docx", "odt", "pptx", "odp", "xlsx", "ods"),
    "audio": ("mp3", "wav", "m4a"),
}
PSEUDONYM = re.compile(r"^[^\W\d_]+ \d{1,4}$")


@dataclass(frozen=True)
class Refusal:
    """Why a file is not taken in: ``empty``, ``type``, ``too_big`` (with ``limit_mb``), ``mismatch``, or a way out
    (``formats.WAYS_OUT``)."""

    code: str
    limit_mb: int = 0


def kind_of(filename: str) -> str | None:
    """The kind of file that the platform takes by that ending, in any case and alphabet's capitals; None for others."""
    ending = filenames.ending(filename)
    return next((kind for kind, endings in KINDS.items() if ending in endings), None)


def kind_taken(filename: str) -> str | None:
    """The kind of file that is taken in by that ending: also of those that are converted before they leave."""
    return kind_of(filename) or formats.CONVERTED.get(filenames.ending(filename), (None, ""))[0]


def endings_taken() -> list[str]:
    """The endings of all files that are taken in."""
    return [*(ending for endings in KINDS.values() for ending in endings), *formats.CONVERTED]


def limit_mb(kind: str) -> int:
    """The platform's limit for a kind of file, in megabytes."""
    limits = vocabularies.get("upload_limits").items
    return int(limits.get(kind, limits["file"])["max_mb"])


def refusal(filename: str, size: int, head: bytes) -> Refusal | None:
    """Why a file of ``size`` bytes that begins with ``head`` is not taken in, or None if it is."""
    kind, ending = kind_taken(filename), filenames.ending(filename)
    if kind is None:
        return Refusal(formats.WAYS_OUT.get(ending, "type"))
    if size == 0:
        return Refusal("empty")
    if size > limit_mb(kind) * 1_000_000:
        return Refusal("too_big", limit_mb(kind))
    found = formats.sniff(head)
    if found == "old_office" and formats.form_of(filename) == "zip":
        return Refusal("old_office")  # or with a password, which is packed so too
    return Refusal("mismatch") if formats.true_name(filename, head) is None else None


def may_publish(*, permitted: bool, project_state: str) -> str | None:
    """None if a work may go to a project, else ``no_permission`` or ``not_active``."""
    if not permitted:
        return "no_permission"
    return None if project_state == "active" else "not_active"


_TITLE_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-ÖØ-ÞĞİŞΑ-ΩЀ-Я])")
_LEAST_INSIDE = 4  # shorter names stand inside too many ordinary words
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa"})


def names_in(title: str, names: Iterable[str]) -> list[str]:
    """The words of a title that are, or hold, a part of somebody's name.

    However they are written: in any of Unicode's forms, case and accents, in Latin letters instead of Greek, Cyrillic,
    Georgian or Armenian ones (and the other way), with ü as ue, grown together (AyşeNur) or apart (Ayşe Nur).
    """
    parts = {form for name in names for part in _words_of(filenames.plain_line(name)) for form in _forms(part)}
    parts = {part for part in parts if len(part) > 1}
    found = _TITLE_WORD.findall(filenames.plain_line(title))
    holds = [any(_holds_name(form, parts) for piece in _pieces(word) for form in _forms(piece)) for word in found]
    for at in range(len(found) - 1):
        together = _forms(found[at] + found[at + 1])
        if any(len(form) >= _LEAST_INSIDE and form in parts for form in together):
            holds[at] = holds[at + 1] = True
    return [word for word, held in zip(found, holds, strict=True) if held]


def title_from(filename: str, names: Iterable[str]) -> str:
    """A file's name as a plain title, without what is a pupil's name in it; empty if nothing else is left."""
    stem = filenames.stem_of(filename)
    names_found = set(names_in(stem, names))
    if not names_found:
        return stem
    return " ".join(word for word in _TITLE_WORD.findall(stem) if word not in names_found)


def _words_of(name: str) -> list[str]:
    return _TITLE_WORD.findall(name)


def _pieces(word: str) -> set[str]:
    """A word, its letters without digits, and what stands together in it with capitals (AliKara2)."""
    letters = _LETTERS.findall(word)
    return {word, *letters, *(hump for run in letters for hump in _HUMP.split(run))}


def _forms(word: str) -> set[str]:
    """A word as it is folded, in Latin letters, and with two letters for the German and Nordic ones."""
    folded = {fold(word), fold(word.translate(_TWO_LETTERS))}
    return {form for one in folded for form in (one, *latin(one))}


def _holds_name(word: str, parts: set[str]) -> bool:
    return word in parts or any(len(part) >= _LEAST_INSIDE and part in word for part in parts)


def is_pseudonym(text: str) -> bool:
    """A pupil's name for the outside is a word and a number ("Star 7"), never a person's name."""
    return bool(PSEUDONYM.match(text))
