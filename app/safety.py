"""Copies and checks of the teacher's store, and putting a good copy in a damaged one's place."""

from dataclasses import dataclass
from pathlib import Path

from local_db import keys
from local_db.errors import (
    DiskFullError,
    KeyMissingError,
    PassphraseNeededError,
    ProfileInUseError,
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    WrongKeyError,
)
from local_db.store import Store, restore
from local_db.tables import settings

__all__ = [
    "Backup",
    "DiskFullError",
    "KeyMissingError",
    "PassphraseNeededError",
    "ProfileInUseError",
    "SafetyUseCases",
    "StoreDamagedError",
    "StoreError",
    "StoreTooNewError",
    "WrongKeyError",
    "restore_backup",
]


@dataclass(frozen=True)
class Backup:
    """A copy of the store; ``at`` in seconds since 1970."""

    path: Path
    at: float


class SafetyUseCases:
    """Copies and checks, for a worker thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def back_up(self) -> None:
        self._store.back_up("asked")

    def back_up_if_due(self) -> None:
        self._store.back_up_if_due()

    def check(self) -> list[str]:
        """What is wrong with the store; empty when it is sound."""
        return self._store.check()

    def backups(self) -> list[Backup]:
        """Newest first."""
        return [Backup(path, path.stat().st_mtime) for path in self._store.backups()]


def restore_backup(profile: Path, backup: Path, *, passphrase: str | None = None, key: bytes | None = None) -> Path:
    """Put a copy in the damaged store's place; the damaged file is kept, and its path returned.

    The copy is a device of its own from then on, so that the server sends again
    what this computer had sent after the copy was made.
    """
    found = key or keys.unlock(profile, passphrase)
    kept = restore(profile, found, backup)
    store = Store.open(profile, found)
    try:
        settings.put(store, "device", None)
    finally:
        store.close()
    return kept
