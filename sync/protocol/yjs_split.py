"""Cutting a large edit into ones that the platform takes, so that nothing a teacher pastes is too long to be sent."""

from sync.protocol.yjs import MAX_EDIT_STRUCTS, SKIP, STRING, Reader, Struct

MOST_BYTES = 256 * 1024
MOST_STRUCTS = MAX_EDIT_STRUCTS // 2
TEXT_BYTES = MOST_BYTES // 2


def pieces(update: bytes) -> list[bytes]:
    """The update as several that stand on each other in this order; one by several authors stays whole."""
    if len(update) <= MOST_BYTES // 8:
        return [update]
    reader = _SpanReader(update)
    parsed = reader.update()
    if len(parsed.structs) != 1 or (len(update) <= MOST_BYTES and len(reader.spans) <= MOST_STRUCTS):
        return [update]
    ((client, run),) = parsed.structs.items()
    cut = [piece for struct, span in zip(run, reader.spans, strict=True) for piece in _cut(client, struct, span)]
    groups = _grouped(cut)
    deletions = update[reader.deletions_at :]
    tails = [b"\0"] * (len(groups) - 1) + [deletions]
    return [_update(client, group, tail) for group, tail in zip(groups, tails, strict=True)]


Piece = tuple[int, bytes]  # clock, encoded struct


class _SpanReader(Reader):
    """Also remembers which bytes each struct was read from."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, None)
        self.spans: list[bytes] = []
        self.deletions_at = 0

    def struct(self, clock: int) -> Struct:
        start = self.at
        made = super().struct(clock)
        self.spans.append(self.data[start : self.at])
        self.deletions_at = self.at
        return made


def _cut(client: int, struct: Struct, span: bytes) -> list[Piece]:
    if struct.content != STRING or len(span) <= TEXT_BYTES:
        return [(struct.clock, span)] if struct.content != SKIP else []
    reader = Reader(span, None)
    reader.head()
    head, text = span[: reader.at], reader.text()
    step, clock, made = TEXT_BYTES // 4, struct.clock, []
    for start in range(0, len(text), step):
        part = text[start : start + step]
        if start:
            head = bytes([STRING | 0x80 | (0x40 if struct.right else 0)]) + _number(client) + _number(clock - 1)
            head += _number(struct.right[0]) + _number(struct.right[1]) if struct.right else b""
        encoded = part.encode()
        made.append((clock, head + _number(len(encoded)) + encoded))
        clock += len(part.encode("utf-16-le")) // 2
    return made


def _grouped(cut: list[Piece]) -> list[list[Piece]]:
    groups: list[list[Piece]] = [[]]
    size = 0
    for piece in cut:
        size += len(piece[1])
        if groups[-1] and (size > MOST_BYTES or len(groups[-1]) >= MOST_STRUCTS):
            groups.append([])
            size = len(piece[1])
        groups[-1].append(piece)
    return groups


def _update(client: int, group: list[Piece], tail: bytes) -> bytes:
    head = b"\1" + _number(len(group)) + _number(client) + _number(group[0][0])
    return head + b"".join(encoded for _clock, encoded in group) + tail


def _number(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
