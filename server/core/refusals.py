"""What the platform says no to, with a code that the client has a sentence for."""


class Refused(Exception):
    """The server will not do it; ``code`` tells the client why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
