"""A titled card of rows that shows a few, and all of them on request."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.widgets.basics import button, card, column, label
from ui.widgets.row_list import Entry, RowList

MOST = 4


class GroupCard(QWidget):
    """Rows under a title; more than ``most`` wait behind a button that ``all_of`` names, from their number.

    Rows are made with ``make`` and shown ``(value, is it the first)``. The card hides itself while it is empty.
    """

    def __init__(
        self,
        title: str,
        make: Callable[[Any], Any],
        all_of: Callable[[int], str],
        fewer: str,
        *,
        most: int = MOST,
    ) -> None:
        super().__init__()
        self._most, self._all_of, self._fewer = most, all_of, fewer
        self._entries: Sequence[Entry] = ()
        self.unfolded = False
        layout = column(self, spacing=6)
        self.title = label(title, "cardTitle")
        layout.addWidget(self.title)
        frame, inner = card(spacing=4, margin=8)
        self.rows = RowList(make, spacing=0)
        inner.addWidget(self.rows)
        self.more = button("", self._fold, "link")
        inner.addWidget(self.more)
        layout.addWidget(frame)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these keys and values, the first ones or all of them."""
        self._entries = entries
        shown = entries if self.unfolded else entries[: self._most]
        self.rows.show_rows([(key, (value, at == 0)) for at, (key, value) in enumerate(shown)])
        self.more.setText(self._fewer if self.unfolded else self._all_of(len(entries)))
        self.more.setVisible(len(entries) > self._most)
        self.setVisible(bool(entries))

    def _fold(self) -> None:
        self.unfolded = not self.unfolded
        self.show_entries(self._entries)
