"""The connection in one value, changed from many threads and told in order."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sync.engine import Progress


@dataclass(frozen=True)
class StageTrouble:
    """What kept one part of a sync (``files``, ``vocabularies`` or ``directory``) from its end, by a trouble's code."""

    stage: str
    code: str


@dataclass(frozen=True)
class Status:
    """The connection in one value. ``state``: idle, syncing, offline, trouble, signed_out or no_platform.

    ``code`` names the trouble. ``synced_at`` is seconds since 1970 of the last time that all changes went both ways.
    ``troubles`` are parts that did not come to their end although that exchange did. ``wait_until`` (seconds since 1970)
    is there when the platform asked to be left alone until then.
    """

    state: str = "idle"
    waiting: int = 0
    needs_you: int = 0
    code: str = ""
    detail: str = ""
    progress: "Progress | None" = None
    synced_at: float | None = None
    troubles: tuple[StageTrouble, ...] = ()
    wait_until: float | None = None


class StatusBoard:
    """Holds the one :class:`Status`.

    Changes are made one after the other, each on top of the one before, and told in that order: a listener never sees an
    older state after a newer one. No lock is held while a listener runs, so a listener may change the status itself.
    """

    def __init__(self, status: Status, tell: Callable[[Status], None]) -> None:
        self._status, self._tell = status, tell
        self._lock = threading.RLock()
        self._untold: deque[Status] = deque()
        self._telling = False

    @property
    def status(self) -> Status:
        """The newest status."""
        return self._status

    def change(self, count: Callable[[], dict[str, int]] | None = None, **values: Any) -> None:
        """Change some values. ``count`` looks up others at the very moment of the change."""
        with self._lock:
            values |= count() if count else {}
            self._status = replace(self._status, **values)
            self._untold.append(self._status)
            if self._telling:
                return  # the thread that is telling goes on with this one
            self._telling = True
        self._tell_all()

    def _tell_all(self) -> None:
        while True:
            with self._lock:
                if not self._untold:
                    self._telling = False
                    return
                status = self._untold.popleft()
            try:
                self._tell(status)
            except BaseException:
                with self._lock:
                    self._telling = False
                raise
