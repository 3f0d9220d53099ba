"""Reading packs of the directory: within the limits that were signed, line by line, with everything bad named."""

import io
import json
from collections.abc import Iterator
from typing import Any

import zstandard
from pydantic import TypeAdapter, ValidationError

from app.rules.directory import part_of
from sync.errors import BadPackError
from sync.protocol.messages import DirectoryProfile, Pack, PackFile

MAX_LINE = 64 * 1024
MAX_WINDOW = 2**27  # bytes of memory that a pack may ask for
MOST_COMPLAINTS = 20
_profile: TypeAdapter[DirectoryProfile] = TypeAdapter(DirectoryProfile)


def whole_pack(pack: Pack, file: PackFile, data: bytes, complaints: list[str]) -> Iterator[tuple[Any, bytes]]:
    """The teachers of a whole pack with their JSON; what is not valid goes to the complaints. Raises BadPackError."""
    for number, line in enumerate(lines_of(file, data), start=1):
        try:
            profile = _profile.validate_json(line)
        except ValidationError as error:
            complain(complaints, pack, number, error)
            continue
        check_place(pack, profile)
        yield profile, line.rstrip()


def merged_profile(known: dict[str, Any], values: dict[str, Any]) -> DirectoryProfile:
    """A teacher after a delta. Raises pydantic's ValidationError."""
    return _profile.validate_python({**known, **values})


def lines_of(file: PackFile, data: bytes) -> Iterator[bytes]:
    """The lines of a pack, within the size and number that were signed. Raises BadPackError."""
    reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).stream_reader(io.BytesIO(data), read_size=64 * 1024)
    count, plain = 0, 0
    with io.BufferedReader(reader, 64 * 1024) as lines:
        try:
            while line := lines.readline(MAX_LINE + 1):
                count, plain = count + 1, plain + len(line)
                if len(line) > MAX_LINE or plain > file.plain or count > file.lines:
                    raise BadPackError("larger than announced")
                yield line
        except zstandard.ZstdError as error:
            raise BadPackError(f"damaged ({error})") from None
    if count != file.lines or plain != file.plain:
        raise BadPackError("shorter than announced")


def entry_of(number: int, line: bytes) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not isinstance(values.get("id"), str):
        raise BadPackError(f"line {number} is not an entry")
    return values


def check_place(pack: Pack, profile: DirectoryProfile) -> None:
    if profile["country"] != pack.country or part_of(profile) != pack.part:
        raise BadPackError("holds teachers of another pack")


def complain(complaints: list[str], pack: Pack, number: int, error: ValidationError) -> None:
    if len(complaints) < MOST_COMPLAINTS:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        complaints.append(f"{pack.country} {pack.part}, line {number}: {place}: {first['type']}")
