"""What a valid project is, which states it has, and who may move it.

States and transitions follow the platform (facts: legacy eTwinning Live and
the helpdesk); ``draft`` is ours, because a draft lives before it is submitted.
Everything is data plus pure functions, so client and server decide alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.rules import rights, vocabularies

DRAFT, PENDING_PARTNER, PENDING_OFFICES = "draft", "pending_partner", "pending_nso"
ACTIVE, CLOSED, DELETED = "active", "closed", "deleted"
STATES = (DRAFT, PENDING_PARTNER, PENDING_OFFICES, ACTIVE, CLOSED, DELETED)

MAX_DIARY = 20_000  # characters of one entry

FOUNDER, COFOUNDER, OFFICE = "founder", "cofounder", "office"
INVITED, FORMER = rights.INVITED, rights.FORMER


@dataclass(frozen=True)
class Transition:
    """One move: from which states, by whom, and to where."""

    sources: tuple[str, ...]
    actors: tuple[str, ...]
    target: str | None  # None: decided by ``after``


TRANSITIONS: dict[str, Transition] = {
    "invite": Transition((DRAFT,), (FOUNDER,), DRAFT),
    "accept": Transition((DRAFT, PENDING_PARTNER), (INVITED,), None),
    "decline": Transition((DRAFT, PENDING_PARTNER), (INVITED,), DRAFT),
    "submit": Transition((DRAFT,), (FOUNDER,), None),
    "withdraw": Transition((PENDING_PARTNER, PENDING_OFFICES), (FOUNDER,), DRAFT),
    "approve": Transition((PENDING_OFFICES,), (OFFICE,), None),
    "return": Transition((PENDING_OFFICES,), (OFFICE,), DRAFT),
    "close": Transition((ACTIVE,), (FOUNDER, COFOUNDER), CLOSED),
    "delete": Transition((DRAFT, PENDING_PARTNER), (FOUNDER,), DELETED),
    "restore": Transition((DELETED,), (FORMER,), DRAFT),
}


def may(action: str, state: str, actor: str | None) -> bool:
    """Whether ``actor`` may do ``action`` to a project in ``state``."""
    rule = TRANSITIONS.get(action)
    return rule is not None and state in rule.sources and actor in rule.actors


def after(action: str, state: str, *, cofounder_accepted: bool = False, all_offices_approved: bool = False) -> str:
    """The state an allowed action leads to. Raises ValueError for one that is not allowed from ``state``."""
    rule = TRANSITIONS[action]
    if state not in rule.sources:
        raise ValueError(f"{action} is not possible while {state}")
    if rule.target is not None:
        return rule.target
    if action == "accept":
        return PENDING_OFFICES if state == PENDING_PARTNER else DRAFT
    if action == "submit":
        return PENDING_OFFICES if cofounder_accepted else PENDING_PARTNER
    return ACTIVE if all_offices_approved else PENDING_OFFICES


_DONE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "accept": ((DRAFT, PENDING_OFFICES, ACTIVE), (COFOUNDER,)),
    "decline": (STATES, (FORMER,)),
    "submit": ((PENDING_PARTNER, PENDING_OFFICES), (FOUNDER,)),
    "withdraw": ((DRAFT,), (FOUNDER,)),
    "close": ((CLOSED,), (FOUNDER, COFOUNDER)),
    "delete": ((DELETED,), (FORMER,)),
    "restore": ((DRAFT,), (FOUNDER,)),
}


def is_done(action: str, state: str, actor: str | None) -> bool:
    """Whether an action has had its effect already, so that asking for it once more changes nothing."""
    states, actors = _DONE.get(action, ((), ()))
    return state in states and actor in actors


def may_write(action: str, state: str, actor: str | None, *, own: bool = True) -> bool:
    """Whether ``actor`` may write in a project at all now, by the table of rights; the end of a project closes it."""
    return state not in (CLOSED, DELETED) and rights.may("project", actor, action, own=own)


def may_edit_draft(state: str, actor: str | None) -> bool:
    """Fields stay editable after approval on the platform; only the end of a project closes them."""
    return may_write("edit_draft", state, actor)


@dataclass(frozen=True)
class Field:
    """One field of the project form. ``limit`` counts characters, items, or the largest number.

    No source gives the platform's own limits, so these only keep out the absurd.
    """

    name: str
    kind: str  # line | text | set | number
    required: bool
    limit: int
    vocabulary: str | None = None
    lowest: int = 0


FORM: tuple[Field, ...] = (
    Field("title", "line", True, 200),
    Field("description", "text", True, 5_000),
    Field("languages", "set", True, 20, "languages"),
    Field("subjects", "set", True, 20, "subjects"),
    Field("age_from", "number", True, 19, lowest=3),
    Field("age_to", "number", True, 19, lowest=3),
    Field("pupils", "number", True, 5_000, lowest=1),
    Field("aims", "text", True, 20_000),
    Field("work_process", "text", True, 20_000),
    Field("expected_results", "text", True, 20_000),
    Field("tools", "set", False, 30, "tools"),
)
FIELDS: dict[str, Field] = {field.name: field for field in FORM}
TEXT_FIELDS = tuple(f.name for f in FORM if f.kind in ("line", "text"))
SET_FIELDS = tuple(f.name for f in FORM if f.kind == "set")
NUMBER_FIELDS = tuple(f.name for f in FORM if f.kind == "number")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: ``missing``, ``too_long``, ``unknown_item``, ``out_of_range`` or ``order``."""

    field: str
    code: str


def problems(draft: Mapping[str, Any]) -> list[Problem]:
    """All that keeps a draft from being submitted, in the order of the form."""
    wrong = [problem for field in FORM if (problem := _field_problem(field, draft.get(field.name)))]
    first, last = draft.get("age_from"), draft.get("age_to")
    if isinstance(first, int) and isinstance(last, int) and first > last:
        wrong.append(Problem("age_to", "order"))
    return wrong


def _field_problem(field: Field, value: Any) -> Problem | None:
    if value in (None, "", [], ()) or (isinstance(value, str) and not value.strip()):
        return Problem(field.name, "missing") if field.required else None
    if field.kind == "number":
        inside = isinstance(value, int) and field.lowest <= value <= field.limit
        return None if inside else Problem(field.name, "out_of_range")
    if len(value) > field.limit:
        return Problem(field.name, "too_long")
    if field.vocabulary and any(item not in vocabularies.get(field.vocabulary) for item in value):
        return Problem(field.name, "unknown_item")
    return None


def is_european(countries: set[str]) -> bool:
    """Founders of two countries make a European project; of one, a national one for ever."""
    return len(countries) > 1
