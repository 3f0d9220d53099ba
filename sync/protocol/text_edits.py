"""Turning one text into another by few edits, in a time that grows with the length of the text alone."""

import difflib
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

WORDS = re.compile(r"[^ \t\r\n]+")
TOKENS = re.compile(r"\w+|\s+|[^\w\s]", re.UNICODE)
MOST_TOKENS = 2_000  # on both sides together: a comparison is quadratic at its worst
MOST_CHARACTERS = 8_000  # likewise
Step = tuple[int, int, str]  # bytes to drop, bytes to keep, text to put


def rewrite(text: Any, new: str) -> None:
    """Turn a pycrdt text into ``new``, so that others' edits beside the changed words survive.

    What is no text in it (a picture of a newer version) keeps its place beside the words around it.
    """
    old = str(text)
    others = _others(text) if len(text) != len(old.encode()) else []
    for at, drop, add in reversed(list(changes(old, new))):
        place = at + sum(other <= at for other in others)
        if drop:
            end = at + drop + sum(other < at + drop for other in others)
            del text[place:end]
        if add:
            text.insert(place, add)


def _others(text: Any) -> list[int]:
    """Before which bytes of the text something lies that is none; the library counts each as one byte."""
    places, at = [], 0
    for piece, _marks in text.diff():
        if isinstance(piece, str):
            at += len(piece.encode())
        else:
            places.append(at)
    return places


def changes(old: str, new: str) -> Iterator[Step]:
    """``(place, bytes to drop, text to put)`` in the order of the text; places are bytes of UTF-8 in the old one."""
    head = common_start(old, new)
    tail = common_end(old, new, head)
    at = len(old[:head].encode())
    for drop, keep, add in _steps(old[head : len(old) - tail], new[head : len(new) - tail]):
        if drop or add:
            yield at, drop, add
        at += drop + keep


def common_start(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    return len(os.path.commonprefix((one, other)))


def common_end(one: str, other: str, start: int = 0) -> int:
    """How many characters two texts share at their end, leaving out the first ``start``."""
    return len(os.path.commonprefix((one[start:][::-1], other[start:][::-1])))


def _steps(old: str, new: str) -> Iterator[Step]:
    """By words where that is quick, else by lines and then by the words of each changed line."""
    if not old or not new:
        yield len(old.encode()), 0, new
    elif len(old) + len(new) <= MOST_CHARACTERS:
        yield from _compared(TOKENS.findall(old), TOKENS.findall(new), _put)
    else:
        yield from _compared(old.splitlines(keepends=True), new.splitlines(keepends=True), _line_steps)


def _line_steps(old: str, new: str) -> Iterator[Step]:
    if len(old) + len(new) <= MOST_CHARACTERS:
        return _steps(old, new)
    return _put(old, new)


def _put(old: str, new: str) -> Iterator[Step]:
    yield len(old.encode()), 0, new


def _compared(old: list[str], new: list[str], replace: Callable[[str, str], Iterator[Step]]) -> Iterator[Step]:
    if len(old) + len(new) > MOST_TOKENS:
        yield from _put("".join(old), "".join(new))
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone = "".join(old[a:b])
        if tag == "equal":
            yield 0, len(gone.encode()), ""
        else:
            yield from replace(gone, "".join(new[c:d]))


def added_words(old: str, new: str) -> str:
    """What ``new`` says and ``old`` does not, place by place in lines of their own, in whole words to be read."""
    before, places = WORDS.findall(old), [match.span() for match in WORDS.finditer(new)]
    if len(before) + len(places) > MOST_TOKENS:
        return new if new not in old else ""
    after = [new[start:end] for start, end in places]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    runs = ((c, d) for tag, _a, _b, c, d in matcher.get_opcodes() if tag != "equal" and c < d)
    return "\n".join(new[places[c][0] : places[d - 1][1]] for c, d in runs)
