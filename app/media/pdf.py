"""PDF: pages, links and fields are kept; what tells of people, programs and other files is taken out (ISO 32000-2)."""

import io
from collections.abc import Iterator
from typing import Any

from app.media import pdf_streams
from app.media.found import (
    AUTHOR,
    DATE,
    INSIDE,
    OTHER,
    PATHS,
    SCRIPTS,
    SIGNATURE,
    SMALL_PICTURE,
    CannotLeaveError,
    Found,
    kind_of_field,
    merge,
    note,
)

_ANYWHERE = {  # keys of any dictionary, and what they tell
    "/Metadata": OTHER,
    "/PieceInfo": OTHER,
    "/LastModified": DATE,
    "/Thumb": SMALL_PICTURE,
    "/AA": SCRIPTS,
    "/JS": SCRIPTS,
    "/AF": INSIDE,
    "/EmbeddedFiles": INSIDE,
    "/EF": INSIDE,
    "/JavaScript": SCRIPTS,
    "/XFA": OTHER,
    "/CreatorInfo": AUTHOR,
    "/Perms": SIGNATURE,
    "/DSS": SIGNATURE,
    "/SpiderInfo": PATHS,
    "/Renditions": INSIDE,
    "/IDS": PATHS,
    "/URLS": PATHS,
}
_OF_ANNOTATIONS = {"/T": AUTHOR, "/CreationDate": DATE, "/M": DATE, "/NM": OTHER, "/Subj": OTHER, "/ExData": OTHER}
_OF_ROOT = {"/OpenAction": SCRIPTS, "/Collection": INSIDE, "/Legal": SIGNATURE, "/Requirements": SCRIPTS}
_NOT_SHOWN = {"/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D"}
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/GoToR",
    "/Rendition",
    "/Movie",
    "/Sound",
}
_MARKUP = {
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink", "/Popup", "/Redact", "/Link", "/Projection",
}  # fmt: skip


def without_metadata(data: bytes) -> bytes:
    """The document as its pages show it. Raises CannotLeaveError, and pikepdf's errors for a broken one."""
    with _opened(data) as document:
        if "/Collection" in document.Root:
            raise CannotLeaveError("holds_other_files")
        for holder, key, _kind, _field in list(_telling(document)):
            if key in holder:
                del holder[key]
        pdf_streams.clean(document)
        out = io.BytesIO()
        import pikepdf

        document.remove_unreferenced_resources()
        document.save(
            out,
            deterministic_id=True,
            preserve_pdfa=False,
            fix_metadata_version=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def look(data: bytes) -> Found:
    """What tells of people, programs and other files in a PDF. Raises CannotLeaveError, and pikepdf's errors."""
    found: Found = {}
    with _opened(data) as document:
        for _holder, _key, kind, field in _telling(document):
            note(found, kind, field)
        merge(found, pdf_streams.look(document), "picture")
    return found


def _opened(data: bytes) -> Any:
    import pikepdf

    try:
        document = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
        if document.is_encrypted:  # opens without a password, but its writer forbids changes
            document = _decrypted(document)
        if not len(document.pages):
            raise CannotLeaveError("damaged")
    except pikepdf.PasswordError as error:
        raise CannotLeaveError("locked") from error
    except pikepdf.PdfError as error:
        raise CannotLeaveError("damaged") from error
    return document


def _decrypted(document: Any) -> Any:
    import pikepdf

    out = io.BytesIO()
    document.save(out, encryption=False)
    return pikepdf.open(out, suppress_warnings=True)


def _telling(document: Any) -> Iterator[tuple[Any, str, str, str]]:
    """Each key that tells something: in which dictionary, what of, and a name for it."""
    for key in document.trailer.get("/Info", {}):
        yield document.trailer.Info, key, kind_of_field(key), f"Info {key}"
    for key in list(document.trailer.keys()):
        if key not in ("/Root", "/Size", "/ID", "/Info", "/Prev", "/XRefStm") and not key.startswith(
            ("/Type", "/W", "/Index", "/Length", "/Filter", "/DecodeParms", "/Encrypt")
        ):
            yield document.trailer, key, OTHER, f"trailer {key}"
    for key, kind in _OF_ROOT.items():
        if key in document.Root and not (key == "/OpenAction" and _only_shows(document.Root[key])):
            yield document.Root, key, kind, key
    for each in _dictionaries(document):
        yield from _of_dictionary(each)


def _only_shows(action: Any) -> bool:
    """Whether what happens at opening is that a page is shown."""
    import pikepdf

    return isinstance(action, pikepdf.Array) or str(action.get("/S", "")) == "/GoTo"


def _of_dictionary(each: Any) -> Iterator[tuple[Any, str, str, str]]:
    keys = set(each.keys())
    for key in keys & _ANYWHERE.keys():
        yield each, key, _ANYWHERE[key], key
    for key in keys:
        if key.startswith("/PTEX."):  # pdfTeX keeps the names of the writer's files
            yield each, key, PATHS, key
    kind = str(each.get("/Subtype", ""))
    if kind in _MARKUP and ("/Rect" in keys or each.get("/Type") == "/Annot"):
        for key in keys & _OF_ANNOTATIONS.keys():
            yield each, key, _OF_ANNOTATIONS[key], f"annotation {key}"
    if "/I" in keys and each.get("/Type") == "/Thread":
        yield each, "/I", AUTHOR, "thread"
    if "/Annots" in keys:
        yield from _hidden_annotations(each)
    for key in ("/A", "/Next", "/PA"):
        if key in keys and _harmful(each.get(key)):
            yield each, key, SCRIPTS, f"action {key}"
    if "/ByteRange" in keys and "/Contents" in keys:
        for key in keys - {"/Type", "/Filter", "/SubFilter"}:
            yield each, key, SIGNATURE, f"signature {key}"


def _hidden_annotations(page: Any) -> Iterator[tuple[Any, str, str, str]]:
    """Annotations that hold other files; without them the page has a list of its own."""
    import pikepdf

    listed = page.get("/Annots")
    if not isinstance(listed, pikepdf.Array):
        return
    shown = [one for one in listed if not (_is_dictionary(one) and str(one.get("/Subtype", "")) in _NOT_SHOWN)]
    if len(shown) < len(listed):
        yield _Listed(page, shown), "/Annots", INSIDE, "annotation"


class _Listed:
    """A page whose list of annotations is replaced instead of deleted."""

    def __init__(self, page: Any, shown: list[Any]) -> None:
        self._page, self._shown = page, shown

    def __contains__(self, key: str) -> bool:
        return key in self._page

    def __delitem__(self, key: str) -> None:
        import pikepdf

        self._page[key] = pikepdf.Array(self._shown)


def _harmful(action: Any) -> bool:
    if not _is_dictionary(action):
        return False
    if str(action.get("/S", "")) in _ACTIONS:
        return True
    return str(action.get("/URI", "")).lower().startswith(("file:", "\\\\", "smb:"))


def _is_dictionary(one: Any) -> bool:
    import pikepdf

    return isinstance(one, pikepdf.Dictionary | pikepdf.Stream)


def _dictionaries(document: Any) -> Iterator[Any]:
    """Every dictionary, those within others too; each is seen once."""
    import pikepdf

    waiting = [document.Root, *document.objects]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += [part for part in one if _direct(part)]  # type: ignore[attr-defined]
        elif _is_dictionary(one):
            yield one
            waiting += [part for _key, part in one.items() if _direct(part)]


def _direct(part: Any) -> bool:
    import pikepdf

    return isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect
