"""A sync without a window, for a technician's timer or a script."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from app.workspace import Workspace, open_workspace
from local_db.errors import PassphraseNeededError, StoreError
from sync.codes import code_of
from sync.errors import BusyError, SyncError
from sync.service import Outcome

PASSPHRASE = "TWINDESK_PASSPHRASE"
WELL, NOT_SYNCED, NOT_OPEN = 0, 1, 2
Said = tuple[dict[str, Any], int]


def sync_once(profile: Path, server: str | None, as_json: bool) -> int:
    """Sync once and print what happened, as one JSON object if asked.

    0 when all went well, 1 when it did not (``state`` names why; ``partly_synced``: the changes went both ways, but not
    all files or lists), 2 when the store did not open.
    """
    result, code = _sync(profile, server)
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {value}" for name, value in result.items()))
    return code


def _sync(profile: Path, server: str | None) -> Said:
    try:
        workspace = open_workspace(profile, passphrase=os.environ.get(PASSPHRASE) or None, server=server)
    except PassphraseNeededError:
        return {"state": "locked", "detail": f"no keyring here: set {PASSPHRASE}"}, NOT_OPEN
    except StoreError as error:
        return {"state": type(error).__name__, "detail": str(error)}, NOT_OPEN
    except Exception as error:  # a folder that may not be read, a keyring that does not answer
        return {"state": "not_opened", "detail": type(error).__name__}, NOT_OPEN
    try:
        return _run(workspace)
    finally:
        workspace.close()


def _run(workspace: Workspace) -> Said:
    try:
        return _told(workspace.sync_by_stages())
    except BusyError as error:
        return {"state": error.code, "detail": error.detail, "retry_after": error.retry_after}, NOT_SYNCED
    except SyncError as error:
        return {"state": error.code, "detail": error.detail}, NOT_SYNCED
    except StoreError as error:
        return {"state": code_of(error), "detail": f"{type(error).__name__}: {error}"}, NOT_SYNCED
    except KeyboardInterrupt:
        return {"state": "stopped", "detail": "interrupted"}, NOT_SYNCED


def _told(outcome: Outcome) -> Said:
    report = dataclasses.asdict(outcome.report)
    said = {**report, "topics": sorted(report["topics"])}
    if not outcome.failures:
        return {"state": "synced", **said}, WELL
    troubles = {stage: code_of(error) for stage, error in outcome.failures.items()}
    return {"state": "partly_synced", **said, "troubles": troubles}, NOT_SYNCED
