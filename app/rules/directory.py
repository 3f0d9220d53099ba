"""Teachers of the directory: which words find them, which facets they have, and what a search asks.

Pure functions, shared by the index on the computer, the platform that makes the packs, and the slow
reference that the tests compare the index with.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.rules import text
from app.rules.transliteration import latin

Profile = Mapping[str, Any]
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


@lru_cache(maxsize=60_000)
def _chunk_words(chunk: str) -> tuple[str, ...]:
    if chunk.isascii() and chunk.isalnum():  # the usual case, in a tenth of the time
        return (chunk.lower(),)
    return tuple(text.words(chunk))


def words_of(value: str) -> list[str]:
    """The folded words of a text, in order."""
    return [word for chunk in value.split() for word in _chunk_words(chunk)]


def texts_of(profile: Profile) -> Iterator[list[str]]:
    """The word sequences a teacher is found by; names and places in Latin letters too."""
    for name in LATIN_TOO:
        found = words_of(profile[name])
        yield found
        if not profile[name].isascii():
            yield from in_latin(found)
    yield words_of(profile["about"])
    for project in profile["projects"]:
        yield words_of(project["title"])


def in_latin(words: list[str]) -> Iterator[list[str]]:
    forms = [_latin(word) for word in words]
    if any(forms):
        yield [form[0] if form else word for form, word in zip(forms, words, strict=True)]
        if any(len(form) > 1 for form in forms):
            yield [form[-1] if form else word for form, word in zip(forms, words, strict=True)]


_latin = lru_cache(maxsize=60_000)(latin)


def terms_of(profile: Profile) -> set[str]:
    """Every word a teacher is found by: those of :func:`texts_of`, gathered without their order."""
    texts = [profile["name"], profile["school"], profile["town"], profile["about"]]
    texts += [project["title"] for project in profile["projects"]]
    found: set[str] = set()
    found.update(*map(_chunk_words, " ".join(texts).split()))
    for name in LATIN_TOO:
        if not profile[name].isascii():
            for words in in_latin(words_of(profile[name])):
                found.update(words)
    return found


def has_phrase(profile: Profile, phrase: tuple[str, ...]) -> bool:
    """Whether the words stand together in one of the teacher's texts."""
    needle = f" {' '.join(phrase)} "
    return any(needle in f" {' '.join(words)} " for words in texts_of(profile))


def age_bands(first: int, last: int) -> list[str]:
    return [band for band, low, high in AGE_BANDS if first <= high and last >= low]


def workload(active_projects: int) -> str:
    """How busy a teacher is: ``free``, ``some`` (one or two projects) or ``busy``."""
    return "free" if active_projects == 0 else "some" if active_projects <= 2 else "busy"


def tags_of(profile: Profile) -> set[str]:
    """A teacher's facets: kind letter, colon, item. ``d`` is the day of last activity, ``p`` the place."""
    found = {
        f"c:{profile['country']}",
        f"r:{profile['role']}",
        f"t:{profile['school_type']}",
        f"w:{workload(profile['active_projects'])}",
        f"d:{profile['last_active']}",
        f"p:{profile['place']}",
    }
    found.update(f"l:{item}" for item in profile["languages"])
    found.update(f"s:{item}" for item in profile["subjects"])
    found.update(f"a:{band}" for band in age_bands(profile["age_from"], profile["age_to"]))
    if profile["etwinning_school"]:
        found.add("e:yes")
    if profile["available"]:
        found.add("v:yes")
    return found


def part_of(profile: Profile) -> str:
    """Which of a country's two packs a teacher is in."""
    return PARTS[0] if profile["available"] else PARTS[1]


def matches(profile: Profile, words: Words, tags: Iterable[str], active_since: str = "") -> bool:
    """Whether a teacher fits a search: the slow and plain way, which the index must agree with."""
    terms, own = terms_of(profile), tags_of(profile)
    wanted = list(tags)
    return (
        all(any(term.startswith(prefix) for term in terms) for prefix in words.prefixes)
        and all(has_phrase(profile, phrase) for phrase in words.phrases)
        and not any(word in terms for word in words.without)
        and all(any(tag in own for tag in wanted if tag[0] == kind) for kind in {tag[0] for tag in wanted})
        and profile["last_active"] >= active_since
    )
