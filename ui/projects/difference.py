"""What changed between two texts, word by word, within bounds of time and length."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.rules.text import common_ends

MOST_WORDS = 3_000  # on either side; beyond, what differs is shown as one piece
MOST_SHOWN = 20_000  # characters of one piece
AROUND = 200  # characters of unchanged text that stay beside a change
_TOKEN = re.compile(r"\s+|\S+")


@dataclass(frozen=True)
class Part:
    """A piece of text: ``same``, ``gone`` or ``come``. ``left_out`` counts characters that are not shown."""

    kind: str
    text: str
    left_out: int = 0


def parts(before: str, after: str) -> list[Part]:
    """The pieces from which both texts are made, in order; long unchanged pieces are folded."""
    head, tail = _at_words(before, after)
    middle = _changes(before[head : len(before) - tail], after[head : len(after) - tail])
    pieces = [("same", before[:head]), *middle, ("same", before[len(before) - tail :])]
    return [_bounded(kind, text, at, len(pieces)) for at, (kind, text) in enumerate(pieces) if text]


def _at_words(before: str, after: str) -> tuple[int, int]:
    """The common ends, shortened so that no word is cut."""
    head, tail = common_ends(before, after)
    if before == after:
        return head, 0
    while head and not (before[head - 1].isspace()):
        head -= 1
    while tail and not before[len(before) - tail].isspace():
        tail -= 1
    return head, tail


def _changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(one), len(other)) > MOST_WORDS:
        yield from (("gone", before), ("come", after))
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(one[a:b])
        else:
            yield from (("gone", "".join(one[a:b])), ("come", "".join(other[c:d])))


def _bounded(kind: str, text: str, at: int, count: int) -> Part:
    if kind != "same":
        return Part(kind, text[:MOST_SHOWN], max(0, len(text) - MOST_SHOWN))
    if len(text) <= 3 * AROUND:
        return Part(kind, text)
    first = "" if at == 0 else text[:AROUND]
    last = "" if at == count - 1 else text[-AROUND:]
    return Part(kind, f"{first} … {last}", len(text) - len(first) - len(last))
