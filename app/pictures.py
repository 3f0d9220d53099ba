"""Small pictures of works, and copies without what a camera writes into a photo."""

import io
from pathlib import PurePath

import pypdfium2
from PIL import Image, ImageOps

SIZE = (240, 180)  # pixels
Image.MAX_IMAGE_PIXELS = 80_000_000


def thumbnail(kind: str, filename: str, data: bytes) -> bytes | None:
    """A PNG of at most 240 by 180 pixels, or None where no picture can be made of the bytes."""
    try:
        if kind == "image":
            return _png(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        if filename.lower().endswith(".pdf"):
            return _png(_first_page(data))
    except (OSError, ValueError, Image.DecompressionBombError, pypdfium2.PdfiumError):
        return None
    return None


def without_metadata(filename: str, data: bytes) -> bytes:
    """A photo without place, time and camera; other files as they are. Raises OSError for a broken photo."""
    ending = PurePath(filename).suffix.lower()
    if ending not in (".jpg", ".jpeg", ".png"):
        return data
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    out = io.BytesIO()
    if ending == ".png":
        turned.save(out, "PNG", optimize=True)
    else:
        turned.convert("RGB").save(out, "JPEG", quality=92, optimize=True)
    return out.getvalue()


def _png(picture: Image.Image) -> bytes:
    small = picture.convert("RGBA") if picture.mode not in ("RGB", "RGBA") else picture
    small.thumbnail(SIZE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _first_page(data: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        scale = max(0.05, min(2.0, 360 / max(page.get_width(), page.get_height())))
        return page.render(scale=scale).to_pil()
    finally:
        document.close()
