"""The tour's child process: opens a profile and types into a draft until it is killed."""

import sys
import time
from pathlib import Path

from PySide6.QtTest import QTest

from app.workspace import open_workspace
from ui.start.program import application, show_window

SENTENCE = "We measure the snow on the mountain and the salt in the sea. "


def type_until_killed(profile: Path) -> int:
    """Type a character at a time into the aims; print how many and when. The key comes by standard input."""
    key = bytes.fromhex(sys.stdin.readline().strip())
    application()
    workspace = open_workspace(profile, key=key)
    workspace.online = False
    window = show_window(workspace)
    page = window.page("projects")
    editor = page.form.editors["aims"]
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    for number in range(2_000):
        QTest.keyClicks(editor, SENTENCE[number % len(SENTENCE)])
        print(f"{time.time()} {len(editor.toPlainText())}", flush=True)
        QTest.qWait(25)
    return 0
