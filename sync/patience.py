"""Connections that wait for a slow line but not for ever.

The libraries' own time limits count from byte to byte, so a server that sends one byte of its headers every ten seconds
would hold a sync for days; and they give a large body on a slow line the few seconds meant for connecting.
"""

import ssl
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import make_headers

from sync.line import Line
from sync.proxies import has_own_login, place_of

CONNECT_SECONDS, READ_SECONDS = 6, 45  # to connect; between two bytes
HEADERS_SECONDS = 150.0  # from the end of a question to the end of the answer's headers


class _Watch(threading.Timer):
    """Ends a socket's conversation when the time is over; ``done`` tells that it did."""

    def __init__(self, socket: Any) -> None:
        super().__init__(HEADERS_SECONDS, self._cut)
        self.daemon, self.done, self._socket = True, False, socket

    def _cut(self) -> None:
        self.done = True
        try:
            self._socket.shutdown(2)
        except OSError:
            pass


class _Patient:
    """Mixed into urllib3's connections."""

    sock: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock.settimeout(READ_SECONDS)  # a body is sent under this limit, not under the one for connecting

    def getresponse(self) -> Any:
        watch = _Watch(self.sock)
        watch.start()
        try:
            return super().getresponse()  # type: ignore[misc]
        finally:
            watch.cancel()
            if watch.done:  # half the headers may have passed for whole ones
                raise TimeoutError("the headers did not come to an end")


class _PlainConnection(_Patient, HTTPConnection):
    pass


class _TlsConnection(_Patient, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def system_trust() -> ssl.SSLContext:
    """Trusts what the computer trusts: a school's own certificate is installed there once, for all programs."""
    import truststore  # needed for the first encrypted connection

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class PatientAdapter(HTTPAdapter):
    """For a :class:`requests.Session`: all its connections, also those through a proxy, are patient ones.

    A proxy that asks who one is gets what ``line`` knows for it.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Make the pool of direct connections, all of them patient."""
        super().init_poolmanager(*arguments, ssl_context=system_trust(), **named)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = _POOLS  # type: ignore[attr-defined]

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """The proxy's manager with patient connections; a SOCKS proxy keeps its own kind."""
        known = self.proxy_manager.get(proxy)  # made before somebody signed in to the proxy, perhaps
        if known is not None and getattr(known, "proxy_headers", {}) != self.proxy_headers(proxy):
            self.proxy_manager.pop(proxy).clear()
        named = named if proxy.lower().startswith("socks") else {"ssl_context": system_trust(), **named}
        manager = super().proxy_manager_for(proxy, **named)  # type: ignore[no-untyped-call]
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """Who one is, for a proxy whose setting does not say so itself."""
        login = None if has_own_login(proxy) else self._line.proxy_login(place_of(proxy))
        if login is None:
            return dict(super().proxy_headers(proxy))  # type: ignore[no-untyped-call]
        return make_headers(proxy_basic_auth=":".join(login).encode().decode("latin-1"))
