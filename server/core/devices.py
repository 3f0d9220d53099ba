"""A device has a turn that grows with every exchange that carries changes: so a copied or restored profile shows itself.

A device asks with the turn it takes now (one more than the last that was answered) and a nonce of that turn, chosen before
the first try and kept until the answer is stored. The next turn is new; a turn with the nonce known for it is a repeat
after a lost answer; anything else comes from a copy, which must become a device of its own.
"""

import time

from server.core.database import Database
from server.core.exchange_tables import Device
from sync.protocol.messages import ExchangeRequest


def is_stale(db: Database, account_id: str, request: ExchangeRequest) -> bool:
    """Whether the request comes from a copy; notes the turn where it does not. Call it inside the transaction."""
    where = (Device.account_id == account_id, Device.id == request.device)
    row = db.one(Device.select().where(*where))
    if row is None:
        return not _admit(db, account_id, request)  # new, or of an account's past, or forgotten
    if not request.changes:
        return bool(row["turn"] != request.turn)
    if request.turn == row["turn"] + 1:
        before = f"{row['turn']}:{row['nonce']}"
        db.run(Device.update(turn=request.turn, nonce=request.nonce, before=before, seen=time.time()).where(*where))
        return False
    return f"{request.turn}:{request.nonce}" not in (f"{row['turn']}:{row['nonce']}", row["before"])


def turn(account_id: str, device: str) -> tuple[str, tuple[str, str]]:
    """A statement, with its values, for the turn of a device: no row, and as good as 0, where it is not known.

    A request without changes comes from a copy unless it names this turn.
    """
    return "select turn from device where account_id = ? and id = ?", (account_id, device)


def _admit(db: Database, account_id: str, request: ExchangeRequest) -> bool:
    if not request.changes:
        return request.turn == 0
    if request.turn == 1:
        row = {"turn": 1, "nonce": request.nonce, "seen": time.time()}
        db.run(Device.insert(account_id=account_id, id=request.device, **row))
    return request.turn == 1


def forget_unseen(db: Database, before: float) -> int:
    """Remove devices that were not seen since a moment; should one come back, it becomes a new device."""
    return int(db.run(Device.delete().where(Device.seen < before)))
