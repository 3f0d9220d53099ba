"""Teachers of the directory: which words find them, which facets they have, and what a search asks.

Pure functions, shared by the index on the computer, the platform that makes the packs, and the slow
reference that the tests compare the index with.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from app.rules import text
from app.rules.transliteration import latin

Teacher = Mapping[str, Any]
AGE_BANDS = (("u6", 3, 6), ("7_11", 7, 11), ("12_15", 12, 15), ("16_19", 16, 19))
KINDS = "clasrtevw"  # country, language, age, subject, role, school type, eTwinning School, available, workload
LATIN_TOO = ("name", "school", "town")
PARTS = ("available", "other")  # a country's directory comes in two packs
_TOKEN = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class Words:
    """What was typed: ``prefixes`` begin a word, ``phrases`` stand together, ``without`` must not stand anywhere."""

    prefixes: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.prefixes or self.phrases or self.without)


def parse_words(typed: str) -> Words:
    """Read a search line: words are beginnings, ``"quoted words"`` a phrase, ``-word`` excludes."""
    prefixes: list[str] = []
    phrases: list[tuple[str, ...]] = []
    without: list[str] = []
    for match in _TOKEN.finditer(typed):
        minus, quoted, plain = match.group(1), match.group(2), match.group(3)
        if plain is not None and plain.startswith("-"):
            without += text.words(plain)
        elif plain is not None:
            prefixes += text.words(plain)
        elif minus:
            without += text.words(quoted)
        elif phrase := tuple(text.words(quoted)):
            phrases.append(phrase)
    return Words(tuple(dict.fromkeys(prefixes)), tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(without)))


class _ChunkWords(dict[str, tuple[str, ...]]):
    """The folded words of each chunk between two spaces, remembered: a dictionary costs half of what lru_cache does."""

    MOST = 400_000

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(self) >= self.MOST:
            self.clear()
        plain = chunk.isascii() and chunk.isalnum()  # the usual case, in a tenth of the time
        self[chunk] = words = (chunk.lower(),) if plain else tuple(text.words(chunk))
        return words


_words_of_chunk = _ChunkWords({"": ("",)}).__getitem__
TEXT_END = ""  # stands between two texts in a sequence; no word is empty


def words_of(value: str) -> list[str]:
    """The folded words of a text, in order."""
    return list(chain.from_iterable(map(_words_of_chunk, value.split())))


def texts_of(teacher: Teacher) -> Iterator[list[str]]:
    """The word sequences a teacher is found by; names and places in Latin letters too."""
    for name in LATIN_TOO:
        words = words_of(teacher[name])
        yield words
        if not teacher[name].isascii():
            yield from in_latin(words)
    yield words_of(teacher["about"])
    for project in teacher["projects"]:
        yield words_of(project["title"])


def in_latin(words: list[str]) -> Iterator[list[str]]:
    """The same words in Latin letters, in one or two spellings; nothing where they are Latin already."""
    forms = [_latin(word) for word in words]
    if any(forms):
        yield [form[0] if form else word for form, word in zip(forms, words, strict=True)]
        if any(len(form) > 1 for form in forms):
            yield [form[-1] if form else word for form, word in zip(forms, words, strict=True)]


_latin = lru_cache(maxsize=60_000)(latin)


def sequence_of(teacher: Teacher) -> list[str]:
    """All of :func:`texts_of` in one list with TEXT_END between them, in a third of the time."""
    chunks = [*teacher["name"].split(), "", *teacher["school"].split(), "", *teacher["town"].split(), ""]
    chunks += teacher["about"].split()
    for project in teacher["projects"]:
        chunks.append("")
        chunks += project["title"].split()
    sequence = list(chain.from_iterable(map(_words_of_chunk, chunks)))
    for name in LATIN_TOO:
        if not teacher[name].isascii():
            for words in in_latin(words_of(teacher[name])):
                sequence.append(TEXT_END)
                sequence += words
    return sequence


def terms_of(teacher: Teacher) -> set[str]:
    """Every word a teacher is found by."""
    return terms_in(sequence_of(teacher))


def terms_in(sequence: list[str]) -> set[str]:
    """The words of a sequence, without their order."""
    terms = set(sequence)
    terms.discard(TEXT_END)
    return terms


def has_phrase(teacher: Teacher, phrase: tuple[str, ...]) -> bool:
    """Whether the words stand together in one of the teacher's texts."""
    needle = f" {' '.join(phrase)} "
    return any(needle in f" {' '.join(words)} " for words in texts_of(teacher))


def age_bands(first: int, last: int) -> list[str]:
    """The bands that the ages from ``first`` to ``last``, in years, have a part in: ``7_11`` and so on."""
    return [band for band, low, high in AGE_BANDS if first <= high and last >= low]


def workload(active_projects: int) -> str:
    """How busy a teacher is: ``free``, ``some`` (one or two projects) or ``busy``."""
    return "free" if active_projects == 0 else "some" if active_projects <= 2 else "busy"


def tags_of(teacher: Teacher) -> set[str]:
    """A teacher's facets: kind letter, colon, item. ``d`` is the day of last activity, ``p`` the place."""
    tags = {
        f"c:{teacher['country']}",
        f"r:{teacher['role']}",
        f"t:{teacher['school_type']}",
        f"w:{workload(teacher['active_projects'])}",
        f"d:{teacher['last_active']}",
        f"p:{teacher['place']}",
    }
    tags.update(f"l:{item}" for item in teacher["languages"])
    tags.update(f"s:{item}" for item in teacher["subjects"])
    tags.update(f"a:{band}" for band in age_bands(teacher["age_from"], teacher["age_to"]))
    if teacher["etwinning_school"]:
        tags.add("e:yes")
    if teacher["available"]:
        tags.add("v:yes")
    return tags


def part_of(teacher: Teacher) -> str:
    """Which of a country's two packs a teacher is in."""
    return PARTS[0] if teacher["available"] else PARTS[1]


def matches(teacher: Teacher, words: Words, tags: Iterable[str], active_since: str = "") -> bool:
    """Whether a teacher fits a search: the slow and plain way, which the index must agree with."""
    terms, own = terms_of(teacher), tags_of(teacher)
    wanted = list(tags)
    return (
        all(any(term.startswith(prefix) for term in terms) for prefix in words.prefixes)
        and all(has_phrase(teacher, phrase) for phrase in words.phrases)
        and not any(word in terms for word in words.without)
        and all(any(tag in own for tag in wanted if tag[0] == kind) for kind in {tag[0] for tag in wanted})
        and teacher["last_active"] >= active_since
    )
