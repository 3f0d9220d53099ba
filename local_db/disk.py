"""Writing a file so that after a kill or a power cut it is there whole or not at all."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path


def write_whole(target: Path, chunks: Iterable[bytes]) -> None:
    """Replace ``target`` by what the chunks hold: written beside it, synced, renamed. Raises OSError, leaving it as it was."""
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


def rename(source: Path, target: Path) -> None:
    """Give a file its final name, in a way that survives a power cut."""
    source.replace(target)
    sync_folder(target.parent)


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
