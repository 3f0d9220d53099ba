"""A bounded reader of Yjs updates (version 1), so that no bytes from outside reach the library unchecked.

It knows the format as https://github.com/yjs/yjs and lib0 write it: for each author a run of structs, then the
ranges that were deleted. It takes only what documents here are made of (texts, maps, arrays and plain values), needs
a time that grows with the bytes, no recursion, and no memory beyond some times the bytes.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

MAX_DEPTH = 200  # of values inside values, and of types inside types
MAX_STRUCTS = 200_000  # in one update
MAX_EDIT_STRUCTS = 5_000  # in one edit of a person: the library's work can grow with their square
MAX_CLOCK = 2**31 - 1
MAX_CLIENT = 2**53 - 1

GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, SKIP = 0, 1, 2, 3, 4, 5, 6, 7, 8, 10
ARRAY, MAP, TEXT = 0, 1, 2
_HAS_ORIGIN, _HAS_RIGHT, _HAS_KEY = 0x80, 0x40, 0x20
_SIZES = {127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0}  # bytes after the tag of a plain value

Id = tuple[int, int]  # an author's number and clock


class DocumentError(ValueError):
    """The bytes are not edits of such a document, or are not whole: ``gap`` where earlier edits are missing."""


class Struct(NamedTuple):
    """One run of an author's insertions: ``length`` clocks from ``clock`` on, with what it stands beside.

    ``parent`` is a root's name, or the id of the type it lies in, or None where its neighbours tell.
    """

    clock: int
    length: int
    content: int
    origin: Id | None = None
    right: Id | None = None
    parent: str | Id | None = None
    key: str | None = None
    type: int | None = None

    def needs(self) -> Iterator[Id]:
        """The ids that must be there before it."""
        if self.origin:
            yield self.origin
        if self.right:
            yield self.right
        if isinstance(self.parent, tuple):
            yield self.parent


class Update(NamedTuple):
    """An update as it was read: each author's structs in order, and ranges of clocks that are deleted."""

    structs: dict[int, list[Struct]]
    deleted: dict[int, list[tuple[int, int]]]


def read(data: bytes, structs: int | None = MAX_STRUCTS) -> Update:
    """Read an update of at most so many structs. Raises DocumentError for anything that is none."""
    return Reader(data, structs).update()


def read_state_vector(data: bytes) -> dict[int, int]:
    """How far each author's edits go. Raises DocumentError."""
    reader = Reader(data, None)
    vector = {reader.client(): reader.clock() for _ in range(reader.count())}
    reader.end()
    return vector


class Reader:
    """Reads from front to back; every number is checked against what is left of the bytes."""

    def __init__(self, data: bytes, structs: int | None) -> None:
        self.data, self.at, self._size = data, 0, len(data)
        self._structs_left = len(data) if structs is None else structs

    # -- the update --------------------------------------------------------------------

    def update(self) -> Update:
        """The whole update."""
        structs: dict[int, list[Struct]] = {}
        for _ in range(self.count()):
            number = self.count()
            client, clock = self.client(), self.clock()
            if client in structs:
                raise DocumentError("an author twice")
            structs[client] = self._run(number, clock)
        deleted: dict[int, list[tuple[int, int]]] = {}
        for _ in range(self.count()):
            client = self.client()
            if client in deleted:
                raise DocumentError("an author twice")
            deleted[client] = self._ranges()
        self.end()
        return Update(structs, deleted)

    def _run(self, number: int, clock: int) -> list[Struct]:
        self._structs_left -= number
        if self._structs_left < 0:
            raise DocumentError("too many structs")
        run = []
        for _ in range(number):
            struct = self.struct(clock)
            clock += struct.length
            if clock > MAX_CLOCK or not struct.length:
                raise DocumentError("a clock out of bounds")
            run.append(struct)
        return run

    def _ranges(self) -> list[tuple[int, int]]:
        ranges, last = [], 0
        for _ in range(self.count()):
            start, length = self.clock(), self.clock()
            if start < last or not length or start + length > MAX_CLOCK:
                raise DocumentError("deletions out of order or out of bounds")
            last = start + length
            ranges.append((start, last))
        return ranges

    def struct(self, clock: int) -> Struct:
        """One struct that begins at a clock."""
        info, origin, right, parent, key = self.head()
        if info in (GC, SKIP):
            return Struct(clock, self.clock(), info)
        length, kind = self._content(info & 0x1F)
        return Struct(clock, length, info & 0x1F, origin, right, parent, key, kind)

    def head(self) -> tuple[int, Id | None, Id | None, str | Id | None, str | None]:
        """What stands before a struct's content: its info byte, neighbours, parent and key."""
        info = self._byte()
        if info in (GC, SKIP):
            return info, None, None, None, None
        origin = (self.client(), self.clock()) if info & _HAS_ORIGIN else None
        right = (self.client(), self.clock()) if info & _HAS_RIGHT else None
        parent: str | Id | None = None
        key = None
        if origin is None and right is None:
            parent = self._parent()
            key = self.text() if info & _HAS_KEY else None
        return info, origin, right, parent, key

    def _parent(self) -> str | Id:
        is_root = self.number()
        if is_root not in (0, 1):
            raise DocumentError("a parent that is none")
        return self.text() if is_root else (self.client(), self.clock())

    def _content(self, content: int) -> tuple[int, int | None]:
        """How many clocks the content takes, and which type it is, if it is one."""
        if content == STRING:
            text = self.text()
            return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2, None
        if content == DELETED:
            return self.clock(), None
        if content == ANY:
            return self._values(), None
        if content == TYPE:
            return 1, self._type()
        if content == JSON:
            number = self.count()
            for _ in range(number):
                self._json()
            return number, None
        return self._single(content), None

    def _single(self, content: int) -> int:
        if content == FORMAT:
            self.text()
            self._json()
        elif content == EMBED:
            self._json()
        elif content == BINARY:
            self._skip(self.count())
        else:
            raise DocumentError("content of another kind")
        return 1

    def _type(self) -> int:
        kind = self.number()
        if kind not in (ARRAY, MAP, TEXT):
            raise DocumentError("a type of another kind")
        return kind

    # -- values ------------------------------------------------------------------------

    def _values(self) -> int:
        number = self.count()
        left = [(number, False)]  # how many values are still to come at each level, and whether they have keys
        while left:
            count, keyed = left.pop()
            if not count:
                continue
            left.append((count - 1, keyed))
            if keyed:
                self.text()
            inner = self._value()
            if inner:
                left.append(inner)
                if len(left) > MAX_DEPTH:
                    raise DocumentError("too deep")
        return number

    def _value(self) -> tuple[int, bool] | None:
        """One plain value, or how many values a list or a map begins."""
        tag = self._byte()
        if tag in _SIZES:
            self._skip(_SIZES[tag])
        elif tag == 125:
            self._signed()
        elif tag == 119:
            self.text()
        elif tag == 116:
            self._skip(self.count())
        elif tag in (117, 118):
            return self.count(), tag == 118
        else:
            raise DocumentError("a value of another kind")
        return None

    def _json(self) -> None:
        text = self.text()
        if text == "undefined":
            return
        depth = inside = 0
        for part in text.replace("\\\\", "").replace('\\"', "").split('"'):
            if not inside:
                for mark in part:
                    depth += (mark in "[{") - (mark in "]}")
                    if depth > MAX_DEPTH // 2:  # the library's own bound is 128
                        raise DocumentError("too deep")
            inside ^= 1
        try:
            json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise DocumentError("not JSON") from None

    # -- numbers and texts -------------------------------------------------------------

    def number(self) -> int:
        """A number of up to 53 bits."""
        data, at, value, shift = self.data, self.at, 0, 0
        while at < self._size and shift < 63:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value > MAX_CLIENT:
                    break
                self.at = at
                return value
            shift += 7
        raise DocumentError("a number out of bounds")

    def client(self) -> int:
        """An author's number."""
        return self.number()

    def clock(self) -> int:
        """A clock or a length in clocks."""
        value = self.number()
        if value > MAX_CLOCK:
            raise DocumentError("a clock out of bounds")
        return value

    def count(self) -> int:
        """How many things follow; each needs at least a byte."""
        value = self.number()
        if value > self._size - self.at:
            raise DocumentError("more announced than there is")
        return value

    def text(self) -> str:
        """A text in UTF-8."""
        length = self.count()
        start = self.at
        self.at = start + length
        try:
            return self.data[start : self.at].decode()
        except UnicodeDecodeError:
            raise DocumentError("not UTF-8") from None

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self.at != self._size:
            raise DocumentError("bytes after the end")

    def _signed(self) -> None:
        for _ in range(9):
            if self._byte() < 0x80:
                return
        raise DocumentError("a number out of bounds")

    def _byte(self) -> int:
        if self.at >= self._size:
            raise DocumentError("cut short")
        self.at += 1
        return self.data[self.at - 1]

    def _skip(self, length: int) -> None:
        if length > self._size - self.at:
            raise DocumentError("cut short")
        self.at += length


def _no_constant(name: str) -> None:
    raise ValueError(name)
