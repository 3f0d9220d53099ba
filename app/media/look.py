"""What a look at a file showed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """``complaint``: ``cut_short`` or ``too_many_pixels`` of a picture. ``thumbnail``: a PNG, or None where none could be made."""

    complaint: str | None = None
    thumbnail: bytes | None = None
