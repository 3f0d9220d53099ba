"""The one application object, and whether anybody could see it."""

import os
import sys

from PySide6.QtWidgets import QApplication

from ui.language import speak
from ui.theme import theme

TURN = 0.0005  # seconds another thread works on before the window has its turn; a page asks for many of them


def application() -> QApplication:
    """The one application object, offscreen where there is no display."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    sys.setswitchinterval(TURN)
    app.setApplicationName("TwinDesk")
    app.setDesktopFileName("twindesk")
    speak(app, None)
    theme.apply(app, "system", 100)
    return app


def has_display() -> bool:
    """Whether a person could see a window here."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal"):
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
