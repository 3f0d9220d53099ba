"""Writing to people politely: what the code of conduct asks, as limits and warnings.

The legacy code of conduct asks not to send the same message to several people, nor to post one message in many places,
and to check the flag "available" first (facts file, section 3). The client warns; the platform stops what is plainly mass.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.rules.text import words

MAX_MESSAGE = 5_000
MAX_REQUEST = 1_000
MAX_POST = 4_000
SAME_WARNS = 2  # others who got the same words lately, from which on the client warns
SAME_STOPS = 5  # ... and from which on the platform refuses
MESSAGES_A_DAY = 60
POSTS_OPEN = 3
POST_DAYS = 90
LATELY_DAYS = 30
PATIENCE_DAYS = 7
NIGHT = (22, 7)  # hours, the partner's time
_LIKE = 0.9


@dataclass(frozen=True)
class Sent:
    """A message that went out before: to whom, and how many days ago."""

    to_id: str
    text: str
    days_ago: float


@dataclass(frozen=True)
class Recipient:
    """What is known of whom one writes to. ``hour`` is theirs now, ``holiday`` the name of today's, or empty."""

    id: str
    is_contact: bool
    available: bool
    silent: bool
    hour: int | None = None
    holiday: str = ""


def warnings(text: str, recipient: Recipient, sent: Iterable[Sent], last_answer_days: float | None) -> list[str]:
    """What speaks against sending now: ``same_text``, ``not_available``, ``silent``, ``no_answer_yet``, ``holiday``, ``night``."""
    lately = [one for one in sent if one.days_ago <= LATELY_DAYS]
    others = {one.to_id for one in lately if one.to_id != recipient.id and alike(one.text, text)}
    to_them = [one.days_ago for one in lately if one.to_id == recipient.id]
    waiting = bool(to_them) and min(to_them) < PATIENCE_DAYS
    answered = last_answer_days is not None and bool(to_them) and last_answer_days <= min(to_them)
    night = recipient.hour is not None and (recipient.hour >= NIGHT[0] or recipient.hour < NIGHT[1])
    speaks_against = {
        "same_text": len(others) >= SAME_WARNS,
        "not_available": not recipient.available and not recipient.is_contact,
        "silent": recipient.silent,
        "no_answer_yet": waiting and not answered,
        "holiday": bool(recipient.holiday),
        "night": night,
    }
    return [code for code, holds in speaks_against.items() if holds]


def alike(one: str, other: str) -> bool:
    """Whether two messages are the same but for a few words, such as the name in the greeting."""
    mine, theirs = words(one), words(other)
    if not mine or not theirs:
        return False
    shared = len(set(mine) & set(theirs))
    return shared / max(len(set(mine)), len(set(theirs))) >= _LIKE
