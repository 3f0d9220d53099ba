"""The way to the network."""

from dataclasses import dataclass


@dataclass
class Line:
    """A demonstration can cut it; otherwise it is always whole."""

    connected: bool = True
