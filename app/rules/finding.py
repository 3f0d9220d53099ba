"""Whether typed words find a title or a name, in whatever script and form of Unicode either is written."""

from collections.abc import Sequence
from functools import lru_cache

from app.rules.text import words
from app.rules.transliteration import latin

Wanted = Sequence[tuple[str, ...]]


def wanted(typed: str) -> Wanted:
    """What is looked for: each typed word folded, and as it is written in Latin letters."""
    return [_forms(word) for word in words(typed)]


def finds(asked: Wanted, text: str) -> bool:
    """Whether every word that is looked for begins a word of the text, as it stands or in Latin letters."""
    own = [form for word in words(text) for form in _forms(word)]
    return all(any(word.startswith(forms) for word in own) for forms in asked)


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, ...]:
    return (word, *latin(word))
