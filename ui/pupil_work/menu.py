"""What can be done with the chosen things of a list: by a right click, the menu key, and keys of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QListWidget, QMenu, QPushButton

from ui.theme import theme


@dataclass(frozen=True)
class Deed:
    """``possible`` is asked whenever the choice changes; ``text`` may depend on it."""

    name: str
    text: Callable[[], str]
    act: Callable[[], object]
    possible: Callable[[], bool]
    keys: tuple[str, ...] = ()
    icon: str = ""


class DeedMenu:
    """The deeds of one list. Keys count only while the list has the focus."""

    def __init__(self, view: QListWidget, deeds: Sequence[Deed]) -> None:
        self._deeds = tuple(deeds)
        self.actions = {deed.name: _action(deed, view) for deed in deeds}
        view.addActions(list(self.actions.values()))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.itemSelectionChanged.connect(self.look)
        view.currentItemChanged.connect(lambda *_items: self.look())

    def look(self) -> None:
        """Offer what is possible with the present choice."""
        for deed in self._deeds:
            made = self.actions[deed.name]
            made.setText(deed.text())
            possible = deed.possible()
            made.setVisible(possible)
            made.setEnabled(possible)


def _action(deed: Deed, parent: QListWidget) -> QAction:
    made = QAction(deed.text(), parent)
    made.setShortcuts([QKeySequence(key) for key in deed.keys])
    made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    made.setShortcutVisibleInContextMenu(True)
    if deed.icon:
        made.setIcon(theme.icon(deed.icon))
    made.triggered.connect(lambda: deed.act())
    return made


def menu_button(name: str, deeds: Sequence[Deed]) -> QPushButton:
    """A button with three dots that opens a menu of deeds. ``name`` is what it is called."""
    made = QPushButton()
    made.setIcon(theme.icon("dots-three"))
    made.setIconSize(QSize(theme.px(20), theme.px(20)))
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setAutoDefault(False)
    made.setMinimumHeight(theme.px(32))
    menu = QMenu(made)
    actions = []
    for deed in deeds:
        action = menu.addAction(theme.icon(deed.icon), deed.text()) if deed.icon else menu.addAction(deed.text())
        action.triggered.connect(lambda _on=False, deed=deed: deed.act())
        actions.append((action, deed))
    menu.aboutToShow.connect(lambda: [action.setEnabled(deed.possible()) for action, deed in actions])
    made.setMenu(menu)
    return made
