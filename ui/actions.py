"""Every action once: its words, icon and shortcut, shown in a menu, by key and in the command search."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from ui.theme import theme


@dataclass(frozen=True)
class Action:
    """``menu`` is file, go, project, demo or help; ``shortcut`` as Qt writes it, or empty."""

    name: str
    text: str
    menu: str
    act: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False
    checked: bool = False


class Actions:
    """Builds the menus from the declarations and lists them for the command search."""

    def __init__(self, window: QMainWindow, menus: dict[str, str], declared: list[Action]) -> None:
        self.by_name: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        bar = window.menuBar()
        for name, title in menus.items():
            if any(action.menu == name for action in declared):
                self._menus[name] = bar.addMenu(title)
        for action in declared:
            self.by_name[action.name] = self._add(window, action)

    def entries(self) -> list[QAction]:
        return [action for action in self.by_name.values() if action.isEnabled()]

    def _add(self, window: QMainWindow, action: Action) -> QAction:
        found = QAction(action.text, window)
        found.setCheckable(action.checkable)
        found.setChecked(action.checked)
        if action.shortcut:
            found.setShortcut(QKeySequence(action.shortcut))
        if action.icon:
            found.setIcon(theme.icon(action.icon))
        found.triggered.connect(lambda: action.act())
        self._menus[action.menu].addAction(found)
        return found
