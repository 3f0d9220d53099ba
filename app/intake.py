"""Taking a pupil's file in: looked at whole first, kept encrypted, once."""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app import media
from app.rules import filenames, formats
from app.rules import pupil_work as rules
from local_db.files import Progress, chunks_of
from local_db.store import Store
from local_db.tables import file_use, pupil_work

_UNREADABLE = re.compile("[\ud800-\udfff]+")


class TakeInError(Exception):
    """A file was not taken in.

    ``code`` is one of the rules (``type``, ``empty``, ``too_big``, ``mismatch``, a way out such as ``old_office``),
    ``unreadable``, ``cut_short`` or ``too_many_pixels`` for a picture, ``damaged`` for a document, or ``already_there``
    when the pupil has the same file.
    """

    def __init__(self, code: str, filename: str, limit_mb: int = 0) -> None:
        super().__init__(code)
        self.code, self.filename, self.limit_mb = code, filename, limit_mb


def take_in(store: Store, pupil_id: str, path: Path, progress: Progress | None = None) -> str:
    """Copy a file into the store; returns the work's id. For a worker thread.

    Raises TakeInError, ValueError (``no_such_pupil``), and the store's errors; nothing of the file stays then.
    """
    pupil = pupil_work.pupil(store, pupil_id)
    if pupil is None:
        raise ValueError("no_such_pupil")
    looked = look_at(path)
    name = looked.name
    title = rules.title_from(_readable(path.name), pupil_work.names(store))
    title = title if any(map(str.isalnum, title)) else pupil.pseudonym
    values = {
        "pupil_id": pupil_id,
        "title": title,
        "filename": name,
        "kind": looked.kind,
        "thumbnail": looked.thumbnail,
    }
    with store.files.intake():
        sha256, size = store.files.add(_read(path, name, progress))
        with store.transaction():
            if pupil_work.pupil(store, pupil_id) is None:  # put into the bin while the file was copied
                raise ValueError("no_such_pupil")
            is_new = not pupil_work.has_file(store, pupil_id, sha256)
            work_id = pupil_work.add_work(store, {**values, "sha256": sha256, "size": size}) if is_new else ""
    if not is_new:
        file_use.remove_unused(store, [sha256])
        raise TakeInError("already_there", name)
    return work_id


@dataclass(frozen=True)
class LookedAt:
    """A file that may be taken in: its plain name, with the ending of what it is, its kind, and a PNG for lists."""

    name: str
    kind: str
    thumbnail: bytes | None


def look_at(path: Path) -> LookedAt:
    """What a file is, before anything of it is kept. Raises TakeInError."""
    name = _accepted(path, filenames.plain_name(_readable(path.name)))
    kind = rules.kind_taken(name) or "document"
    if kind != "image" and formats.form_of(name) not in ("pdf", "zip"):
        return LookedAt(name, kind, None)
    found = media.look(name, kind, _whole(path, name, kind))
    if found.complaint:
        raise TakeInError(found.complaint, name)
    if found.truly and found.truly != filenames.ending(name):
        name = f"{name.rpartition('.')[0]}.{found.truly}"
    return LookedAt(name, kind, found.thumbnail)


def _read(path: Path, name: str, progress: Progress | None) -> Iterator[bytes]:
    """The file's bytes. A stick pulled out meanwhile, or a file that grows, is the file's fault and not the disk's here.

    Raises TakeInError.
    """
    pieces, done, head = chunks_of(path, progress), 0, b""
    while True:
        try:
            piece = next(pieces, None)
        except OSError as error:
            raise TakeInError("unreadable", name) from error
        if piece is None:
            return
        head, done = head or piece[: formats.HEAD], done + len(piece)
        if refusal := rules.refusal(name, done, head):
            raise TakeInError(refusal.code, name, refusal.limit_mb)
        yield piece


def _readable(name: str) -> str:
    """A name whose bytes are not UTF-8 (a stick from an old computer) with a line for what cannot be read."""
    return _UNREADABLE.sub("_", name)


def _accepted(path: Path, name: str) -> str:
    """The name of a file that may be taken in, with the ending of what it is. Raises TakeInError."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise TakeInError("unreadable", name)  # a pipe or a device, which may never end
        size = about.st_size
        with path.open("rb") as source:
            head = source.read(formats.HEAD)
    except (OSError, ValueError) as error:
        raise TakeInError("unreadable", name) from error
    if refusal := rules.refusal(name, size, head):
        raise TakeInError(refusal.code, name, refusal.limit_mb)
    return formats.true_name(name, head) or name


def _whole(path: Path, name: str, kind: str) -> bytes:
    try:
        with path.open("rb") as source:
            return source.read(rules.limit_mb(kind) * 1_000_000)
    except OSError as error:
        raise TakeInError("unreadable", name) from error
