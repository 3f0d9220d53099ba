"""What this computer is to the platform: a device with a turn, which tells a copied or restored profile from the first.

The turn counts answered exchanges that carried changes. The nonce of a turn is stored before its first try and kept
until the answer is stored, so that a repeat is known as one. Whoever comes with another turn is a copy, and becomes a
device of its own.
"""

from dataclasses import dataclass

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import outbox, records, settings

DEVICE, TURN = "device", "device_turn"


@dataclass(frozen=True)
class Device:
    """``turn`` is the last one that was answered."""

    id: str
    turn: int


def current(store: Store) -> Device:
    """This profile's device, made when it is first asked for."""
    device_id = settings.get(store, DEVICE)
    if device_id is None:
        device_id = str(uuid7())
        with store.transaction():
            settings.put(store, DEVICE, device_id)
            settings.put(store, TURN, _turn(0))
    return Device(str(device_id), int(settings.get(store, TURN, _turn(0))["answered"]))


def nonce(store: Store, turn: int) -> str:
    """The nonce of a turn to come, stored when it is first asked for."""
    kept = settings.get(store, TURN, _turn(0))
    if str(turn) not in kept["nonces"]:
        kept["nonces"][str(turn)] = uuid7().hex
        settings.put(store, TURN, kept)
    return str(kept["nonces"][str(turn)])


def batch_end(store: Store, turn: int) -> int | None:
    """The number of the last outbox entry that a turn carried when it was first tried; None where it was not yet.

    A repeat carries the same and no more: a copy of this profile knows the nonce too, and what it would add under this
    device's name would never be told to this one.
    """
    end = settings.get(store, TURN, _turn(0)).get("ends", {}).get(str(turn))
    return None if end is None else int(end)


def begin_turn(store: Store, turn: int, end: int) -> None:
    """Note what a turn carries, before its first try."""
    nonce(store, turn)
    kept = settings.get(store, TURN, _turn(0))
    kept["ends"] = {str(turn): end, **kept.get("ends", {})}
    settings.put(store, TURN, kept)


def give_up_turn(store: Store, turn: int) -> None:
    """Nothing of what a turn was to carry waits any more: it begins anew, with a nonce of its own."""
    kept = settings.get(store, TURN, _turn(0))
    for values in (kept["nonces"], kept.get("ends", {})):
        values.pop(str(turn), None)
    settings.put(store, TURN, kept)


def answered(store: Store, turn: int) -> None:
    """A turn has its answer. Call it in the transaction that stores the answer."""
    kept = settings.get(store, TURN, _turn(0))
    later = {name: _behind(turn, kept.get(name, {})) for name in ("nonces", "ends")}
    settings.put(store, TURN, {"answered": turn, **later})


def become_new(store: Store) -> None:
    """Become a device of its own: every scope is read anew, and what waits goes out under new ids.

    Until a scope was read, what is known of it stays to be seen.
    """
    with store.transaction():
        settings.put(store, DEVICE, str(uuid7()))
        settings.put(store, TURN, _turn(0))
        outbox.begin_anew(store)
        records.expect_anew(store)


def _turn(answered_turn: int) -> dict[str, object]:
    return {"answered": answered_turn, "nonces": {}, "ends": {}}


def _behind(turn: int, values: dict[str, object]) -> dict[str, object]:
    return {number: value for number, value in values.items() if int(number) > turn}
