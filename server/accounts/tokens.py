"""Access and refresh tokens (RFC 6749, section 6, and RFC 9700, section 4.14): kept as hashes, traded once.

What follows a refresh token is derived from it with a key of the platform's own. So eight threads that trade the same
token at once all get the same pair, and so does a client whose answer was lost: nothing secret is kept for that. Whoever
trades it again later, when what followed was in use already, is a thief or was robbed: then the whole family ends, the
family being all tokens that go back to one sign-in.
"""

import hashlib
import secrets
import time
from typing import Any

from server.accounts.keys import keyed
from server.core.database import Database, Token

ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 60 * 24 * 3600
GRACE_SECONDS = 120  # so long, several may trade one refresh token: threads, two computers, an answer that was lost
Pair = dict[str, Any]  # an OAuth 2.0 token answer


def hashed(secret: str) -> str:
    """What the database keeps of a token or code."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(db: Database, account_id: str) -> Pair:
    """The first pair after a sign-in; it begins a family."""
    return _keep(db, account_id, secrets.token_hex(8), "", secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def refresh(db: Database, token: str) -> Pair | None:
    """What follows a refresh token. None when it is not good; a stolen one ends its family."""
    return db.transact(lambda: _refresh(db, token))


def revoke(db: Database, token: str) -> None:
    """Sign out: the token's whole family ends, also what another thread is just being given."""

    def end() -> None:
        row = db.one(Token.select(Token.family).where(Token.hash == hashed(token)))
        if row:
            db.hold(row["family"])
            _end_family(db, row["family"])

    db.transact(end)


def account_of(db: Database, token: str) -> dict[str, Any] | None:
    """The account of an access token that is good now, without its password."""
    rows = db.read(
        "select t.used, a.id, a.email, a.name, a.role, a.country, a.school_id "
        "from token t join account a on a.id = t.account_id where t.hash = ? and t.kind = 'access' and t.expires > ?",
        hashed(token),
        time.time(),
    )
    if not rows:
        return None
    used, *values = rows[0]
    if not used:  # the answer that brought it did arrive
        db.run(Token.update(used=True).where(Token.hash == hashed(token)))
    return dict(zip(("id", "email", "name", "role", "country", "school_id"), values, strict=True))


def remove_expired(db: Database) -> int:
    """Forget tokens that nobody can use any more; how many."""
    return int(db.run(Token.delete().where(Token.expires < time.time())))


def _refresh(db: Database, token: str) -> Pair | None:
    query = Token.select().where(Token.hash == hashed(token), Token.kind == "refresh")
    row = db.one(query)
    if row is None:
        return None
    db.hold(row["family"])
    row = db.one(query)
    now = time.time()
    if row is None or row["expires"] < now:
        return None
    if not row["used"]:
        db.run(Token.update(used=True, used_at=now).where(Token.hash == row["hash"]))
    elif now - row["used_at"] > GRACE_SECONDS and _follower_in_use(db, row["hash"]):
        _end_family(db, row["family"])
        return None
    access, following = (keyed(db, kind, token) for kind in ("access", "refresh"))
    return _keep(db, row["account_id"], row["family"], row["hash"], access, following)


def _follower_in_use(db: Database, parent: str) -> bool:
    """Whether what a refresh token was traded for has been used, access or refresh: then its answer did arrive."""
    return db.one(Token.select(Token.hash).where(Token.parent == parent, Token.used)) is not None


def _end_family(db: Database, family: str) -> None:
    db.run(Token.delete().where(Token.family == family))


def _keep(db: Database, account_id: str, family: str, parent: str, access: str, refresh: str) -> Pair:
    """Remember a pair by its hashes. A pair that is given out again gets a fresh time for its access token."""
    now = time.time()
    common = {"family": family, "parent": parent, "account_id": account_id}
    db.insert_new(Token, hash=hashed(refresh), kind="refresh", expires=now + REFRESH_SECONDS, **common)
    if not db.insert_new(Token, hash=hashed(access), kind="access", expires=now + ACCESS_SECONDS, **common):
        db.run(Token.update(expires=now + ACCESS_SECONDS).where(Token.hash == hashed(access)))
    return {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}
