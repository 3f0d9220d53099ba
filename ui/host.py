"""What a page may ask of the window it stands in."""

from collections.abc import Callable
from typing import Any, Protocol

from app.workspace import Workspace


class Host(Protocol):
    """The window, as pages and actions see it."""

    workspace: Workspace

    def go(self, name: str) -> None:
        """Show a page."""

    def page(self, name: str) -> Any:
        """Show a page and return it."""

    def do(self, action: str) -> None:
        """Do a declared action by its name, as its menu entry would."""

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a message for a while; ``undo`` takes the step back, and returns False where it cannot any more."""

    def change_language(self, code: str | None) -> None:
        """Speak another language from now on."""

    def change_look(self, choice: str, scale: int) -> None:
        """Look otherwise from now on: light, dark or as the system; the text size in per cent."""
