"""Pictures: their small picture, whether they are whole, what is written into them, and copies without it.

Called in the helper process alone.
"""

import io
import struct
from typing import TYPE_CHECKING

from app.media import gif, icc, jpeg, png
from app.media.found import (
    CAMERA,
    COLOURS,
    DATE,
    OTHER,
    PLACE,
    SMALL_PICTURE,
    WORDS,
    CannotLeaveError,
    Found,
    kind_of_field,
    note,
)
from app.rules import formats

if TYPE_CHECKING:  # loaded when the first picture is made, not at every start
    from PIL import Image

SIZE = (240, 180)  # pixels
MAX_PIXELS = 80_000_000
MAX_FRAMES = 500
QUALITIES = (92, 85, 75)  # of a JPEG made here; the next one where it would be too large
LOSSLESS = {"jpg": jpeg, "png": png, "gif": gif}
_ORIENTATION, _GPS, _EXIF = 0x0112, 0x8825, 0x8769
_PLAIN = {
    _ORIENTATION,
    _GPS,
    _EXIF,
    0x011A,
    0x011B,
    0x0128,
    0x0213,
    *range(0x0100, 0x010A),
    0x0111,
    *range(0x0115, 0x011D),
}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error)


def thumbnail(kind: str, ending: str, data: bytes) -> bytes | None:
    """A PNG of at most 240 by 180 pixels, or None where no picture can be made of the bytes."""
    try:
        if kind == "image":
            return _small(_upright(data))
        if ending == "pdf":
            return _small(_first_page(data))
    except (*_BROKEN, RuntimeError):  # what Pillow and PDFium raise for broken files
        return None
    return None


def complaint(data: bytes) -> str | None:
    """Why a picture is not taken: ``cut_short`` when it cannot be read to its end, ``too_many_pixels``; or None.

    Every picture in it is decoded: one that is cut short shows itself at its end only.
    """
    from PIL import Image, ImageSequence

    try:
        with _opened(data) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return "too_many_pixels"
            for number, frame in enumerate(ImageSequence.Iterator(picture)):
                if frame.width * frame.height > MAX_PIXELS:
                    return "too_many_pixels"
                frame.load()
                if number == MAX_FRAMES:
                    break
    except (Image.DecompressionBombError, MemoryError):
        return "too_many_pixels"
    except _BROKEN:  # as Pillow tells of broken files
        return "cut_short"
    return None


def without_metadata(form: str, data: bytes, most: int) -> tuple[str, bytes]:
    """The ending of the copy that may leave, and its bytes: at most ``most`` where that can be.

    Raises CannotLeaveError, and what Pillow raises for broken pictures.
    """
    with _opened(data) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1) not in (0, 1)
        moving = getattr(picture, "n_frames", 1) > 1
    if form in LOSSLESS and not turned and len(data) <= most:
        return form, LOSSLESS[form].without_metadata(data)
    if form == "tiff" and moving:
        raise CannotLeaveError("several_pages")
    if moving and form in ("webp", "avif", "png", "gif"):
        return "gif", _moving(data)
    return _still(data, most, as_png=form == "png" or form == "bmp")


def look(form: str, data: bytes) -> Found:
    """What is written into a picture beside its pixels. Raises what Pillow raises for broken pictures."""
    found: Found = {}
    if form in LOSSLESS:
        found = LOSSLESS[form].look(data)
    with _opened(data) as picture:
        _look_at_exif(found, picture)
        for key, value in picture.info.items():
            if key in ("xmp", "photoshop", "comment", "iptc") and value:
                note(found, OTHER if key != "comment" else WORDS, key.upper() if key == "xmp" else key)
        if form not in LOSSLESS and (profile := picture.info.get("icc_profile")):
            for tag in icc.names_in(profile):
                note(found, COLOURS, f"ICC {tag}")
    return found


def _look_at_exif(found: Found, picture: "Image.Image") -> None:
    from PIL import ExifTags

    exif = picture.getexif()
    for tag in [*exif, *exif.get_ifd(_EXIF)]:
        name = ExifTags.TAGS.get(tag, f"{tag:#06x}")
        if tag == _GPS or name.startswith("GPS"):
            note(found, PLACE, "Exif GPS")
        elif tag not in _PLAIN and not name.startswith("Exif"):
            kind = kind_of_field(name)
            technical = kind == OTHER and tag in exif.get_ifd(_EXIF)
            note(found, CAMERA if technical else kind, f"Exif {name}")
    if exif.get_ifd(1):
        note(found, SMALL_PICTURE, "Exif thumbnail")
    if DATE in found and "Exif GPS" in found.get(PLACE, ()):
        found[DATE].discard("Exif GPSInfo")


def _opened(data: bytes) -> "Image.Image":
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    if formats.sniff(data[: formats.HEAD]) == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    return Image.open(io.BytesIO(data))


def _still(data: bytes, most: int, *, as_png: bool) -> tuple[str, bytes]:
    turned = _upright(data)
    profile = _colours(turned)
    if as_png or _see_through(turned):
        out = io.BytesIO()
        small = turned if turned.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else turned.convert("RGBA")
        _forgotten(small).save(out, "PNG", icc_profile=profile if small.mode == turned.mode else None)
        if out.tell() <= most:
            return "png", png.without_metadata(out.getvalue())
    plain = _forgotten(_on_white(turned))
    same = profile if plain.mode == turned.mode or turned.mode in ("RGBA", "P") else None
    for quality in QUALITIES:
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=quality, optimize=True, icc_profile=same)
        if out.tell() <= most:
            break
    return "jpg", jpeg.without_metadata(out.getvalue())


def _moving(data: bytes) -> bytes:
    from PIL import ImageSequence

    with _opened(data) as picture:
        frames = [
            frame.convert("RGBA") for _n, frame in zip(range(MAX_FRAMES), ImageSequence.Iterator(picture), strict=False)
        ]
        out, times = io.BytesIO(), picture.info.get("duration", 100)
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], loop=0, duration=times, comment=b"")
    return gif.without_metadata(out.getvalue())


def _colours(picture: "Image.Image") -> bytes | None:
    try:
        return icc.without_names(picture.info["icc_profile"])
    except (*_BROKEN,):
        return None


def _see_through(picture: "Image.Image") -> bool:
    if "transparency" in picture.info:
        return True
    return picture.mode in ("RGBA", "LA", "PA") and picture.getchannel("A").getextrema() != (255, 255)


def _on_white(picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":  # 16 and 32 bits: brought into what a JPEG has
        low, high = picture.getextrema()
        scale = 255.0 / max(float(high) - float(low), 1.0)  # type: ignore[arg-type]
        return picture.convert("F").point(lambda value: value * scale - float(low) * scale).convert("L")  # type: ignore[arg-type]
    if not _see_through(picture):
        return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    layered = picture.convert("RGBA")
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(layered, mask=layered.getchannel("A"))
    return sheet


def _forgotten(picture: "Image.Image") -> "Image.Image":
    """The same picture without what Pillow would write along with it."""
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    picture.getexif().clear()
    return picture


def _upright(data: bytes) -> "Image.Image":
    """The picture as the camera was held. Raises OSError for a broken one, ValueError for an absurdly large one."""
    from PIL import ImageOps

    picture = _opened(data)
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    return ImageOps.exif_transpose(picture)


def _small(picture: "Image.Image") -> bytes:
    small = picture.convert("RGBA") if picture.mode not in ("RGB", "RGBA") else picture
    small.thumbnail(SIZE)
    out = io.BytesIO()
    _forgotten(small).save(out, "PNG", optimize=True)
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
