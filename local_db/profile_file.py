"""``profile.json``: a profile's identity, a fingerprint of its key, and the key where a passphrase wraps it.

It is small, and without it nothing opens: a second copy lies beside it and takes its place where the first is damaged,
gone, or another profile's.
"""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_db import disk, wrapping
from local_db.errors import IoError, ProfileFileError, StoreError
from local_db.naming import named, translated

NAME, COPY = "profile.json", "profile.copy.json"
MOST_BYTES = 64 * 1024
_SIGN = re.compile(r"[0-9a-f]{16}")


def read(profile: Path) -> dict[str, Any] | None:
    """What the file says, else its copy; None where there is no profile yet.

    Raises ProfileFileError, IoError or ReadOnlyError for a file that cannot be used and has no sound copy.
    """
    return next(iter(told(profile)), None)


def told(profile: Path) -> list[dict[str, Any]]:
    """What the file and its copy say, each once, the file's first; empty before there is a profile. Raises as :func:`read`."""
    copy = _said(profile, COPY)
    try:
        about = _read(profile, NAME)
    except StoreError:
        if copy is None:
            raise
        about = None
    return [said for said in (about, copy if copy != about else None) if said is not None]


def is_whole(profile: Path) -> bool:
    """Whether the file and its copy are there and say the same."""
    about = _said(profile, NAME)
    return about is not None and about == _said(profile, COPY)


def make_folder(profile: Path) -> None:
    """Make the profile's folder, for this account alone. Raises StoreError."""
    with translated(profile):
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)


def write(profile: Path, about: dict[str, Any]) -> None:
    """Write the file and its copy. Raises StoreError; then there is the file from before, or none."""
    make_folder(profile)
    with translated(profile):
        disk.write_whole(profile / NAME, [json.dumps(about).encode()])
        disk.write_whole(profile / COPY, [json.dumps(about).encode()])


def mend(profile: Path, about: dict[str, Any]) -> None:
    """Make the file and its copy say what opened the profile; where the disk does not let them, they stay."""
    with suppress(StoreError, OSError):
        write(profile, about)


def _said(profile: Path, name: str) -> dict[str, Any] | None:
    with suppress(StoreError):
        return _read(profile, name)
    return None


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
    if not isinstance(about, dict):
        return False
    signs = (about.get("id"), about.get("fingerprint"))
    has_signs = all(isinstance(sign, str) and _SIGN.fullmatch(sign) for sign in signs)
    return has_signs and ("wrapped" not in about or wrapping.has_form(about["wrapped"]))
