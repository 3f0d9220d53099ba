"""Several works chosen at once: what is chosen stays chosen, and a line says how many and what can be done with them."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from i18n import _, ngettext
from i18n.formats import number
from ui.widgets.basics import Flow, as_high_as_it_wraps, button, column, label
from ui.widgets.item_list import KEY, VALUE, Item, ItemList


def choose_several(view: ItemList) -> None:
    """Let several items be chosen, with Ctrl, Shift and Ctrl+A."""
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)


def chosen_values(view: ItemList) -> list[Any]:
    """What the chosen items stand for, from top to bottom."""
    rows = sorted(index.row() for index in view.selectedIndexes())
    return [view.item(row).data(VALUE) for row in rows]


def show_and_keep(view: ItemList, items: Sequence[Item]) -> Any:
    """As ``show_items``, and what was chosen besides the current item stays chosen."""
    chosen = {item.data(KEY) for item in view.selectedItems()}
    current = view.show_items(items)
    if len(chosen) > 1:
        blocker = QSignalBlocker(view)
        for at in range(view.count()):
            if view.item(at).data(KEY) in chosen:
                view.item(at).setSelected(True)
        blocker.unblock()
    return current


class SelectionBar(QFrame):
    """Shown while more than one is chosen."""

    def __init__(
        self,
        view: ItemList,
        copy: Callable[[], object],
        move: Callable[[], object],
        delete: Callable[[], object],
    ) -> None:
        super().__init__()
        self._view = view
        self.setProperty("role", "card")
        inner, flow = QWidget(), Flow(spacing=8)
        self._count = label("")
        move_button = button(_("Move…"), move, icon="arrows-left-right")
        move_button.setAccessibleName(_("Move to another pupil…"))
        delete_button = button(_("Delete"), delete, icon="trash")
        delete_button.ensurePolished()
        self._count.setMinimumHeight(delete_button.sizeHint().height())
        for widget in (
            self._count,
            button(_("Select all"), view.selectAll, "link"),
            button(_("Clear"), self._clear, "link"),
            button(_("Save copies…"), copy, icon="download-simple"),
            move_button,
            delete_button,
        ):
            flow.addWidget(widget)
        inner.setLayout(flow)
        as_high_as_it_wraps(inner)
        column(self, margin=8).addWidget(inner)
        as_high_as_it_wraps(self)
        self.hide()
        view.itemSelectionChanged.connect(self.look)

    def look(self) -> None:
        """Show how many are chosen."""
        count = len(self._view.selectedItems())
        self._count.setText(ngettext("{n} selected", "{n} selected", count).format(n=number(count)))
        self.setVisible(count > 1)

    def _clear(self) -> None:
        self._view.setCurrentRow(self._view.currentRow())
        self._view.setFocus()
