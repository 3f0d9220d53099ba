"""H.264 and HEVC without the words that encoders, drones and dash cameras write between the pictures (SEI, type 5)."""

_WORDS = 5  # user_data_unregistered
_MOST_MESSAGES = 50


def length_size(codec: str, extradata: bytes | None) -> int:
    """How many bytes say how long a unit is, as the film's head tells; 0 where it does not."""
    if not extradata or extradata[0] != 1:
        return 0
    at = {"h264": 4, "hevc": 21}.get(codec)
    return (extradata[at] & 3) + 1 if at is not None and len(extradata) > at else 0


def head_without_words(codec: str, extradata: bytes) -> bytes:
    """A film's head without such words: HEVC may hold some there (ISO/IEC 14496-15, 8.3.3.1)."""
    if codec != "hevc" or len(extradata) < 23:
        return extradata
    kept, place = [], 23
    for _array in range(extradata[22]):
        begin, words = place, False
        if place + 3 > len(extradata):
            return extradata
        for _unit in range(int.from_bytes(extradata[place + 1 : place + 3], "big")):
            at = place + 3 if place == begin else place
            stop = at + 2 + int.from_bytes(extradata[at : at + 2], "big")
            words = words or _holds_words(codec, extradata[at + 2 : stop])
            place = stop
        place = max(place, begin + 3)
        if not words:
            kept.append(extradata[begin:place])
    return extradata[:22] + bytes([len(kept)]) + b"".join(kept)


def without_words(codec: str, size: int, packet: bytes) -> bytes:
    """A packet without the units that hold words; as it is where it cannot be read."""
    out, place = [], 0
    while place < len(packet):
        length = int.from_bytes(packet[place : place + size], "big")
        stop = place + size + length
        if not length or stop > len(packet):
            return packet
        if not _holds_words(codec, packet[place + size : stop]):
            out.append(packet[place:stop])
        place = stop
    return b"".join(out) or packet


def _holds_words(codec: str, unit: bytes) -> bool:
    kind, place = (unit[0] & 0x1F, 1) if codec == "h264" else (unit[0] >> 1 & 0x3F, 2)
    if kind not in ((6,) if codec == "h264" else (39, 40)):
        return False
    for _message in range(_MOST_MESSAGES):
        what, place = _number(unit, place)
        length, place = _number(unit, place)
        if what == _WORDS:
            return True
        place += length
        if place >= len(unit) - 1:
            return False
    return False


def _number(unit: bytes, place: int) -> tuple[int, int]:
    total = 0
    while place < len(unit) and unit[place] == 0xFF:
        total, place = total + 255, place + 1
    return total + (unit[place] if place < len(unit) else 0), place + 1
