"""Every action and page once: its words, icon and shortcut, shown in a menu, by key and in the command search."""

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


@dataclass(frozen=True)
class Entry:
    """A page of the side bar. ``page`` is ``module:class``, loaded when it is first shown: the window opens without."""

    name: str
    text: str
    icon: str
    page: str
    below: bool = False
    from_pill: bool = False  # what the pill at the top opens


@dataclass(frozen=True)
class Found:
    """A thing that the search by Ctrl+K found, what is said beside it, and what choosing it does."""

    text: str
    act: Callable[[], object]
    beside: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Finder:
    """What a capability finds for Ctrl+K, under a title. A capability declares its own as ``finders(host)``.

    ``find(typed, most)`` runs in the thread that searches: it asks use cases and touches nothing of Qt.
    ``onward`` offers to look for the same words on a page of its own.
    """

    title: str
    find: Callable[[str, int], list[Found]]
    onward: Callable[[str], Found] | None = None


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

    def remove(self) -> None:
        """Take menus, actions and their keys away, before others take their place."""
        for made in self.by_name.values():
            made.setShortcut(QKeySequence())
            made.deleteLater()
        for menu in self._menus.values():
            menu.deleteLater()

    def entries(self) -> list[QAction]:
        """Every action that is possible now."""
        return [action for action in self.by_name.values() if action.isEnabled()]

    def _add(self, window: QMainWindow, action: Action) -> QAction:
        made = QAction(action.text, window)
        made.setCheckable(action.checkable)
        made.setChecked(action.checked)
        if action.shortcut:
            made.setShortcut(QKeySequence(action.shortcut))
        if action.icon:
            made.setIcon(theme.icon(action.icon))
        made.triggered.connect(lambda: action.act())
        self._menus[action.menu].addAction(made)
        return made
