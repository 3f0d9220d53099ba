"""PNG without losing a pixel: the chunks that make the picture are kept, everything else is left out (ISO/IEC 15948)."""

import struct
import zlib
from collections.abc import Iterator

from app.media import icc
from app.media.found import COLOURS, DATE, OTHER, WORDS, Found, kind_of_field, note

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PICTURE = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs",
    b"acTL", b"fcTL", b"fdAT", b"cICP",
}  # fmt: skip
_NAMES = {b"eXIf": "Exif", b"tIME": "tIME"}
_MOST_PROFILE = 4_000_000  # bytes, once it is unpacked


def without_metadata(data: bytes) -> bytes:
    """The picture, its density, and the colours of its profile. Raises ValueError for what is no PNG."""
    out = [SIGNATURE]
    for name, body in chunks(data):
        if name in _PICTURE:
            out.append(_chunk(name, body))
        elif name == b"iCCP" and (profile := _cleaned(body)):
            out.append(_chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile, 9)))
    return b"".join(out)


def look(data: bytes) -> Found:
    """What is written into a PNG, by its chunks. Raises ValueError."""
    found: Found = {}
    size = len(SIGNATURE)
    for name, body in chunks(data):
        size += len(body) + 12
        if name in (b"tEXt", b"zTXt", b"iTXt"):
            key = body.partition(b"\0")[0].decode("latin-1")
            kind = kind_of_field(key)
            note(found, WORDS if kind == OTHER else kind, f"PNG {key}")
        elif name == b"iCCP":
            _look_at_profile(found, body)
        elif name not in _PICTURE:
            shown = _NAMES.get(name, name.decode("latin-1"))
            note(found, DATE if name == b"tIME" else OTHER, shown)
    if size < len(data):
        note(found, OTHER, "after the picture")
    return found


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk up to the end of the picture. Raises ValueError."""
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    place, name = len(SIGNATURE), b""
    while name != b"IEND":
        if place + 12 > len(data):
            raise ValueError("a PNG cut short")
        size, name = struct.unpack_from(">I4s", data, place)
        if place + 12 + size > len(data):
            raise ValueError("a PNG cut short")
        yield name, data[place + 8 : place + 8 + size]
        place += 12 + size


def _look_at_profile(found: Found, body: bytes) -> None:
    if body.partition(b"\0")[0] != b"icc":
        note(found, COLOURS, "ICC name")
    for tag in icc.names_in(_profile(body)):
        note(found, COLOURS, f"ICC {tag}")


def _profile(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body.partition(b"\0")[2][1:], _MOST_PROFILE)
    except zlib.error:
        return b""


def _cleaned(body: bytes) -> bytes:
    try:
        return icc.without_names(_profile(body))
    except (ValueError, struct.error):
        return b""


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))
