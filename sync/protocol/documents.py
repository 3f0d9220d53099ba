"""Shared documents: a project draft as a CRDT, merged alike by client and server.

Texts are Yjs texts, choices are maps from item to true, numbers are map
entries. Offsets given to the library are bytes of UTF-8, so every edit here
is cut at whole code points and converted.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pycrdt import Doc, Map, Text, merge_updates

from app.rules.projects import NUMBER_FIELDS, SET_FIELDS, TEXT_FIELDS

KIND = "project_draft"
MAX_STATE = 8 * 1024 * 1024
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]", re.UNICODE)


class DocumentError(ValueError):
    """The bytes are not edits of a document of ours."""


class ProjectDocument:
    """One replica of a project draft. Not for sharing between threads."""

    def __init__(self, state: bytes | None = None) -> None:
        self._doc: Doc[Any] = Doc()
        self._texts = {name: self._doc.get(name, type=Text) for name in TEXT_FIELDS}
        self._values: Map[Any] = self._doc.get("values", type=Map)
        self._sets = {name: self._doc.get(f"set:{name}", type=Map) for name in SET_FIELDS}
        if state:
            self.apply(state)

    def fields(self) -> dict[str, Any]:
        """The draft as plain values: texts, sorted lists of items, numbers or None."""
        shown: dict[str, Any] = {name: str(text) for name, text in self._texts.items()}
        shown |= {name: sorted(items.keys()) for name, items in self._sets.items()}
        shown |= {name: self._number(name) for name in NUMBER_FIELDS}
        return shown

    def state(self) -> bytes:
        return bytes(self._doc.get_update())

    def apply(self, edits: bytes) -> None:
        """Merge edits from elsewhere. Raises DocumentError for bytes that are none."""
        if _announced(edits) > len(edits):
            raise DocumentError("more authors than bytes")
        try:
            self._doc.apply_update(edits)
        except BaseException as error:  # the library panics on some malformed input
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                raise
            raise DocumentError("not a document's edits") from None

    def set_field(self, name: str, value: Any) -> bytes:
        """Change one field; returns the edits made (empty if nothing changed)."""
        return self.set_fields({name: value})

    def set_fields(self, values: dict[str, Any]) -> bytes:
        before, was = self._doc.get_state(), self.fields()
        changed = {name: value for name, value in values.items() if was.get(name) != value}
        if not changed:
            return b""
        with self._doc.transaction():
            for name, value in changed.items():
                if name in self._texts:
                    _rewrite(self._texts[name], str(value))
                elif name in self._sets:
                    self._choose(name, set(value))
                elif name in NUMBER_FIELDS:
                    self._values[name] = value
                else:
                    raise KeyError(name)
        return bytes(self._doc.get_update(before))

    def _number(self, name: str) -> int | None:
        value = self._values.get(name)
        return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def _choose(self, name: str, items: set[str]) -> None:
        chosen = self._sets[name]
        now = set(chosen.keys())
        for item in now - items:
            del chosen[item]
        for item in items - now:
            chosen[item] = True


def merge(states: Iterable[bytes]) -> bytes:
    """Several edits as one."""
    return bytes(merge_updates(*states))


def merged(state: bytes | None, edits: Iterable[bytes]) -> tuple[bytes, dict[str, Any]]:
    """A state with edits merged in, and its plain values. Raises DocumentError."""
    document = ProjectDocument(state)
    for edit in edits:
        document.apply(edit)
    new = document.state()
    if len(new) > MAX_STATE:
        raise DocumentError("the document is too large")
    return new, document.fields()


def _announced(edits: bytes) -> int:
    """How many authors an update says it has (its first number, LEB128): the library makes room for that many at once."""
    number = 0
    for place, byte in enumerate(edits[:10]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return number


def _rewrite(text: Any, new: str) -> None:
    """Turn a text into ``new`` by the smallest edits, so that others' edits beside them survive."""
    old = str(text)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    at = len(old[:head].encode())
    for drop, add in _steps(old_middle, new_middle):
        if drop:
            del text[at : at + drop]
        if add and add[0] == "keep":
            at += int(add[1])
        elif add:
            text.insert(at, add[1])
            at += len(add[1].encode())


def _steps(old: str, new: str) -> Iterable[tuple[int, tuple[str, str] | None]]:
    if not old or not new or len(old) + len(new) > 40_000:
        yield len(old.encode()), ("put", new) if new else None
        return
    old_words, new_words = _TOKENS.findall(old), _TOKENS.findall(new)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        gone, come = "".join(old_words[a:b]), "".join(new_words[c:d])
        if tag == "equal":
            yield 0, ("keep", str(len(gone.encode())))
        else:
            yield len(gone.encode()), ("put", come) if come else None


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
