"""Queueing a command and taking it back: what undoes it is declared with its kind."""

from collections.abc import Callable
from typing import Any

from app.rules.ids import uuid7
from app.rules.text import storable
from local_db.store import Store
from local_db.tables import outbox
from sync.protocol.registry import COMMANDS

Undo = Callable[[], bool]  # True where it is undone, or will be as soon as the platform hears of it


def queue(
    store: Store, queued: Callable[[], None], scope: str, name: str, target_id: str, arguments: dict[str, Any]
) -> Undo:
    """Queue a command of its own; returns the undo."""
    change_id = str(uuid7())
    clean = {key: storable(value) if isinstance(value, str) else value for key, value in arguments.items()}
    with store.transaction():
        outbox.add(store, change_id, "command", scope, (name, target_id), clean)
    queued()
    return lambda: take_back(store, queued, change_id, scope, name, target_id)


def take_back(store: Store, queued: Callable[[], None], change_id: str, scope: str, name: str, target_id: str) -> bool:
    """Undo a command: out of the outbox while it was never handed out, else by the command that undoes it.

    False where neither is possible any more.
    """
    with store.transaction():
        done = outbox.cancel(store, change_id) or _reverse(store, scope, name, target_id)
    if done:
        queued()
    return done


def _reverse(store: Store, scope: str, name: str, target_id: str) -> bool:
    opposite = COMMANDS[name].undone_by
    if not opposite:
        return False
    arguments = {COMMANDS[opposite].target: target_id}
    outbox.add(store, str(uuid7()), "command", scope, (opposite, target_id), arguments)
    return True
