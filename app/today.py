"""What waits for the teacher today: few lines, each with a way to act. The capabilities say what theirs are."""

from collections.abc import Callable, Iterable, Sequence

from app.today_item import TodayItem

__all__ = ["TodayItem", "TodayUseCases"]

Source = Callable[[], Iterable[TodayItem]]


class TodayUseCases:
    """Puts together what each capability has for today."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def items(self) -> list[TodayItem]:
        """Everything that waits, in the order of the capabilities."""
        return [item for source in self._sources for item in source()]
