"""Reading packs of the directory: within the limits that were signed, line by line, with everything bad named."""

import io
from collections.abc import Iterator
from typing import Any

import zstandard
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from app.rules.directory import part_of
from local_db.directory.database import DirectoryDatabase
from local_db.directory.prepare import Prepared, prepare
from local_db.directory.search import Directory
from sync.errors import BadPackError
from sync.protocol.messages import Id, Pack, PackFile, Teacher

MAX_LINE = 64 * 1024
MAX_WINDOW = 2**27  # bytes of memory that a pack may ask for
MOST_COMPLAINTS = 20
_teacher: TypeAdapter[Teacher] = TypeAdapter(Teacher)
_id: TypeAdapter[str] = TypeAdapter(Id)


def prepared(pack: Pack, file: PackFile, data: bytes, first_row: int, complaints: list[str]) -> Iterator[Prepared]:
    """A whole pack as it is to be written. Raises BadPackError."""
    return prepare(whole_pack(pack, file, data, complaints), first_row)


def whole_pack(pack: Pack, file: PackFile, data: bytes, complaints: list[str]) -> Iterator[tuple[Any, bytes]]:
    """The teachers of a whole pack with their JSON; what is not valid goes to the complaints. Raises BadPackError."""
    for number, line in enumerate(lines_of(file, data), start=1):
        try:
            teacher = _teacher.validate_json(line, strict=True)  # strict, because the line itself is kept
        except ValidationError as error:
            complain(complaints, pack, number, error)
            continue
        check_place(pack, teacher)
        yield teacher, line.rstrip()


def read_delta(
    db: DirectoryDatabase, pack: Pack, file: PackFile, data: bytes, complaints: list[str]
) -> tuple[list[Teacher], list[str]]:
    """Who changed, as they are now, and the ids of who is gone. Raises BadPackError or StoreError."""
    entries = [entry_of(number, line) for number, line in enumerate(lines_of(file, data), start=1)]
    gone = [str(values["id"]) for values in entries if values.get("gone")]
    known = Directory(db).get(str(values["id"]) for values in entries if not values.get("gone"))
    changed = []
    for number, values in enumerate(entries, start=1):
        if values.get("gone"):
            continue
        try:
            teacher = _teacher.validate_python({**known.get(str(values["id"]), {}), **values}, strict=True)
        except ValidationError as error:
            complain(complaints, pack, number, error)
            continue
        check_place(pack, teacher)
        changed.append(teacher)
    return changed, gone


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
    """A line of a delta: an id, and what changed. Raises BadPackError."""
    try:
        values = from_json(line, allow_inf_nan=False)
        _id.validate_python(values["id"], strict=True)
    except (ValueError, TypeError, LookupError):
        raise BadPackError(f"line {number} is not an entry") from None
    return dict(values)


def check_place(pack: Pack, teacher: Teacher) -> None:
    """Raises BadPackError for a teacher of another country or another part."""
    if teacher["country"] != pack.country or part_of(teacher) != pack.part:
        raise BadPackError("holds teachers of another pack")


def complain(complaints: list[str], pack: Pack, number: int, error: ValidationError) -> None:
    """Name a line that is not valid, unless enough was named."""
    if len(complaints) < MOST_COMPLAINTS:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        complaints.append(f"{pack.country} {pack.part}, line {number}: {place}: {first['type']}")
