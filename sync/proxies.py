"""The proxies that the computer is set to use: which one an address goes through, and what signs in to it (RFC 7617)."""

from urllib.parse import urlsplit

import requests.utils


def proxy_for(url: str) -> str:
    """``host:port`` of the proxy that an address goes through; empty where it is none."""
    return place_of(requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) or "")


def place_of(proxy: str) -> str:
    """``host:port`` of a proxy's address, as the system has it: with or without a scheme, a name, a password."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"//{proxy}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else host


def has_own_login(proxy: str) -> bool:
    """Whether the system's setting names somebody itself."""
    return "@" in proxy
