"""What requests, urllib3, ssl and the operating system raise on the way to the platform, by our names.

Types and codes decide, never the text of a system's message: those are in the system's language and change.
"""

import errno
import http.client
import re
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions as pool

from sync.errors import (
    BadAddressError,
    BadAnswerError,
    DnsError,
    ExpiredCertificateError,
    NotYetValidError,
    OfflineError,
    OtherNameError,
    ProxyError,
    ProxyRefusedError,
    ProxySignInError,
    SlowLineError,
    SyncError,
    TlsError,
    UntrustedCertificateError,
)

_CERTIFICATES: dict[int, type[TlsError]] = {
    9: NotYetValidError,  # OpenSSL's X509_V_ERR_… codes
    10: ExpiredCertificateError,
    62: OtherNameError,
    64: OtherNameError,
    0x800B0101: ExpiredCertificateError,  # Windows: CERT_E_EXPIRED, not yet valid among them
    0x800B010F: OtherNameError,  # CERT_E_CN_NO_MATCH
    -67818: ExpiredCertificateError,  # macOS: errSecCertificateExpired
    -67819: NotYetValidError,  # errSecCertificateNotValidYet
    -67602: OtherNameError,  # errSecHostNameMismatch
}
_NETWORK_NUMBERS = frozenset(
    getattr(errno, name)
    for name in (
        "ENETDOWN",
        "ENETUNREACH",
        "EHOSTDOWN",
        "EHOSTUNREACH",
        "ENETRESET",
        "ENOTCONN",
        "EADDRNOTAVAIL",
        "EPIPE",
        "ECONNRESET",
        "ECONNABORTED",
        "ECONNREFUSED",
        "ETIMEDOUT",
    )
    if hasattr(errno, name)
)
_DETAIL = 300  # characters
_TUNNEL_ASKS = re.compile(r"Tunnel connection failed: 407\b")  # http.client, in no language but its own


def network_error(error: BaseException) -> SyncError:
    """Our name for what happened between here and the platform."""
    return _kind(error, list(_chain(error)))(f"{type(error).__name__}: {error}"[:_DETAIL])


def is_network_number(error: OSError) -> bool:
    """Whether an operating-system error is about the network rather than a disk."""
    return isinstance(error, socket.gaierror | TimeoutError | ConnectionError) or error.errno in _NETWORK_NUMBERS


def _kind(error: BaseException, chain: list[BaseException]) -> type[SyncError]:
    if isinstance(error, requests.exceptions.ProxyError):
        return _of_proxy(chain)
    for one in chain:
        if isinstance(one, socket.gaierror | pool.NameResolutionError):
            return DnsError
        if isinstance(one, ssl.SSLError):
            return _of_tls(one)
    if any(_is_timeout(one) for one in chain):
        return SlowLineError
    if any(_is_address(one) for one in chain):
        return BadAddressError
    return BadAnswerError if any(_is_no_http(one) for one in chain) else OfflineError


def _of_proxy(chain: list[BaseException]) -> type[SyncError]:
    """http.client says that a proxy refused a tunnel by a bare OSError without a number; its own words hold the status."""
    told = [str(one) for one in chain if type(one) is OSError and one.errno is None]
    if any(_TUNNEL_ASKS.match(text) for text in told):
        return ProxySignInError
    return ProxyRefusedError if told else ProxyError


def _of_tls(error: ssl.SSLError) -> type[SyncError]:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        return _CERTIFICATES.get(code, _CERTIFICATES.get(code & 0xFFFFFFFF, UntrustedCertificateError))
    return OfflineError if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) else TlsError


def _is_timeout(error: BaseException) -> bool:
    waited = isinstance(error, TimeoutError | pool.TimeoutError | requests.exceptions.Timeout)
    return waited and not isinstance(error, pool.NewConnectionError)


def _is_address(error: BaseException) -> bool:
    wrong = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema)
    return isinstance(error, (*wrong, pool.LocationValueError))


def _is_no_http(error: BaseException) -> bool:
    cut = (ConnectionError, http.client.IncompleteRead)
    strange = (
        http.client.HTTPException,
        pool.InvalidHeader,
        pool.HeaderParsingError,
        requests.exceptions.InvalidHeader,
    )
    return isinstance(error, strange) and not isinstance(error, cut)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception with all it was made of: causes, reasons and arguments, each once."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < 50:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [part for part in inner if isinstance(part, BaseException)]
