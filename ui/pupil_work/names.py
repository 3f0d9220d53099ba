"""A list of names pasted into a class: what will be made of each line is seen before."""

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QWidget

from app.rules.name_lists import NEW, Line, read
from app.rules.text import brief
from i18n import _, ngettext
from i18n.formats import number
from ui.host import Host
from ui.pupil_work.sentences import LINES
from ui.theme import theme
from ui.widgets.basics import button, column, label, row
from ui.widgets.item_list import Item, ItemList
from ui.widgets.text_field import TextField
from ui.widgets.timers import single_shot

LOOK_AFTER = 120  # milliseconds without a key


class NamesDialog(QDialog):
    """``add`` gets the new names and answers False where they could not be kept. What was pasted waits for the next time then."""

    DRAFT = "pasted-names"

    def __init__(
        self, host: Host, class_name: str, there: Sequence[str], add: Callable[[list[str]], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._host, self._there, self._add = host, tuple(there), add
        self._lines: list[Line] = []
        title = _("Paste a list of names for {class_name}").format(class_name=brief(class_name, 40))
        self.setWindowTitle(title)
        self.resize(min(theme.px(640), 860), min(theme.px(560), 540))
        layout = column(self, spacing=8, margin=16)
        layout.addWidget(label(title, "cardTitle", wrap=True))
        hint = _(
            "One name a line, from a document or a spreadsheet. “Surname, Name” and numbers in front are understood. "
            "The names stay on this computer."
        )
        layout.addWidget(label(hint, "muted", wrap=True))
        self.text = TextField(_("Names, one a line"), "Zeynep Kara\nAli İnce")
        self.preview = ItemList(_("What will be made of each line"))
        self.said = label("", "muted", wrap=True)
        layout.addLayout(row(self.text, self.preview), 1)
        layout.addWidget(self.said)
        self.add = button("", self._done, "main", "plus")
        layout.addLayout(row(button(_("Cancel"), self.reject), self.add))
        self._timer = single_shot(self, LOOK_AFTER, self._look)
        self.text.show_text(host.workspace.preference(self.DRAFT, ""))
        self.text.textChanged.connect(self._timer.start)
        self._look()

    def _look(self) -> None:
        self._timer.stop()
        self._lines = read(self.text.text(), self._there)
        self.preview.show_items([_shown(line) for line in self._lines])
        states = Counter(line.state for line in self._lines)
        new = states.pop(NEW, 0)
        self.add.setText(ngettext("Add {n} pupil", "Add {n} pupils", new).format(n=number(new)))
        self.add.setEnabled(new > 0)
        parts = [f"{_(LINES[state])}: {number(count)}" for state, count in states.items()]
        self.said.setText(_("Not added: {list}.").format(list="; ".join(parts)) if parts else "")
        self.said.setVisible(bool(parts))

    def _done(self) -> None:
        self._look()  # the last keys may still wait
        if self._add([line.name for line in self._lines if line.state == NEW]):
            self._host.workspace.remember(self.DRAFT, "")
            super().accept()

    def reject(self) -> None:
        """Close, and keep what was pasted for the next time."""
        self._host.workspace.remember(self.DRAFT, self.text.text())
        super().reject()


def _shown(line: Line) -> Item:
    state = _(LINES[line.state])
    name = brief(line.name, 60)
    text = name if line.state == NEW else f"{name or '–'}\n{state}"
    where = _("Line {n}").format(n=number(line.number))
    tick, token = ("check", "ok") if line.state == NEW else ("warning", "warn")
    return Item(str(line.number), text, line, lambda: QIcon(theme.icon(tick, token)), f"{where}: {name}, {state}")
