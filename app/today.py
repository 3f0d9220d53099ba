"""What waits for the teacher today: few lines, each with a way to act. The capabilities say what theirs are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.commands import Undo
from app.today_item import TodayItem
from local_db.store import Store
from local_db.tables import settings

__all__ = ["TodayItem", "TodayUseCases", "Waiting"]

Source = Callable[[], Iterable[TodayItem]]
PUT_OFF = "today_put_off"


@dataclass(frozen=True)
class Waiting:
    """What is shown now, and what was put off until tomorrow."""

    now: list[TodayItem]
    put_off: list[TodayItem]


class TodayUseCases:
    """Puts together what each capability has for today."""

    def __init__(self, store: Store, sources: Sequence[Source]) -> None:
        self._store, self._sources = store, sources

    def items(self) -> list[TodayItem]:
        """Everything that waits, in the order of the capabilities."""
        return [item for source in self._sources for item in source()]

    def waiting(self) -> Waiting:
        """Everything that waits, without what was put off today. On any other day, by whatever clock, it is back."""
        away = set(self._away())
        found = Waiting([], [])
        for item in self.items():
            (found.put_off if item.key in away else found.now).append(item)
        return found

    def put_off(self, item: TodayItem) -> Undo:
        """Leave it out of :meth:`waiting` until tomorrow. Returns the undo. Raises StoreError."""
        self._keep([*self._away(), item.key])
        return lambda: self._keep([key for key in self._away() if key != item.key])

    def show_again(self) -> None:
        """Bring back what was put off. Raises StoreError."""
        self._keep([])

    def _away(self) -> list[str]:
        kept = settings.get(self._store, PUT_OFF, {})
        return [str(key) for key in kept["keys"]] if kept.get("day") == date.today().isoformat() else []

    def _keep(self, keys: list[str]) -> bool:
        settings.put(self._store, PUT_OFF, {"day": date.today().isoformat(), "keys": list(dict.fromkeys(keys))})
        return True
