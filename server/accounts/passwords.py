"""Passwords: Argon2id hashes, and as much work for an unknown e-mail address as for a known one."""

import threading
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.core.database import Account, Database
from server.core.problems import ProblemError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's floor, in KiB
_turns = threading.BoundedSemaphore(4)  # so many are computed at once: 19 MB each
_PATIENCE = 5.0  # seconds


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


_DUMMY = hash_password("nobody's password")


def account_with(db: Database, email: str, password: str) -> dict[str, Any] | None:
    """The account of an e-mail address and its password, or None. Raises ProblemError (503) when too many sign in."""
    account = db.one(Account.select().where(Account.email == normal(email)))
    if not _turns.acquire(timeout=_PATIENCE):
        raise ProblemError(503, "busy", "Too many people are signing in", {"Retry-After": "5"})
    try:  # the hash is computed for unknown people too, so that time does not tell who exists
        _hasher.verify(account["password"] if account else _DUMMY, password)
        return account
    except (VerificationError, InvalidHashError):
        return None
    finally:
        _turns.release()


def normal(email: str) -> str:
    """An e-mail address as accounts have it."""
    return email.strip().lower().replace("\0", "")
