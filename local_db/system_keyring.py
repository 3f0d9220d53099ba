"""The system's keyring, as far as it can be trusted with a secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from local_db.errors import KeyringLockedError

SERVICE = "TwinDesk"
Unfit = Literal["none", "plain", "locked", "changed"]


def keyring_works() -> bool:
    """Whether there is a keyring that keeps secrets: not the failing, the null, or one that writes plain text."""
    return not _unfit_backend()


def is_broken() -> bool:
    """Whether the computer is set to use a keyring that cannot be loaded: a secret may be kept where it is not seen."""
    try:
        _keyring().get_keyring()
    except Exception:  # a backend's own, or of what it imports
        return True
    return False


def read(account: str) -> str | None:
    """What is kept under a name; None where nothing is, or no keyring works. Raises KeyringLockedError."""
    if not keyring_works():
        return None
    with _answering():
        kept: str | None = _keyring().get_password(SERVICE, account)
    return kept


def write(account: str, value: str | None) -> bool:
    """Keep or (with None) forget a secret. False where no keyring works. Raises KeyringLockedError."""
    if not keyring_works():
        return False
    with _answering():
        if value is not None:
            _keyring().set_password(SERVICE, account, value)
        elif _keyring().get_password(SERVICE, account) is not None:
            _keyring().delete_password(SERVICE, account)
    return True


def try_to_keep(account: str, value: str) -> Unfit | None:
    """Keep a secret and read it back; None when that went well, else why the keyring must not be relied on.

    ``none``: there is no keyring. ``plain``: it would write the secret down for everybody to read. ``locked``: it did
    not answer or refused. ``changed``: it gave back something else than it was given.
    """
    if reason := _unfit_backend():
        return reason
    try:
        write(account, value)
        kept = read(account)
    except KeyringLockedError:
        return "locked"
    return None if kept == value else "changed"


def _unfit_backend() -> Unfit | None:
    if is_broken():
        return "none"
    backend = _keyring().get_keyring()
    first = next(iter(getattr(backend, "backends", None) or ()), backend)  # a chain asks its first one
    if type(first).__module__ in ("keyring.backends.fail", "keyring.backends.null"):
        return "none"
    return "plain" if "plaintext" in type(first).__name__.lower() else None


def _keyring() -> Any:
    """The keyring library, loaded when a key or token is first asked for."""
    import keyring
    import keyring.errors

    return keyring


@contextmanager
def _answering() -> Iterator[None]:
    """A keyring that is locked or does not answer is called that; what it raises is its own: D-Bus, Windows, a plug-in."""
    try:
        yield
    except Exception as error:
        raise KeyringLockedError(str(error)) from error
