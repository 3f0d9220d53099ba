"""The boxes of MP4, MOV, M4A and 3GP that tell of people and places, made blank where they stand (ISO/IEC 14496-12).

FFmpeg does not read all of them (3GP's have their own names), and the sound of a damaged file may begin within one.
"""

import struct
from collections.abc import Iterator

from app.media.found import OTHER, Found, kind_of_field, note

_HOLD_OTHERS = (b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf")
_TELL = (b"udta", b"meta", b"uuid", b"Xtra")
_NAMES = {
    b"perf": "performer",
    b"auth": "author",
    b"titl": "title",
    b"dscp": "description",
    b"loci": "location",
    b"cprt": "copyright",
}
_MOST_DEPTH = 6


def blanked(data: bytes) -> bytes:
    """The same file with nothing in those boxes; what plays stays where it is."""
    out = bytearray(data)
    for start, head, stop in _telling(data, 0, len(data), 0):
        out[start + 4 : start + 8] = b"free"
        out[start + head : stop] = bytes(stop - start - head)
    return bytes(out)


def look(data: bytes) -> Found:
    """What stands in those boxes."""
    found: Found = {}
    for start, head, stop in _telling(data, 0, len(data), 0):
        name = data[start + 4 : start + 8]
        inner = (
            [data[at + 4 : at + 8] for at, _head, _stop in _boxes(data, start + head, stop)] if name == b"udta" else []
        )
        for each in inner or [name]:
            shown = _NAMES.get(each, each.decode("latin-1"))
            note(found, kind_of_field(shown) if each in _NAMES or shown[0] == "©" else OTHER, shown)
    return found


def _telling(data: bytes, start: int, stop: int, depth: int) -> Iterator[tuple[int, int, int]]:
    for at, head, end in _boxes(data, start, stop):
        name = data[at + 4 : at + 8]
        if name in _TELL:
            yield at, head, end
        elif name in _HOLD_OTHERS and depth < _MOST_DEPTH:
            yield from _telling(data, at + head, end, depth + 1)


def _boxes(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Where each box begins, how long its head is, and where it ends; up to the first that cannot be."""
    while start + 8 <= stop:
        (size,) = struct.unpack_from(">I", data, start)
        head = 8
        if size == 1 and start + 16 <= stop:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        size = size or stop - start
        if size < head or start + size > stop:
            return
        yield start, head, start + size
        start += size
