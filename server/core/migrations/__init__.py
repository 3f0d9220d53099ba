"""The platform's tables change in numbered steps, each in one transaction, in order, once.

To add a step, add one file, ``server/core/migrations/step_NNNN.py``, with the next number:

    \"\"\"Devices have a turn.\"\"\"

    TITLE = "devices"  # a few words for whoever reads ``serve migrate --dry-run``


    def statements(is_sqlite: bool) -> list[str]:
        return [
            "create table device (id text not null primary key, turn bigint not null)",
            "alter table record add column author_id text not null default ''",
        ]

and write the same into the models of ``server/core/tables.py``, with the model in ``MODELS``: a test compares the tables
that the steps make with those that the models describe, so that neither can be forgotten. ``bigint``, ``text``,
``boolean`` and ``double precision`` are understood by both databases; bytes are ``blob`` on SQLite, ``bytea`` on
PostgreSQL. A new column of an old table needs a default. What SQL cannot do goes into an optional
``convert(execute: Execute) -> None`` of the step, which runs after its statements, in the same transaction; ``?`` marks a
value on both databases.

A step that was part of a release is never edited. ``Database(url)`` runs what is missing; SQLite's file is copied before.
"""

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

Execute = Callable[..., list[tuple[Any, ...]]]  # execute(sql, *values): the rows that a statement gives
_HISTORY = "create table if not exists migration (number bigint not null primary key, title text not null, at double precision not null)"


class Step(Protocol):
    """A module ``step_NNNN``; see above. ``convert`` may be missing."""

    TITLE: str

    def statements(self, is_sqlite: bool) -> list[str]:
        """The SQL of the step, in order, for SQLite or else for PostgreSQL."""
        ...


class NewerDatabaseError(Exception):
    """The database was made by a newer program; ``str(error)`` says so to the person at the shell."""


def steps() -> dict[int, Step]:
    """Every step by its number, in order. Raises ValueError when a number is missing."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("step_"))
    made: dict[int, Any] = {
        int(name.removeprefix("step_")): importlib.import_module(f"{__name__}.{name}") for name in names
    }
    if list(made) != list(range(1, len(made) + 1)):
        raise ValueError(f"the steps are not numbered one by one: {names}")
    return made


def missing(done: Iterable[int], known: dict[int, Step]) -> dict[int, Step]:
    """The steps that a database still needs. Raises NewerDatabaseError when it has had steps that nobody knows here."""
    numbers = set(done)
    if unknown := numbers - set(known):
        raise NewerDatabaseError(
            f"This database was made by a newer program (step {max(unknown)}, known here up to {max(known)}). "
            "Start the newer program, or bring back the copy made before it."
        )
    return {number: step for number, step in known.items() if number not in numbers}


def done(execute: Execute) -> list[int]:
    """The numbers of the steps that a database has had. Needs the table that ``prepare`` makes."""
    return [int(row[0]) for row in execute("select number from migration order by number")]


def prepare(execute: Execute) -> None:
    """Make the table that remembers the steps."""
    execute(_HISTORY)


def carry_out(execute: Execute, is_sqlite: bool, number: int, step: Step) -> None:
    """One step, inside a transaction of the caller's, and the note that it was done."""
    for statement in step.statements(is_sqlite):
        execute(statement)
    convert: Callable[[Execute], None] | None = getattr(step, "convert", None)
    if convert:
        convert(execute)
    execute("insert into migration (number, title, at) values (?, ?, ?)", number, step.TITLE, time.time())


def as_text(is_sqlite: bool, wanted: dict[int, Step]) -> str:
    """What the steps would do, as SQL for people to read."""
    lines: list[str] = []
    for number, step in wanted.items():
        lines += [f"-- step {number}: {step.TITLE}", *(f"{statement};" for statement in step.statements(is_sqlite))]
        if hasattr(step, "convert"):
            lines.append(f"-- then step_{number:04}.convert() moves what was there")
    return "\n".join(lines)
