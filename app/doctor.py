"""What a technician wants to know of a computer: each check with its result and what to do."""

import importlib.metadata
import os
import platform
import shutil
import sys
from pathlib import Path

import keyring

from app import system_libraries
from app.headless import PASSPHRASE
from app.workspace import DEFAULT_SERVER
from local_db import keys, migrations
from local_db.directory.database import DirectoryDatabase
from local_db.directory.search import Directory
from local_db.errors import PassphraseNeededError, ProfileInUseError, StoreDamagedError, StoreError
from local_db.store import Store, list_backups
from local_db.tables import settings
from sync.client import ApiClient
from sync.errors import SyncError

LOW_DISK = 500_000_000
Check = tuple[bool, str, str]  # fine, what was found, what to do


def examine(profile: Path, server: str | None) -> int:
    """Print every check; 0 when all is well. Changes nothing."""
    print(f"TwinDesk doctor · profile {profile}")
    checks = [_versions(), _libraries(), _disk(profile), _keyring(), *_store(profile), _connection(profile, server)]
    for fine, found, advice in checks:
        print(f"  {'ok ' if fine else 'BAD'}  {found}" + (f"\n       → {advice}" if advice and not fine else ""))
    bad = sum(not fine for fine, _found, _advice in checks)
    print("All is well." if not bad else f"{bad} thing(s) to look at.")
    return 1 if bad else 0


def _versions() -> Check:
    names = ("PySide6-Essentials", "sqlcipher3", "pycrdt", "requests", "cryptography")
    found = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return sys.version_info >= (3, 11), f"Python {platform.python_version()}, {found}", "Install Python 3.11 or newer."


def _libraries() -> Check:
    missing = system_libraries.advice()
    return not missing, "system libraries: " + ("some are missing" if missing else "all there"), missing


def _disk(profile: Path) -> Check:
    place = next(folder for folder in (profile, *profile.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return free > LOW_DISK, f"disk: {free // 1_000_000} MB free", "Free some space: less than 500 MB is left."


def _keyring() -> Check:
    name = type(keyring.get_keyring()).__module__
    works = keys.keyring_works()
    return True, f"keyring: {name}" if works else "keyring: none works here; a passphrase protects the key", ""


def _store(profile: Path) -> list[Check]:
    if not (profile / "store.db").exists():
        return [(True, "store: none yet; it is made at the first start", "")]
    try:
        store = Store.open(profile, keys.unlock(profile, os.environ.get(PASSPHRASE)))
    except PassphraseNeededError:
        return [(True, f"store: locked by a passphrase (set {PASSPHRASE} to have it checked)", "")]
    except ProfileInUseError:
        return [(True, "store: open in a window; close it to have the store checked", "")]
    except StoreDamagedError:
        copies = len(list_backups(profile))
        return [(False, f"store: damaged; {copies} copies", "Start TwinDesk: it offers the newest good copy.")]
    except StoreError as error:
        return [
            (False, f"store: {type(error).__name__}: {error}", "See docs/security.md, “When the store does not open”.")
        ]
    try:
        problems = store.check()
        database = DirectoryDatabase(profile, keys.unlock(profile, os.environ.get(PASSPHRASE)))
        teachers, countries, _at = Directory(database).size()
        database.close()
        found = f"store: version {store.version} of {migrations.VERSION}, {len(store.backups())} copies"
        directory = (
            not database.was_damaged,
            f"directory: {teachers} teachers of {countries} countries",
            "It was damaged and is empty now; it comes again with the next sync.",
        )
        return [directory, (not problems, found, "Start TwinDesk and go back to a copy: " + "; ".join(problems[:3]))]
    finally:
        store.close()


def _connection(profile: Path, server: str | None) -> Check:
    address = server or _kept_server(profile)
    client = ApiClient(address, lambda: None, lambda _token: None)
    try:
        client.health()
    except SyncError as error:
        advice = {
            "captive_portal": "The network wants a sign-in of its own: open a web page first.",
            "bad_answer": "The address is not a TwinDesk platform's.",
        }
        return (
            False,
            f"platform {address}: {error.code}",
            advice.get(error.code, "Is the computer online, the address right?"),
        )
    finally:
        client.close()
    return True, f"platform {address}: answers", ""


def _kept_server(profile: Path) -> str:
    if not (profile / "store.db").exists():
        return DEFAULT_SERVER
    try:
        store = Store.open(profile, keys.unlock(profile, os.environ.get(PASSPHRASE)))
    except StoreError:
        return DEFAULT_SERVER
    try:
        return str(settings.get(store, "server", DEFAULT_SERVER))
    finally:
        store.close()
