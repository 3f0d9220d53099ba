"""One small way to reach the platform's tables, on SQLite or PostgreSQL.

A connection belongs to a thread while it works and goes back to the pool afterwards. Write several things that belong
together with ``transact``, which tries the whole again where others were in the way; ``transaction`` does not.
"""

import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

import peewee
from playhouse.pool import PooledPostgresqlDatabase

from server.core import migrations
from server.core.connections import copy_sqlite, open_postgresql, open_sqlite, trouble
from server.core.tables import (
    MODELS,
    Account,
    Applied,
    Attempt,
    AuthCode,
    DirectoryEntry,
    Document,
    Edit,
    Erasure,
    MaterialFile,
    Member,
    Project,
    Record,
    School,
    Scope,
    Secret,
    Token,
    Upload,
)

__all__ = [
    "MODELS",
    "Account",
    "Applied",
    "Attempt",
    "AuthCode",
    "DirectoryEntry",
    "Database",
    "Document",
    "Edit",
    "Erasure",
    "MaterialFile",
    "Member",
    "Project",
    "Record",
    "School",
    "Scope",
    "Secret",
    "Token",
    "Upload",
]
TRIES = 6
T = TypeVar("T")


class _Held(threading.local):
    depth = 0


class Database:
    """The platform's database by URL: ``sqlite:///path`` or ``postgresql://...``.

    Opening runs the migrations that are missing, unless ``migrate`` is false. Raises NewerDatabaseError for a database
    of a newer program, peewee.ImproperlyConfigured without PostgreSQL's driver.
    """

    def __init__(self, url: str, *, migrate: bool = True) -> None:
        self.url, self.is_sqlite = url, url.startswith("sqlite")
        self._path = Path(url.removeprefix("sqlite:///"))
        self.db: peewee.Database = open_sqlite(self._path) if self.is_sqlite else open_postgresql(url)
        self._held, self._writing = _Held(), threading.RLock()
        if migrate:
            self.migrate()

    def close(self) -> None:
        """Close this thread's connection, and on PostgreSQL every idle one."""
        if not self.db.is_closed():
            self.db.close()
        if isinstance(self.db, PooledPostgresqlDatabase):
            self.db.close_idle()

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Hold one connection for this thread until the outermost ``connected`` ends."""
        self._held.depth += 1
        try:
            self.db.connect(reuse_if_open=True)
            yield
        finally:
            self._held.depth -= 1
            if not self._held.depth and not self.is_sqlite and not self.db.in_transaction():
                self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction it is a part that can be undone alone."""
        failed: Exception | None = None
        try:
            with self.connected(), self._writers_turn(), self.db.atomic(*(["IMMEDIATE"] if self.is_sqlite else [])):
                try:
                    yield
                except Exception as error:
                    failed = error
                    raise
        except peewee.PeeweeException as error:
            if failed is not None and failed is not error:
                raise failed from None  # the undoing failed as well, of the same cause: the cause counts
            raise

    def transact(self, work: Callable[[], T]) -> T:
        """``work`` in one transaction, again from the start after a deadlock, a lost connection, or an id that another made
        at the same time.

        So ``work`` does nothing but read and write the database, and may run more than once. Inside a transaction it
        simply runs: the outermost one tries again.
        """
        if self.db.in_transaction():
            return work()
        for left in range(TRIES - 1, -1, -1):
            try:
                with self.transaction():
                    return work()
            except peewee.PeeweeException as error:
                if not left or trouble(error) not in ("conflict", "lost"):
                    raise
                time.sleep(random.uniform(0.005, 0.05) * (TRIES - left))  # noqa: S311
        raise AssertionError("not reached")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside is of one moment, and no writer is held up."""
        if self.db.in_transaction():
            yield
            return
        how = [] if self.is_sqlite else ["REPEATABLE READ"]
        with self.connected(), self.db.atomic(*how):
            yield

    def hold(self, name: str) -> None:
        """Keep whoever else holds ``name`` waiting until this transaction ends."""
        if not self.is_sqlite:  # there, one transaction writes at a time
            self.db.execute_sql("select pg_advisory_xact_lock(%s)", (_number(name),))

    @contextmanager
    def only_here(self, name: str) -> Iterator[bool]:
        """Whether this process may do ``name`` now: false while another one does. Longer than a transaction."""
        if self.is_sqlite:
            yield True
            return
        with self.connected():
            mine = bool(self.execute("select pg_try_advisory_lock(?)", _number(name))[0][0])
            try:
                yield mine
            finally:
                if mine:
                    with suppress(peewee.PeeweeException):  # a lost connection has let go of it already
                        self.execute("select pg_advisory_unlock(?)", _number(name))

    def all(self, query: peewee.BaseQuery) -> list[dict[str, Any]]:
        """Every row of a query. Outside a transaction it is asked again when the connection was lost."""
        return self._read(lambda: list(query.bind(self.db).dicts()))

    def one(self, query: peewee.BaseQuery) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        return next(iter(self.all(query)), None)

    def locked(self, query: peewee.ModelSelect) -> dict[str, Any] | None:
        """The first row of a query, held against other writers until the transaction ends."""
        return self.one(query if self.is_sqlite else query.for_update())

    def run(self, query: peewee.BaseQuery) -> Any:
        """Insert, update or delete; for the last two, how many rows."""
        with self.connected(), self._writers_turn():
            return query.execute(self.db)

    def execute(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """A statement of one's own, with ``?`` for values on both databases, and the rows it gives."""
        with self.connected():
            cursor = self.db.execute_sql(self._marked(statement), values)
            return list(cursor.fetchall()) if cursor.description else []

    def read(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Like ``execute``, for a statement that only reads: asked again when the connection was lost."""
        return self._read(lambda: self.execute(statement, *values))

    def many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """One statement for many rows; ``?`` marks a value on both databases."""
        if rows:
            with self.connected(), self._writers_turn(), peewee.__exception_wrapper__:  # type: ignore[attr-defined]
                self.db.connection().cursor().executemany(self._marked(statement), rows)

    def rows_in(self, select: str, values: list[str], *first: str) -> list[tuple[Any, ...]]:
        """The rows of ``select ... in`` for many values, 500 at a time; quicker than the query builder."""
        rows: list[tuple[Any, ...]] = []
        with self.connected():
            for start in range(0, len(values), 500):
                part = values[start : start + 500]
                rows += self.execute(f"{select} in ({', '.join('?' * len(part))})", *first, *part)
        return rows

    def _read(self, work: Callable[[], T]) -> T:
        for left in range(2, -1, -1):
            try:
                with self.connected():
                    return work()
            except peewee.PeeweeException as error:
                if not left or self._held.depth or self.db.in_transaction() or trouble(error) != "lost":
                    raise
        raise AssertionError("not reached")

    def insert_new(self, model: type[peewee.Model], **values: Any) -> bool:
        """Insert a row unless its key exists; whether it was new. What exists stays as it is."""
        made = model.insert(**values).on_conflict_ignore().returning(*model._meta.get_primary_keys())
        return bool(list(self.run(made)))  # not by the count of rows: on a Turkish computer Python knows no INSERT

    def put(self, model: type[peewee.Model], keys: list[peewee.Field], **values: Any) -> None:
        """Insert a row, or replace the one with the same keys: for rows that are the platform's own, never a person's."""
        names = {field.name for field in keys}
        rest = {getattr(model, name): value for name, value in values.items() if name not in names}
        self.run(model.insert(**values).on_conflict(conflict_target=keys, update=rest))

    def next_seq(self, scope: str, count: int = 1) -> int:
        """Take ``count`` numbers of a scope's sequence; returns the first. Locks the scope until the commit."""
        with self._writers_turn():
            rows = self.execute(
                "insert into scope (name, seq, oldest) values (?, ?, 0) "
                "on conflict (name) do update set seq = scope.seq + excluded.seq returning seq",
                scope,
                count,
            )
        return int(rows[0][0]) - count + 1

    def missing_steps(self) -> dict[int, migrations.Step]:
        """The migrations that are still to come. Changes nothing. Raises NewerDatabaseError."""
        with self.connected():
            done = migrations.done(self.execute) if self.db.table_exists("migration") else []
        return migrations.missing(done, migrations.steps())

    def migrate(self) -> list[int]:
        """Carry out the migrations that are missing; their numbers. SQLite's file is copied beside itself before."""
        if not self.missing_steps():
            return []
        with self.connected(), self._waiting_for("migration"):
            if self.is_sqlite and self.db.get_tables():
                copy_sqlite(
                    self._path, self._path.with_name(f"{self._path.name}.before-{min(self.missing_steps()):04}")
                )
            with self.transaction():
                self._no_time_limit()
                migrations.prepare(self.execute)
            return [number for number in self.missing_steps() if self._step(number)]

    def _step(self, number: int) -> bool:
        with self.transaction():
            self._no_time_limit()
            step = self.missing_steps().get(number)  # another process may have been quicker
            if step:
                migrations.carry_out(self.execute, self.is_sqlite, number, step)
            return step is not None

    def _no_time_limit(self) -> None:
        if not self.is_sqlite:
            self.execute("set local statement_timeout = 0")

    @contextmanager
    def _waiting_for(self, name: str) -> Iterator[None]:
        if self.is_sqlite:
            yield
            return
        self.execute("set statement_timeout = 0")
        self.execute("select pg_advisory_lock(?)", _number(name))
        try:
            yield
        finally:
            self.execute("select pg_advisory_unlock(?)", _number(name))
            self.execute("reset statement_timeout")

    def _writers_turn(self) -> Any:
        """SQLite's writers of one process wait in line rather than knock again and again."""
        return self._writing if self.is_sqlite else nullcontext()

    def _marked(self, statement: str) -> str:
        return statement if self.is_sqlite else statement.replace("?", "%s")


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
