"""Keyrings that a system may have: one that keeps what it is given, and some that cannot be relied on."""

import keyring.errors
from keyring.backend import KeyringBackend


class MemoryKeyring(KeyringBackend):
    """Keeps secrets as long as the test lives."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[(service, username)]


class LockedKeyring(MemoryKeyring):
    """Is there, and locked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("locked")


class ForgetfulKeyring(MemoryKeyring):
    """Gives back something else."""

    def get_password(self, service: str, username: str) -> str | None:
        kept = super().get_password(service, username)
        return None if kept is None else kept[::-1]


class PlaintextKeyring(MemoryKeyring):
    """Called as the one of keyrings.alt that writes a file anybody can read."""
