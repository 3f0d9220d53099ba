"""``main.py serve``: run the platform, and what a national office does from a shell."""

import argparse
import gc
import json
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import uvicorn
from peewee import ImproperlyConfigured

from server.core import migrations
from server.core.database import Database, Edit, Record, Upload
from server.core.migrations import NewerDatabaseError
from server.core.private_files import own_folder
from server.core.refusals import Refused
from server.demonstration import seed
from server.directory import publishing
from server.directory.packs import PackFolder
from server.posts import commands as posts
from server.projects import offices
from server.web import create_app

PUBLISH_EVERY = 60.0  # seconds


def main(options: argparse.Namespace) -> int:
    """Run one step of ``serve``; the exit code of the process."""
    os.umask(0o077)  # what the platform makes is for its owner alone
    own_folder(options.data)
    url = options.database or f"sqlite:///{options.data.resolve() / 'platform.db'}"
    try:
        database = Database(url, migrate=options.action != "migrate")
    except ImproperlyConfigured:
        print("For PostgreSQL, install its driver first: pip install --require-hashes -r requirements-postgresql.lock")
        return 2
    except NewerDatabaseError as error:
        print(error)
        return 2
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
    app = create_app(database, options.data)
    threading.Thread(target=_publish_often, args=(database, PackFolder(options.data / "packs")), daemon=True).start()
    gc.freeze()  # a large exchange makes many short-lived objects; looking through all others each time is in vain
    gc.set_threshold(50_000, 20, 20)
    print(f"TwinDesk platform on http://{options.host}:{options.port}", flush=True)
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning", access_log=False)
    return 0


def _publish_often(database: Database, folder: PackFolder) -> None:
    """What teachers changed of their entries goes into the directory within a minute."""
    while True:
        today = datetime.now(UTC).date()
        posts.take_down_expired(database)
        if publishing.waiting(database, today):
            publishing.publish(database, folder, today)
        time.sleep(PUBLISH_EVERY)


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
    found = {
        "files": {path.name: path.stat().st_size for path in files},
        "unfinished_uploads": [path.name for path in (options.data / "uploads").glob("*")],
        "uploads": [{"sha256": u["sha256"], "filename": u["filename"]} for u in database.all(Upload.select())],
        "records": [
            {"kind": r["kind"], "id": r["id"], "fields": json.loads(r["fields"])} for r in database.all(Record.select())
        ],
        "edits": len(database.all(Edit.select(Edit.id))),
    }
    print(json.dumps(found, ensure_ascii=False))
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
