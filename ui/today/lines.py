"""How one thing that waits is told under Today. Every capability declares the lines of its own kinds."""

from collections.abc import Callable
from dataclasses import dataclass

from app.today import TodayItem
from ui.host import Host


@dataclass(frozen=True)
class TodayButton:
    """What can be done about it. ``text`` is marked for translation; ``main`` where somebody waits for the answer."""

    text: str
    act: Callable[[Host, TodayItem], object]
    main: bool = False


@dataclass(frozen=True)
class TodayLine:
    """The line of one kind. ``sentence`` is marked for translation and filled with ``name`` and ``person``."""

    kind: str
    sentence: str
    icon: str
    buttons: tuple[TodayButton, ...]
