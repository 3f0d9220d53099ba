"""Signing in to the network's proxy, where it asks for a name and a password."""

import json
import threading
from typing import Any

from local_db import keys
from local_db.store import Store
from local_db.tables import settings
from sync.connection import Connection
from sync.line import ProxyLogin

LOGINS = "proxy-logins"
MOST_LETTERS = 500


class NetworkUseCases:
    """Names and passwords for proxies: in the keyring, else in the encrypted store; never in clear. For any thread."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store, self._connection = store, connection
        self._lock = threading.Lock()
        self._logins: dict[str, ProxyLogin] | None = None
        connection.line.proxy_login = self.login_for

    def proxy(self, address: str = "") -> str:
        """``host:port`` of the proxy on the way to an address, or to the platform; empty where there is none."""
        from sync.proxies import proxy_for  # requests is loaded when it is needed

        url = address.strip() or self._connection.address
        return proxy_for(url if "://" in url else f"https://{url}") if url else ""

    def login_for(self, proxy: str) -> ProxyLogin | None:
        """Who to be for a proxy; None where nobody signed in to it."""
        with self._lock:
            if self._logins is None:
                self._logins = self._read()
            return self._logins.get(proxy)

    def sign_in(self, proxy: str, name: str, password: str, *, keep: bool = True) -> None:
        """Be somebody for a proxy from now on; with ``keep`` also after the next start. Raises StoreError.

        What of it cannot be a name (RFC 7617: no colon, no signs that steer) is left out.
        """
        who = ("".join(sign for sign in name.strip() if sign.isprintable() and sign != ":"), password)
        self.login_for(proxy)
        with self._lock:
            self._logins = {**(self._logins or {}), proxy: (who[0][:MOST_LETTERS], who[1][:MOST_LETTERS])}
            if keep:
                self._keep({**self._read(), proxy: self._logins[proxy]})

    def forget(self, proxy: str) -> None:
        """Be nobody for a proxy again. Raises StoreError."""
        with self._lock:
            self._logins = {name: who for name, who in (self._logins or self._read()).items() if name != proxy}
            self._keep({name: who for name, who in self._read().items() if name != proxy})

    def _keep(self, logins: dict[str, ProxyLogin]) -> None:
        text = json.dumps(logins, ensure_ascii=False) if logins else None
        try:
            in_keyring = keys.secret_set(self._store.profile, LOGINS, text)
        except Exception:  # a backend may raise anything; the store keeps it instead
            in_keyring = False
        settings.put(self._store, LOGINS, None if in_keyring or not logins else logins)

    def _read(self) -> dict[str, ProxyLogin]:
        try:
            kept = settings.get(self._store, LOGINS) or json.loads(keys.secret_get(self._store.profile, LOGINS) or "{}")
        except Exception:  # a keyring that is locked, or has something else: then the proxy asks once more
            kept = {}
        return {str(name): (who[0], who[1]) for name, who in _items(kept) if _is_login(who)}


def _items(kept: Any) -> list[tuple[Any, Any]]:
    return list(kept.items()) if isinstance(kept, dict) else []


def _is_login(who: Any) -> bool:
    return isinstance(who, list | tuple) and len(who) == 2 and all(isinstance(part, str) for part in who)
