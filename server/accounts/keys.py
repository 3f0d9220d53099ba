"""Secret keys of the platform's own, kept in its database so that all its processes have the same."""

import hashlib
import hmac
import secrets

from server.core.database import Database, Secret


def keyed(db: Database, purpose: str, value: str) -> str:
    """A keyed hash (HMAC-SHA-256, hex) of ``value``: nobody can compute it without the platform's key."""
    return hmac.new(_key(db), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def _key(db: Database) -> bytes:
    query = Secret.select(Secret.value).where(Secret.name == "tokens")
    row = db.one(query)
    if row is None:
        db.insert_new(Secret, name="tokens", value=secrets.token_hex(32))
        row = db.one(query)
    assert row is not None
    return bytes.fromhex(row["value"])
