"""Ctrl+K: find an action by a few letters and do it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.rules.text import words
from i18n import _
from ui.theme import theme
from ui.widgets.basics import column


class CommandSearch(QDialog):
    """Lists the actions whose words begin as typed; Enter does the chosen one."""

    def __init__(self, actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setWindowTitle(_("Search commands"))
        self.resize(theme.px(460), theme.px(380))
        layout = column(self, spacing=8, margin=12)
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("What would you like to do?"))
        self.line.setAccessibleName(_("Search commands"))
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setAccessibleName(_("Commands found"))
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.line.textChanged.connect(self._show)
        self.line.returnPressed.connect(self._do)
        self.list.itemActivated.connect(lambda _item: self._do())
        self.line.installEventFilter(self)
        self._show("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the cursor stays in the line."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        ):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
            return True
        return super().eventFilter(watched, event)

    def _show(self, typed: str) -> None:
        self.list.clear()
        wanted = words(typed)
        for action in self._actions:
            text = action.text().replace("&", "")
            own = words(text)
            if all(any(word.startswith(part) for word in own) for part in wanted):
                keys = action.shortcut().toString()
                entry = QListWidgetItem(action.icon(), f"{text}    {keys}" if keys else text)
                entry.setData(Qt.ItemDataRole.UserRole, action)
                self.list.addItem(entry)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        entry = self.list.currentItem()
        self.accept()
        if entry:
            entry.data(Qt.ItemDataRole.UserRole).trigger()
