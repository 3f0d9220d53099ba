"""The way to the network."""

from collections.abc import Callable
from dataclasses import dataclass

ProxyLogin = tuple[str, str]  # name and password


def no_login(_proxy: str) -> ProxyLogin | None:
    """Where no proxy was ever signed in to."""
    return None


@dataclass
class Line:
    """A demonstration can cut it; otherwise it is always whole.

    ``proxy_login`` gives the name and password for a proxy, by its ``host:port``; for any thread.
    """

    connected: bool = True
    proxy_login: Callable[[str], ProxyLogin | None] = no_login
