"""Where a profile's 256-bit key lives: the system's keyring, else wrapped by a passphrase.

The key is never written in clear. ``profile.json`` holds an identity, a
fingerprint that tells a wrong key from a damaged store, and, only where no
keyring works, the key wrapped with Argon2id and ChaCha20-Poly1305 (RFC 9106,
RFC 8439).
"""

import hmac
import os
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from local_db import profile_file, system_keyring
from local_db.copy_names import list_backups
from local_db.errors import KeyMissingError, PassphraseNeededError, ProfileFileError, StoreError, WrongKeyError
from local_db.system_keyring import keyring_works

__all__ = ["adopt", "check", "derive", "keyring_works", "profile_id", "secret_get", "secret_set", "unlock"]

KEY_BYTES = 32
MIN_PASSPHRASE = 10
ARGON2 = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}  # RFC 9106, second recommendation

AskPassphrase = Callable[[], str | None]


def derive(key: bytes, purpose: str) -> bytes:
    """A sub-key for one purpose, so that no two uses share a key (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def unlock(profile: Path, passphrase: str | None = None) -> bytes:
    """The profile's key, made on first use. An empty passphrase is none.

    Raises PassphraseNeededError, WrongKeyError, KeyMissingError, KeyringLockedError, ProfileFileError,
    DiskFullError, ReadOnlyError or IoError.
    """
    about = profile_file.read(profile)
    if about is None:
        return _create(profile, passphrase or None)
    try:
        key = _open(about, passphrase or None)
    except (WrongKeyError, KeyMissingError) as error:
        about = profile_file.read_copy(profile)  # the file may be another profile's
        if about is None:
            raise
        try:
            key = _open(about, passphrase or None)
        except StoreError:
            raise error from None
    profile_file.mend(profile, about)
    return key


def _open(about: dict[str, Any], passphrase: str | None) -> bytes:
    return _unwrap(about, passphrase) if "wrapped" in about else _from_keyring(about)


def adopt(profile: Path, key: bytes) -> None:
    """Start a profile with a key that somebody else keeps (demonstrations and tests)."""
    if profile_file.read(profile) is None:
        profile_file.write(profile, {"id": secrets.token_hex(8), "fingerprint": _fingerprint(key)})


def check(profile: Path, key: bytes) -> None:
    """Raises WrongKeyError when ``key`` is not the profile's."""
    about = profile_file.read(profile)
    if about and not _fits(key, about):
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
    if (profile / "store.db").exists() or list_backups(profile):
        raise ProfileFileError("profile.json is missing beside a store or its copies")
    key, about = secrets.token_bytes(KEY_BYTES), {"id": secrets.token_hex(8)}
    about["fingerprint"] = _fingerprint(key)
    if passphrase is None:
        if reason := system_keyring.try_to_keep(about["id"], key.hex()):
            raise PassphraseNeededError(new=True, reason=reason)
    else:
        about["wrapped"] = _wrap(key, passphrase)  # type: ignore[assignment]
    profile_file.write(profile, about)
    return key


def _from_keyring(about: dict[str, Any]) -> bytes:
    stored = system_keyring.read(about["id"])
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


def _stretch(passphrase: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    secret = passphrase.encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, salt, hash_len=KEY_BYTES, type=Type.ID, **ARGON2)


def _wrap(key: bytes, passphrase: str) -> dict[str, str]:
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = ChaCha20Poly1305(_stretch(_one_form(passphrase), salt)).encrypt(nonce, key, None)
    return {"kdf": "argon2id", "salt": salt.hex(), "nonce": nonce.hex(), "key": sealed.hex()}


def _unwrap(about: dict[str, Any], passphrase: str | None) -> bytes:
    if passphrase is None:
        raise PassphraseNeededError(new=False)
    salt, nonce, sealed = (bytes.fromhex(about["wrapped"][part]) for part in profile_file.WRAPPED)
    for form in dict.fromkeys((_one_form(passphrase), passphrase)):  # earlier versions took it as it was typed
        try:
            key = ChaCha20Poly1305(_stretch(form, salt)).decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError):
            continue
        if _fits(key, about):
            return key
    raise WrongKeyError("wrong passphrase")


def _one_form(passphrase: str) -> str:
    """Keyboards write ş as one sign or as two; both are the same passphrase."""
    return unicodedata.normalize("NFC", passphrase)
