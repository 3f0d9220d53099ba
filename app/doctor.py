"""What a technician wants to know of a computer: each check with its result and what to do."""

import importlib.metadata
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import keyring

from app import system_libraries
from app.headless import PASSPHRASE
from local_db import keys, migrations, system_keyring
from local_db.directory.database import DirectoryDatabase
from local_db.directory.search import Directory
from local_db.errors import (
    BusyError,
    DiskFullError,
    KeyringLockedError,
    PassphraseNeededError,
    ProfileInUseError,
    ReadOnlyError,
    StoreDamagedError,
    StoreError,
)
from local_db.store import Store, list_backups
from local_db.tables import settings
from sync.client import ApiClient
from sync.errors import SyncError

LOW_DISK = 500_000_000  # bytes
OK, BAD, NOT_CHECKED = "ok", "BAD", "not checked"


class Check(NamedTuple):
    """What one look showed: ``state`` is :data:`OK`, :data:`BAD` or :data:`NOT_CHECKED`, ``advice`` what to do then."""

    state: str
    finding: str
    advice: str = ""


def examine(profile: Path, server: str | None) -> int:
    """Print every check; 0 when nothing is bad. Changes nothing of the teacher's."""
    print(f"TwinDesk doctor · profile {profile}")
    checks = [_versions(), _libraries(), _disk(profile), _keyring(), *_stored(profile), _connection(profile, server)]
    for check in checks:
        advice = f"\n       → {check.advice}" if check.advice and check.state != OK else ""
        print(f"  {check.state:3}  {check.finding}{advice}")
    bad, open_ = (sum(check.state == state for check in checks) for state in (BAD, NOT_CHECKED))
    print(_summary(bad, open_))
    return 1 if bad else 0


def _summary(bad: int, not_checked: int) -> str:
    if bad:
        return f"{bad} thing(s) to look at."
    return f"Nothing bad, but {not_checked} thing(s) could not be checked." if not_checked else "All is well."


def _verdict(fine: bool) -> str:
    return OK if fine else BAD


def _versions() -> Check:
    names = ("PySide6-Essentials", "sqlcipher3", "pycrdt", "requests", "cryptography")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    finding = f"Python {platform.python_version()}, {versions}"
    return Check(_verdict(sys.version_info >= (3, 11)), finding, "Install Python 3.11 or newer.")


def _libraries() -> Check:
    missing = system_libraries.advice()
    return Check(
        _verdict(not missing), "system libraries: " + ("some are missing" if missing else "all there"), missing
    )


def _disk(profile: Path) -> Check:
    place = next(folder for folder in (profile, *profile.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    finding = f"disk: {free // 1_000_000} MB free"
    return Check(_verdict(free > LOW_DISK), finding, "Free some space: less than 500 MB is left.")


def _keyring() -> Check:
    if system_keyring.is_broken():
        advice = "Correct PYTHON_KEYRING_BACKEND or keyringrc.cfg, or install the keyring that they name."
        return Check(BAD, "keyring: the one that this computer is set to use cannot be loaded", advice)
    name = type(keyring.get_keyring()).__module__
    works = keys.keyring_works()
    return Check(OK, f"keyring: {name}" if works else "keyring: none works here; a passphrase protects the key")


def _stored(profile: Path) -> list[Check]:
    """The store and, when it opens, the directory beside it."""
    copies = len(list_backups(profile))
    if not (profile / "store.db").exists() and not copies:
        return [Check(OK, "store: none yet; it is made at the first start")]
    try:
        key = keys.unlock(profile, os.environ.get(PASSPHRASE) or None)
        store = Store.open(profile, key, migrate=False)
    except StoreError as error:
        return [_not_opened(error, copies)]
    try:
        return [_directory(profile, key), _store(store, copies)]
    finally:
        store.close()


def _not_opened(error: StoreError, copies: int) -> Check:
    """Why the store was not looked at, or what is wrong with it."""
    for kind, state, finding, advice in (
        (PassphraseNeededError, NOT_CHECKED, "locked by a passphrase", f"Set {PASSPHRASE} to have it opened."),
        (ProfileInUseError, NOT_CHECKED, "open in a window", "Close the window to have the store checked."),
        (BusyError, NOT_CHECKED, "held by another program", "Wait a moment, then try again."),
        (KeyringLockedError, NOT_CHECKED, "the keyring is locked", "Unlock the keyring, then try again."),
        (DiskFullError, BAD, "not opened, the disk is full", "Free some space."),
        (ReadOnlyError, BAD, "not opened, its folder cannot be written to", "Give this account the right to write."),
        (StoreDamagedError, BAD, f"damaged; {copies} copies", "Start TwinDesk: it offers the newest good copy."),
    ):
        if isinstance(error, kind):
            return Check(state, f"store: {finding}", advice)
    advice = "See docs/security.md, “When the store does not open”."
    return Check(BAD, f"store: {type(error).__name__}: {error}", advice)


def _store(store: Store, copies: int) -> Check:
    version = f"version {store.version} of {migrations.VERSION}, {copies} copies"
    try:
        problems = store.check()
    except StoreError as error:
        return Check(NOT_CHECKED, f"store: {version}; its pages were not read: {error}", "Try again.")
    if problems:
        advice = "Start TwinDesk and go back to a copy: " + "; ".join(problem[:80] for problem in problems[:3])
        return Check(BAD, f"store: damaged; {version}", advice)
    return Check(OK, f"store: {version}; every page was read")


def _directory(profile: Path, key: bytes) -> Check:
    try:
        database = DirectoryDatabase(profile, key)
    except StoreError as error:
        return Check(NOT_CHECKED, f"directory: {type(error).__name__}", "Look after the store first.")
    teachers, countries, _at = Directory(database).size()
    database.close()
    advice = "It was damaged and is empty now; it comes again with the next sync."
    return Check(_verdict(not database.was_damaged), f"directory: {teachers} teachers of {countries} countries", advice)


def _connection(profile: Path, server: str | None) -> Check:
    address = server or _kept_server(profile)
    if address is None:
        return Check(NOT_CHECKED, "platform: its address is kept in the store, which did not open")
    if not address:
        return Check(OK, "platform: none yet; its address is asked for at the sign-in, or given by --server")
    client = ApiClient(address, lambda: None, lambda _token: None)
    try:
        client.health()
    except SyncError as error:
        advice = {
            "captive_portal": "The network wants a sign-in of its own: open a web page first.",
            "bad_answer": "The address is not a TwinDesk platform's.",
        }
        usual = "Is the computer online, the address right?"
        return Check(BAD, f"platform {address}: {error.code}", advice.get(error.code, usual))
    finally:
        client.close()
    return Check(OK, f"platform {address}: answers")


def _kept_server(profile: Path) -> str | None:
    """The platform's address; None when there is a store that does not open."""
    if not (profile / "store.db").exists():
        return ""
    try:
        store = Store.open(profile, keys.unlock(profile, os.environ.get(PASSPHRASE) or None), migrate=False)
    except StoreError:
        return None
    try:
        return str(settings.get(store, "server", ""))
    finally:
        store.close()
