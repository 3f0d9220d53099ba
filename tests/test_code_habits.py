"""Habits that no linter knows, each because a computer somewhere did not start, or a newcomer was lost, without it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("app", "ui", "sync", "local_db", "i18n", "server")
ROOMS = (*SHIPPED, "tests", "benchmarks")
DOCUMENTED = 0.95


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


def without_encoding(tree: ast.AST) -> list[int]:
    """Lines that read or write a text file as the computer is set: on Windows mostly not in UTF-8."""
    places = {"read_text": 1, "write_text": 2}  # with how many arguments the encoding is among them
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and len(node.args) < places.get(node.func.attr, 0)
        and not any(keyword.arg == "encoding" for keyword in node.keywords)
    ]


def test_no_text_file_is_written_in_whatever_encoding_the_computer_is_set_to() -> None:
    assert without_encoding(ast.parse("path.read_text()")) == without_encoding(ast.parse("path.write_text(x)")) == [1]
    found = [f"{name}:{line}" for name, tree in sources() for line in without_encoding(tree)]
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


# -- what is imported is declared ---------------------------------------------------------------------------------------

DISTRIBUTIONS = {  # where the name of an import is not that of what is installed
    "PIL": "pillow",
    "PySide6": "pyside6-essentials",
    "argon2": "argon2-cffi",
    "playhouse": "peewee",
    "pytestqt": "pytest-qt",
    "tusclient": "tuspy",
}
NOT_IMPORTED = {  # needed all the same
    "python-multipart",  # FastAPI reads forms with it
    "qtawesome",  # its font is read, see ui/icon_font.py
    "tzdata",  # zoneinfo on Windows
    "import-linter",
    "mypy",
    "pytest-xdist",  # make test: as many processes as there are cores
    "ruff",
    "types-requests",
}


def imported(tree: ast.AST) -> set[str]:
    """The distributions that a module imports from, as they are called where packages are declared."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {*ROOMS, "main", "resources"}
    return {DISTRIBUTIONS.get(name, name).lower().replace("_", "-") for name in tops}


def declared() -> tuple[set[str], set[str]]:
    """What pyproject.toml declares for the program (databases included), and for the tests besides."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = [line for lines in read["project"]["optional-dependencies"].values() for line in lines]
    return _bare(read["project"]["dependencies"] + extras), _bare(read["dependency-groups"]["dev"])


def _bare(lines: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in lines}


def test_what_is_imported_is_declared_and_nothing_else() -> None:
    assert imported(ast.parse("import PIL.Image\nfrom pydantic_core import from_json\nimport os, app.rules")) == {
        "pillow",
        "pydantic-core",
    }
    program, tests = declared()
    used = {name: imported(tree) for name, tree in sources()}
    shipped = {one for name, names in used.items() if not name.startswith(("tests/", "benchmarks/")) for one in names}
    everything = {one for names in used.values() for one in names}
    assert shipped - program == set()
    assert everything - program - tests == set()
    assert (program | tests) - everything - NOT_IMPORTED == set()
    assert (program | tests) >= NOT_IMPORTED


def test_what_is_declared_is_pinned() -> None:
    program, tests = declared()
    pinned = {
        path.name: set(re.findall(r"^([a-z0-9-]+)==", path.read_text("utf-8"), re.MULTILINE))
        for path in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock", ROOT / "requirements-postgresql.lock")
    }
    assert program - {"psycopg"} - pinned["requirements.lock"] == set(), "make lock"
    assert program | tests <= pinned["requirements-dev.lock"], "make lock"
    assert program <= pinned["requirements-postgresql.lock"], "make lock"


# -- what is public says what it is for -----------------------------------------------------------------------------------

Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public_definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """A module, its public classes and functions, and their public methods; functions within functions are private.

    A property has one docstring, that of its getter.
    """
    yield "the module", tree
    waiting: list[ast.Module | ast.ClassDef] = [tree]
    while waiting:
        for node in waiting.pop().body:
            if not isinstance(node, Definition) or isinstance(node, ast.Module) or node.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef):
                if node.name == "Meta":  # peewee's
                    continue
                waiting.append(node)
            elif any(isinstance(one, ast.Attribute) and one.attr == "setter" for one in node.decorator_list):
                continue
            yield node.name, node


def says_something(node: Definition) -> bool:
    """Whether a definition has a docstring of its own; one that only points elsewhere is none."""
    return not (ast.get_docstring(node) or "See the base class").startswith("See the base class")


def are_documented() -> dict[str, bool]:
    """Every public definition of the shipped rooms, and whether it says what it is for."""
    return {
        f"{file}:{getattr(node, 'lineno', 1)}: {name}": says_something(node)
        for file, tree in sources()
        if file.startswith(SHIPPED)
        and (ROOT / file).stat().st_size  # an empty __init__.py says nothing because it is nothing
        for name, node in public_definitions(tree)
    }


def test_what_is_public_says_what_it_is_for() -> None:
    small = ast.parse(
        "class A:\n  '''An A.'''\n  def b(self): ...\n  def _c(self): ...\n  @b.setter\n  def b(self): ...\n"
    )
    assert [name for name, node in public_definitions(small) if not says_something(node)] == ["the module", "b"]
    assert not says_something(ast.parse("'See the base class.'"))
    known = are_documented()
    share = sum(known.values()) / len(known)
    silent = "\n".join(name for name, has in known.items() if not has)
    assert share >= DOCUMENTED, f"{share:.1%} of {len(known)}; without a docstring:\n{silent}"


# -- the habits of the house --------------------------------------------------------------------------------------------


def test_make_help_names_every_command() -> None:
    lines = (ROOT / "Makefile").read_text("utf-8").splitlines()
    phony = next(line for line in lines if line.startswith(".PHONY:")).removeprefix(".PHONY:").split()
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = [line.split()[1] for line in said.stdout.splitlines()]
    assert sorted(told) == sorted(phony)


def test_decisions_are_numbered_one_by_one_and_fit_on_a_page() -> None:
    records = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md")
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    for path in records:
        text = path.read_text("utf-8")
        assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences", "Alternatives")), path.name
        assert len(text.splitlines()) <= 60, path.name
        assert f"]({path.name})" in index, path.name


# -- the documents ------------------------------------------------------------------------------------------------------


def pages() -> list[Path]:
    """Everything that people read: docs, README and CONTRIBUTING."""
    return [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def test_what_the_documents_link_to_and_name_is_there() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages()
        for text in [page.read_text("utf-8")]
        for target in (
            *(page.parent / link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)),
            *(ROOT / name for name in re.findall(rf"`((?:{'|'.join(ROOMS)})/[\w/]+\.(?:py|json))\b", text)),
        )
        if not target.exists()
    ]
    assert missing == []
    assert sum("](" in page.read_text("utf-8") for page in pages()) > 5


def test_nobody_walks_round_the_door() -> None:
    """Who belongs to a project is asked of ``server/core/door.py`` alone; the projects themselves write it down."""
    allowed = {"server/core/door.py", "server/core/tables.py", "server/core/database.py"}
    guilty = [
        name
        for name, tree in sources()
        if name.startswith("server/")
        and name not in allowed
        and not name.startswith(("server/projects/", "server/core/migrations/"))
        and any(isinstance(node, ast.Name) and node.id == "Member" for node in ast.walk(tree))
    ]
    assert guilty == []


CAPABILITY_WORDS = {"material", "journal", "contact", "membership", "message", "post", "post_answer", "project_draft"}
NAME_NO_CAPABILITY = (
    "sync/engine.py",
    "sync/incoming.py",
    "sync/outgoing.py",
    "server/core/exchange.py",
    "server/core/apply.py",
    "server/core/record_changes.py",
    "server/core/feed.py",
    "local_db/tables/outbox.py",
    "local_db/tables/records.py",
    "ui/shell.py",
    "app/today.py",
)


def test_what_serves_every_kind_names_none() -> None:
    trees = dict(sources())
    for name in NAME_NO_CAPABILITY:
        texts = {node.value for node in ast.walk(trees[name]) if isinstance(node, ast.Constant)}
        assert not texts & CAPABILITY_WORDS, name
