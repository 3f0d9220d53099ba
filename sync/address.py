"""The address of a platform, as a person types it."""

import re
from urllib.parse import SplitResult, urlsplit

from sync.errors import BadAddressError, PlainAddressError

MOST_CHARACTERS = 300
HERE = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"[^\s/\\@<>\"'%|^`{}]{1,253}")  # names of all scripts; the name service knows which there are


def address_of(typed: str) -> str:
    """The address in full, without a slash at its end. Nothing is asked of the network.

    ``https://`` is put before what has no scheme. Raises BadAddressError, or PlainAddressError for one that would be
    spoken to without encryption, which is allowed on this computer alone.
    """
    text = typed.strip()
    if not text or len(text) > MOST_CHARACTERS or any(sign.isspace() for sign in text):
        raise BadAddressError("not an address")
    if "://" not in text:
        text = f"{'http' if _is_here(f'//{text}') else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        fits = parts.port is None or 0 < parts.port < 65536
    except ValueError as error:
        raise BadAddressError(str(error)) from error
    host = parts.hostname or ""
    if not fits or parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or "@" in parts.netloc:
        raise BadAddressError("not a web address")
    if parts.query or parts.fragment:
        raise BadAddressError("a page, not a platform")
    if parts.scheme == "http" and host not in HERE:
        raise PlainAddressError(host)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def path_on(platform: str, location: str) -> str:
    """The path that a ``Location`` names on the platform, beneath its own path; the location itself for another server."""
    home = urlsplit(platform)
    try:
        parts = urlsplit(location)
        if parts.netloc and _origin(parts) != _origin(home):
            return location
    except ValueError:
        return location
    below = parts.path.removeprefix(home.path.rstrip("/"))
    return f"{below}?{parts.query}" if parts.query else below


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    """What two spellings of one server have in common (RFC 6454)."""
    usual = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or usual


def _is_here(text: str) -> bool:
    try:
        return urlsplit(text).hostname in HERE
    except ValueError:
        return False
