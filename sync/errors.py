"""Why a sync stopped. Each has a sentence for the teacher in ``ui``; none loses anything.

``code`` names the sentence. ``state`` says what it makes of the connection: ``offline`` (the way to the platform),
``trouble`` (something to look at), ``signed_out``, or ``no_platform``.
"""


class SyncError(Exception):
    """Base of all; ``detail`` is the technical text."""

    code = "trouble"
    state = "trouble"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class OfflineError(SyncError):
    """No line, nobody who answers, or an answer that was cut in half."""

    code = "offline"
    state = "offline"


class DnsError(OfflineError):
    """The platform's name leads to no address: no name service here, or a mistyped server."""

    code = "dns"


class SlowLineError(OfflineError):
    """Nothing, or next to nothing, came within the time we wait."""

    code = "timeout"


class TlsError(SyncError):
    """No encrypted connection could be agreed on."""

    code = "tls"


class UntrustedCertificateError(TlsError):
    """The certificate is signed by nobody this computer trusts; often a filter that reads along."""

    code = "tls_untrusted"


class OtherNameError(TlsError):
    """The certificate is for another site than the platform."""

    code = "tls_other_name"


class ExpiredCertificateError(TlsError):
    """The certificate has run out, or this computer's clock is ahead."""

    code = "tls_expired"


class NotYetValidError(TlsError):
    """The certificate is not valid yet: nearly always this computer's clock is behind."""

    code = "tls_not_yet_valid"


class ProxyError(OfflineError):
    """The network's proxy cannot be reached."""

    code = "proxy_unreachable"


class ProxyRefusedError(ProxyError):
    """The proxy answered, but lets nothing through to the platform."""

    code = "proxy_refused"
    state = "trouble"


class ProxySignInError(ProxyError):
    """407: the proxy asks for a name and a password."""

    code = "proxy_sign_in"
    state = "trouble"


class CaptivePortalError(SyncError):
    """A web page came instead of the platform: a network that wants a sign-in of its own."""

    code = "captive_portal"


class NetworkSignInError(CaptivePortalError):
    """511: the network itself says that it wants a sign-in."""

    code = "network_sign_in"


class BadAddressError(SyncError):
    """The platform's address is not an address."""

    code = "bad_address"


class PlainAddressError(SyncError):
    """An address without encryption, which is for this computer alone."""

    code = "plain_address"


class NotAPlatformError(SyncError):
    """Somebody answers at an address that was given, but no platform of ours."""

    code = "not_a_platform"


class AddressKeptError(SyncError):
    """Somebody has signed in, or is about to: the profile belongs to the platform that it has."""

    code = "address_kept"


class NoPlatformError(SyncError):
    """No platform's address is known yet: everything stays on this computer."""

    code = "no_platform"
    state = "no_platform"


class MovedError(SyncError):
    """301 or 308: the platform has another address now. It is never followed by itself: tokens go to one place."""

    code = "moved"


class BusyError(SyncError):
    """429, 408 or 5xx. ``retry_after`` is in seconds; ``asked`` when the platform itself asked for that wait."""

    code = "busy"

    def __init__(self, retry_after: float, detail: str = "", *, asked: bool = False) -> None:
        super().__init__(detail)
        self.retry_after, self.asked = retry_after, asked


class SignInNeededError(SyncError):
    """No valid token any more."""

    code = "sign_in_needed"
    state = "signed_out"


class WrongAccountError(SyncError):
    """The token is another teacher's than the profile on this computer. Nothing was sent."""

    code = "other_account"
    state = "signed_out"


class KeyringLockedError(SyncError):
    """The system's keyring does not give the token out, or does not answer. Nothing was changed in it."""

    code = "keyring_locked"


class BadAnswerError(SyncError):
    """The server answered something that is not of the protocol."""

    code = "bad_answer"


class RefusedError(SyncError):
    """A 4xx with problem details; ``problem`` is the server's code, ``status`` the HTTP status."""

    code = "refused"

    def __init__(self, status: int, problem: str, detail: str = "") -> None:
        super().__init__(detail)
        self.status, self.problem = status, problem


class TooLargeError(RefusedError):
    """413, from the platform or from something on the way to it."""

    code = "too_large"

    def __init__(self, detail: str = "") -> None:
        super().__init__(413, "too_large", detail)


class SignInCancelledError(SyncError):
    """The person closed the browser, refused, or took too long."""

    code = "sign_in_cancelled"


class NoBrowserError(SyncError):
    """No browser could be opened for the sign-in."""

    code = "no_browser"


class ForeignDirectoryError(SyncError):
    """A list of packs that is not this platform's, or older than one seen before. The directory stays as it was."""

    code = "foreign_directory"


class BadPackError(SyncError):
    """A pack that is damaged, swapped or larger than announced. The directory stays as it was."""

    code = "bad_pack"


class StoppedError(SyncError):
    """The teacher stopped a download; it goes on where it was."""

    code = "stopped"


class ProgramError(SyncError):
    """A fault of the program. It is kept for a report and the work is tried again later."""

    code = "program"
