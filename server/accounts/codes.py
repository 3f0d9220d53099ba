"""Authorization codes with PKCE (RFC 6749, section 4.1; RFC 7636): short-lived, kept as hashes, redeemed once."""

import base64
import hashlib
import secrets
import time

from server.accounts.tokens import Pair, hashed, issue
from server.core.database import AuthCode, Database

CODE_SECONDS = 120


def make(db: Database, account_id: str, challenge: str, redirect_uri: str) -> str:
    """A code for the program that asked with this challenge and address."""
    code = secrets.token_urlsafe(32)
    db.run(
        AuthCode.insert(
            hash=hashed(code),
            account_id=account_id,
            challenge=challenge,
            redirect_uri=redirect_uri,
            expires=time.time() + CODE_SECONDS,
        )
    )
    return code


def redeem(db: Database, code: str, verifier: str, redirect_uri: str) -> Pair | None:
    """The first tokens for a code. None when it is not good; right or wrong, a code is tried once."""

    def trade() -> Pair | None:
        row = db.one(AuthCode.select().where(AuthCode.hash == hashed(code)))
        only_here = db.run(AuthCode.delete().where(AuthCode.hash == hashed(code))) == 1
        if row is None or not only_here or row["expires"] < time.time() or row["redirect_uri"] != redirect_uri:
            return None
        fits = secrets.compare_digest(challenge_of(verifier).encode(), row["challenge"].encode())
        return issue(db, row["account_id"]) if fits else None

    return db.transact(trade)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def remove_expired(db: Database) -> int:
    """Forget codes that nobody came for; how many."""
    return int(db.run(AuthCode.delete().where(AuthCode.expires < time.time())))
