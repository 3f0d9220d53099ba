"""Choosing one of many: a list that is searched, where a menu would be longer than the screen."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QListWidget, QListWidgetItem, QWidget

from app.rules.finding import finds, wanted
from i18n import _
from ui.theme import theme
from ui.widgets.basics import column, label
from ui.widgets.beside_delegate import BESIDE, BesideDelegate
from ui.widgets.eye_order import Dialog
from ui.widgets.search_field import name_buttons
from ui.widgets.text_field import LineField

KEY = Qt.ItemDataRole.UserRole


class Choice(NamedTuple):
    """One that can be chosen; ``beside`` is found by the search too."""

    key: str
    text: str
    beside: str = ""


class ChooseDialog(Dialog):
    """``chosen`` is the key that was chosen, or empty. ``deed`` is what the button says."""

    def __init__(self, title: str, search: str, deed: str, choices: Sequence[Choice], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(min(theme.px(460), parent.window().width() - 40), min(theme.px(480), parent.window().height() - 40))
        self._choices = choices
        self.chosen = ""
        layout = column(self, spacing=8, margin=16)
        layout.addWidget(label(title, "cardTitle", wrap=True))
        self.line = LineField(search, search)
        name_buttons(self.line)
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setItemDelegate(BesideDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(title)
        self._nothing = label(_("Nobody of this name. Try the beginning of another word."), "muted", wrap=True)
        buttons = QDialogButtonBox()
        self.deed = buttons.addButton(deed, QDialogButtonBox.ButtonRole.AcceptRole)
        self.deed.setProperty("role", "main")
        self.deed.setDefault(True)
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        for widget in (self.line, self.list, self._nothing, buttons):
            layout.addWidget(widget)
        self.line.textChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _item: self.accept())
        self.list.currentItemChanged.connect(lambda item, _before: self.deed.setEnabled(item is not None))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._show("")

    def accept(self) -> None:
        """Close with what is chosen; nothing chosen closes nothing."""
        if item := self.list.currentItem():
            self.chosen = str(item.data(KEY))
            super().accept()

    def _show(self, typed: str) -> None:
        asked = wanted(typed)
        self.list.clear()
        for choice in self._choices:
            if finds(asked, f"{choice.text} {choice.beside}"):
                item = QListWidgetItem(choice.text)
                item.setData(KEY, choice.key)
                item.setData(BESIDE, choice.beside)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, choice[1:])))
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._nothing.setVisible(not self.list.count())
        self.deed.setEnabled(self.list.count() > 0)
