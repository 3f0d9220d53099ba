"""A picture as large as a screen can use, as plain points of colour. ``points`` is called in the helper process alone."""

import math
from dataclasses import dataclass
from typing import Any

MOST_POINTS = 24_000_000


@dataclass(frozen=True)
class Points:
    """A picture decoded: four bytes a point (red, green, blue, opacity), row by row from the top."""

    width: int
    height: int
    data: bytes


def points(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The picture upright, made smaller where it has more points than anybody sees. Raises what Pillow raises."""
    from app.media.pictures import _upright

    picture = _upright(data)
    if (many := picture.width * picture.height) > MOST_POINTS:
        scale = math.sqrt(MOST_POINTS / many)
        picture = picture.resize((max(1, int(picture.width * scale)), max(1, int(picture.height * scale))))
    shown = picture.convert("RGBA")
    return {"width": shown.width, "height": shown.height}, shown.tobytes()


def whole_picture(data: bytes) -> Points:
    """Decode a picture in the helper process; for a worker thread. Raises MediaError for what cannot be decoded."""
    from app.media.helper import MediaError, _helper

    said, found = _helper.ask({"do": "points"}, data)
    width, height = said.get("width"), said.get("height")
    if not (isinstance(width, int) and isinstance(height, int) and 0 < width * height * 4 == len(found)):
        raise MediaError("the helper said something else")
    return Points(width, height, found)
