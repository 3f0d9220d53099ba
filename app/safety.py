"""Copies and checks of the teacher's store, and putting a good copy in a damaged one's place."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_db import keys, store
from local_db.comparing import Lacking
from local_db.elapsed import days_seen
from local_db.errors import (
    BusyError,
    DiskFullError,
    IoError,
    KeyMissingError,
    KeyringLockedError,
    MigrationFailedError,
    PassphraseNeededError,
    ProfileFileError,
    ProfileInUseError,
    ReadOnlyError,
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    WrongKeyError,
)
from local_db.keys import MIN_PASSPHRASE
from local_db.set_aside import set_aside
from local_db.store import Store
from local_db.tables import device, settings

__all__ = [
    "Backup",
    "BusyError",
    "CheckResult",
    "CopyOffer",
    "MIN_PASSPHRASE",
    "DiskFullError",
    "IoError",
    "KeyMissingError",
    "KeyringLockedError",
    "Lacking",
    "MigrationFailedError",
    "PassphraseNeededError",
    "ProfileFileError",
    "ProfileInUseError",
    "ReadOnlyError",
    "SafetyUseCases",
    "StoreDamagedError",
    "StoreError",
    "StoreTooNewError",
    "WrongKeyError",
    "best_copy",
    "restore_backup",
    "set_aside",
    "sound_copies",
]

_COPIED_ON = "copied_on_day"
_LAST_CHECK = "last_check"


@dataclass(frozen=True)
class Backup:
    """A copy of the store; ``at`` in seconds since 1970, for people to read: it orders nothing."""

    path: Path
    at: float


@dataclass(frozen=True)
class CopyOffer:
    """A copy that was read whole, and what going back to it would lose; None where nothing could be compared."""

    path: Path
    at: float
    lacks: Lacking | None


@dataclass(frozen=True)
class CheckResult:
    """What the last check of every page showed; ``at`` in seconds since 1970. No problems: the store is sound."""

    problems: tuple[str, ...]
    at: float

    @property
    def sound(self) -> bool:
        """Whether every page could be read."""
        return not self.problems


class SafetyUseCases:
    """Copies and checks, for a worker thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: CheckResult | None = None
        self._checking = threading.Lock()

    def back_up(self) -> None:
        """Make a copy now. Raises StoreDamagedError (every older copy stays), DiskFullError and the like."""
        self._store.back_up("asked")

    def back_up_if_due(self) -> None:
        """Make the day's copy unless it was made; a clock that jumps neither stops the copies nor multiplies them."""
        today = days_seen(self._store)
        if self._store.backups() and settings.get(self._store, _COPIED_ON) == today:
            return
        self._store.back_up()
        settings.put(self._store, _COPIED_ON, today)

    def check(self) -> list[str]:
        """What is wrong with the store; empty when it is sound."""
        return list(self.check_in_background().problems)

    def check_in_background(self) -> CheckResult:
        """Read every page after the start, in a worker; the result is remembered in :attr:`last_check`.

        When it is not sound: :func:`best_copy` says what to offer. Raises BusyError or
        IoError when the check could not be made; the result before is kept then.
        """
        with self._checking:
            result = CheckResult(tuple(self._store.check()), time.time())
            self._last = result
            with suppress(StoreError):  # a damaged store may not keep it; this start still knows
                settings.put(self._store, _LAST_CHECK, {"problems": result.problems[:20], "at": result.at})
            return result

    @property
    def last_check(self) -> CheckResult | None:
        """The result of the last check of this start or an earlier one; None before the first."""
        if self._last is None and (kept := settings.get(self._store, _LAST_CHECK)):
            self._last = CheckResult(tuple(kept["problems"]), float(kept["at"]))
        return self._last

    def backups(self) -> list[Backup]:
        """Newest first."""
        return [Backup(path, path.stat().st_mtime) for path in self._store.backups()]

    def best_copy(self) -> CopyOffer | None:
        """The newest copy that is sound, with what it would lack, while the damaged store is open; for a worker."""
        return next(_offers(self._store.sound_copies()), None)


def best_copy(profile: Path, *, passphrase: str | None = None, key: bytes | None = None) -> CopyOffer | None:
    """The newest copy that is sound, with what it would lack beside the damaged store. Every page of it is read.

    Raises the errors of :func:`local_db.keys.unlock`.
    """
    return next(sound_copies(profile, passphrase=passphrase, key=key), None)


def sound_copies(profile: Path, *, passphrase: str | None = None, key: bytes | None = None) -> Iterator[CopyOffer]:
    """Every sound copy, newest first; each is read when it is asked for."""
    return _offers(store.sound_copies(profile, key or keys.unlock(profile, passphrase)))


def restore_backup(profile: Path, backup: Path, *, passphrase: str | None = None, key: bytes | None = None) -> Path:
    """Put a copy in the damaged store's place; the damaged file is kept, and its path returned.

    The copy is a device of its own from then on: every scope is read anew, and what waits
    in it goes out under new ids, for it may have grown under the old ones. Raises ProfileInUseError while a window
    has the profile open, StoreDamagedError when the copy is damaged too: its ``backups``
    begin with the next best one.
    """
    key = key or keys.unlock(profile, passphrase)
    kept = store.restore(profile, key, backup)
    restored = Store.open(profile, key)
    try:
        device.become_new(restored)
    finally:
        restored.close()
    return kept


def _offers(copies: Iterable[tuple[Path, Lacking | None]]) -> Iterator[CopyOffer]:
    for path, lacks in copies:
        yield CopyOffer(path, path.stat().st_mtime, lacks)
