"""What can go wrong with the store; each says enough for a sentence with a way on."""

from pathlib import Path


class StoreError(Exception):
    """Base of every error of the local store."""


class WrongKeyError(StoreError):
    """The passphrase or key does not belong to this profile. Nothing was changed."""


class KeyMissingError(StoreError):
    """The keyring no longer holds this profile's key (a new system account, a reset keyring)."""


class PassphraseNeededError(StoreError):
    """No keyring works here, so the profile's key is wrapped by a passphrase that must be asked."""

    def __init__(self, *, new: bool) -> None:
        super().__init__("a passphrase is needed")
        self.new = new


class StoreTooNewError(StoreError):
    """A newer version of the program wrote this store; this one must not touch it."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"store version {found}, this program knows {known}")
        self.found, self.known = found, known


class StoreDamagedError(StoreError):
    """The key is right but the file is not readable. ``backups`` are newest first."""

    def __init__(self, path: Path, backups: list[Path]) -> None:
        super().__init__(f"{path.name} is damaged")
        self.path, self.backups = path, backups


class ProfileInUseError(StoreError):
    """Another copy of the program has this profile open."""


class DiskFullError(StoreError):
    """The disk has no room; the step was not kept, everything before it was."""


class FileDamagedError(StoreError):
    """A kept file does not pass its authentication; its bytes are not to be trusted."""
