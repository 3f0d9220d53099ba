"""The platform's tables, on SQLite or PostgreSQL, and one small way to reach them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import peewee
from playhouse.db_url import parse


class School(peewee.Model):
    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    town = peewee.TextField()
    country = peewee.TextField()


class Account(peewee.Model):
    """A person. ``role`` is teacher or office; an office decides for its country."""

    id = peewee.TextField(primary_key=True)
    email = peewee.TextField(unique=True)
    password = peewee.TextField()
    name = peewee.TextField()
    role = peewee.TextField()
    country = peewee.TextField()
    school_id = peewee.TextField(null=True)


class AuthCode(peewee.Model):
    hash = peewee.TextField(primary_key=True)
    account_id = peewee.TextField()
    challenge = peewee.TextField()
    redirect_uri = peewee.TextField()
    expires = peewee.FloatField()

    class Meta:
        table_name = "auth_code"


class Token(peewee.Model):
    """Access and refresh tokens by their hash. ``parent`` is the refresh token it came from."""

    hash = peewee.TextField(primary_key=True)
    kind = peewee.TextField(index=True)
    family = peewee.TextField(index=True)
    parent = peewee.TextField(index=True)
    account_id = peewee.TextField()
    expires = peewee.FloatField()
    used = peewee.BooleanField(default=False)


class Scope(peewee.Model):
    """A stream of changes with its own sequence; ``oldest`` is where the kept history begins."""

    name = peewee.TextField(primary_key=True)
    seq = peewee.BigIntegerField(default=0)
    oldest = peewee.BigIntegerField(default=0)


class Record(peewee.Model):
    kind = peewee.TextField()
    id = peewee.TextField()
    scope = peewee.TextField()
    seq = peewee.BigIntegerField()
    revision = peewee.BigIntegerField()
    fields = peewee.TextField()
    owner_id = peewee.TextField()
    device = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("kind", "id")
        indexes = ((("scope", "seq"), False),)


class Document(peewee.Model):
    id = peewee.TextField(primary_key=True)
    scope = peewee.TextField()
    kind = peewee.TextField()
    state = peewee.BlobField()


class Edit(peewee.Model):
    id = peewee.TextField(primary_key=True)
    scope = peewee.TextField()
    document_id = peewee.TextField()
    kind = peewee.TextField()
    seq = peewee.BigIntegerField()
    author_id = peewee.TextField()
    author = peewee.TextField()
    device = peewee.TextField()
    at = peewee.FloatField()
    data = peewee.BlobField()

    class Meta:
        indexes = ((("scope", "seq"), False),)


class Applied(peewee.Model):
    """What became of a change, so that a repeat gets the same answer."""

    account_id = peewee.TextField()
    id = peewee.TextField()
    status = peewee.TextField()
    revision = peewee.BigIntegerField()
    code = peewee.TextField()
    replaced = peewee.TextField(default="{}")

    class Meta:
        primary_key = peewee.CompositeKey("account_id", "id")


class Member(peewee.Model):
    """Who belongs to a project: founder or cofounder; ``state`` is invited, member or gone."""

    project_id = peewee.TextField()
    account_id = peewee.TextField(index=True)
    role = peewee.TextField()
    state = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("project_id", "account_id")


class Project(peewee.Model):
    id = peewee.TextField(primary_key=True)
    state = peewee.TextField()
    reason = peewee.TextField(default="")
    approvals = peewee.TextField(default="[]")


class Upload(peewee.Model):
    """A tus upload that no material came of yet. ``id`` is the client's own where it names one.

    ``finished``: all bytes came and are checked. ``sha256`` is empty until then if it was not announced. ``at`` is
    when it last moved, in seconds since 1970.
    """

    id = peewee.TextField(primary_key=True)
    account_id = peewee.TextField(index=True)
    project_id = peewee.TextField(index=True)
    sha256 = peewee.TextField(index=True)
    size = peewee.BigIntegerField()
    filename = peewee.TextField()
    finished = peewee.BooleanField(default=False)
    at = peewee.DoubleField(default=0)


class MaterialFile(peewee.Model):
    """Which kept file a published material needs; ``size`` in bytes."""

    material_id = peewee.TextField(primary_key=True)
    project_id = peewee.TextField(index=True)
    account_id = peewee.TextField(index=True)
    sha256 = peewee.TextField(index=True)
    size = peewee.BigIntegerField()

    class Meta:
        table_name = "material_file"


class Erasure(peewee.Model):
    """A file that may have lost its last user; written with the step that took it away."""

    sha256 = peewee.TextField(primary_key=True)


class Card(peewee.Model):
    """A teacher's entry in the directory: as it is (``fields``), and as the packs have it (``published``, or empty).

    ``keepable`` is the owner's choice to be kept on others' computers; ``dirty`` waits for the next publication.
    """

    id = peewee.TextField(primary_key=True)
    country = peewee.TextField()
    fields = peewee.TextField()
    published = peewee.TextField(default="")
    keepable = peewee.BooleanField(default=True)
    expires = peewee.TextField()
    dirty = peewee.BooleanField(default=True, index=True)

    class Meta:
        indexes = ((("country",), False), (("expires",), False))


MODELS = [
    Card,
    Erasure,
    MaterialFile,
    School,
    Account,
    AuthCode,
    Token,
    Scope,
    Record,
    Document,
    Edit,
    Applied,
    Member,
    Project,
    Upload,
]


class Database:
    """The platform's database by URL: ``sqlite:///path`` or ``postgresql://...``."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            pragmas = {"journal_mode": "wal", "synchronous": "full", "cache_size": -32_000}
            path = url.removeprefix("sqlite:///")
            self.db: peewee.Database = peewee.SqliteDatabase(path, pragmas=pragmas, timeout=30)
        else:
            settings = parse(url)
            self.db = peewee.PostgresqlDatabase(settings.pop("database"), prefer_psycopg3=True, **settings)
        with self.db.bind_ctx(MODELS, bind_refs=False, bind_backrefs=False):
            self.db.create_tables(MODELS)

    def close(self) -> None:
        if not self.db.is_closed():
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.db.atomic(*(["IMMEDIATE"] if self.is_sqlite else [])):
            yield

    def all(self, query: peewee.BaseQuery) -> list[dict[str, Any]]:
        return list(query.bind(self.db).dicts())

    def one(self, query: peewee.BaseQuery) -> dict[str, Any] | None:
        return next(iter(self.all(query)), None)

    def run(self, query: peewee.BaseQuery) -> Any:
        return query.execute(self.db)

    def many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """One statement for many rows; ``?`` marks a value on both databases."""
        if rows:
            sql = statement if self.is_sqlite else statement.replace("?", "%s")
            self.db.connection().cursor().executemany(sql, rows)

    def rows_in(self, select: str, values: list[str], *first: str) -> list[tuple[Any, ...]]:
        """The rows of ``select ... in`` for many values, 500 at a time; quicker than the query builder."""
        found: list[tuple[Any, ...]] = []
        mark = "?" if self.is_sqlite else "%s"
        for start in range(0, len(values), 500):
            part = values[start : start + 500]
            sql = f"{select.replace('?', mark)} in ({', '.join([mark] * len(part))})"
            found += self.db.execute_sql(sql, (*first, *part)).fetchall()
        return found

    def put(self, model: type[peewee.Model], keys: list[peewee.Field], **values: Any) -> None:
        """Insert a row, or replace the one with the same keys."""
        names = {field.name for field in keys}
        rest = {getattr(model, name): value for name, value in values.items() if name not in names}
        self.run(model.insert(**values).on_conflict(conflict_target=keys, update=rest))

    def next_seq(self, scope: str, count: int = 1) -> int:
        """Take ``count`` numbers of a scope's sequence; returns the first. Locks the scope until the commit."""
        self.run(Scope.insert(name=scope).on_conflict_ignore())
        self.run(Scope.update(seq=Scope.seq + count).where(Scope.name == scope))
        row = self.one(Scope.select(Scope.seq).where(Scope.name == scope))
        assert row is not None
        return int(row["seq"]) - count + 1

    def put_record(self, scope: str, kind: str, record_id: str, fields: dict[str, Any], owner: str = "") -> None:
        """Make or change a record from the server's side."""
        known = self.one(Record.select().where(Record.kind == kind, Record.id == record_id))
        merged = {**(json.loads(known["fields"]) if known else {}), **fields}
        self.put(
            Record,
            [Record.kind, Record.id],
            kind=kind,
            id=record_id,
            scope=scope,
            seq=self.next_seq(scope),
            revision=(known["revision"] if known else 0) + 1,
            fields=json.dumps(merged, ensure_ascii=False),
            owner_id=known["owner_id"] if known else owner,
            device="",
        )
