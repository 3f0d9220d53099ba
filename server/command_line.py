"""``main.py serve``: run the platform, and what a national office does from a shell."""

import argparse
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime

from peewee import ImproperlyConfigured

from server.core import migrations
from server.core.addresses import networks
from server.core.database import Database, Edit, Record, Upload
from server.core.jobs import Jobs
from server.core.limits import Limits
from server.core.migrations import NewerDatabaseError
from server.core.private_files import own_folder
from server.core.refusals import Refused
from server.demonstration import seed
from server.directory import publishing
from server.directory.packs import PackFolder
from server.projects import offices
from server.upkeep import jobs
from server.web import create_app
from server.workers import Application, run_one, run_several


def main(options: argparse.Namespace) -> int:
    """Run one step of ``serve``; the exit code of the process."""
    before = os.umask(0o077)  # what the platform makes is for its owner alone
    try:
        return _with_database(options)
    except ImproperlyConfigured:
        print("For PostgreSQL, install its driver first: pip install --require-hashes -r requirements-postgresql.lock")
    except NewerDatabaseError as error:
        print(error)
    finally:
        os.umask(before)
    return 2


def _with_database(options: argparse.Namespace) -> int:
    own_folder(options.data)
    url = options.database or f"sqlite:///{options.data.resolve() / 'platform.db'}"
    database = Database(url, migrate=options.action != "migrate")
    actions: dict[str, Callable[[Database, argparse.Namespace], int]] = {
        "run": _run,
        "seed": _seed,
        "publish": _publish,
        "review": _review,
        "audit": _audit,
        "migrate": _migrate,
    }
    try:
        return actions[options.action or "run"](database, options)
    finally:
        database.close()


def _run(database: Database, options: argparse.Namespace) -> int:
    try:
        limits = Limits(trusted_proxies=networks(options.trusted_proxy))
    except ValueError as error:
        print(f"--trusted-proxy: {error}")
        return 2
    if options.workers > 1 and database.is_sqlite:
        print("Several processes need PostgreSQL: --database postgresql://...")
        return 2
    upkeep = Jobs(database, jobs(database, options.data))
    upkeep.start()
    print(f"TwinDesk platform on http://{options.host}:{options.port}", flush=True)
    if options.workers > 1:
        run_several(Application(database.url, options.data, limits), options.host, options.port, options.workers)
    else:
        run_one(create_app(database, options.data, limits), options.host, options.port)
    upkeep.stop()
    return 0


def _publish(database: Database, options: argparse.Namespace) -> int:
    listing = publishing.publish(database, PackFolder(options.data / "packs"), datetime.now(UTC).date())
    print(f"The directory is at {listing.number}: {sum(pack.profiles for pack in listing.packs)} teachers.")
    return 0


def _seed(database: Database, options: argparse.Namespace) -> int:
    seed.seed(database, options.data)
    print("The community is ready. Teachers: " + ", ".join(seed.TEACHERS))
    return 0


def _review(database: Database, options: argparse.Namespace) -> int:
    if options.decision == "list":
        print(json.dumps(offices.waiting_for(database, options.country), ensure_ascii=False, indent=1))
        return 0
    if not options.country or not options.project:
        print("Say which office and which project: --country TR --project ID")
        return 2
    try:
        with database.transaction():
            state = offices.decide(database, options.country, options.project, options.decision, options.reason)
    except Refused as refused:
        print(f"Not done: {refused.code}")
        return 1
    print(f"{options.project}: {state}")
    return 0


def _audit(database: Database, options: argparse.Namespace) -> int:
    files = [path for path in (options.data / "files").rglob("*") if path.is_file()]
    kept = {
        "files": {path.name: path.stat().st_size for path in files},
        "unfinished_uploads": [path.name for path in (options.data / "uploads").glob("*")],
        "uploads": [{"sha256": u["sha256"], "filename": u["filename"]} for u in database.all(Upload.select())],
        "records": [
            {"kind": r["kind"], "id": r["id"], "fields": json.loads(r["fields"])} for r in database.all(Record.select())
        ],
        "edits": len(database.all(Edit.select(Edit.id))),
    }
    print(json.dumps(kept, ensure_ascii=False))
    return 0


def _migrate(database: Database, options: argparse.Namespace) -> int:
    wanted = database.missing_steps()
    if not wanted:
        print("Nothing to do: the database is as this program needs it.")
    elif options.dry_run:
        print(migrations.as_text(database.is_sqlite, wanted))
    else:
        print("Done: " + ", ".join(f"step {number}" for number in database.migrate()))
    return 0
