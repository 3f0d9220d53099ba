"""The question that is asked most: is anything new at all? One statement answers it, so it is of one moment."""

from server.core import devices
from server.core.database import Database
from server.core.door import Door
from sync.protocol.messages import ExchangeRequest, digest

NO_SCOPE = ""  # the name under which the device's turn comes


def is_stale_or_behind(db: Database, door: Door, request: ExchangeRequest) -> tuple[bool, bool]:
    """Whether the request comes from a copied device, and whether its digest is not the platform's own."""
    statement, values = door.numbers()
    turn, turn_values = devices.turn(door.account["id"], request.device)
    rows = db.read(f"{statement} union all select '{NO_SCOPE}', turn from ({turn}) as device", *values, *turn_values)
    numbers = {str(name): int(number) for name, number in rows}
    stale = numbers.pop(NO_SCOPE, 0) != request.turn
    return stale, digest(numbers.items()) != request.digest
