"""Why a sync stopped. Each has a sentence for the teacher in ``ui``; none loses anything."""


class SyncError(Exception):
    """Base of all; ``code`` names the sentence, ``detail`` is the technical text."""

    code = "trouble"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class OfflineError(SyncError):
    """No line, no answer, or an answer that was cut in half."""

    code = "offline"


class CaptivePortalError(SyncError):
    """A web page came instead of the platform: a network that wants a sign-in of its own."""

    code = "captive_portal"


class BusyError(SyncError):
    """429 or 503. ``retry_after`` is in seconds."""

    code = "busy"

    def __init__(self, retry_after: float, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class SignInNeededError(SyncError):
    """No valid token any more."""

    code = "sign_in_needed"


class BadAnswerError(SyncError):
    """The server answered something that is not of the protocol."""

    code = "bad_answer"


class RefusedError(SyncError):
    """A 4xx with problem details; ``problem`` is the server's code, ``status`` the HTTP status."""

    code = "refused"

    def __init__(self, status: int, problem: str, detail: str = "") -> None:
        super().__init__(detail)
        self.status, self.problem = status, problem


class SignInCancelledError(SyncError):
    """The person closed the browser, refused, or took too long."""

    code = "sign_in_cancelled"


class ForeignDirectoryError(SyncError):
    """A list of packs that is not this platform's, or older than one seen before. The directory stays as it was."""

    code = "foreign_directory"


class BadPackError(SyncError):
    """A pack that is damaged, swapped or larger than announced. The directory stays as it was."""

    code = "bad_pack"


class StoppedError(SyncError):
    """The teacher stopped a download; it goes on where it was."""

    code = "stopped"
