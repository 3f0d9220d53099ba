"""Edits that might keep the platform busy are tried first in a child process, outside of any transaction.

The Yjs library looks for an insertion's place among all that others inserted at the same spot, so its work can grow with the
square of what is there, and it cannot be interrupted. An honest edit needs a few steps; one that was made for it needs minutes,
and so does loading the document ever after. A product of two numbers bounds the steps: how often a run of insertions began
anew, and how many pieces the document has. Only where it grew by more than ``STEPS`` since the last trial is there another.
"""

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.core import trial_child
from server.core.problems import ProblemError
from sync.protocol.messages import DocumentChange
from sync.protocol.yjs_order import Integration

STEPS = 3_000_000  # about a fifth of a second of the library's work
MERGE_SECONDS = 0.3  # of processor time, for a batch of edits
LOAD_SECONDS = 0.3  # and 5 µs a piece: an honest document takes 1.5
MOST_FAILED = 5  # trials in one request
PATIENCE = 60.0  # seconds by the clock, on a busy computer or one that does not count processor time
_turns = threading.BoundedSemaphore(1)


@dataclass
class Weight:
    """How much work a document may be: the runs and pieces of all that it took in, and their product at the last trial."""

    runs: int = 0
    pieces: int = 0
    tried: int = 0

    def with_edit(self, edit: Integration) -> "Weight":
        """The weight after an edit."""
        return Weight(self.runs + edit.runs, self.pieces + edit.pieces, self.tried)

    @property
    def steps(self) -> int:
        """What the library may need at most to load the document."""
        return self.runs * self.pieces

    @property
    def needs_trial(self) -> bool:
        """Whether too much came since the last trial to do without another."""
        return self.steps - self.tried > STEPS


@dataclass
class TrialNeeded(Exception):
    """An edit that is to be tried before it is merged; it is the next one to be done."""

    document_id: str
    state: bytes
    weight: Weight


class Trials:
    """The trials of one request: which edits stood theirs, and which did not."""

    def __init__(self) -> None:
        self._passed: set[str] = set()
        self.failed: set[str] = set()
        self.killed = 0

    def admits(self, change_id: str) -> bool:
        """Whether an edit stood its trial."""
        return change_id in self._passed

    def run(self, needed: TrialNeeded, rest: Sequence[object]) -> None:
        """Try what ``rest`` has for the document, the first edit alone if need be. Raises ProblemError: 429, 503."""
        edits = [c for c in rest if isinstance(c, DocumentChange) and c.document_id == needed.document_id]
        while True:
            outcome = _try(needed, [edit.data for edit in edits])
            if not outcome.was_killed:
                self._passed.update(edit.id for edit in edits[: outcome.judged])
                return
            self.killed += 1
            if len(edits) == 1:
                self.failed.add(edits[0].id)
                return
            if self.killed > MOST_FAILED:
                raise ProblemError(429, "too_heavy", "These edits keep the platform busy", {"Retry-After": "60"})
            edits = edits[: max(1, min(outcome.judged - 1, len(edits) // 2))]


@dataclass
class _Outcome:
    """Of a trial: with which edit it ended, and whether that was for want of time."""

    judged: int
    was_killed: bool


def _try(needed: TrialNeeded, edits: list[bytes]) -> _Outcome:
    to_load = LOAD_SECONDS + 5e-6 * (needed.weight.pieces + sum(map(len, edits)) / 8)
    parts = [trial_child.HEADER.pack(int(MERGE_SECONDS * 1e6), int(to_load * 1e6), len(edits))]
    for data in [needed.state, *edits]:
        parts += [trial_child.LENGTH.pack(len(data)), data]
    if not _turns.acquire(timeout=5):
        raise ProblemError(429, "busy", "Others' edits are being tried", {"Retry-After": "10"})
    try:
        output, status = _child(b"".join(parts))
    finally:
        _turns.release()
    if not output.startswith(trial_child.BEGUN):
        raise ProblemError(503, "busy", "The edits could not be tried", {"Retry-After": "60"})
    return _Outcome(output.count(trial_child.MERGED) + 1, status < 0)


def _child(given: bytes) -> tuple[bytes, int]:
    """What the child said, and its status: below nothing if it was ended."""
    program = [sys.executable, "-I", str(Path(trial_child.__file__))]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            return child.communicate(given, timeout=PATIENCE)[0], child.returncode
        except subprocess.TimeoutExpired:
            child.kill()
            return child.communicate()[0], -1
