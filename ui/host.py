"""What a page may ask of the window it stands in."""

from collections.abc import Callable
from typing import Any, Protocol

from app.workspace import Workspace


class Host(Protocol):
    workspace: Workspace

    def go(self, name: str) -> None: ...

    def page(self, name: str) -> Any: ...

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None: ...

    def sign_in(self) -> None: ...

    def change_language(self, code: str | None) -> None: ...

    def change_look(self, choice: str, scale: int) -> None: ...
