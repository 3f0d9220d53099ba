"""A real window for the accessibility tests, in a process of its own: ``python -m tests.accessibility.window FOLDER``.

It does what it is told on its input, one JSON list a line, and answers each with a line: ``["go", page]``, ``["say", text]``,
``["key", sequence]``, ``["open", action]``, ``["press", button]``, ``["class", name]``,
``["pictures", folder]``, ``["step"]``, ``["close_picture"]``, ``["dismiss"]``.
"""

import json
import secrets
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.workspace import open_workspace
from tests.window import find_button, furnish, shown
from ui import capabilities
from ui.shell import MainWindow
from ui.start.program import application, show_window


class Told:
    """Carries out what the test says."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._input.activated.connect(self._read)

    def _read(self) -> None:
        line = sys.stdin.readline()
        if not line:
            QApplication.exit(0)
            return
        what, *words = json.loads(line)
        try:
            answer = getattr(self, f"_{what}")(*words)
        except Exception as error:  # the test must not wait for an answer for ever
            answer = {"failed": repr(error)}
        print(json.dumps(answer), flush=True)

    def _pages(self) -> list[str]:
        return [entry.name for entry in capabilities.entries()]

    def _go(self, page: str) -> None:
        self._window.go(page)

    def _class(self, name: str) -> None:
        self._window.workspace.pupil_work.add_class(name)

    def _pictures(self, folder: str) -> None:
        """Show one of two pictures of a pupil in its window."""
        use = self._window.workspace.pupil_work
        class_id = use.add_class("5-C")
        pupil = use.add_pupil(class_id, "Zeynep Kara")
        for number in range(2):
            path = Path(folder) / f"Snow {number}.png"
            Image.new("RGB", (40 + number, 30)).save(path)
            use.take_in(pupil, path)
        page = self._window.page("pupil_work")
        page.choose_class(class_id)
        self._opening = page.work_steps.opening
        page.work_steps.open()

    def _step(self) -> None:
        self._opening.window.next.click()

    def _close_picture(self) -> None:
        self._opening.window.close()

    def _say(self, text: str) -> None:
        self._window.say(text)

    def _key(self, keys: str) -> str:
        target = QApplication.focusWidget() or self._window
        QTest.keySequence(target, QKeySequence(keys))
        focus = QApplication.focusWidget()
        return focus.accessibleName() if focus else ""

    def _open(self, name: str) -> None:
        action = self._window._actions.by_name[name]
        QTimer.singleShot(0, action.trigger)  # a dialog's own loop must not keep the answer back

    def _press(self, text: str) -> None:
        found = find_button(QApplication.activeWindow() or self._window, text)
        QTimer.singleShot(0, found.click)

    def _unnamed(self) -> list[str]:
        """Fields and lists that would be called by what is in them."""
        labelled = {label.buddy() for label in shown(self._window, QLabel)}
        kinds = (QComboBox, QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QAbstractItemView)
        fields = [w for kind in kinds for w in shown(self._window, kind) if not _is_part(w)]
        bare = [w for w in shown(self._window, QAbstractButton) if not w.text() and not _is_part(w)]
        unnamed = [w for w in fields + bare if not w.accessibleName() and w not in labelled]
        return [f"{type(w).__name__} {w.objectName()!r} in {type(w.parent()).__name__}" for w in unnamed]

    def _dismiss(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog:
            dialog.close()


def _is_part(widget: QWidget) -> bool:
    """Whether a field is a piece of another one, or a button one of Qt's own inside one."""
    return isinstance(widget.parent(), QComboBox | QAbstractSpinBox) or widget.objectName().startswith("qt_")


def main() -> None:
    """Open the window and listen."""
    folder = Path(sys.argv[1])
    app = application()
    desk = open_workspace(folder, key=secrets.token_bytes(32), server="http://127.0.0.1:9")
    desk.prefer("language", "en")  # whatever the computer speaks
    furnish(desk)
    window = show_window(desk)
    told = Told(window)
    print(json.dumps("ready"), flush=True)
    app.exec()
    del told
    desk.close()


if __name__ == "__main__":
    main()
