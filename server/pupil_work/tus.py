"""The words of tus 1.0: headers that requests and answers carry."""

import base64
import hashlib
import re
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from app.rules import filenames, pupil_work
from server.core.problems import ProblemError

VERSION = "1.0.0"
RESUMABLE = {"Tus-Resumable": VERSION}
MAX_FILE = 100_000_000  # bytes
OFFERED = RESUMABLE | {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination,checksum",
    "Tus-Checksum-Algorithm": "sha256,sha1",
    "Tus-Max-Size": str(MAX_FILE),
}
BODY = "application/offset+octet-stream"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ID = re.compile(r"[0-9a-zA-Z_-]{1,64}\Z")
_ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


@dataclass(frozen=True)
class Announced:
    """What an upload says of itself; ``sha256`` is empty when it does not say."""

    filename: str
    sha256: str
    project_id: str


def speaks_tus(tus_resumable: Annotated[str, Header()] = "") -> str:
    """The version that a request speaks. 412 for any but ours."""
    if tus_resumable != VERSION:
        raise ProblemError(412, "tus_version", "Tus-Resumable must be 1.0.0", OFFERED)
    return tus_resumable


SpeaksTus = Annotated[str, Depends(speaks_tus)]


def announced_size(length: int | None, deferred: str | None) -> int:
    """The size that a new upload will have. 400 without one, 413 above ``Tus-Max-Size``."""
    if deferred is not None or length is None:
        raise ProblemError(400, "no_length", "Upload-Length is needed; deferring it is not offered", RESUMABLE)
    if length > MAX_FILE:
        raise ProblemError(413, "too_large", "Larger than Tus-Max-Size", OFFERED)
    return length


def announced(header: str) -> Announced:
    """What ``Upload-Metadata`` says. 422 when something is missing or not of its form.

    ``name`` is taken for ``filename``, as several clients call it.
    """
    meta = _metadata(header)
    given = meta.get("filename") or meta.get("name") or ""
    sha256, project_id = meta.get("sha256", "").lower(), meta.get("project_id", "")
    filename = filenames.plain_name(given)
    fine = "\0" not in given and pupil_work.kind_of(filename) and _ID.match(project_id)
    if not fine or (sha256 and not _SHA256.match(sha256)):
        raise ProblemError(
            422, "invalid", "Upload-Metadata needs filename and project_id, and may have sha256", RESUMABLE
        )
    return Announced(filename, sha256, project_id)


def check_bytes(body: bytes, header: str | None) -> None:
    """Compare a body with its ``Upload-Checksum``. 400 for one not offered, 460 when they differ."""
    if header is None:
        return
    name, _, value = header.strip().partition(" ")
    algorithm = _ALGORITHMS.get(name)
    if algorithm is None:
        raise ProblemError(400, "invalid", "Upload-Checksum needs sha256 or sha1", OFFERED)
    if base64.b64encode(algorithm(body).digest()).decode() != value.strip():
        raise ProblemError(460, "checksum", "The bytes are not those of Upload-Checksum", RESUMABLE)


def metadata(values: Mapping[str, str]) -> str:
    """``Upload-Metadata`` as an answer carries it."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items() if value)


def _metadata(header: str) -> dict[str, str]:
    values = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            values[name] = base64.b64decode(value, validate=True).decode()
        except (Base64Error, UnicodeDecodeError):
            raise ProblemError(
                422, "invalid", f"Upload-Metadata: {name[:40]!a} is not base64 of UTF-8", RESUMABLE
            ) from None
    return values
