"""How the window and its helper process speak: a JSON object and bytes, each after its length."""

import json
import struct
from typing import IO, Any

LENGTHS = struct.Struct(">IQ")
MOST_WORDS, MOST_DATA = 10_000, 2_000_000_000  # bytes


def send(pipe: IO[bytes], said: dict[str, Any], data: bytes = b"") -> None:
    """Write one frame. Raises OSError when nobody reads any more."""
    words = json.dumps(said).encode()
    pipe.write(LENGTHS.pack(len(words), len(data)))
    pipe.write(words)
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one frame. Raises EOFError when the other side is gone, ValueError for what is none."""
    words, data = LENGTHS.unpack(_read(pipe, LENGTHS.size))
    if words > MOST_WORDS or data > MOST_DATA:
        raise ValueError("a frame of absurd size")
    said = json.loads(_read(pipe, words))
    if not isinstance(said, dict):
        raise ValueError("not a frame")
    return said, _read(pipe, data)


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
