"""What a screen reader meets on every page: over a real accessibility bus, in a real window."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.accessibility import bus
from ui import capabilities

pytestmark = pytest.mark.skipif(
    not bus.is_here(), reason="needs Xvfb, dbus-daemon and at-spi2-core (see CONTRIBUTING.md)"
)
ROOT = Path(__file__).resolve().parents[2]
NAMELESS = {"filler", "panel", "scroll pane", "viewport", "layered pane", "separator", "scroll bar", "table cell"}


class Window:
    """The window in its process, and a screen reader that looks at it."""

    def __init__(self, folder: Path, around: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.accessibility.window", str(folder)],
            cwd=ROOT,
            env=around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"
        self.reader = bus.ScreenReader(around["DBUS_SESSION_BUS_ADDRESS"])

    def tell(self, *words: str) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        assert not (isinstance(answer, dict) and "failed" in answer), answer
        return answer

    def look(self) -> bus.Node:
        """All that is shown now."""
        [(name, path)] = self.reader.programs()
        return self.reader.read(name, path)

    def look_until(self, holds: Callable[[bus.Node], bool]) -> bus.Node:
        """Look again until what is shown is as it should be."""
        until = time.monotonic() + 60
        while True:
            tree = self.look()
            if holds(tree):
                return tree
            assert time.monotonic() < until, "\n".join(map(str, tree.all()))
            time.sleep(0.05)

    def close(self) -> None:
        self.reader.close()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _answer(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with bus.desktop() as around:
        made = Window(tmp_path_factory.mktemp("spoken"), around)
        try:
            yield made
        finally:
            made.close()


def complaints(tree: bus.Node) -> list[str]:
    """Everything one can go to that has no name, or of which nobody can tell what it is."""
    made = []
    for node in tree.all():
        if "focusable" in node.states and not node.name.strip() and node.role not in NAMELESS:
            made.append(f"no name: {node}")
        if node.role in ("unknown", "invalid", "") or ("focusable" in node.states and node.role in ("filler",)):
            made.append(f"no role: {node}")
    return made


PAGES = {entry.name: entry.text for entry in capabilities.entries()}


@pytest.mark.parametrize("page", PAGES)
def test_everything_one_can_go_to_on_a_page_says_what_it_is(window: Window, page: str) -> None:
    window.tell("go", page)
    tree = window.look()
    assert sum("focusable" in node.states for node in tree.all()) > len(PAGES)
    assert not complaints(tree)
    assert not window.tell("unnamed")
    marked = [node.name for node in tree.all() if node.name in PAGES.values() and "checked" in node.states]
    assert marked == [PAGES[page]]


@pytest.mark.parametrize("dialog", ["search", "report", "new-post", "countries", "paste-names"])
def test_everything_one_can_go_to_in_a_dialog_says_what_it_is(window: Window, dialog: str) -> None:
    window.tell("go", "partners")
    if dialog == "paste-names":
        window.tell("class", "6-A")
    window.tell("open", dialog)
    tree = window.look_until(lambda tree: any(node.role == "dialog" for node in tree.all()))
    [shown] = [node for node in tree.all() if node.role == "dialog"]
    try:
        assert shown.name
        assert not complaints(shown)
    finally:
        window.tell("dismiss")


def test_a_picture_in_its_window_and_the_next_one_are_told(window: Window, tmp_path: Path) -> None:
    window.tell("pictures", str(tmp_path))
    tree = window.look_until(lambda tree: any(node.role == "dialog" for node in tree.all()))
    [shown] = [node for node in tree.all() if node.role == "dialog"]
    try:
        assert shown.name == "Snow 0" and not complaints(shown)
        assert {"Picture of “Snow 0”", "Next picture", "Larger", "Full size"} <= {node.name for node in shown.all()}
        with window.reader.listen("org.a11y.atspi.Event.Object", "Announcement") as heard:
            window.tell("step")
            assert "Snow 1, 2 of 2" in str(window.reader.next(heard))
    finally:
        window.tell("close_picture")


def test_a_message_of_the_window_is_spoken(window: Window) -> None:
    with window.reader.listen("org.a11y.atspi.Event.Object", "Announcement") as heard:
        window.tell("say", "Three works were taken in.")
        body = window.reader.next(heard)
    assert "Three works were taken in." in str(body)


def test_a_facet_says_whether_it_is_ticked(window: Window) -> None:
    window.tell("go", "partners")

    def facet(tree: bus.Node) -> bus.Node:
        return next(node for node in tree.all() if node.role == "check box" and node.name.startswith("Türkiye"))

    assert {"checkable"} == {"checkable", "checked"} & facet(window.look()).states
    window.tell("press", facet(window.look()).name)
    window.look_until(lambda tree: "checked" in facet(tree).states)
    window.tell("press", facet(window.look()).name)
    window.look_until(lambda tree: "checked" not in facet(tree).states)
