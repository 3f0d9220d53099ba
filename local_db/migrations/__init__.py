"""The store's schema as named steps, a module each. A step that has shipped is never edited; add the next one.

A store keeps the number of steps it has taken (``pragma user_version``), so new
steps are only ever added at the end of :data:`STEPS`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from local_db.migrations import (
    step_01_first_tables,
    step_02_outbox_states,
    step_03_directory_apart,
    step_04_documents,
    step_05_read_anew,
    step_06_removed_day,
    step_07_lists,
    step_08_removed_pupils,
)

Execute = Callable[..., Any]  # one statement with its values, within the step's transaction


class Step(NamedTuple):
    """One change of the schema: statements, then what only code can do with the rows (``None`` for nothing)."""

    name: str
    statements: str
    then: Callable[[Execute], None] | None = None


STEPS: list[Step] = [
    Step("first_tables", step_01_first_tables.STATEMENTS),
    Step("outbox_states", step_02_outbox_states.STATEMENTS),
    Step("directory_apart", step_03_directory_apart.STATEMENTS),
    Step("documents", step_04_documents.STATEMENTS),
    Step("read_anew", step_05_read_anew.STATEMENTS),
    Step("removed_day", step_06_removed_day.STATEMENTS),
    Step("lists", step_07_lists.STATEMENTS),
    Step("removed_pupils", step_08_removed_pupils.STATEMENTS),
]

VERSION = len(STEPS)


def take(step: Step, execute: Execute) -> None:
    """Carry out one step; the caller makes it whole or nothing."""
    for statement in _split(step.statements):
        execute(statement)
    if step.then:
        step.then(execute)


def _split(script: str) -> Iterator[str]:
    """The statements of a script; a trigger with its own semicolons is one."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement.strip()
            statement = ""
    if statement.strip(" \n;"):
        raise ValueError(f"an unfinished statement: {statement.strip()}")
