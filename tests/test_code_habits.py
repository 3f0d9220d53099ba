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


BEHIND = {"store", "directory_db", "client", "service", "connection", "line", "_opened"}


def looks_behind(tree: ast.AST) -> list[int]:
    """Lines that ask a workspace for what stands behind its use cases."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and _name(node.value).endswith("workspace") and node.attr in BEHIND
    ] + [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "_opened"]


def private_of_others(tree: ast.AST) -> list[int]:
    """Lines that read a private attribute of a use case, such as ``workspace.projects._store``."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {f"_{name.strip('_')}" for name in BEHIND - {"line"}}
        and _name(node.value) != "self"
    ]


def test_the_window_sees_no_store_no_api_client_and_no_service() -> None:
    assert looks_behind(ast.parse("self._host.workspace.store.sql('select 1')")) == [1]
    assert looks_behind(ast.parse("w._opened")) == [1]
    assert private_of_others(ast.parse("workspace.projects._store")) == [1]
    peeping = [
        f"{name}:{line}"
        for name, tree in sources()
        if name.startswith("ui/")
        for line in looks_behind(tree) + private_of_others(tree)
    ]
    assert peeping == []
