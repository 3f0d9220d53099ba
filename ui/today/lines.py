"""How one thing that waits is told under Today. Every capability declares the lines of its own kinds."""

from collections.abc import Callable
from dataclasses import dataclass

from app.today import TodayItem
from ui.host import Host

ANSWER, NEWS, GO_ON, WITH_OTHERS = "answer", "news", "go_on", "with_others"


@dataclass(frozen=True)
class TodayButton:
    """What can be done about it. ``text`` is marked for translation; ``main`` where somebody waits for the answer."""

    text: str
    act: Callable[[Host, TodayItem], object]
    main: bool = False


@dataclass(frozen=True)
class TodayLine:
    """The line of one kind. ``sentence`` is marked for translation and filled with ``name`` and ``person``.

    ``group`` is where it stands: ``ANSWER`` where somebody waits for the teacher, ``NEWS`` from partners and offices,
    ``GO_ON`` with something begun, ``WITH_OTHERS``. ``from_person`` where ``person`` is who waits or tells.
    """

    kind: str
    sentence: str
    icon: str
    buttons: tuple[TodayButton, ...]
    group: str = NEWS
    from_person: bool = False
