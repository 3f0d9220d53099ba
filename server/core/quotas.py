"""How much one account and one project may use, so that nobody stops the others.

What an account sends a day ends in 429 and waits on its computer: nothing is refused, so no hole is left. What a project
holds in all is refused, change by change. Both are counted after the work of a transaction, once for each.
"""

from datetime import UTC, datetime

from server.core.database import Database
from server.core.exchange_tables import Usage
from server.core.refusals import Refused

MB = 1_000_000
CHANGES_A_DAY, BYTES_A_DAY = 200_000, 200 * MB  # for each account
REQUESTS_A_DAY = 30  # contact requests of an account
PROJECT_BYTES = 2_000 * MB  # records and edits that a project was ever sent
CHANGES, BYTES, REQUESTS = "changes", "bytes", "contact_requests"


def is_spent(db: Database, account_id: str) -> bool:
    """Whether an account has sent its share of today."""
    rows = db.all(Usage.select(Usage.what, Usage.amount).where(Usage.who == account_id, Usage.day == _today()))
    used = {row["what"]: row["amount"] for row in rows}
    return used.get(CHANGES, 0) >= CHANGES_A_DAY or used.get(BYTES, 0) >= BYTES_A_DAY


def spend_changes(db: Database, account_id: str, number: int) -> None:
    """Count more changes to an account's day than it sent."""
    if number:
        _add(db, account_id, CHANGES, _today(), number)


def spend_request(db: Database, account_id: str) -> None:
    """Count a contact request. Raises Refused beyond a day's share."""
    _add(db, account_id, REQUESTS, _today(), 1)
    if _amount(db, account_id, REQUESTS, _today()) > REQUESTS_A_DAY:
        raise Refused("too_many_requests")


class Meter:
    """Counts the changes of one transaction."""

    def __init__(self, db: Database, account_id: str) -> None:
        self._db, self._account_id = db, account_id
        self._changes, self._bytes = 0, 0
        self._scopes: dict[str, int] = {}
        self._full: dict[str, bool] = {}

    def note_sent(self, size: int) -> None:
        """Count one change of ``size`` bytes to who sent it, whatever becomes of it."""
        self._changes, self._bytes = self._changes + 1, self._bytes + size

    def note_trouble(self) -> None:
        """Count an edit as many: the platform had to load its document anew."""
        self._changes += 500

    def refusal(self, scope: str) -> str | None:
        """The code of the refusal where a scope is full."""
        if scope not in self._full:
            self._full[scope] = _amount(self._db, scope, BYTES, "") >= PROJECT_BYTES
        return "project_full" if self._full[scope] else None

    def fill(self, scope: str, size: int) -> None:
        """Count ``size`` bytes to the scope that took them: what is refused fills nobody's project."""
        self._scopes[scope] = self._scopes.get(scope, 0) + size

    def store(self) -> None:
        """Write down what was counted."""
        if self._changes:
            _add(self._db, self._account_id, CHANGES, _today(), self._changes)
            _add(self._db, self._account_id, BYTES, _today(), self._bytes)
        for scope, size in self._scopes.items():
            _add(self._db, scope, BYTES, "", size)


def forget_past_days(db: Database) -> int:
    """Remove the counts of days that are over."""
    return int(db.run(Usage.delete().where(Usage.day != "", Usage.day < _today())))


def _add(db: Database, who: str, what: str, day: str, amount: int) -> None:
    db.run(
        Usage.insert(who=who, what=what, day=day, amount=amount).on_conflict(
            conflict_target=[Usage.who, Usage.what, Usage.day], update={Usage.amount: Usage.amount + amount}
        )
    )


def _amount(db: Database, who: str, what: str, day: str) -> int:
    row = db.one(Usage.select(Usage.amount).where(Usage.who == who, Usage.what == what, Usage.day == day))
    return int(row["amount"]) if row else 0


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
