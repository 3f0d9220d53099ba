"""Where a request comes from. What a proxy says of it is believed only from proxies that were named."""

import ipaddress
from collections.abc import Iterable
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks by their CIDR, such as ``10.0.0.0/8`` or one address. Raises ValueError."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def client_address(scope: Any, trusted: tuple[Network, ...]) -> str:
    """The address to count a request under: the last one that no trusted proxy vouches for.

    A household or school has a whole /64 of IPv6, so it is counted as one.
    """
    address = (scope.get("client") or ("", 0))[0]
    said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    for hop in reversed(said.split(",") if said else []):
        if not _is_trusted(address, trusted):
            break
        address = _plain(hop) or address
    return _grouped(address)


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in trusted)


def _plain(hop: str) -> str:
    """An address out of a header, without port and brackets; empty when it is none."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _grouped(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
