"""A draft's history: who wrote what, when, word by word, and back to any earlier state."""

import html
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QTextBrowser, QWidget

from app.projects import HistoryEntry
from app.rules.projects import FIELDS
from i18n import _, ngettext
from i18n.formats import clock, number
from ui import words
from ui.host import Host
from ui.projects.difference import Part, parts
from ui.theme import theme
from ui.widgets.basics import button, column, label, row
from ui.widgets.item_list import Item, ItemList
from ui.widgets.panels import Panel, Panels
from ui.worker import run_in_worker

MANY_CHOICES = 100


class HistoryPanel(QWidget):
    """The sittings at the left, what one of them changed at the right. Reading and comparing happen in workers.

    ``restore`` is called with the fields of the state to go back to.
    """

    def __init__(self, host: Host, restore: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._host, self._use, self._restore = host, host.workspace.projects, restore
        self._project_id = ""
        self._entries: list[HistoryEntry] = []
        self._shown = ""  # the sitting whose changes are shown or being computed
        layout = column(self, spacing=8)
        layout.addWidget(
            label(_("Each line is one sitting of one author. Nothing here can be lost."), "muted", wrap=True)
        )
        self.list = ItemList(_("History"))
        self.list.currentItemChanged.connect(lambda *_items: self._show())
        self.view = QTextBrowser()
        self.view.setAccessibleName(_("What was changed"))
        layout.addWidget(
            Panels(Panel(self.list, 260, _("Versions")), Panel(self.view, 420, _("This version")), grows=1), 1
        )
        self.back = button(_("Go back to this state"), self._go_back, icon="clock-counter-clockwise")
        self.back.setObjectName("restore")
        self.back.setEnabled(False)
        layout.addLayout(row(self.back, stretch=True))

    def load(self, project_id: str) -> None:
        """Show the sittings of a project, at once; what each of them changed is computed when it is chosen."""
        if project_id != self._project_id:
            self._project_id, self._shown = project_id, ""
            self.list.show_items([])
            self.view.clear()
        self._list()
        if any(not entry.changed for entry in self._entries):
            self._work(lambda: self._use.complete_history(project_id), lambda news: news and self._list())

    def _list(self) -> None:
        newest = self.list.currentRow() <= 0
        self._entries = self._use.history(self._project_id)
        items = [Item(entry.edit_id, _line(entry), entry) for entry in reversed(self._entries)]
        self.list.show_items(items, items[0].key if items and newest else None)
        self.back.setEnabled(bool(items))
        self._show()

    def _show(self) -> None:
        entry = self.list.chosen_value()
        if entry is None or entry.edit_id == self._shown:
            return
        self._shown, project_id = entry.edit_id, self._project_id
        self.view.setPlainText(_("Comparing…"))

        def compare() -> list[tuple[str, list[Part]]]:
            before, after = self._use.version(project_id, entry.edit_id)
            changed = entry.changed or [name for name in after if before.get(name) != after[name]]
            return [(name, parts(_plain(name, before), _plain(name, after))) for name in changed]

        def show(changes: list[tuple[str, list[Part]]]) -> None:
            if self._shown == entry.edit_id:
                self.view.setHtml("".join(_field(name, pieces) for name, pieces in changes))

        self._work(compare, show)

    def _go_back(self) -> None:
        entry, project_id = self.list.chosen_value(), self._project_id
        if entry is None:
            return
        self.back.setEnabled(False)

        def put(version: tuple[dict[str, Any], dict[str, Any]]) -> None:
            self.back.setEnabled(True)
            if project_id == self._project_id:
                self._restore(version[1])

        self._work(lambda: self._use.version(project_id, entry.edit_id), put)

    def _work(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        run_in_worker(lambda _progress: work(), done, self._failed, close=self._host.workspace.close_thread, owner=self)

    def _failed(self, error: Exception) -> None:
        self.back.setEnabled(self.list.count() > 0)
        self._shown = ""
        self.view.setPlainText(_("The history could not be read: {reason}").format(reason=words.not_saved(error)))


def _line(entry: HistoryEntry) -> str:
    names = ", ".join(words.field_name(name) for name in entry.changed)
    heading = [entry.author or _("You"), clock(entry.at)] + ([] if entry.sent else [_("not sent yet")])
    return f"{' · '.join(heading)}\n{names}"


def _plain(name: str, fields: dict[str, Any]) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(words.item(FIELDS[name].vocabulary or "", item) for item in value[:MANY_CHOICES])
    return str(value)


def _field(name: str, pieces: list[Part]) -> str:
    text = "".join(_piece(piece) for piece in pieces)
    return f"<p><b>{html.escape(words.field_name(name))}</b></p><p>{text}</p>"


def _piece(piece: Part) -> str:
    colours, text = theme.colours, html.escape(piece.text).replace("\n", "<br>")
    if piece.left_out and piece.kind != "same":
        more = ngettext("… and {n} more character", "… and {n} more characters", piece.left_out)
        text += html.escape(more.format(n=number(piece.left_out)))
    if piece.kind == "gone":
        return f'<s style="background:{colours["bad_soft"]};color:{colours["bad"]}">{text}</s>'
    if piece.kind == "come":
        return f'<u style="background:{colours["ok_soft"]};color:{colours["ok"]}">{text}</u>'
    return text
