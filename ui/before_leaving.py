"""Asking before words would be lost that could not be stored."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.unsaved import Unsaved


def may_go_on(parent: QWidget, texts: list[Unsaved], error: Exception | None, again: Callable[[], bool]) -> bool:
    """Whether nothing would be lost now, or the person said what is to become of it. ``again`` tries to store it."""
    if not texts or again():
        return True
    from ui.unsaved_question import UnsavedQuestion  # the window opens without its dialogs

    return UnsavedQuestion(parent, texts, error, again).ask()
