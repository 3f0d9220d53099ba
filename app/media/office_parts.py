"""What is done with each part of a Word, Excel or PowerPoint file (ECMA-376)."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.media import office_xml as xml
from app.media.found import (
    AUTHOR,
    DATE,
    INSIDE,
    OTHER,
    PATHS,
    PROGRAM,
    SCRIPTS,
    SIGNATURE,
    SMALL_PICTURE,
    WORDS,
    Found,
    note,
)

_LEFT_OUT: tuple[tuple[str, str], ...] = (
    (r"^docprops/thumbnail", SMALL_PICTURE),
    (r"^docprops/(?!core\.xml|app\.xml)", OTHER),
    (r"^docmetadata/", OTHER),
    (r"(^|/)customxml/", OTHER),
    (r"(^|/)(vbaproject.*|vbadata.*|attachedtoolbars\.bin|macrosheets/.*|dialogsheets/.*)$", SCRIPTS),
    (r"(^|/)(activex|ctrlprops|customui|userCustomization|webextensions)/", SCRIPTS),
    (r"(^|/)printersettings/", OTHER),
    (r"^_xmlsignatures/", SIGNATURE),
    (r"(^|/)(people|recipientdata)[^/]*\.xml$", AUTHOR),
    (r"(^|/)persons/", AUTHOR),
    (r"(^|/)(changesinfos/|revisioninfo\.xml)", AUTHOR),
    (r"^xl/revisions/", AUTHOR),
    (r"(^|/)(mailmerge|attachedtemplate)", PATHS),
)
_AUTHORS = {
    "author",
    "initials",
    "userid",
    "username",
    "lasteditedby",
    "refreshedby",
    "name:cmauthor",
    "name:author",
    "providerid",
    "name:person",
    "displayname",
    "modifiedby",
    "assignedto",
}
_DATES = {"date", "dt", "created", "modified", "refresheddate", "refresheddateiso", "dateutc", "datetime"}
_NEVER_DATES = {"sdt", "datafield"}
_DROPPED = {  # elements, and what they tell
    "absPath": PATHS, "attachedTemplate": PATHS, "mailMerge": PATHS, "docVars": OTHER, "fileSharing": AUTHOR,
    "saveThroughXslt": PATHS, "documentProtection": AUTHOR, "writeProtection": AUTHOR, "modifyVerifier": AUTHOR,
    "extLstMetadata": OTHER,
}  # fmt: skip
_PROPERTIES = {"core.xml": "cp:coreProperties", "app.xml": "Properties"}
_EMPTY = {
    "core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp="http://schemas.openxml'
    b'formats.org/package/2006/metadata/core-properties"/>',
    "app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/extended-properties"/>',
}
_FIELDS = re.compile(r"(?i)^\s*(author|lastsavedby|username|useraddress|userinitials|filename|template)\b")


@dataclass(frozen=True)
class Part:
    """One file within a document."""

    name: str
    body: bytes


@dataclass
class Rules:
    """How the parts of one document are cleaned; ``left_out`` are the names of those that go."""

    names: set[str]
    left_out: set[str] = field(default_factory=set)

    def kind_left_out(self, name: str) -> str:
        """What a part tells that is left out whole; empty for one that stays."""
        small = name.lower()
        return next((kind for sign, kind in _LEFT_OUT if re.search(sign.lower(), small)), "")

    def is_xml(self, name: str) -> bool:
        """Whether a part is read as XML."""
        return name.lower().endswith((".xml", ".rels", ".vml", ".svg"))

    def cleaned(self, part: Part) -> Part:
        """A part without what tells of people. Raises CannotLeaveError."""
        base = part.name.rpartition("/")[2].lower()
        if part.name.lower().startswith("docprops/") and base in _EMPTY:
            return Part(part.name, _EMPTY[base])
        root = xml.parsed(part.body, loosely=part.name.lower().endswith(".vml"))
        for told in list(_telling(part.name, root)):
            told.clean()
        return Part(part.name, xml.written(root))

    def look(self, part: Part) -> Found:
        """What a part tells."""
        found: Found = {}
        root = xml.parsed(part.body, loosely=part.name.lower().endswith(".vml"))
        base = part.name.rpartition("/")[2].lower()
        if part.name.lower().startswith("docprops/") and base in _EMPTY:
            for one in root:
                if isinstance(one.tag, str) and (one.text or len(one)):
                    note(found, _kind_of_property(xml.local(one.tag)), xml.local(one.tag))
            return found
        for told in _telling(part.name, root):
            note(found, told.kind, told.field)
        return found

    def after(self, part: Part, gone: set[str]) -> Part:
        """Content types and relationships without the parts that went."""
        if part.name == "[Content_Types].xml":
            return Part(part.name, _content_types(part.body, gone))
        if part.name.lower().endswith(".rels"):
            return Part(part.name, _relationships(part, gone))
        return part


def _kind_of_property(name: str) -> str:
    from app.media.found import kind_of_field

    kind = kind_of_field(name)
    return PROGRAM if kind == OTHER else kind


@dataclass
class _Told:
    element: Any
    kind: str
    field: str
    attribute: str = ""
    instead: str | None = None

    def clean(self) -> None:
        if not self.attribute:
            xml.drop(self.element)
        elif self.attribute == "text":
            self.element.text = self.instead
        elif self.instead is None:
            self.element.attrib.pop(self.attribute, None)
        else:
            self.element.set(self.attribute, self.instead)


def _telling(name: str, root: Any) -> Iterator[_Told]:
    is_links = name.lower().endswith(".rels")
    yield from _of_fields(root)
    for one in xml.elements(root):
        tag = xml.local(one.tag)
        if is_links:
            yield from _of_link(one)
        elif tag in _DROPPED:
            yield _Told(one, _DROPPED[tag], tag)
        else:
            yield from _of_text(one, tag, root)
            yield from _of_attributes(one, tag)


def _of_fields(root: Any) -> Iterator[_Told]:
    """What fields show of the writer and of the file's name: Word fills them in anew."""
    words, depth, telling = "", 0, 0
    for one in xml.elements(root):
        tag = xml.local(one.tag)
        if tag == "fldSimple" and _FIELDS.match(_attribute(one, "instr")):
            for text in xml.elements(one):
                if xml.local(text.tag) == "t" and text.text:
                    yield _Told(text, AUTHOR, "field", "text", None)
        elif tag == "fldChar":
            kind = _attribute(one, "fldCharType")
            if kind == "begin":
                words, depth = "", depth + 1
            elif kind == "separate" and not telling:
                telling = depth if _FIELDS.match(words) else 0
            elif kind == "end":
                telling, depth = (0 if telling == depth else telling), depth - 1
        elif tag == "instrText":
            words += one.text or ""
        elif tag == "t" and telling and one.text:
            yield _Told(one, AUTHOR, "field", "text", None)


def _attribute(one: Any, name: str) -> str:
    return next((value for key, value in one.attrib.items() if xml.local(key) == name), "")


def _of_link(one: Any) -> Iterator[_Told]:
    target = one.get("Target", "")
    if (
        one.get("TargetMode") == "External"
        and target != "about:blank"
        and not re.match(r"(?i)(https?|mailto|ftps?|tel):|#", target)
    ):
        yield _Told(one, PATHS, "link", "Target", "about:blank")


def _of_text(one: Any, tag: str, root: Any) -> Iterator[_Told]:
    if tag == "author" and not len(one) and one.text and one.text != xml.NOBODY:
        yield _Told(one, AUTHOR, tag, "text", xml.NOBODY)
    if tag == "metadata" and xml.local(root.tag) == "svg":
        yield _Told(one, OTHER, "SVG metadata")


def _of_attributes(one: Any, tag: str) -> Iterator[_Told]:
    for key, value in list(one.attrib.items()):
        plain = xml.local(key).lower()
        if plain in _AUTHORS or f"{plain}:{tag.lower()}" in _AUTHORS:
            if tag in ("cat", "fld", "schemeClr") or value == _neutral(plain) or not value:
                continue
            yield _Told(one, AUTHOR, f"{tag} {xml.local(key)}", key, _neutral(plain))
        elif plain in _DATES and re.match(r"\d{4}-\d\d-\d\d|\d+\.?\d*$", value) and _is_a_note(tag):
            yield _Told(one, DATE, f"{tag} {xml.local(key)}", key, _no_date(tag))
        elif plain in ("descr", "title", "name", "href", "o:title") and xml.is_path(value) and tag != "Relationship":
            yield _Told(one, PATHS, f"{tag} {xml.local(key)}", key, "")
        elif (tag == "connection" or tag == "dbPr" or tag == "textPr") and plain in (
            "connection",
            "sourcefile",
            "odcfile",
        ):
            if value:
                yield _Told(one, PATHS, f"{tag} {xml.local(key)}", key, "")
        elif tag == "pageSetup" and plain == "id":
            yield _Told(one, OTHER, "printer", key)
        elif (
            tag == "tag"
            and plain == "val"
            and one.tag.startswith("{http://schemas.openxmlformats.org/presentationml")
            and value
        ):
            yield _Told(one, WORDS, "tag", key, "")


def _neutral(plain: str) -> str:
    """What stands instead of a name; of initials one letter."""
    return "A" if plain == "initials" else xml.NOBODY


def _is_a_note(tag: str) -> bool:
    return tag in {
        "ins", "del", "moveFrom", "moveTo", "comment", "cm", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange",
        "tcPrChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "moveFromRangeStart", "moveToRangeStart",
        "tblGridChange", "tblPrExChange", "customXmlInsRangeStart", "customXmlDelRangeStart", "threadedComment", "reply",
        "pivotCacheDefinition", "commentExtensible", "paraIdParent",
    }  # fmt: skip


def _no_date(tag: str) -> str | None:
    return None if tag not in ("threadedComment",) else "2000-01-01T00:00:00.00"


def _content_types(body: bytes, gone: set[str]) -> bytes:
    root = xml.parsed(body)
    for one in xml.elements(root):
        if one.get("PartName", "").lstrip("/") in gone:
            xml.drop(one)
        elif "macroEnabled" in one.get("ContentType", ""):
            plain = re.sub(
                r"application/vnd\.ms-(word\.document|excel\.sheet|powerpoint\.presentation)\.macroEnabled",
                _plain,
                one.get("ContentType"),
            )
            one.set("ContentType", plain)
    return xml.written(root)


def _plain(found: re.Match[str]) -> str:
    return (
        "application/vnd.openxmlformats-officedocument."
        + {
            "word.document": "wordprocessingml.document",
            "excel.sheet": "spreadsheetml.sheet",
            "powerpoint.presentation": "presentationml.presentation",
        }[found[1]]
    )


def _relationships(part: Part, gone: set[str]) -> bytes:
    root = xml.parsed(part.body)
    folder = posixpath.dirname(posixpath.dirname(part.name))
    for one in xml.elements(root):
        target = one.get("Target")
        if target is None or one.get("TargetMode") == "External":
            continue
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if whole in gone:
            xml.drop(one)
    return xml.written(root)


__all__ = ["INSIDE", "Part", "Rules"]
