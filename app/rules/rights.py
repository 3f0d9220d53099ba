"""Who may do what: one table of roles and actions for each kind of scope, asked alike on both sides.

The table is data (``resources/vocabularies/rights.json``). ``own`` means: only what one made oneself. Who is invited has a
role of its own, which reads what the invitation is about and writes nothing.
"""

import json
from functools import cache

from app.rules.vocabularies import FOLDER

INVITED, FORMER = "invited", "former"
YES, OWN = "yes", "own"


@cache
def table() -> dict[str, dict[str, dict[str, str]]]:
    """Kind of scope → role → action → ``yes`` or ``own``."""
    read = json.loads((FOLDER / "rights.json").read_text("utf-8"))
    return {scope: roles for scope, roles in read.items() if not scope.startswith("_")}


def roles(scope_kind: str) -> tuple[str, ...]:
    """All roles that a kind of scope knows."""
    return tuple(table()[scope_kind])


def actions(scope_kind: str) -> tuple[str, ...]:
    """All actions that somebody may do in a kind of scope."""
    return tuple(dict.fromkeys(action for rights in table()[scope_kind].values() for action in rights))


def may(scope_kind: str, role: str | None, action: str, *, own: bool = True) -> bool:
    """Whether ``role`` may do ``action``; ``own`` tells whether the thing in question is the person's own."""
    right = table().get(scope_kind, {}).get(role or "", {}).get(action)
    return right == YES or (right == OWN and own)
