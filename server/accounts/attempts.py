"""How many wrong passwords are borne: for each address, and for each account from addresses that are new to it.

The counts are in the database, so several processes count together. Only wrong passwords count: a school behind one
address signs in as often as it likes. Whoever signed in from an address before has a count of their own there, so that a
stranger who guesses cannot lock out the owner.
"""

import time

from server.accounts.keys import keyed
from server.accounts.passwords import normal
from server.core.database import Attempt, Database

ADDRESS = (30.0, 1 / 10)  # wrong passwords at once, and how many more a second
ACCOUNT = (10.0, 1 / 60)
_KNOWN = -1.0  # marks the row of an address that the account's owner signed in from
_REMEMBERED = 90 * 24 * 3600.0  # seconds that such a row stays
_FULL_AGAIN = 3600.0  # seconds after which every count is full again, and its row can go


def take(db: Database, email: str, address: str) -> float:
    """Count one attempt before the password is looked at; the seconds to wait when it is one too many, else 0."""

    def both() -> float:
        own = _names(db, email, address)
        known = db.one(Attempt.select().where(Attempt.name == own["known"], Attempt.tokens == _KNOWN))
        waits = [_wait(db, own["address"], *ADDRESS), _wait(db, own["here"] if known else own["account"], *ACCOUNT)]
        return max(waits)

    return db.transact(both)


def give_back(db: Database, email: str, address: str) -> None:
    """The password was right: the attempt does not count, and this address is known from now on."""

    def right() -> None:
        own = _names(db, email, address)
        for name, most in ((own["address"], ADDRESS[0]), (own["here"], ACCOUNT[0]), (own["account"], ACCOUNT[0])):
            db.hold(name)
            row = db.one(Attempt.select().where(Attempt.name == name))
            if row:
                db.run(Attempt.update(tokens=min(most, row["tokens"] + 1)).where(Attempt.name == name))
        db.put(Attempt, [Attempt.name], name=own["known"], tokens=_KNOWN, at=time.time())

    db.transact(right)


def remove_old(db: Database) -> int:
    """Forget counts that are full again, and addresses not seen for long; how many."""
    now = time.time()
    full = (Attempt.tokens >= 0) & (Attempt.at < now - _FULL_AGAIN)
    return int(db.run(Attempt.delete().where(full | (Attempt.at < now - _REMEMBERED))))


def _names(db: Database, email: str, address: str) -> dict[str, str]:
    who = normal(email)
    parts = {
        "address": f"a|{address}",
        "account": f"e|{who}",
        "here": f"h|{who}|{address}",
        "known": f"k|{who}|{address}",
    }
    return {name: keyed(db, "attempt", value) for name, value in parts.items()}


def _wait(db: Database, name: str, most: float, per_second: float) -> float:
    db.hold(name)
    row, now = db.one(Attempt.select().where(Attempt.name == name)), time.time()
    level = min(most, row["tokens"] + max(0.0, now - row["at"]) * per_second) if row else most
    enough = level >= 1
    db.put(Attempt, [Attempt.name], name=name, tokens=level - 1 if enough else level, at=now)
    return 0.0 if enough else (1 - level) / per_second
