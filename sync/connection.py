"""The way to the platform, opened when it is first needed: its libraries are not loaded at every start of the window."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.errors import NoPlatformError
from sync.line import Line

if TYPE_CHECKING:
    from sync.client import ApiClient


class Connection:
    """Makes the one :class:`~sync.client.ApiClient` of a profile. ``refresh_token`` and ``keep_token`` as there.

    ``base_url`` is empty where no platform is known yet.
    """

    def __init__(
        self,
        base_url: str,
        refresh_token: Callable[[], str | None],
        keep_token: Callable[[str | None], None],
        line: Line | None = None,
    ) -> None:
        self.line = line or Line()
        self.address = base_url
        self._tokens = (refresh_token, keep_token)
        self._client: ApiClient | None = None
        self._lock = threading.Lock()

    def client(self) -> "ApiClient":
        """The client, made at the first call; for any thread. Raises NoPlatformError."""
        with self._lock:
            if not self.address:
                raise NoPlatformError
            if self._client is None:
                from sync.client import ApiClient

                self._client = ApiClient(self.address, *self._tokens, self.line)
            return self._client

    def use(self, base_url: str) -> None:
        """Talk to another platform from now on."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client, self.address = None, base_url

    def look_at(self, base_url: str) -> None:
        """Raises SyncError unless a platform of ours answers there, within seconds. Nobody's token is shown to it."""
        from sync.client import ApiClient

        stranger = ApiClient(base_url, lambda: None, lambda _token: None, self.line)
        try:
            stranger.health()
        finally:
            stranger.close()

    def close(self) -> None:
        """Let go of the kept connections, if there ever were any."""
        with self._lock:
            if self._client is not None:
                self._client.close()
