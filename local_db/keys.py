"""Where a profile's 256-bit key lives: the system's keyring, else wrapped by a passphrase.

The key is never written in clear. ``profile.json`` holds an identity, a
fingerprint that tells a wrong key from a damaged store, and, only where no
keyring works, the key wrapped with Argon2id and ChaCha20-Poly1305 (RFC 9106,
RFC 8439).
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from local_db import disk
from local_db.copy_names import list_backups
from local_db.errors import (
    IoError,
    KeyMissingError,
    KeyringLockedError,
    PassphraseNeededError,
    StoreError,
    WrongKeyError,
)
from local_db.naming import named, translated

SERVICE = "TwinDesk"
KEY_BYTES = 32
MIN_PASSPHRASE = 10
ARGON2 = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}  # RFC 9106, second recommendation

AskPassphrase = Callable[[], str | None]


def _keyring() -> Any:
    """The keyring library, loaded when a key or token is first asked for."""
    import keyring
    import keyring.errors

    return keyring


def keyring_works() -> bool:
    """Whether a keyring that keeps secrets is there (neither the failing nor the null backend)."""
    backend = _keyring().get_keyring()
    return type(backend).__module__ not in ("keyring.backends.fail", "keyring.backends.null")


def derive(key: bytes, purpose: str) -> bytes:
    """A sub-key for one purpose, so that no two uses share a key (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def unlock(profile: Path, passphrase: str | None = None) -> bytes:
    """The profile's key, made on first use.

    Raises PassphraseNeededError, WrongKeyError, KeyMissingError, KeyringLockedError, DiskFullError,
    ReadOnlyError, IoError, or StoreError for a ``profile.json`` that is no profile's.
    """
    about = _read(profile)
    if about is None:
        return _create(profile, passphrase)
    key = _unwrap(about, passphrase) if "wrapped" in about else _from_keyring(about)
    if not hmac.compare_digest(_fingerprint(key), about["fingerprint"]):
        raise WrongKeyError("this key does not belong to the profile")
    return key


def adopt(profile: Path, key: bytes) -> None:
    """Start a profile with a key that somebody else keeps (demonstrations and tests)."""
    if _read(profile) is None:
        _write(profile, {"id": secrets.token_hex(8), "fingerprint": _fingerprint(key)})


def check(profile: Path, key: bytes) -> None:
    """Raises WrongKeyError when ``key`` is not the profile's."""
    about = _read(profile)
    if about and not hmac.compare_digest(_fingerprint(key), about["fingerprint"]):
        raise WrongKeyError("this key does not belong to the profile")


def profile_id(profile: Path) -> str:
    """The profile's identity, under which the keyring keeps its secrets; ``new`` before there is one."""
    return str((_read(profile) or {}).get("id", "new"))


def secret_get(profile: Path, name: str) -> str | None:
    """A small secret (a refresh token) from the keyring; None where no keyring works. Raises KeyringLockedError."""
    if not keyring_works():
        return None
    with _answering():
        kept: str | None = _keyring().get_password(SERVICE, f"{profile_id(profile)}:{name}")
    return kept


def secret_set(profile: Path, name: str, value: str | None) -> bool:
    """Keep or (with None) forget a small secret. False where no keyring works. Raises KeyringLockedError."""
    if not keyring_works():
        return False
    account = f"{profile_id(profile)}:{name}"
    with _answering():
        if value is not None:
            _keyring().set_password(SERVICE, account, value)
        elif _keyring().get_password(SERVICE, account) is not None:
            _keyring().delete_password(SERVICE, account)
    return True


@contextmanager
def _answering() -> Iterator[None]:
    """A keyring that is locked or does not answer is called that; what it raises is its own: D-Bus, Windows, a plug-in."""
    try:
        yield
    except Exception as error:
        raise KeyringLockedError(str(error)) from error


def _create(profile: Path, passphrase: str | None) -> bytes:
    if (profile / "store.db").exists() or list_backups(profile):
        raise StoreError("profile.json is missing beside a store or its copies")
    key, about = secrets.token_bytes(KEY_BYTES), {"id": secrets.token_hex(8)}
    about["fingerprint"] = _fingerprint(key)
    if keyring_works() and passphrase is None:
        with _answering():
            _keyring().set_password(SERVICE, about["id"], key.hex())
    else:
        if passphrase is None:
            raise PassphraseNeededError(new=True)
        about["wrapped"] = _wrap(key, passphrase)  # type: ignore[assignment]
    _write(profile, about)
    return key


def _from_keyring(about: dict[str, Any]) -> bytes:
    with _answering():
        stored = _keyring().get_password(SERVICE, about["id"]) if keyring_works() else None
    if stored is None:
        raise KeyMissingError("the keyring has no key for this profile")
    try:
        return bytes.fromhex(stored)
    except (TypeError, ValueError) as error:
        raise WrongKeyError("what the keyring has is no key") from error


def _fingerprint(key: bytes) -> str:
    return derive(key, "twindesk fingerprint").hex()[:16]


def _stretch(passphrase: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, hash_len=KEY_BYTES, type=Type.ID, **ARGON2)


def _wrap(key: bytes, passphrase: str) -> dict[str, str]:
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = ChaCha20Poly1305(_stretch(passphrase, salt)).encrypt(nonce, key, None)
    return {"kdf": "argon2id", "salt": salt.hex(), "nonce": nonce.hex(), "key": sealed.hex()}


def _unwrap(about: dict[str, Any], passphrase: str | None) -> bytes:
    if passphrase is None:
        raise PassphraseNeededError(new=False)
    salt, nonce, sealed = (bytes.fromhex(about["wrapped"][part]) for part in ("salt", "nonce", "key"))
    try:
        return ChaCha20Poly1305(_stretch(passphrase, salt)).decrypt(nonce, sealed, None)
    except InvalidTag:
        raise WrongKeyError("wrong passphrase") from None


def _read(profile: Path) -> dict[str, Any] | None:
    try:
        about = json.loads((profile / "profile.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise named(error, profile) or IoError(f"profile.json cannot be read: {error}") from error
    except ValueError as error:
        raise StoreError(f"profile.json cannot be read: {error}") from error
    if not isinstance(about, dict) or "id" not in about or "fingerprint" not in about:
        raise StoreError("profile.json is not a profile's")
    return about


def _write(profile: Path, about: dict[str, Any]) -> None:
    with translated(profile):
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        disk.write_whole(profile / "profile.json", [json.dumps(about).encode()])
