"""What a file is by its first bytes, whatever it is called; what it becomes for publishing; the way out for others."""

from app.rules import filenames

HEAD = 64  # bytes that :func:`sniff` looks at
PICTURES = ("jpg", "png", "gif", "webp", "heic", "avif", "tiff", "bmp")
PLAYED = ("mp4", "ogg", "webm", "mp3", "wav", "flac", "aac", "amr")  # mp4: MOV, M4A and 3GP are of one kind with it
_SAME = {
    "jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "heif": "heic", "tif": "tiff",
    "mov": "mp4", "m4a": "mp4", "m4v": "mp4", "3gp": "mp4", "3g2": "mp4", "oga": "ogg", "opus": "ogg", "ogv": "ogg",
    "docx": "zip", "odt": "zip", "pptx": "zip", "odp": "zip", "xlsx": "zip", "ods": "zip",
}  # fmt: skip
# taken in, and made into something else for publishing, as the platform does not take them: kind, and what it becomes
CONVERTED: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("jpe", "jfif", "heic", "heif", "avif", "webp", "tiff", "tif", "bmp"), ("image", "jpg")),
    **dict.fromkeys(("3gp", "3g2", "m4v"), ("video", "mp4")),
    **dict.fromkeys(("oga", "opus"), ("audio", "ogg")),
    "ogv": ("video", "ogg"),
    **dict.fromkeys(("flac", "aac", "amr"), ("audio", "m4a")),
}
# not taken in: what to save instead
WAYS_OUT: dict[str, str] = {
    **dict.fromkeys(("doc", "dot", "xls", "ppt", "pps", "rtf", "wps", "works", "wpd", "sxw", "sxi"), "old_office"),
    **dict.fromkeys(("docm", "xlsm", "pptm", "ppsm", "dotm", "potm", "xlsb"), "macros"),
    **dict.fromkeys(("pages", "numbers", "key", "pub", "xps", "epub", "djvu", "odg", "vsdx", "ppsx", "dotx"), "as_pdf"),
    **dict.fromkeys(("dng", "nef", "cr2", "cr3", "arw", "orf", "raf", "rw2", "psd", "xcf", "svg", "ico"), "as_jpeg"),
    **dict.fromkeys(("jxl", "jp2", "pcx", "tga", "wmf", "emf", "eps", "ai", "heics"), "as_jpeg"),
    **dict.fromkeys(("avi", "wmv", "mkv", "flv", "mpg", "mpeg", "mts", "m2ts", "ts", "vob", "asf", "rm"), "as_mp4"),
    **dict.fromkeys(("wma", "mid", "midi", "aif", "aiff", "caf", "ra", "m4b", "m4r"), "as_mp3"),
    **dict.fromkeys(("zip", "rar", "7z", "tar", "gz", "tgz"), "packed"),
}
_BEGIN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"BM", "bmp"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (b"{\\rtf", "old_office"),
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "webm"),
    (b"fLaC", "flac"),
    (b"#!AMR", "amr"),
    (b"ID3", "mp3"),
)
_LIKE_WORDS = ("bmp", "mp3", "aac", "mp4", "tiff")
_NOT_WRITTEN = set(range(9)) | set(range(14, 27))  # bytes that no text has
_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # QuickTime before it had names
_STILLS = (b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")


def sniff(head: bytes) -> str | None:
    """The format that a file begins as, in the words of PICTURES and PLAYED besides ``pdf``, ``zip`` and ``old_office``."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[4:8] in _ATOMS:
        return "mp4"
    found = next((form for sign, form in _BEGIN if head.startswith(sign)), None)
    if found is None and len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mp3" if head[1] & 0x06 else "aac"
    return found


def form_of(name: str) -> str:
    """The format that a name's ending promises, in the words of :func:`sniff`; its ending where it has no signs."""
    ending = filenames.ending(name)
    return _SAME.get(ending, ending)


def true_name(name: str, head: bytes) -> str | None:
    """The name with the ending of what the file is (a HEIC called ``.jpg``); None where it is something else altogether.

    Only a picture becomes another picture, and a recording another recording.
    """
    form, found = form_of(name), sniff(head)
    if form in ("txt", "md"):
        return None if _is_no_text(found, head) else name
    if found == form or (form == "mp3" and found is None):
        return name
    family = next((kind for kind in (PICTURES, PLAYED) if form in kind and found in kind), None)
    return None if family is None or found is None else name.rpartition(".")[0] + "." + found


def _is_no_text(found: str | None, head: bytes) -> bool:
    """Whether what is called a text is something else; "BMW" and "The free" begin as pictures and films do, too."""
    if found in _LIKE_WORDS:
        return not head.startswith((b"\xff\xfe", b"\xfe\xff")) and bool(_NOT_WRITTEN & set(head))
    return found is not None


def leaves_as(ending: str) -> str:
    """The ending that the published copy has; a picture with see-through parts becomes PNG, one that moves GIF."""
    return CONVERTED[ending][1] if ending in CONVERTED else ending


def _of_brands(head: bytes) -> str:
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, len(head) - 3, 4))]
    if brands[0] in (b"avif", b"avis") or (brands[0] in _STILLS and b"avif" in brands):
        return "avif"
    return "heic" if brands[0] in _STILLS else "mp4"
