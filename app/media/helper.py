"""Asking the helper process. It is started by the first question and ended after a while without one."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from app.media import frames
from app.media.look import Leaving, Look
from app.rules import filenames

PATIENCE = 60.0  # seconds for one file
IDLE = 30.0  # seconds without a question, after which the process ends
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows' alone
PROGRAM = Path(__file__).with_name("child.py")


class MediaError(OSError):
    """The file could not be opened, or opening it ended the helper or took too long."""


def look(filename: str, kind: str, data: bytes) -> Look:
    """Whether a picture can be read to its end, and its thumbnail, or that of a document's first page.

    A file that ends the helper costs its thumbnail and no more.
    """
    try:
        said, small = _helper.ask({"do": "look", "kind": kind, "ending": filenames.ending(filename)}, data)
    except MediaError:
        return Look()
    return Look(said.get("complaint"), small if said.get("small") else None, said.get("truly") or "")


def leaving(filename: str, data: bytes, most: int) -> Leaving:
    """The copy of a file that may leave, of at most ``most`` bytes, and what was written into the file.

    Never raises: a file that ends the helper, or asks for too much of it, does not leave.
    """
    try:
        said, clean = _helper.ask({"do": "clean", "ending": filenames.ending(filename), "most": most}, data)
    except MediaError:
        return Leaving(why_not="too_heavy")
    found = {kind: tuple(fields) for kind, fields in said.get("found", {}).items()}
    if said.get("why_not") or not said.get("ending"):
        return Leaving(found, why_not=said.get("why_not") or "damaged")
    return Leaving(found, said["ending"], clean)


class Helper:
    """One process, asked one thing at a time by whichever thread; another takes its place when it was ended."""

    def __init__(self, program: Path = PROGRAM, patience: float = PATIENCE, idle: float = IDLE) -> None:
        self._program, self._patience, self._idle = program, patience, idle
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: threading.Timer | None = None

    def ask(self, said: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to a question. Raises MediaError."""
        with self._lock:
            if self._end:
                self._end.cancel()
            process = self._running()
            watch = threading.Timer(self._patience, process.kill)
            watch.daemon = True
            watch.start()
            try:
                assert process.stdin and process.stdout
                frames.send(process.stdin, said, data)
                answer, found = frames.receive(process.stdout)
            except (OSError, EOFError, ValueError) as error:
                self._stop()
                raise MediaError("the helper was ended by it") from error
            finally:
                watch.cancel()
                self._end_later()
        if "error" in answer:
            raise MediaError(answer["error"])
        return answer, found

    def stop(self) -> None:
        """End the process; the next question starts another."""
        with self._lock:
            self._stop()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(self._program)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=NO_WINDOW,
            )
        except OSError as error:
            raise MediaError("no helper could be started") from error
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:  # what was still to be written goes nowhere
                pass
        process.wait()

    def _end_later(self) -> None:
        self._end = threading.Timer(self._idle, self.stop)
        self._end.daemon = True
        self._end.start()


_helper = Helper()
