"""The pages' modules are loaded in quiet moments after the start."""

import gc
import sys

from pytestqt.qtbot import QtBot

from ui.shell import MainWindow


def test_every_pages_modules_are_there_before_it_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.ahead.done, timeout=20_000)
    pages = {entry.page.partition(":")[0] for entry in window._entries}
    assert pages <= set(sys.modules) and len(pages) >= 10
    assert window._pages.keys() == {"today"}  # loaded, and not built
    assert gc.get_freeze_count() > 0
