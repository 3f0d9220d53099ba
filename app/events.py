"""How the rooms below tell the window that something changed: plain callbacks, no Qt."""

import threading
from collections.abc import Callable
from typing import Any

Listener = Callable[[Any], None]


class Events:
    """Named events. A listener is called in the thread that publishes; ``subscribe`` returns how to stop."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._lock = threading.Lock()

    def subscribe(self, name: str, listener: Listener) -> Callable[[], None]:
        with self._lock:
            self._listeners.setdefault(name, []).append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners.get(name, []):
                    self._listeners[name].remove(listener)

        return stop

    def publish(self, name: str, value: Any = None) -> None:
        """Tell all listeners, also when one of them raises; the first error goes on to the caller afterwards."""
        with self._lock:
            listeners = list(self._listeners.get(name, []))
        errors: list[Exception] = []
        for listener in listeners:
            try:
                listener(value)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]
