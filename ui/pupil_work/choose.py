"""Choosing a class or a pupil out of many, by a few letters."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QWidget

from app.rules.text import fold
from i18n import _
from ui.theme import theme
from ui.widgets.basics import button, column, label, row
from ui.widgets.item_list import Item, ItemList
from ui.widgets.text_field import LineField


class ChooseDialog(QDialog):
    """``chosen`` is the key of the item, once the dialog was accepted."""

    def __init__(self, title: str, hint: str, accept: str, items: Sequence[Item], parent: QWidget) -> None:
        super().__init__(parent)
        self._items = tuple(items)
        self.setWindowTitle(title)
        self.resize(min(theme.px(420), 760), min(theme.px(460), 520))
        layout = column(self, spacing=8, margin=16)
        layout.addWidget(label(title, "cardTitle", wrap=True))
        layout.addWidget(label(hint, "muted", wrap=True))
        self.line = LineField(_("Search"), _("Search"))
        self.line.textChanged.connect(self._look)
        self.list = ItemList(title)
        self.list.itemDoubleClicked.connect(lambda _item: self.accept())
        self.accept_button = button(accept, self.accept, "main")
        self.accept_button.setDefault(True)
        for widget in (self.line, self.list):
            layout.addWidget(widget)
        layout.addLayout(row(button(_("Cancel"), self.reject), self.accept_button))
        self._look()

    @property
    def chosen(self) -> str | None:
        """What is chosen now."""
        return self.list.chosen_key()

    def _look(self) -> None:
        typed = fold(self.line.text()).split()
        self.list.show_items([item for item in self._items if all(word in fold(item.text) for word in typed)])
        self.accept_button.setEnabled(self.list.count() > 0)

    def accept(self) -> None:
        """Take what is chosen; with nothing in the list there is nothing to take."""
        if self.chosen is not None:
            super().accept()
