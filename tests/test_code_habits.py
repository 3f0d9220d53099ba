"""Habits that no linter knows, each because a computer somewhere did not start without it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("app", "ui", "sync", "local_db", "i18n", "server", "tests", "benchmarks")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in [*(file for room in ROOMS for file in (ROOT / room).rglob("*.py")), ROOT / "main.py"]:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def keyword_properties(tree: ast.AST) -> list[int]:
    """Lines that give a Qt object properties or signals by keyword, such as ``QTimer(interval=5)``."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.keywords
        and _name(node.func).startswith("Q")
        and _name(node.func)[1:2].isupper()
    ]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_no_qt_object_gets_keywords_for_a_turkish_computer_does_not_find_them() -> None:
    assert keyword_properties(ast.parse("QTimer(self, interval=5)")) == [1]
    found = [f"{name}:{line}" for name, tree in sources() for line in keyword_properties(tree)]
    assert found == []
