"""One line of Today."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TodayItem:
    """``kind`` chooses the sentence, ``name`` fills it, ``target_id`` is what it opens; ``at`` is its last change, in seconds."""

    kind: str
    name: str
    target_id: str
    person: str = ""
    text: str = ""
    at: float = 0.0

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.kind}:{self.target_id}"
