"""JPEG without losing a pixel: the segments that make the picture are kept, everything else is left out (ITU-T T.81)."""

import re
import struct
from collections.abc import Iterator

from app.media import icc
from app.media.found import COLOURS, OTHER, SMALL_PICTURE, WORDS, Found, note

_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # within the coded picture, after which a segment begins again
_PICTURE = {0xDB, 0xC4, 0xCC, 0xDD, 0xDC, *range(0xC0, 0xD0), 0xDA} - {0xC8}
_NUL, _APP0, _APP2, _APP14, _COMMENT, _START, _END = 0x01, 0xE0, 0xE2, 0xEE, 0xFE, 0xDA, 0xD9
_ICC = b"ICC_PROFILE\0"
_MOST_ICC = 65_519
_NAMED = {
    b"Exif\0\0": "Exif",
    b"http://ns.adobe.com/xap/1.0/": "XMP",
    b"http://ns.adobe.com/xmp/": "XMP",
    b"Photoshop 3.0": "IPTC",
    b"MPF\0": "MPF",
}


def without_metadata(data: bytes, *, with_colours: bool = True, may_be_cut: bool = False) -> bytes:
    """The picture, its density and (``with_colours``) the colours of its profile.

    Raises ValueError for what is no JPEG, and for one that is cut short unless it ``may_be_cut``.
    """
    out, profile = [b"\xff\xd8"], []
    head: list[bytes] = []
    for marker, body, coded in segments(data, may_be_cut):
        if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 14 and not head:
            head.append(_segment(_APP0, body[:12] + b"\0\0"))  # without its small picture
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            out.append(_segment(_APP14, body[:5] + b"\0\x64" + bytes(4) + body[11:12]))
        elif marker == _APP2 and body.startswith(_ICC):
            profile.append(body)
        elif marker in _PICTURE:
            out.append(_segment(marker, body) + coded)
    if with_colours:
        head += _profile_segments(_joined(profile))
    return b"".join([out[0], *head, *out[1:], b"\xff\xd9"])


def look(data: bytes, *, may_be_cut: bool = False) -> Found:
    """What is written into a JPEG, by its segments. Raises ValueError."""
    found: Found = {}
    profile = []
    for marker, body, _coded in segments(data, may_be_cut):
        if marker == _COMMENT:
            note(found, WORDS, "JPEG comment")
        elif marker == _APP0:
            if len(body) > 14 or not body.startswith(b"JFIF\0"):
                note(found, SMALL_PICTURE, body[:4].decode("ascii", "replace").strip("\0"))
        elif marker == _APP2 and body.startswith(_ICC):
            profile.append(body)
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) == 12:
            continue
        elif marker not in _PICTURE:
            named = next((name for sign, name in _NAMED.items() if body.startswith(sign)), f"APP{marker - 0xE0}")
            note(found, OTHER, named)
    for tag in icc.names_in(_joined(profile)) if profile else ():
        note(found, COLOURS, f"ICC {tag}")
    if not may_be_cut and _length(data) < len(data):
        note(found, OTHER, "after the picture")
    return found


def segments(data: bytes, may_be_cut: bool = False) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, body, and for a scan what is coded after it, up to the end of the first picture. Raises ValueError."""
    for marker, start, stop, after in _walk(data, may_be_cut):
        yield marker, data[start:stop], data[stop:after]


def _length(data: bytes) -> int:
    after = 2
    for _marker, _start, _stop, after in _walk(data):  # noqa: B007
        pass
    return after + 2


def _walk(data: bytes, may_be_cut: bool = False) -> Iterator[tuple[int, int, int, int]]:
    if data[:2] != b"\xff\xd8":
        raise ValueError("not a JPEG")
    place = 2
    while True:
        while data[place : place + 2] == b"\xff\xff":
            place += 1
        if data[place : place + 1] != b"\xff" or place + 2 > len(data):
            raise ValueError("a JPEG cut short")
        marker = data[place + 1]
        if marker == _END:
            return
        if marker == _NUL or 0xD0 <= marker <= 0xD8:
            place += 2
            continue
        size = int.from_bytes(data[place + 2 : place + 4], "big")
        start, stop = place + 4, place + 2 + size
        if size < 2 or stop > len(data):
            raise ValueError("a JPEG cut short")
        place = stop
        if marker == _START:
            found = _MARKER.search(data, stop)
            if found is None and not may_be_cut:
                raise ValueError("a JPEG cut short")
            place = found.start() if found else len(data)
            if found is None:
                yield marker, start, stop, place
                return
        yield marker, start, stop, place


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _joined(parts: list[bytes]) -> bytes:
    return b"".join(part[14:] for part in sorted(parts, key=lambda part: part[12:13]))


def _profile_segments(profile: bytes) -> list[bytes]:
    if not profile:
        return []
    try:
        clean = icc.without_names(profile)
    except (ValueError, struct.error):  # a broken one says nothing about colours
        return []
    pieces = [clean[at : at + _MOST_ICC] for at in range(0, len(clean), _MOST_ICC)]
    return [_segment(_APP2, _ICC + bytes([n, len(pieces)]) + piece) for n, piece in enumerate(pieces, 1)]
