"""A demonstration: a platform, two computers in throw-away folders, and a menu to play with them."""

import secrets
import tempfile
import threading
from pathlib import Path

from app.workspace import Workspace, open_workspace
from i18n import _
from ui.actions import Action
from ui.demo.platform import TEACHERS, DemoPlatform, browser_of
from ui.shell import MainWindow
from ui.start.program import application, show_window
from ui.worker import run_in_worker


class Demo:
    """Holds everything of one demonstration; ``close`` throws it away."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="twindesk-demo-", ignore_cleanup_errors=True)
        self.root = Path(self._folder.name)
        self.platform = DemoPlatform(self.root / "platform")
        self.keys = {email: secrets.token_bytes(32) for email in TEACHERS}  # in memory only
        self.windows: dict[str, MainWindow] = {}

    def start(self) -> None:
        """Start the platform. Raises RuntimeError."""
        self.platform.data.mkdir(parents=True)
        self.platform.start()

    def profile(self, email: str) -> Path:
        """The folder of a teacher's computer."""
        return self.root / "computers" / email.split("@")[0]

    def open(self, email: str) -> Workspace:
        """Open a teacher's own computer, as it was left."""
        workspace = open_workspace(self.profile(email), key=self.keys[email], server=self.platform.url)
        workspace.demo = True
        workspace.open_browser = browser_of(email)
        return workspace

    def sign_in(self, email: str) -> None:
        """Sign a teacher in and sync once, before any window."""
        workspace = self.open(email)
        try:
            workspace.account.sign_in(workspace.open_browser, "ok", threading.Event())
            workspace.sync_and_wait()
        finally:
            workspace.close()

    def show(self, email: str) -> MainWindow:
        """The teacher's window, which signs in by itself; a second call brings it to the front."""
        known = self.windows.get(email)
        if known is not None:
            known.raise_()
            known.activateWindow()
            return known
        window = show_window(self.open(email), self.menu)
        if not window.workspace.account.current.id:
            window.do("sign-in")
        window.closed.connect(lambda: self.windows.pop(email).workspace.close())
        self.windows[email] = window
        return window

    def menu(self, window: MainWindow) -> list[Action]:
        """The menu “Demonstration” of a window."""
        online = window.workspace.online
        return [
            Action(
                "demo-line",
                _("This computer has a connection"),
                "demo",
                lambda: self.switch_line(window),
                "Ctrl+Shift+O",
                checkable=True,
                checked=online,
            ),
            Action(
                "demo-partner",
                _("Open the partner teacher's window"),
                "demo",
                lambda: self.show(TEACHERS[1]),
                "Ctrl+Shift+P",
                "users",
            ),
            Action(
                "demo-approve",
                _("Let the national offices approve what waits"),
                "demo",
                lambda: self.approve(window),
                "Ctrl+Shift+A",
                "check-circle",
            ),
        ]

    def switch_line(self, window: MainWindow) -> None:
        """Cut this computer's line, or mend it."""
        workspace = window.workspace
        workspace.online = not workspace.online
        workspace.sync_centre.sync_now()
        window.say(_("This computer is online again.") if workspace.online else _("This computer is offline now."))

    def approve(self, window: MainWindow) -> None:
        """Let the national offices approve what waits, in a worker."""

        def approved(said: list[str]) -> None:
            window.workspace.sync_centre.sync_now()
            window.say(_("Approved.") if said else _("No project waits for the national offices."))

        run_in_worker(
            lambda _progress: self.platform.approve_all(),
            approved,
            lambda error: window.say(str(error)),
        )

    def close(self) -> None:
        """Close the windows, stop the platform and delete every file."""
        for window in list(self.windows.values()):
            window.close()
        self.platform.stop()
        self._folder.cleanup()


def run_demo() -> int:
    """Start the demonstration with a window and stay until it is closed."""
    app = application()
    app.setQuitOnLastWindowClosed(True)
    demo = Demo()
    try:
        print("Starting the platform with its community ...", flush=True)
        demo.start()
        print("Signing the first teacher in and syncing ...", flush=True)
        demo.sign_in(TEACHERS[0])
        demo.show(TEACHERS[0])
        print("The window is open. The menu “Demonstration” cuts the line and opens the partner's window.", flush=True)
        return app.exec()
    finally:
        demo.close()
