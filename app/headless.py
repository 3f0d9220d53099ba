"""A sync without a window, for a technician's timer or a script."""

import dataclasses
import json
import os
from pathlib import Path

from app.workspace import open_workspace
from local_db.errors import PassphraseNeededError, StoreError
from sync.errors import SyncError

PASSPHRASE = "TWINDESK_PASSPHRASE"


def sync_once(profile: Path, server: str | None, as_json: bool) -> int:
    """Sync once and print what happened; 0 when all went well, 1 when not, 2 when the store did not open."""
    try:
        workspace = open_workspace(profile, passphrase=os.environ.get(PASSPHRASE), server=server)
    except PassphraseNeededError:
        return _say({"state": "locked", "detail": f"no keyring here: set {PASSPHRASE}"}, as_json, 2)
    except StoreError as error:
        return _say({"state": type(error).__name__, "detail": str(error)}, as_json, 2)
    try:
        report = dataclasses.asdict(workspace.sync_and_wait())
        return _say({"state": "synced", **report, "topics": sorted(report["topics"])}, as_json, 0)
    except SyncError as error:
        return _say({"state": error.code, "detail": error.detail}, as_json, 1)
    finally:
        workspace.close()


def _say(result: dict[str, object], as_json: bool, code: int) -> int:
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {value}" for name, value in result.items()))
    return code
