"""``profile.json``: a profile's identity, a fingerprint of its key, and the key where a passphrase wraps it.

It is small, and without it nothing opens: a second copy lies beside it and takes its place where the first is damaged,
gone, or another profile's.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_db import disk
from local_db.errors import IoError, ProfileFileError, StoreError
from local_db.naming import named, translated

NAME, COPY = "profile.json", "profile.copy.json"
MOST_BYTES = 64 * 1024
WRAPPED = ("salt", "nonce", "key")


def read(profile: Path) -> dict[str, Any] | None:
    """What the file says; None where there is no profile yet. Raises ProfileFileError, IoError, ReadOnlyError."""
    try:
        about = _read(profile, NAME)
    except ProfileFileError:
        about = _sound_copy(profile)
        if about is None:
            raise
    return about if about is not None else _sound_copy(profile)


def read_copy(profile: Path) -> dict[str, Any] | None:
    """What the copy says, if it says something else than the file; None otherwise."""
    about = _sound_copy(profile)
    with suppress(StoreError):
        return None if about == _read(profile, NAME) else about
    return about


def write(profile: Path, about: dict[str, Any]) -> None:
    """Write the file and its copy. Raises StoreError; then there is the file from before, or none."""
    with translated(profile):
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        disk.write_whole(profile / NAME, [json.dumps(about).encode()])
        disk.write_whole(profile / COPY, [json.dumps(about).encode()])


def mend(profile: Path, about: dict[str, Any]) -> None:
    """Make the file and its copy say what opened the profile; where the disk does not let them, they stay."""
    with suppress(StoreError):
        if any(_said(profile, name) != about for name in (NAME, COPY)):
            write(profile, about)


def _said(profile: Path, name: str) -> dict[str, Any] | None:
    with suppress(StoreError):
        return _read(profile, name)
    return None


def _sound_copy(profile: Path) -> dict[str, Any] | None:
    return _said(profile, COPY)


def _read(profile: Path, name: str) -> dict[str, Any] | None:
    try:
        with (profile / name).open("rb") as file:
            about = json.loads(file.read(MOST_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise named(error, profile) or IoError(f"{name} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ProfileFileError(f"{name} cannot be read: {error}") from error
    if not _is_profile(about):
        raise ProfileFileError(f"{name} is not a profile's")
    return dict(about)


def _is_profile(about: object) -> bool:
    """Whether the values have the form in which they are used."""
    if not isinstance(about, dict) or not all(isinstance(about.get(name), str) for name in ("id", "fingerprint")):
        return False
    wrapped = about.get("wrapped")
    return "wrapped" not in about or (isinstance(wrapped, dict) and all(_is_hex(wrapped.get(part)) for part in WRAPPED))


def _is_hex(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(bytes.fromhex(value))
    except ValueError:
        return False
