"""Turns the plain callbacks of ``app`` into Qt signals, delivered in the Qt thread."""

from PySide6.QtCore import QObject, Qt, Signal

from app.events import Events


class EventBridge(QObject):
    """``changed`` carries Changes, ``status`` the connection's Status."""

    changed = Signal(object)
    status = Signal(object)
    _changed_anywhere = Signal(object)
    _status_anywhere = Signal(object)

    def __init__(self, events: Events, parent: QObject) -> None:
        super().__init__(parent)
        queued = Qt.ConnectionType.QueuedConnection
        self._changed_anywhere.connect(self.changed, queued)
        self._status_anywhere.connect(self.status, queued)
        self._stops = [
            events.subscribe("changed", self._changed_anywhere.emit),
            events.subscribe("status", self._status_anywhere.emit),
        ]

    def stop(self) -> None:
        """Hear nothing any more, before the window goes."""
        for stop in self._stops:
            stop()
        self._stops = []
