"""A draft's history: who wrote what, when, word by word, and back to any earlier state."""

import difflib
import html
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTextBrowser, QWidget

from app.projects import HistoryEntry
from app.rules.projects import FIELDS
from i18n import _
from i18n.formats import clock
from ui import words
from ui.theme import theme
from ui.widgets.basics import button, column, label, row, side_by_side

ENTRY = Qt.ItemDataRole.UserRole
Version = Callable[[str], tuple[dict[str, Any], dict[str, Any]]]


class HistoryPanel(QWidget):
    """``restore`` is called with the fields of the state to go back to."""

    def __init__(self, restore: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._restore = restore
        self._version: Version = lambda _edit_id: ({}, {})
        layout = column(self, spacing=8)
        layout.addWidget(
            label(_("Each line is one sitting of one author. Nothing here can be lost."), "muted", wrap=True)
        )
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(_("History"))
        self.list.currentItemChanged.connect(self._show)
        self.view = QTextBrowser()
        self.view.setAccessibleName(_("What was changed"))
        layout.addWidget(side_by_side((self.list, 260), (self.view, 420), grows=1), 1)
        self.back = button(_("Go back to this state"), self._go_back, icon="clock-counter-clockwise")
        self.back.setObjectName("restore")
        layout.addLayout(row(self.back, stretch=True))

    def load(self, entries: list[HistoryEntry], version: Version) -> None:
        """Show a history; ``version`` gives the fields before and after the entry of an id."""
        self._version = version
        at = self.list.currentRow()
        self.list.clear()
        for entry in reversed(entries):
            names = ", ".join(words.field_name(name) for name in entry.changed)
            heading = [entry.author or _("You"), clock(entry.at)] + ([] if entry.sent else [_("not sent yet")])
            item = QListWidgetItem(f"{' · '.join(heading)}\n{names}")
            item.setData(ENTRY, entry)
            self.list.addItem(item)
        self.list.setCurrentRow(max(0, min(at, self.list.count() - 1)))
        self.back.setEnabled(self.list.count() > 0)

    def _show(self, item: QListWidgetItem | None) -> None:
        entry = item.data(ENTRY) if item else None
        before, after = self._version(entry.edit_id) if entry else ({}, {})
        self.view.setHtml("".join(_changes(name, before, after) for name in entry.changed) if entry else "")

    def _go_back(self) -> None:
        item = self.list.currentItem()
        if item:
            self._restore(self._version(item.data(ENTRY).edit_id)[1])


def _changes(name: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    difference = _difference(_plain(name, before.get(name)), _plain(name, after.get(name)))
    return f"<p><b>{html.escape(words.field_name(name))}</b></p><p>{difference}</p>"


def _plain(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(words.item(FIELDS[name].vocabulary or "", item) for item in value)
    return str(value)


def _difference(before: str, after: str) -> str:
    one, other = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    colours, parts = theme.colours, []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, come = _escaped("".join(one[a:b])), _escaped("".join(other[c:d]))
        if tag == "equal":
            parts.append(gone)
            continue
        if gone:
            parts.append(f'<s style="background:{colours["bad_soft"]};color:{colours["bad"]}">{gone}</s>')
        if come:
            parts.append(f'<u style="background:{colours["ok_soft"]};color:{colours["ok"]}">{come}</u>')
    return "".join(parts)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
