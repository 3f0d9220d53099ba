"""Colour profiles without their names: a screen's or a scanner's profile often says whose it is."""

import struct

_COLOURS = {  # what is needed to show the colours: ICC.1:2022, section 9.2
    b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"bkpt", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad", b"lumi", b"gamt", b"cicp",
    b"A2B0", b"A2B1", b"A2B2", b"A2B3", b"B2A0", b"B2A1", b"B2A2", b"B2A3", b"D2B0", b"D2B1", b"D2B2", b"D2B3",
    b"B2D0", b"B2D1", b"B2D2", b"B2D3", b"pre0", b"pre1", b"pre2", b"view", b"meas", b"tech",
}  # fmt: skip
HEADER = 128
_MOST_TAGS = 200


def without_names(profile: bytes) -> bytes:
    """The profile with its colours alone: no description, maker, device or date. Raises ValueError for what is none."""
    tags = {name: body for name, body in _tags(profile).items() if name in _COLOURS}
    if profile[8] >= 4:
        tags[b"desc"] = b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, 4, 28) + b"\0i\0c"
        tags[b"cprt"] = tags[b"desc"]
    else:
        tags[b"desc"] = b"desc" + struct.pack(">II", 0, 4) + b"icc\0" + bytes(4 + 4 + 2 + 1 + 67)
        tags[b"cprt"] = b"text" + bytes(4) + b"\0"
    return _built(profile, tags)


def names_in(profile: bytes) -> list[str]:
    """The tags that tell more than colours, and do not stand in a cleaned profile as they are."""
    try:
        clean = without_names(profile)
    except (ValueError, struct.error):
        return ["profile"]
    if clean == profile:
        return []
    return sorted(name.decode("ascii", "replace") for name in _tags(profile) if name not in _COLOURS) or ["header"]


def _tags(profile: bytes) -> dict[bytes, bytes]:
    if len(profile) < HEADER + 4 or profile[36:40] != b"acsp":
        raise ValueError("not a colour profile")
    (count,) = struct.unpack_from(">I", profile, HEADER)
    if count > _MOST_TAGS or len(profile) < HEADER + 4 + 12 * count:
        raise ValueError("not a colour profile")
    entries = [struct.unpack_from(">4sII", profile, HEADER + 4 + 12 * n) for n in range(count)]
    if any(start + size > len(profile) for _name, start, size in entries):
        raise ValueError("a colour profile cut short")
    return {name: profile[start : start + size] for name, start, size in entries}


def _built(profile: bytes, tags: dict[bytes, bytes]) -> bytes:
    start, table, body, places = HEADER + 4 + 12 * len(tags), b"", b"", {}
    for name, data in tags.items():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, places[data], len(data))
    # the header without CMM, date, platform, maker, model, attributes, creator and digest
    head = bytes(4) + profile[8:24] + bytes(12) + profile[36:40] + bytes(4) + profile[44:48] + bytes(16)
    head += profile[64:80] + bytes(HEADER - 80)
    return struct.pack(">I", start + len(body)) + head + struct.pack(">I", len(tags)) + table + body
