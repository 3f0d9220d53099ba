"""Where a profile's 256-bit key lives: the system's keyring, else wrapped by a passphrase.

The key is never written in clear. ``profile.json`` holds an identity, a
fingerprint that tells a wrong key from a damaged store, and, only where no
keyring works, the key wrapped with Argon2id and ChaCha20-Poly1305 (RFC 9106,
RFC 8439).
"""

import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from local_db import profile_file, profile_lock, system_keyring, wrapping
from local_db.copy_names import list_backups
from local_db.database import opens
from local_db.errors import (
    KeyMissingError,
    KeyringLockedError,
    PassphraseNeededError,
    ProfileFileError,
    StoreError,
    WrongKeyError,
)
from local_db.system_keyring import keyring_works
from local_db.wrapping import KEY_BYTES

__all__ = ["adopt", "check", "derive", "keyring_works", "profile_id", "secret_get", "secret_set", "unlock"]

MIN_PASSPHRASE = 10

AskPassphrase = Callable[[], str | None]


def derive(key: bytes, purpose: str) -> bytes:
    """A sub-key for one purpose, so that no two uses share a key (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def unlock(profile: Path, passphrase: str | None = None) -> bytes:
    """The profile's key, made on first use. An empty passphrase is none.

    Where ``profile.json`` and its copy differ, the one whose key reads the store is believed, and only then takes the
    other's place. Raises PassphraseNeededError, WrongKeyError, KeyMissingError, KeyringLockedError, ProfileFileError,
    ProfileInUseError, DiskFullError, ReadOnlyError or IoError.
    """
    told = profile_file.told(profile)
    if not told:
        return _create(profile, passphrase or None)
    keys = _opened(profile, told, passphrase or None)
    if profile_file.is_whole(profile):
        return keys[0][0]
    for key, about in keys:
        if _reads(profile, key):
            profile_file.mend(profile, about)
            return key
    return keys[0][0]


def _opened(profile: Path, told: list[dict[str, Any]], passphrase: str | None) -> list[tuple[bytes, dict[str, Any]]]:
    """Every key that opens, the file's before its copy's. Raises the first one's error where none does."""
    found, errors = [], []
    for about in told:
        try:
            found.append((_unwrap(about, passphrase) if "wrapped" in about else _from_keyring(about), about))
        except StoreError as error:
            errors.append(error)
    if not found:
        if isinstance(errors[0], KeyMissingError):
            profile_lock.hold(profile).release()  # another computer's profile: that it is open there is said first
        raise errors[0]
    return found


def _reads(profile: Path, key: bytes) -> bool:
    """Whether the key reads the store or, where that is damaged, one of its copies."""
    copies = (opens(path, key, alone=True) for path in list_backups(profile))
    return opens(profile / "store.db", key) or any(copies)


def adopt(profile: Path, key: bytes) -> None:
    """Start a profile with a key that somebody else keeps (demonstrations and tests)."""
    if profile_file.read(profile) is None:
        profile_file.write(profile, {"id": secrets.token_hex(8), "fingerprint": _fingerprint(key)})


def check(profile: Path, key: bytes) -> None:
    """Raises WrongKeyError when ``key`` is not the profile's."""
    told = profile_file.told(profile)
    if told and not any(_fits(key, about) for about in told):
        raise WrongKeyError("this key does not belong to the profile")


def profile_id(profile: Path) -> str:
    """The profile's identity, under which the keyring keeps its secrets; ``new`` before there is one."""
    return str((profile_file.read(profile) or {}).get("id", "new"))


def secret_get(profile: Path, name: str) -> str | None:
    """A small secret (a refresh token) from the keyring; None where no keyring works. Raises KeyringLockedError."""
    return system_keyring.read(f"{profile_id(profile)}:{name}")


def secret_set(profile: Path, name: str, value: str | None) -> bool:
    """Keep or (with None) forget a small secret. False where no keyring works. Raises KeyringLockedError."""
    return system_keyring.write(f"{profile_id(profile)}:{name}", value)


def _create(profile: Path, passphrase: str | None) -> bytes:
    """Make a profile, alone: a second program that starts at the same moment must not make another one over it."""
    profile_file.make_folder(profile)
    lock = profile_lock.hold(profile)
    try:
        if profile_file.read(profile) is None:
            return _make(profile, passphrase)
    finally:
        lock.release()
    return unlock(profile, passphrase)


def _make(profile: Path, passphrase: str | None) -> bytes:
    if (profile / "store.db").exists() or list_backups(profile):
        raise ProfileFileError("profile.json is missing beside a store or its copies")
    key, about = secrets.token_bytes(KEY_BYTES), {"id": secrets.token_hex(8)}
    about["fingerprint"] = _fingerprint(key)
    if passphrase is None:
        if reason := system_keyring.try_to_keep(about["id"], key.hex()):
            raise PassphraseNeededError(new=True, reason=reason)
    else:
        about["wrapped"] = wrapping.wrap(key, passphrase)  # type: ignore[assignment]
    profile_file.write(profile, about)
    return key


def _from_keyring(about: dict[str, Any]) -> bytes:
    stored = system_keyring.read(about["id"])
    if stored is None and system_keyring.is_broken():
        raise KeyringLockedError("the keyring that this computer is set to use cannot be loaded")
    if stored is None:
        raise KeyMissingError("the keyring has no key for this profile")
    try:
        key = bytes.fromhex(stored)
    except (TypeError, ValueError) as error:
        raise KeyMissingError("what the keyring has is no key") from error
    if not _fits(key, about):
        raise KeyMissingError("the keyring has another key")
    return key


def _fits(key: bytes, about: dict[str, Any]) -> bool:
    return hmac.compare_digest(_fingerprint(key).encode(), about["fingerprint"].encode())


def _fingerprint(key: bytes) -> str:
    return derive(key, "twindesk fingerprint").hex()[:16]


def _unwrap(about: dict[str, Any], passphrase: str | None) -> bytes:
    if passphrase is None:
        raise PassphraseNeededError(new=False)
    for key in wrapping.unwrap(about["wrapped"], passphrase):
        if _fits(key, about):
            return key
    raise WrongKeyError("wrong passphrase")
