"""What is done with each part of an OpenDocument text, table or presentation (ODF 1.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.media import office_xml as xml
from app.media.found import (
    AUTHOR,
    DATE,
    OTHER,
    PATHS,
    SCRIPTS,
    SIGNATURE,
    SMALL_PICTURE,
    CannotLeaveError,
    Found,
    kind_of_field,
    note,
)
from app.media.office_parts import Part

_LEFT_OUT: tuple[tuple[str, str], ...] = (
    (r"^thumbnails/", SMALL_PICTURE),
    (r"(^|/)(basic|scripts|dialogs)/", SCRIPTS),
    (r"^configurations2/", OTHER),
    (r"^meta-inf/.*signatures", SIGNATURE),
    (r"(^|/)(layout-cache|manifest\.rdf|versionlist\.xml)$|^versions/", OTHER),
    (r"^objectreplacements/", SMALL_PICTURE),
)
_AUTHORS = {
    "creator", "creator-initials", "author-name", "author-initials", "initial-creator", "printed-by", "sender-firstname",
    "sender-lastname", "sender-initials", "sender-title", "sender-position", "sender-email", "sender-phone-private",
    "sender-fax", "sender-company", "sender-phone-work", "sender-street", "sender-city", "sender-postal-code",
    "sender-country", "sender-state-or-province", "file-name",
}  # fmt: skip
_SETTINGS = re.compile(r"(?i)printer|database|datasource|rsid|url|path|author|user|modifypassword")
_OUTSIDE = re.compile(r"(?i)file:|[a-z]:[\\/]|\\\\|/|\.\./\.\./|\.\./[^/]+\.\w+$")
_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:version="1.3"><office:meta/></office:document-meta>'
)


@dataclass
class Rules:
    """How the parts of one document are cleaned; ``left_out`` are the names of those that go."""

    names: set[str]
    left_out: set[str] = field(default_factory=set)

    def kind_left_out(self, name: str) -> str:
        """What a part tells that is left out whole; empty for one that stays."""
        return next((kind for sign, kind in _LEFT_OUT if re.search(sign, name.lower())), "")

    def is_xml(self, name: str) -> bool:
        """Whether a part is read as XML."""
        return name.lower().endswith((".xml", ".rdf", ".svg"))

    def cleaned(self, part: Part) -> Part:
        """A part without what tells of people. Raises CannotLeaveError."""
        if _base(part) == "meta.xml":
            return Part(part.name, _META)
        root = xml.parsed(part.body)
        for element, key, _kind, _field in list(_telling(root, _base(part))):
            _take_out(element, key)
        return Part(part.name, xml.written(root))

    def look(self, part: Part) -> Found:
        """What a part tells. Raises CannotLeaveError."""
        found: Found = {}
        root = xml.parsed(part.body)
        if _base(part) == "meta.xml":
            for one in xml.elements(root):
                if (one.text or "").strip() or one.get("{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}page-count"):
                    note(found, kind_of_field(xml.local(one.tag)), xml.local(one.tag))
            return found
        for _element, _key, kind, name in _telling(root, _base(part)):
            note(found, kind, name)
        return found

    def after(self, part: Part, gone: set[str]) -> Part:
        """The manifest without the parts that went. Raises CannotLeaveError for an encrypted document."""
        if part.name != "META-INF/manifest.xml":
            return part
        root = xml.parsed(part.body)
        for one in xml.elements(root):
            if xml.local(one.tag) == "encryption-data":
                raise CannotLeaveError("locked")
            path = next((value for key, value in one.attrib.items() if xml.local(key) == "full-path"), "")
            if path in gone or (path != "/" and self.kind_left_out(path)):
                xml.drop(one)
        return Part(part.name, xml.written(root))


def _base(part: Part) -> str:
    return part.name.rpartition("/")[2].lower()


def _telling(root: Any, base: str) -> Iterator[tuple[Any, str, str, str]]:
    for one in xml.elements(root):
        tag = xml.local(one.tag)
        if tag == "binary-data":  # a picture written into the text
            raise CannotLeaveError("holds_other_files")
        if tag in _AUTHORS and (one.text or "") not in ("", xml.NOBODY):
            yield one, "text", AUTHOR, tag
        if tag == "date" and one.tag.startswith("{http://purl.org/dc") and one.text:
            yield one, "drop", DATE, tag
        if tag == "config-item" and _SETTINGS.search(_attribute(one, "name")) and one.text:
            yield one, "empty", OTHER, _attribute(one, "name")
        if tag in ("scripts", "event-listeners") and len(one):
            yield one, "drop", SCRIPTS, tag
        if tag == "metadata" and xml.local(root.tag) == "svg":
            yield one, "drop", OTHER, "SVG metadata"
        if tag in ("title", "desc") and xml.is_path(one.text):
            yield one, "empty", PATHS, tag
        yield from _of_attributes(one, tag, base)


def _of_attributes(one: Any, tag: str, base: str) -> Iterator[tuple[Any, str, str, str]]:
    for key, value in list(one.attrib.items()):
        plain = xml.local(key)
        elsewhere = plain == "href" and _OUTSIDE.match(value) and not value.startswith("/.")
        named = plain == "name" and tag in ("frame", "image", "custom-shape") and xml.is_path(value)
        if elsewhere or named:
            yield one, key, PATHS, f"{tag} {plain}"
        elif plain in ("author", "user-name", "creator") and value not in ("", xml.NOBODY) and base != "manifest.xml":
            yield one, key, AUTHOR, f"{tag} {plain}"


def _take_out(element: Any, key: str) -> None:
    if key == "drop":
        xml.drop(element)
    elif key in ("text", "empty"):
        element.text = xml.NOBODY if key == "text" else None
    else:
        element.set(key, "" if xml.local(key) != "author" else xml.NOBODY)


def _attribute(one: Any, name: str) -> str:
    return next((value for key, value in one.attrib.items() if xml.local(key) == name), "")
