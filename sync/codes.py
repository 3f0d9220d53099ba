"""The code of a failure, by which ``ui`` finds its sentence and a script its reason."""

from local_db import errors as store
from sync.errors import SyncError

Failure = SyncError | store.StoreError
_OF_THE_STORE: dict[type[store.StoreError], str] = {
    store.BusyError: "store_busy",
    store.DiskFullError: "disk_full",
    store.ReadOnlyError: "store_read_only",
    store.IoError: "disk_trouble",
    store.StoreDamagedError: "store_damaged",
    store.KeyringLockedError: "keyring_locked",
    store.FileDamagedError: "file_damaged",
    store.FileMissingError: "file_missing_here",
}


def code_of(error: Failure) -> str:
    """The failure's code; ``store`` for those of the store that no sync can meet."""
    return error.code if isinstance(error, SyncError) else _OF_THE_STORE.get(type(error), "store")
