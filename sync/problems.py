"""Faults of the program, kept for "Report a problem": what and where, never a word of anybody's data."""

import threading
import time
import traceback
from dataclasses import asdict, dataclass, replace

from local_db.store import Store
from local_db.tables import settings

NAME = "problems"
MOST = 50


@dataclass(frozen=True)
class Problem:
    """One kind of fault. ``places`` are module and line from the outermost call to where it was raised.

    ``first`` and ``last`` are seconds since 1970; ``doing`` is the part of a sync that was under way.
    """

    doing: str
    kind: str
    places: tuple[str, ...]
    times: int = 1
    first: float = 0.0
    last: float = 0.0


class ProblemBook:
    """The newest 50 kinds of faults, in memory and in the store. Writing them down never fails. For any thread."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()
        self._kept: dict[tuple[str, str, tuple[str, ...]], Problem] = {}
        self._read = False

    def note(self, doing: str, error: BaseException) -> None:
        """Keep a fault: its type and the lines it came through, without its message."""
        try:
            now, fault = time.time(), (doing, _kind(error), _places(error))
            with self._lock:
                self._load()
                before = self._kept.pop(fault, None) or Problem(*fault, times=0, first=now)
                self._kept[fault] = replace(before, times=before.times + 1, last=now)
                for oldest in list(self._kept)[:-MOST]:
                    del self._kept[oldest]
                settings.put(self._store, NAME, [asdict(problem) for problem in self._kept.values()])
        except Exception:  # the store may be the very thing that fails; the memory has it
            return

    def all(self) -> list[Problem]:
        """What happened, newest first."""
        with self._lock:
            self._load()
            return list(reversed(self._kept.values()))

    def clear(self) -> None:
        """Forget all, once it was reported."""
        with self._lock:
            self._kept.clear()
            settings.put(self._store, NAME, [])

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        try:
            for kept in settings.get(self._store, NAME, []):
                problem = Problem(**{**kept, "places": tuple(kept["places"])})
                self._kept[(problem.doing, problem.kind, problem.places)] = problem
        except Exception:  # a store that cannot be read, or notes of another version
            self._kept.clear()


def _kind(error: BaseException) -> str:
    kinds = [type(error).__name__]
    while (error.__cause__ or error.__context__) and len(kinds) < 4:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
        kinds.append(type(error).__name__)
    return " < ".join(kinds)


def _places(error: BaseException) -> tuple[str, ...]:
    places = [
        f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return tuple(places if len(places) <= 12 else [*places[:2], "…", *places[-9:]])
