"""The answers that repeated changes get are remembered for 60 days: nobody repeats a change for longer."""

import time

from server.core.database import Database

KEEP_SECONDS = 60 * 24 * 3600.0
PIECE = 2_000  # rows in one transaction, so that nobody waits long


def forget_old(db: Database, now: float | None = None) -> int:
    """Remove the answers that are older; how many. Those without a time count from now."""
    now = time.time() if now is None else now
    _stamp(db, now)
    removed = 0
    while gone := _forget_piece(db, now - KEEP_SECONDS):
        removed += gone
    return removed


def _stamp(db: Database, now: float) -> None:
    while rows := _piece(db, "at = 0"):
        db.many("update applied set at = ? where account_id = ? and id = ?", [(now, *key) for key in rows])


def _forget_piece(db: Database, before: float) -> int:
    rows = _piece(db, "at > 0 and at < ?", before)
    db.many("delete from applied where account_id = ? and id = ?", [*rows])
    return len(rows)


def _piece(db: Database, which: str, *values: float) -> list[tuple[str, str]]:
    rows = db.execute(f"select account_id, id from applied where {which} limit {PIECE}", *values)
    return [(str(account_id), str(change_id)) for account_id, change_id in rows]
