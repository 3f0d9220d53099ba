"""What a look at a file showed, and what of it may leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """``complaint``: why a file is not taken in, such as ``cut_short`` or ``too_many_pixels`` of a picture.

    ``thumbnail``: a PNG, or None where none could be made. ``truly``: the ending a document should have; empty where unknown.
    """

    complaint: str | None = None
    thumbnail: bytes | None = None
    truly: str = ""


@dataclass(frozen=True)
class Leaving:
    """The copy of a file that would leave: ``ending`` and ``data``, or ``why_not``.

    ``found`` is what is written into the file, by kind (``place``, ``author``…; ``app/media/found.py``) with names of fields.
    """

    found: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ending: str = ""
    data: bytes = b""
    why_not: str | None = None
