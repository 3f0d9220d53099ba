"""What can go wrong with the store; each says enough for a sentence with a way on.

The errors of SQLite and of the operating system become these in one place,
:mod:`local_db.naming`, by their codes.
"""

from pathlib import Path


class StoreError(Exception):
    """Base of every error of the local store."""


class WrongKeyError(StoreError):
    """The passphrase or key does not belong to this profile. Nothing was changed. Try the passphrase again."""


class KeyMissingError(StoreError):
    """The keyring no longer holds this profile's key: sign in to the system as before, or restore the keyring."""


class KeyringLockedError(StoreError):
    """The system's keyring does not answer or is locked. Unlock it and try again; nothing was lost."""


class ProfileFileError(StoreError):
    """``profile.json`` and its copy are damaged or gone: restore the folder from a backup, or begin a new profile."""


class PassphraseNeededError(StoreError):
    """No keyring can be relied on here, so the profile's key is wrapped by a passphrase that must be asked.

    ``reason`` tells of a new profile why: see :func:`local_db.system_keyring.try_to_keep`.
    """

    def __init__(self, *, new: bool, reason: str = "none") -> None:
        super().__init__("a passphrase is needed")
        self.new, self.reason = new, reason


class StoreTooNewError(StoreError):
    """A newer version of the program wrote this store; this one must not touch it. Install the newer version."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"store version {found}, this program knows {known}")
        self.found, self.known = found, known


class MigrationFailedError(StoreError):
    """A step to this version's schema failed and was taken back whole: the version before still opens the store."""


class StoreDamagedError(StoreError):
    """The key is right but the file is not readable: go back to a copy. ``backups`` are newest first."""

    def __init__(self, path: Path, backups: list[Path]) -> None:
        super().__init__(f"{path.name} is damaged")
        self.path, self.backups = path, backups


class ProfileInUseError(StoreError):
    """Another copy of the program has this profile open: use that window, or wait for the sync to end.

    ``computer`` is the name of another computer that holds it, empty for this one; ``since`` seconds since 1970, or None.
    """

    def __init__(self, profile: str, computer: str = "", since: float | None = None) -> None:
        super().__init__(profile)
        self.computer, self.since = computer, since


class BusyError(StoreError):
    """Another program holds the file (a virus scanner, a backup, a network drive). Wait a moment and try again."""


class DiskFullError(StoreError):
    """The disk has no room; the step was not kept, everything before it was. Free some space and try again."""


class ReadOnlyError(StoreError):
    """The profile's folder cannot be written to. Ask for the right to write there, or choose another folder."""


class IoError(StoreError):
    """The disk did not do what it was asked. The step was not kept; try again, and look after the disk if it stays."""


class FileDamagedError(StoreError):
    """A kept file does not pass its authentication; its bytes are not to be trusted. Take it in again."""


class FileMissingError(FileDamagedError):
    """A kept file is no longer on the disk: something outside the program took it away. Take it in again."""
