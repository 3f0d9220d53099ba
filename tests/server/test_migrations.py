"""The platform's tables move in numbered steps: adopted, tried dry, copied before, and never from a newer program."""

import sqlite3
import stat
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from server.core import migrations
from server.core.database import MODELS, Database
from server.core.migrations import step_0001

Url = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'platform.db'}"
    return str(request.getfixturevalue("postgres")())


def shape(database: Database) -> dict[str, object]:
    """Columns, their types, and indexes of every table of the models."""
    made: dict[str, object] = {}
    for table in sorted(model._meta.table_name for model in MODELS):
        columns = {c.name: (_type(c.data_type), c.null, c.primary_key) for c in database.db.get_columns(table)}
        indexes = {(tuple(i.columns), i.unique) for i in database.db.get_indexes(table)}
        made[table] = (columns, indexes)
    return made


def _type(name: str) -> str:
    """SQLite knows classes of types only; its "real" is as long as "double precision"."""
    alike = {"bigint": "integer", "boolean": "integer", "double precision": "real"}
    return alike.get(name.lower(), name.lower()) if name.lower() in alike or name.isupper() else name


def test_the_steps_make_the_tables_that_the_models_describe(url: str, tmp_path: Path, request) -> None:
    by_steps = Database(url)
    if by_steps.is_sqlite:
        other = Database(f"sqlite:///{tmp_path / 'models.db'}", migrate=False)
    else:
        other = Database(request.getfixturevalue("postgres")(), migrate=False)
    with other.db.bind_ctx(MODELS, bind_refs=False, bind_backrefs=False):
        other.db.create_tables(MODELS)
    assert shape(by_steps) == shape(other)
    by_steps.close(), other.close()


def test_a_database_of_the_first_platforms_is_adopted_with_all_that_is_in_it(url: str) -> None:
    old = Database(url, migrate=False)
    for statement in step_0001.statements(old.is_sqlite):
        old.execute(statement)
    old.execute("insert into school (id, name, town, country) values ('s', 'Okul', 'Iğdır', 'TR')")
    old.close()
    new = Database(url)
    assert new.execute("select name, town from school") == [("Okul", "Iğdır")]
    assert new.missing_steps() == {} and new.migrate() == []
    new.close()


def test_a_dry_run_tells_the_steps_and_changes_nothing(url: str, capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    from server.command_line import main

    options = Namespace(
        data=tmp_path, database=None if url.startswith("sqlite") else url, action="migrate", dry_run=True
    )
    assert main(options) == 0
    said = capsys.readouterr().out
    assert "-- step 1: the first tables" in said and "create table if not exists token" in said
    database = Database(url, migrate=False)
    assert database.db.get_tables() == []
    database.close()
    assert main(Namespace(**{**vars(options), "dry_run": False})) == 0
    assert main(options) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_a_database_of_a_newer_program_is_refused_with_a_sentence(url: str, capsys, tmp_path: Path) -> None:
    from server.command_line import main

    database = Database(url)
    database.execute("insert into migration (number, title, at) values (999, 'of tomorrow', 0)")
    database.close()
    with pytest.raises(migrations.NewerDatabaseError, match="made by a newer program"):
        Database(url)
    options = Namespace(data=tmp_path, database=None if url.startswith("sqlite") else url, action="audit")
    assert main(options) == 2
    assert "made by a newer program (step 999" in capsys.readouterr().out


def test_sqlite_is_copied_before_a_step_and_a_failing_step_leaves_everything_as_it_was(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database(url).close()
    known = migrations.steps()
    number = len(known) + 1

    def convert(execute: migrations.Execute) -> None:
        execute("insert into novelty (id) values (?)", "one")
        if broken:
            raise ZeroDivisionError

    step = SimpleNamespace(TITLE="news", statements=lambda _: ["create table novelty (id text)"], convert=convert)
    monkeypatch.setattr(migrations, "steps", lambda: {**known, number: step})
    for broken in (True, False):
        if broken:
            with pytest.raises(ZeroDivisionError):
                Database(url)
            looked = Database(url, migrate=False)
            assert "novelty" not in looked.db.get_tables() and list(looked.missing_steps()) == [number]
        else:
            looked = Database(url)
            assert looked.execute("select id from novelty") == [("one",)]
        looked.close()
    if looked.is_sqlite:
        copy = tmp_path / f"platform.db.before-{number:04}"
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with closing(sqlite3.connect(copy)) as before:
            assert before.execute("select max(number) from migration").fetchone() == (number - 1,)


def test_a_missing_number_is_told_to_whoever_wrote_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("step_0099")
    monkeypatch.setattr(migrations.pkgutil, "iter_modules", lambda _: [SimpleNamespace(name="step_0099")])
    monkeypatch.setattr(migrations.importlib, "import_module", lambda _: module)
    with pytest.raises(ValueError, match="not numbered one by one"):
        migrations.steps()


def test_a_time_of_today_is_kept_to_the_second_on_both_databases(url: str) -> None:
    database = Database(url)
    database.execute("insert into attempt (name, tokens, at) values ('a', 1, 1790000001.25)")
    assert database.execute("select at from attempt") == [(1790000001.25,)]
    for table in ("token", "auth_code", "edit"):
        name = "at" if table == "edit" else "expires"
        column = next(c for c in database.db.get_columns(table) if c.name == name)
        assert database.is_sqlite or column.data_type == "double precision"
    database.close()
