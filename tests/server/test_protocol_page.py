"""docs/protocol.md tells everything that a client of somebody else's needs, as the code has it now."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from server import openapi, protocol_tables
from sync.protocol import messages
from sync.protocol.registry import COMMANDS, DOCUMENTS, RECORDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = protocol_tables.FILE.read_text("utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", PAGE))


def test_the_tables_are_what_the_code_says() -> None:
    assert protocol_tables.with_tables(PAGE) == PAGE
    assert protocol_tables.named_in(PAGE) == set(protocol_tables.TABLES)
    for name in (*RECORDS, *DOCUMENTS, *COMMANDS):
        assert name in WORDS


def test_a_page_that_is_not_what_the_code_says_is_told_and_mended(tmp_path, monkeypatch, capsys) -> None:
    old = tmp_path / "protocol.md"
    old.write_text(PAGE.replace("at most 5,000 characters", "at most 6,000 characters"), "utf-8")
    monkeypatch.setattr(protocol_tables, "FILE", old)
    assert openapi.main(["check"]) == 1 and "protocol.md" in capsys.readouterr().out
    assert openapi.main(["write"]) == 0 and old.read_text("utf-8") == PAGE
    assert openapi.main(["check"]) == 0
    assert openapi.main([]) == 2


def test_every_field_of_the_exchange_is_told() -> None:
    assert f"version {messages.PROTOCOL} of the protocol" in PAGE
    exchange = (messages.ExchangeRequest, messages.ExchangeAnswer, messages.ScopeChanges, messages.Result)
    others = (messages.RecordChange, messages.DocumentChange, messages.Command, messages.Record, messages.Edit)
    signing_in = (messages.Tokens, messages.Account, messages.PackFile, messages.SignedPackList)
    untold = {name for model in (*exchange, *others, *signing_in) for name in _fields(model)} - WORDS
    assert untold - set(re.findall(r'"(\w+)":', PAGE)) <= {"signature", "key"}  # told in words


def _fields(model: type[BaseModel]) -> Iterator[str]:
    yield from model.model_fields


def test_every_code_that_the_platform_says_has_its_meaning_here() -> None:
    refusals, problems = _section("Refusals of single changes"), _section("Problems of whole requests")
    said = {code for path in (ROOT / "server").rglob("*.py") for code in _codes(ast.parse(path.read_text("utf-8")))}
    assert {"gap", "exists", "not_possible_now", "project_full"} <= {code for status, code in said if status is None}
    assert {code for status, code in said if status is None} - refusals == set()
    assert {code for status, code in said if status} - problems == set()
    assert (refusals | problems) - {code for _status, code in said} - {"Retry-After"} == set()


def _section(title: str) -> set[str]:
    text = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"`([a-z_]+)`", row.split("|")[1])}


CODE = re.compile(r"[a-z]+(_[a-z]+)*\Z")


def _codes(tree: ast.AST) -> Iterator[tuple[int | None, str]]:
    """Pairs of status (None for a refusal of one change) and code that a module can say."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused" and node.args:
            yield from ((None, word) for word in _words(node.args[0]))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ProblemError", "answer"):
            yield from ((1, word) for argument in node.args[1:2] for word in _words(argument))
        elif isinstance(node, ast.FunctionDef) and "refus" in node.name + (ast.get_docstring(node) or "").lower():
            returns = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
            yield from ((None, word) for value in returns for word in _words(value))


def _words(value: ast.expr) -> Iterator[str]:
    """The codes that an expression can be: constants outside its comparisons."""
    if isinstance(value, ast.IfExp):
        yield from _words(value.body)
        yield from _words(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.match(value.value):
        yield value.value
