"""Choosing several entries of a list: chips that can be removed, and a menu to add more."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.rules import vocabularies
from app.rules.text import fold
from i18n import _
from ui import words
from ui.widgets.basics import Flow, button, clear


class ChoiceField(QWidget):
    """``changed`` carries the chosen ids whenever the person adds or removes one."""

    changed = Signal(list)

    def __init__(self, vocabulary: str, name: str) -> None:
        super().__init__()
        self._vocabulary, self._name, self._chosen = vocabulary, name, []
        self._flow = Flow()
        self.setLayout(self._flow)
        self.set_value([])

    def value(self) -> list[str]:
        """The chosen ids, in the order they were chosen."""
        return list(self._chosen)

    def set_value(self, chosen: list[str]) -> None:
        """Show other chosen ids; ``changed`` is not told."""
        self._chosen = list(chosen)
        clear(self._flow)
        for item in self._chosen:
            text = words.item(self._vocabulary, item)
            chip = button(f"{text}  ×", lambda item=item: self._toggle(item), "chip")
            chip.setAccessibleName(_("Remove {name}").format(name=text))
            self._flow.addWidget(chip)
        self._add = button(_("Add…"), self._show_menu, "link", "plus")
        self._add.setAccessibleName(_("Add to {field}").format(field=self._name))
        self._flow.addWidget(self._add)

    def _show_menu(self) -> None:
        menu = QMenu(self)
        entries = sorted(vocabularies.get(self._vocabulary).ids, key=lambda i: fold(words.item(self._vocabulary, i)))
        for item in entries:
            entry = menu.addAction(words.item(self._vocabulary, item))
            entry.setCheckable(True)
            entry.setChecked(item in self._chosen)
            entry.triggered.connect(lambda _on, item=item: self._toggle(item))
        menu.exec(self._add.mapToGlobal(self._add.rect().bottomLeft()))

    def _toggle(self, item: str) -> None:
        chosen = [one for one in self._chosen if one != item]
        self.set_value(chosen if item in self._chosen else [*chosen, item])
        self.changed.emit(self.value())
