"""Taking a pupil's file in: looked at whole first, kept encrypted, once."""

import stat
from collections.abc import Iterator
from pathlib import Path

from app import media
from app.rules import filenames
from app.rules import pupil_work as rules
from local_db.files import Progress, chunks_of
from local_db.store import Store
from local_db.tables import file_use, pupil_work


class TakeInError(Exception):
    """A file was not taken in.

    ``code`` is one of the rules (``type``, ``empty``, ``too_big``, ``mismatch``), ``unreadable``, ``cut_short`` or
    ``too_many_pixels`` for a picture, or ``already_there`` when the pupil has the same file.
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
    name = filenames.plain_name(path.name)
    kind = _accepted(path, name)
    small = _small_picture(path, name, kind)
    title = rules.title_from(path.name, pupil_work.names(store)) or pupil.pseudonym
    values = {"pupil_id": pupil_id, "title": title, "filename": name, "kind": kind, "thumbnail": small}
    with store.files.intake():
        sha256, size = store.files.add(_read(path, name, progress))
        with store.transaction():
            is_new = not pupil_work.has_file(store, pupil_id, sha256)
            work_id = pupil_work.add_work(store, {**values, "sha256": sha256, "size": size}) if is_new else ""
    if not is_new:
        file_use.remove_unused(store, [sha256])
        raise TakeInError("already_there", name)
    return work_id


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
        head, done = head or piece[:16], done + len(piece)
        if refusal := rules.refusal(name, done, head):
            raise TakeInError(refusal.code, name, refusal.limit_mb)
        yield piece


def _accepted(path: Path, name: str) -> str:
    """The kind of a file that may be taken in. Raises TakeInError."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise TakeInError("unreadable", name)  # a pipe or a device, which may never end
        size = about.st_size
        with path.open("rb") as source:
            head = source.read(16)
    except OSError as error:
        raise TakeInError("unreadable", name) from error
    refusal = rules.refusal(name, size, head)
    if refusal:
        raise TakeInError(refusal.code, name, refusal.limit_mb)
    return rules.kind_of(name) or "document"


def _small_picture(path: Path, name: str, kind: str) -> bytes | None:
    """A PNG for lists, of a picture or the first page. Raises TakeInError when a picture cannot be read to its end."""
    if kind != "image" and filenames.ending(name) != "pdf":
        return None
    try:
        with path.open("rb") as source:
            data = source.read(rules.limit_mb(kind) * 1_000_000)
    except OSError as error:
        raise TakeInError("unreadable", name) from error
    found = media.look(name, kind, data)
    if found.complaint:
        raise TakeInError(found.complaint, name)
    return found.thumbnail
