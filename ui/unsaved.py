"""What is typed but could not be stored."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unsaved:
    """Words on the screen that are not stored: where they stand, and they themselves."""

    title: str
    text: str
