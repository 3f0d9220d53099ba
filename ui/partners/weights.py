"""How much each criterion counts when teachers are ranked for a draft."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QWidget

from app.partners import PartnerUseCases
from app.rules.matching import WEIGHTS
from i18n import _
from ui import words
from ui.theme import theme
from ui.widgets.basics import button, column, label, row
from ui.widgets.eye_order import Dialog


class WeightsDialog(Dialog):
    """Each change is kept and used at once."""

    def __init__(self, partners: PartnerUseCases, parent: QWidget, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        self._use, self._on_change = partners, on_change
        self.setWindowTitle(_("What counts for the fit"))
        layout = column(self, spacing=8, margin=16)
        layout.addWidget(label(_("What counts for the fit"), "cardTitle"))
        hint = label(_("Teachers with the same points come in turn, one country after the other."), "muted", wrap=True)
        hint.setMinimumWidth(theme.px(360))
        layout.addWidget(hint)
        self.boxes: dict[str, QComboBox] = {}
        for name in WEIGHTS:
            layout.addLayout(row(label(_(words.CRITERIA[name])), self._box(name)))
        layout.addLayout(row(button(_("As at first"), self._reset), button(_("Close"), self.accept, "main")))

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        for text in (_("does not count"), _("counts a little"), _("counts"), _("counts a lot")):
            box.addItem(text)
        box.setCurrentIndex(self._use.weights()[name])
        box.setAccessibleName(_(words.CRITERIA[name]))
        box.activated.connect(lambda weight: self._weigh(name, weight))
        self.boxes[name] = box
        return box

    def _weigh(self, name: str, weight: int) -> None:
        self._use.weigh(name, weight)
        self._on_change()

    def _reset(self) -> None:
        for name, weight in WEIGHTS.items():
            self._use.weigh(name, weight)
            self.boxes[name].setCurrentIndex(weight)
        self._on_change()
