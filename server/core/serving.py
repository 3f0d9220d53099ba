"""How uvicorn listens: what a proxy says is not its business, and nobody may keep it waiting in the middle of a request."""

import asyncio
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

SILENCE = 20.0  # seconds that the head of a request, or the rest of a refused one, may take


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that ends connections on which a request began and does not go on.

    While the application reads a body, ``server.core.bodies`` watches instead.
    """

    silence = SILENCE
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection has to say something soon."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """More of a request, maybe all of its head."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The request may have been refused before all of it was here."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._stop_watching()
        super().connection_lost(exc)

    def _look(self) -> None:
        refused = self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE
        begun = self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None
        if not refused and not begun:
            self._stop_watching()
        elif self._watch is None:
            self._watch = self.loop.call_later(self.silence, self._end)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _end(self) -> None:
        self._watch = None
        if not self.transport.is_closing():
            if self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE:
                self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()


def configured(app: Any, **more: Any) -> uvicorn.Config:
    """How the platform runs an application, or what makes one (``factory=True``)."""
    settings: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False, **more}
    return uvicorn.Config(app, http=PatientProtocol, proxy_headers=False, ws="none", lifespan="off", **settings)
