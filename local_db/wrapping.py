"""A key wrapped by a passphrase: Argon2id stretches it, ChaCha20-Poly1305 seals the key (RFC 9106, RFC 8439)."""

import os
import unicodedata
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY_BYTES = 32
SIZES = {"salt": 16, "nonce": 12, "key": KEY_BYTES + 16}  # bytes of each part; the sealed key carries a tag
ARGON2 = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}  # RFC 9106, second recommendation


def wrap(key: bytes, passphrase: str) -> dict[str, str]:
    """The key under a passphrase, as ``profile.json`` holds it: its parts in hexadecimal."""
    salt, nonce = os.urandom(SIZES["salt"]), os.urandom(SIZES["nonce"])
    sealed = ChaCha20Poly1305(_stretch(_one_form(passphrase), salt)).encrypt(nonce, key, None)
    return {"kdf": "argon2id", "salt": salt.hex(), "nonce": nonce.hex(), "key": sealed.hex()}


def unwrap(wrapped: dict[str, str], passphrase: str) -> Iterator[bytes]:
    """Whatever the passphrase opens, nothing for a wrong one; each form in which it may have been kept is tried."""
    salt, nonce, sealed = (bytes.fromhex(wrapped[part]) for part in SIZES)
    for form in dict.fromkeys((_one_form(passphrase), passphrase)):  # earlier versions took it as it was typed
        try:
            yield ChaCha20Poly1305(_stretch(form, salt)).decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError):
            continue


def has_form(wrapped: object) -> bool:
    """Whether something read from a file is a wrapped key, as far as can be seen without the passphrase."""
    return isinstance(wrapped, dict) and all(_is_hex(wrapped.get(part), size) for part, size in SIZES.items())


def _is_hex(value: object, size: int) -> bool:
    try:
        return isinstance(value, str) and len(bytes.fromhex(value)) == size
    except ValueError:
        return False


def _stretch(passphrase: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    secret = passphrase.encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, salt, hash_len=KEY_BYTES, type=Type.ID, **ARGON2)


def _one_form(passphrase: str) -> str:
    """Keyboards write ş as one sign or as two; both are the same passphrase."""
    return unicodedata.normalize("NFC", passphrase)
