"""How to turn one text into another by replacing few pieces, word by word, within bounds of time."""

import difflib
import re

from app.rules.text import common_ends

MOST_WORDS = 2_000
_TOKEN = re.compile(r"\w+|\s|[^\w\s]")


def replacements(old: str, new: str) -> list[tuple[int, int, str]]:
    """Pieces ``(start, end, text)`` of ``old`` to be replaced, from its beginning to its end."""
    head, tail = common_ends(old, new)
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if one and other and len(one) + len(other) < 8 * MOST_WORDS:
        return _by_words(one, other, head)
    return [(head, len(old) - tail, other)] if one or other else []


def _by_words(one: str, other: str, at: int) -> list[tuple[int, int, str]]:
    old_words, new_words = _TOKEN.findall(one), _TOKEN.findall(other)
    pieces = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        end = at + sum(map(len, old_words[a:b]))
        if tag != "equal":
            pieces.append((at, end, "".join(new_words[c:d])))
        at = end
    return pieces
