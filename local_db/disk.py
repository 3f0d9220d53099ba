"""Writing a file so that after a kill or a power cut it is there whole or not at all.

On Windows a virus scanner has a fresh file open for a moment, and it can neither be renamed nor deleted: that is tried
again for two seconds.
"""

import errno
import os
import secrets
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from local_db.errors import IoError
from local_db.naming import translated

PATIENCE = 2.0  # seconds
_HELD = {5, 32, 33}  # Windows: access denied, sharing violation, lock violation


def write_whole(target: Path, chunks: Iterable[bytes]) -> None:
    """Replace ``target`` by what the chunks hold: written beside it, synced, renamed. Raises OSError, leaving it as it was.

    A generator is closed, so that the file it reads is not held until the error is forgotten.
    """
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        rename(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        if isinstance(chunks, Generator):
            chunks.close()


def write_out(target: Path, chunks: Iterable[bytes]) -> None:
    """Write a file where the person says, whole or not at all; nothing else in that folder is touched.

    Only a file is replaced, no link to nowhere and no device. Raises StoreError.
    """
    if os.path.lexists(target) and not target.is_file():
        raise IoError(f"{target} is no file that could be replaced")
    part = target.with_name(f".twindesk-{secrets.token_hex(8)}.part")  # nobody else's, and short whatever the name is
    try:
        with translated(target):
            _write_by_way_of(part, chunks, target)
    except OSError as error:  # a name that is too long, a folder that went away
        raise IoError(f"{target} cannot be written: {error}") from error


def _write_by_way_of(part: Path, chunks: Iterable[bytes], target: Path) -> None:
    try:
        write_whole(part, chunks)
        rename(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def rename(source: Path, target: Path) -> None:
    """Give a file its final name, in a way that survives a power cut."""
    _insist(lambda: source.replace(target))
    sync_folder(target.parent)


def remove(path: Path) -> None:
    """Delete a file, if it is there."""
    _insist(lambda: path.unlink(missing_ok=True))


def _insist(step: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            step()
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD or time.monotonic() > end:
                raise
        time.sleep(0.05)


def sync_file(path: Path) -> None:
    """Make a file that something else wrote survive a power cut."""
    with path.open("r+b") as written:
        os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; Windows does so by itself, some network drives cannot."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
