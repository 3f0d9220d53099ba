"""One window per profile: a second start brings the first one to the front."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtNetwork import QLocalServer, QLocalSocket


def _name(profile: Path) -> str:
    return "twindesk-" + hashlib.sha256(str(profile.resolve()).encode()).hexdigest()[:20]


def raise_running(profile: Path) -> bool:
    """Ask a running copy to come to the front; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(_name(profile))
    if not socket.waitForConnected(500):
        return False
    socket.write(b"raise")
    socket.waitForBytesWritten(500)
    socket.disconnectFromServer()
    return True


class FrontDoor:
    """Listens for later starts on the same profile. Only the same system user is let in."""

    def __init__(self, profile: Path, on_knock: Callable[[], None]) -> None:
        self._server = QLocalServer()
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(_name(profile))
        self._server.newConnection.connect(lambda: self._answer(on_knock))
        self._server.listen(_name(profile))

    def _answer(self, on_knock: Callable[[], None]) -> None:
        connection = self._server.nextPendingConnection()
        if connection:
            connection.close()
        on_knock()

    def close(self) -> None:
        """Let nobody knock any more."""
        self._server.close()
