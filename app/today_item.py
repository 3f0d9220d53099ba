"""One line of Today."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TodayItem:
    """``kind`` chooses the sentence, ``name`` fills it, ``target_id`` is what it opens."""

    kind: str
    name: str
    target_id: str
    person: str = ""
    text: str = ""
