"""Above a list that can grow: a field to search it, its order, and chips that leave only some; one box instead of the
chips where there is no room for them.
"""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QWidget

from i18n import _
from ui.theme import theme
from ui.widgets.basics import button, column, row
from ui.widgets.item_list import show_choices
from ui.widgets.page_state import keep_choice
from ui.widgets.search_field import name_buttons
from ui.widgets.text_field import LineField

Choices = Sequence[tuple[str, str]]
FEW = 6  # so many can be looked over: a list without more needs no bar
WIDE = 560


class FilterBar(QWidget):
    """``changed`` tells that something else is wanted: :attr:`typed`, :attr:`order`, :attr:`only` (empty for all)."""

    changed = Signal()

    def __init__(self, name: str, *, orders: Choices = (), kinds: Choices = ()) -> None:
        """``name`` says what is searched; ``orders`` and ``kinds`` are ``(text, data)``, the first what one begins with."""
        super().__init__()
        self.line = LineField(name, name)
        name_buttons(self.line)
        self.line.textChanged.connect(lambda: self.changed.emit())
        self.orders, self.kinds = _box(_("Order"), orders), _box(_("Show"), kinds)
        self.orders.activated.connect(lambda _place: self.changed.emit())
        self.kinds.activated.connect(lambda _place: self._choose(str(self.kinds.currentData())))
        self._chips = [self._chip(text, data) for text, data in kinds]
        self._narrow = True
        layout = column(self, spacing=8)
        self._first, self._second = row(self.line), row()
        layout.addLayout(self._first)
        layout.addLayout(self._second)
        for widget in (self.kinds, *self._chips, self.orders):
            self._second.addWidget(widget)
        self._arrange()

    @property
    def typed(self) -> str:
        """The words searched for."""
        return self.line.text().strip()

    @property
    def order(self) -> str:
        """The chosen order."""
        return str(self.orders.currentData() or "")

    @property
    def only(self) -> str:
        """What alone is wanted; empty for all."""
        return str(self.kinds.currentData() or "")

    @property
    def is_active(self) -> bool:
        """Whether something is left out."""
        return bool(self.typed or self.only)

    def clear(self) -> None:
        """Leave nothing out."""
        self.kinds.setCurrentIndex(0)
        self.line.clear()
        self._choose("")

    def show_for(self, count: int) -> None:
        """Be there where there are more than a few things, or something is left out."""
        self.setVisible(count > FEW or self.is_active)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Chips where there is room for them."""
        super().resizeEvent(event)
        chips = sum(chip.sizeHint().width() + 8 for chip in self._chips)
        narrow = event.size().width() < max(theme.px(WIDE), chips + theme.px(180))
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    def _arrange(self) -> None:
        self.kinds.setVisible(self._narrow and self.kinds.count() > 0)
        self.orders.setVisible(self.orders.count() > 0)
        for chip in self._chips:
            chip.setVisible(not self._narrow)
        self._show_chosen()

    def _chip(self, text: str, data: str) -> QPushButton:
        made = button(text, lambda: self._choose(data), "filter")
        made.setCheckable(True)
        return made

    def _choose(self, data: str) -> None:
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(data)))
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        for place, chip in enumerate(self._chips):
            chip.setChecked(place == self.kinds.currentIndex())


def _box(name: str, choices: Choices) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    show_choices(box, choices, choices[0][1] if choices else None)
    box.setMinimumContentsLength(6)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    keep_choice(box)
    return box
