"""The way to the platform, opened when it is first needed: its libraries are not loaded at every start of the window."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.line import Line

if TYPE_CHECKING:
    from sync.client import ApiClient


class Connection:
    """Makes the one :class:`~sync.client.ApiClient` of a profile. ``refresh_token`` and ``keep_token`` as there."""

    def __init__(
        self,
        base_url: str,
        refresh_token: Callable[[], str | None],
        keep_token: Callable[[str | None], None],
        line: Line | None = None,
    ) -> None:
        self.line = line or Line()
        self._arguments = (base_url, refresh_token, keep_token, self.line)
        self._client: ApiClient | None = None
        self._lock = threading.Lock()

    def client(self) -> "ApiClient":
        """The client, made at the first call; for any thread."""
        with self._lock:
            if self._client is None:
                from sync.client import ApiClient

                self._client = ApiClient(*self._arguments)
            return self._client

    def close(self) -> None:
        """Let go of the kept connections, if there ever were any."""
        with self._lock:
            if self._client is not None:
                self._client.close()
