"""The encrypted store of one profile: opening, migrations and copies."""

import threading
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from local_db import copies, keys, migrations, profile_lock, restoring
from local_db.comparing import Lacking, lacking
from local_db.copy_names import before_migration, list_backups
from local_db.database import EncryptedDatabase, encrypted_database, problems
from local_db.errors import MigrationFailedError, StoreDamagedError, StoreTooNewError
from local_db.files import FileVault
from local_db.naming import DRIVER_ERRORS, translated
from local_db.restoring import restore

__all__ = ["DRIVER_ERRORS", "Store", "encrypted_database", "list_backups", "restore", "sound_copies"]


class Store(EncryptedDatabase):
    """One profile's database and files; only one program at a time has it open."""

    def __init__(self, profile: Path, key: bytes) -> None:
        super().__init__(profile / "store.db", key)
        self.profile = profile
        self.files = FileVault(profile / "files", keys.derive(key, "twindesk files"))
        self._key = key
        self._copying = threading.Lock()
        self._lock: FileLock | None = None

    @classmethod
    def open(cls, profile: Path, key: bytes, *, migrate: bool = True) -> "Store":
        """Open or create the store, migrated to this version, with a copy made before.

        Without ``migrate`` nothing is changed. Raises WrongKeyError, ProfileInUseError,
        StoreTooNewError, MigrationFailedError, StoreDamagedError, BusyError, DiskFullError,
        ReadOnlyError, IoError.
        """
        with translated(profile):
            profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys.check(profile, key)
        store = cls(profile, key)
        store._lock = profile_lock.hold(profile)
        try:
            restoring.finish(profile)
            store._prepare(migrate)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the calling thread's connection and let others open the profile."""
        try:
            self.close_thread()
        finally:
            if self._lock:
                self._lock.release()

    @property
    def version(self) -> int:
        """How many steps of the schema this store has taken."""
        return int(self.sql("pragma user_version")[0][0])

    def backups(self) -> list[Path]:
        """The store's copies, newest first."""
        return list_backups(self.profile)

    def back_up(self, reason: str = "daily") -> Path:
        """Make a copy of what is kept so far; for a worker thread, because every page is read.

        Raises StoreDamagedError when the store is damaged; every older copy stays then.
        """
        with self._copying:
            return copies.make(self.path, self._key, reason)

    def check(self) -> list[str]:
        """Read every page; the problems met, none for a sound store. For a worker thread."""
        return problems(self.path, self._key)

    def sound_copies(self) -> Iterator[tuple[Path, Lacking | None]]:
        """The copies that can be read whole, newest first, each with what it lacks beside this store."""
        return sound_copies(self.profile, self._key)

    def _prepare(self, migrate: bool) -> None:
        self._refuse_what_was_lost()
        version = self.version
        is_new = version == 0 and self.sql("select count(*) from sqlite_master") == [(0,)]
        if is_new and self.backups():
            raise StoreDamagedError(self.path, self.backups())
        if version > migrations.VERSION:
            raise StoreTooNewError(version, migrations.VERSION)
        with self.transaction():
            pass  # a store that cannot be written to is told now, before anything is typed
        if not migrate:
            return
        if version < migrations.VERSION and not is_new:
            self.back_up(before_migration(migrations.VERSION))
        for number in range(version, migrations.VERSION):
            self._migrate(number)

    def _refuse_what_was_lost(self) -> None:
        """A missing or emptied file is only a new store where nothing is left of an old one."""
        with translated(self.path):
            if self.path.exists() and self.path.stat().st_size > 0:
                return
            log = self.path.with_name(self.path.name + "-wal")
            has_log = log.exists() and log.stat().st_size > 0
        if has_log or self.backups():
            raise StoreDamagedError(self.path, self.backups())

    def _migrate(self, number: int) -> None:
        try:
            with self.transaction():
                migrations.take(migrations.STEPS[number], self.sql)
                self.sql(f"pragma user_version = {number + 1}")
        except DRIVER_ERRORS as error:
            raise MigrationFailedError(f"{migrations.STEPS[number].name}: {error}") from error


def sound_copies(profile: Path, key: bytes) -> Iterator[tuple[Path, Lacking | None]]:
    """As :meth:`Store.sound_copies`, for a store that does not open."""
    for path in restoring.sound_copies(profile, key):
        yield path, lacking(profile / "store.db", key, path)
