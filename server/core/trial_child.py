"""The child process of :mod:`server.core.merge_trial`: merges edits under a limit of processor time, and tells how far it came.

It is a program of its own and imports nothing of ours. On its input: the numbers of ``HEADER`` (microseconds for merging, for
loading the outcome; how many edits), then the state and each edit, each after its length. On its output: a caret when the
state is loaded, a dot for each edit that was merged, and an exclamation mark when the outcome was loaded. When the time is up,
the system ends it.
"""

import signal
import struct
import sys
from typing import Any

from pycrdt import Doc

HEADER = struct.Struct(">III")
LENGTH = struct.Struct(">I")
BEGUN, MERGED, LOADED = b"^", b".", b"!"


def allow(microseconds: int) -> None:
    """From now on so much processor time, and then the end; where the system has no such clock, the parent watches."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, microseconds / 1e6)


def say(mark: bytes) -> None:
    """Tell the parent, which must know it even if the next step is the last."""
    sys.stdout.buffer.write(mark)
    sys.stdout.buffer.flush()


def main() -> None:
    """Read, merge, load."""
    source = sys.stdin.buffer
    to_merge, to_load, number = HEADER.unpack(source.read(HEADER.size))
    state, *edits = [source.read(*LENGTH.unpack(source.read(LENGTH.size))) for _ in range(number + 1)]
    document: Doc[Any] = Doc()
    if state:
        document.apply_update(state)
    say(BEGUN)
    allow(to_merge)
    for edit in edits:
        document.apply_update(edit)
        say(MERGED)
    outcome = document.get_update()
    allow(to_load)
    again: Doc[Any] = Doc()
    again.apply_update(outcome)
    allow(0)
    say(LOADED)


if __name__ == "__main__":
    main()
