"""Small pictures of works, and copies without what a camera writes into a photo. Called in the helper process alone."""

import io
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when the first picture is made, not at every start
    from PIL import Image

SIZE = (240, 180)  # pixels
MAX_PIXELS = 80_000_000
MAX_FRAMES = 500


def thumbnail(kind: str, ending: str, data: bytes) -> bytes | None:
    """A PNG of at most 240 by 180 pixels, or None where no picture can be made of the bytes."""
    try:
        if kind == "image":
            return _png(_upright(data))
        if ending == "pdf":
            return _png(_first_page(data))
    except (OSError, ValueError, RuntimeError, SyntaxError):  # what Pillow and PDFium raise for broken files
        return None
    return None


def complaint(data: bytes) -> str | None:
    """Why a picture is not taken: ``cut_short`` when it cannot be read to its end, ``too_many_pixels``; or None.

    Every picture in it is decoded: one that is cut short shows itself at its end only.
    """
    from PIL import Image, ImageSequence

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return "too_many_pixels"
            for number, frame in enumerate(ImageSequence.Iterator(picture)):
                frame.load()
                if number == MAX_FRAMES:
                    break
    except Image.DecompressionBombError:
        return "too_many_pixels"
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error):  # as Pillow tells of broken files
        return "cut_short"
    return None


def without_metadata(ending: str, data: bytes) -> bytes:
    """A photo without place, time and camera; other files as they are. Raises OSError for a broken photo."""
    if ending not in ("jpg", "jpeg", "png"):
        return data
    turned = _upright(data)
    out = io.BytesIO()
    if ending == "png":
        turned.save(out, "PNG", optimize=True)
    else:
        turned.convert("RGB").save(out, "JPEG", quality=92, optimize=True)
    return out.getvalue()


def _upright(data: bytes) -> "Image.Image":
    """The picture as the camera was held. Raises OSError for a broken one, ValueError for an absurdly large one."""
    from PIL import Image, ImageOps

    picture = Image.open(io.BytesIO(data))
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    return ImageOps.exif_transpose(picture)


def _png(picture: "Image.Image") -> bytes:
    small = picture.convert("RGBA") if picture.mode not in ("RGB", "RGBA") else picture
    small.thumbnail(SIZE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _first_page(data: bytes) -> "Image.Image":
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        scale = min(2.0, 360 / max(page.get_width(), page.get_height(), 1.0))  # never more than 360 pixels
        return page.render(scale=scale).to_pil()
    finally:
        document.close()
