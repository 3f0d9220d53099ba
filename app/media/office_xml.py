"""XML parts of documents: read within bounds, without entities or the network; what is told is taken out by tables."""

import re
from collections.abc import Iterator
from typing import Any

from app.media.found import CannotLeaveError

NOBODY = "Author"  # stands for everybody: programs show comments of one writer
_PATH = re.compile(
    r"(?i)^(file:|[a-z]:[\\/]|\\\\|/(home|users|media|mnt|volumes|storage)/)|\.(jpe?g|png|gif|bmp|tiff?|heic|webp|mp4|mov|mp3)$"
)


def parsed(body: bytes, *, loosely: bool = False) -> Any:
    """The root of a part; ``loosely`` for drawings in VML, which was written like HTML.

    Raises CannotLeaveError for what is no XML, or has a document type of its own.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=loosely,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise CannotLeaveError("damaged") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise CannotLeaveError("damaged")
    return root


def written(root: Any) -> bytes:
    """The part as it is stored."""
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def is_path(text: str | None) -> bool:
    """Whether a text is the place or the name of a file on somebody's disk."""
    return bool(text) and bool(_PATH.search((text or "").strip()))


def elements(root: Any) -> Iterator[Any]:
    """Every element."""
    return iter([one for one in root.iter() if isinstance(one.tag, str)])


def drop(element: Any) -> None:
    """Take an element out; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
