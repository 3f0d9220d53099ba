"""GIF without losing a frame: pictures, their times and the loop are kept, everything else is left out (GIF89a)."""

from collections.abc import Iterator

from app.media.found import OTHER, WORDS, Found, note

_PICTURE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_CONTROL, _COMMENT, _TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_LABELS = {_COMMENT: "GIF comment", _TEXT: "GIF text"}


def without_metadata(data: bytes) -> bytes:
    """The pictures, their times and how often they are shown. Raises ValueError for what is no GIF."""
    out = [data[: _head(data)]]
    out += [data[start:stop] for label, start, stop in _blocks(data) if _is_picture(data, label, start, stop)]
    return b"".join([*out, bytes([_END])])


def look(data: bytes) -> Found:
    """What is written into a GIF, by its blocks. Raises ValueError."""
    found: Found = {}
    stop = _head(data)
    for label, start, stop in _blocks(data):
        if label in _LABELS:
            note(found, WORDS, _LABELS[label])
        elif not _is_picture(data, label, start, stop):
            note(found, OTHER, data[start + 3 : start + 14].decode("ascii", "replace").strip())
    if stop + 1 < len(data):
        note(found, OTHER, "after the picture")
    return found


def _is_picture(data: bytes, label: int, start: int, stop: int) -> bool:
    """Whether a block is shown; a loop is so of its plain length alone."""
    if label == _APPLICATION:
        return (
            data[start + 3 : start + 14] in _LOOPS and data[start + 14 : start + 16] == b"\3\1" and stop - start == 19
        )
    return label in (_PICTURE, _CONTROL)


def _head(data: bytes) -> int:
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        raise ValueError("not a GIF")
    return 13 + _table(data[10])


def _table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """What each block is, where it begins and ends. Raises ValueError."""
    place = _head(data)
    while True:
        what = data[place : place + 2]
        if what[:1] == bytes([_END]):
            return
        if len(what) < 2:
            raise ValueError("a GIF cut short")
        if what[0] == _EXTENSION:
            label, inner = what[1], place + 2
        elif what[0] == _PICTURE and place + 10 < len(data):
            label, inner = _PICTURE, place + 11 + _table(data[place + 9])
        else:
            raise ValueError("a GIF cut short")
        stop = _after_pieces(data, inner)
        yield label, place, stop
        place = stop


def _after_pieces(data: bytes, place: int) -> int:
    while place < len(data):
        if not data[place]:
            return place + 1
        place += 1 + data[place]
    raise ValueError("a GIF cut short")
