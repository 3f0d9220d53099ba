"""The helper process: opens what came from outside, so that what ends it, or fills the memory, ends nothing else.

It is given bytes and gives back bytes; it opens no file and no connection, and the system lets it have so much memory.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # started without our folder on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.media import frames, pictures, whole
from app.media.found import CannotLeaveError
from app.rules import formats

MOST_SECONDS = 70.0  # for one file; whoever asked has given up by then
MOST_FIELDS = 12  # of one kind that are told
MOST_MEMORY = 1_500_000_000  # bytes, where the system can hold a process to it


def main() -> None:
    """Answer until the other side goes."""
    _limit_memory()
    while True:
        try:
            asked, data = frames.receive(sys.stdin.buffer)
        except EOFError:
            return
        with _at_most(MOST_SECONDS):
            said, found = _answer(asked, data)
        frames.send(sys.stdout.buffer, said, found)


def _answer(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        if asked["do"] == "points":
            return whole.points(data)
        if asked["do"] == "clean":
            return _clean(f"x.{asked['ending']}", asked["most"], data)
        return _look(asked["kind"], asked["ending"], data)
    except Exception as error:  # told to whoever waits; MemoryError among them
        return {"error": type(error).__name__}, b""


def _look(kind: str, ending: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    complaint, truly = None, ""
    if kind == "image":
        complaint = pictures.complaint(data)
    elif formats.form_of(f"x.{ending}") == "zip":
        complaint, truly = _document(data)
    small = None if complaint else pictures.thumbnail(kind, ending, data)
    return {"complaint": complaint, "small": small is not None, "truly": truly}, small or b""


def _document(data: bytes) -> tuple[str | None, str]:
    """Why a document is not taken, and the ending that it should have."""
    from app.media import office

    try:
        truly = office.form_of(data)
    except CannotLeaveError as error:
        return ("damaged" if error.code == "damaged" else None), ""
    return (None, truly) if truly else ("mismatch", "")


def _clean(name: str, most: int, data: bytes) -> tuple[dict[str, Any], bytes]:
    from app.media import cleaning

    said: dict[str, Any] = {"ending": "", "found": {}, "why_not": None}
    with suppress(Exception):  # what cannot be looked into is told by what cannot be cleaned
        said["found"] = {kind: sorted(fields)[:MOST_FIELDS] for kind, fields in cleaning.look(name, data).items()}
    try:
        said["ending"], clean = cleaning.without_metadata(name, data, most)
    except CannotLeaveError as error:
        return {**said, "why_not": error.code}, b""
    return said, clean


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End this process where one file takes longer: nobody else would, once the window that asked was killed."""
    end = threading.Timer(seconds, os._exit, [1])
    end.daemon = True
    end.start()
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)  # ends it inside a library too that lets no thread run
    try:
        yield
    finally:
        end.cancel()
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
