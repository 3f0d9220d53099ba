"""The pictures and colour profiles inside a PDF, without what cameras, scanners and screens write into them."""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from app.media import icc, jpeg
from app.media.found import COLOURS, OTHER, CannotLeaveError, Found, note

_JPEG, _JPEG2000 = "/DCTDecode", "/JPXDecode"
_SHORT = {"/DCT": _JPEG, "/Fl": "/FlateDecode", "/A85": "/ASCII85Decode", "/AHx": "/ASCIIHexDecode"}
_TELL = (b"uuid", b"xml ", b"uinf", b"jp2i")  # boxes of a JPEG 2000
_MOST = 200_000_000  # bytes of one picture, once it is unpacked
_MOST_PROFILE = 5_000_000


def clean(document: Any) -> None:
    """Clean every stream. Raises CannotLeaveError where one cannot be read."""
    import pikepdf

    for stream in list(_streams(document)):
        before = _bytes(stream)
        after = _cleaned(stream, before)
        if after == before and len(_filters(stream)) < 2:
            continue
        kept = [one for one in _filters(stream) if one in (_JPEG, _JPEG2000)]
        parms = stream.get("/DecodeParms")
        single = parms if kept and not isinstance(parms, pikepdf.Array) else None
        stream.write(after, filter=pikepdf.Name(kept[0]) if kept else None, decode_parms=single)


def look(document: Any) -> Found:
    """What is written into them. Raises CannotLeaveError where one cannot be read."""
    found: Found = {}
    for stream in _streams(document):
        data = _bytes(stream)
        if _JPEG in _filters(stream):
            for fields in _looked(data).values():
                for field in fields - {"JFIF"}:
                    note(found, OTHER, field)
        elif _cleaned(stream, data) != data:
            is_picture = _JPEG2000 in _filters(stream)
            note(found, OTHER if is_picture else COLOURS, "JPEG 2000" if is_picture else "ICC")
    return found


def _looked(data: bytes) -> Found:
    try:
        return jpeg.look(data, may_be_cut=True)
    except ValueError as error:
        raise CannotLeaveError("damaged") from error


def _streams(document: Any) -> Iterator[Any]:
    import pikepdf

    for one in document.objects:
        if isinstance(one, pikepdf.Stream):
            filters = _filters(one)
            if _JPEG in filters or _JPEG2000 in filters or _is_profile(one):
                yield one


def _is_profile(stream: Any) -> bool:
    """Whether a stream is a colour profile: it says how many colours it has, and is one."""
    if "/N" not in stream or "/Type" in stream or len(stream.read_raw_bytes()) > _MOST_PROFILE:
        return False
    try:
        return bool(stream.read_bytes()[36:40] == b"acsp")
    except Exception as error:  # some programs show what can be unpacked of it
        raise CannotLeaveError("damaged") from error


def _filters(stream: Any) -> list[str]:
    import pikepdf

    kind = stream.get("/Filter")
    listed = list(kind) if isinstance(kind, pikepdf.Array) else [kind] if kind is not None else []
    return [_SHORT.get(str(one), str(one)) for one in listed]


def _bytes(stream: Any) -> bytes:
    """A picture as its own format has it, or an unpacked profile."""
    filters = _filters(stream)
    if _JPEG not in filters and _JPEG2000 not in filters:
        return bytes(stream.read_bytes())
    data = bytes(stream.read_raw_bytes())
    for one in filters[:-1]:
        data = _unpacked(one, data)
    return data


def _unpacked(kind: str, data: bytes) -> bytes:
    try:
        if kind == "/FlateDecode":
            return zlib.decompressobj().decompress(data, _MOST)
        if kind == "/ASCII85Decode":
            return base64.a85decode(data.strip().removesuffix(b"~>"))
        if kind == "/ASCIIHexDecode":
            return binascii.unhexlify(b"".join(data.split()).rstrip(b">"))
    except (zlib.error, ValueError) as error:
        raise CannotLeaveError("damaged") from error
    raise CannotLeaveError("holds_other_files")


def _cleaned(stream: Any, data: bytes) -> bytes:
    filters = _filters(stream)
    try:
        if _JPEG in filters:
            return jpeg.without_metadata(data, with_colours=False, may_be_cut=True)
        if _JPEG2000 in filters:
            return _plain_boxes(data)
        return icc.without_names(data)
    except (ValueError, struct.error) as error:
        raise CannotLeaveError("damaged") from error


def _plain_boxes(data: bytes) -> bytes:
    """A JPEG 2000 without the boxes that tell; one that is the coded picture alone stays as it is."""
    if data[4:8] != b"jP  ":
        return data
    out, place = [], 0
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        if size == 1:
            size = int.from_bytes(data[place + 8 : place + 16], "big")
        size = size or len(data) - place
        if size < 8 or place + size > len(data):
            raise ValueError("a JPEG 2000 cut short")
        if data[place + 4 : place + 8] not in _TELL:
            out.append(data[place : place + size])
        place += size
    return b"".join(out)
