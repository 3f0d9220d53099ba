"""What is typed but could not be stored: asking before it would be lost."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Unsaved:
    """Words on the screen that are not stored: where they stand, and they themselves."""

    title: str
    text: str


def may_go_on(parent: QWidget, texts: list[Unsaved], error: Exception | None, again: Callable[[], bool]) -> bool:
    """Whether nothing would be lost now, or the person said what is to become of it. ``again`` tries to store it."""
    if not texts or again():
        return True
    from ui.unsaved_question import UnsavedQuestion  # the window opens without its dialogs

    return UnsavedQuestion(parent, texts, error, again).ask()
