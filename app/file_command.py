"""``main.py file``: what intake says of a file, and the copy of it that would leave. For technicians; no profile is opened."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import intake, media
from app.intake import TakeInError
from app.rules import filenames
from app.rules import pupil_work as rules

TAKEN, REFUSED, NOT_WRITTEN, STAYS = 0, 1, 2, 3
_SAME = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "heif": "heic", "tif": "tiff"}


@dataclass(frozen=True)
class Sentences:
    """How codes are said, in the language of the computer: a refusal, and what leaves or why it does not."""

    not_taken: Callable[[str, str, int], str]
    leaves: Callable[[media.Leaving], str]


def examine(path: Path, copy: Path | None, as_json: bool, say: Sentences) -> int:
    """Print what intake would say of a file, and write the copy that would leave.

    0: taken in. 1: refused. 3: taken in, but it cannot leave. 2: taken in, but the copy could not be written.
    """
    report, leaving = _report(path, say)
    trouble = _write(copy, leaving.data) if copy and leaving and report["leaves"] else ""
    _print(report, as_json)
    if trouble:
        print(trouble, file=sys.stderr)
        return NOT_WRITTEN
    if not report["taken"]:
        return REFUSED
    return TAKEN if report["leaves"] else STAYS


def _report(path: Path, say: Sentences) -> tuple[dict[str, Any], media.Leaving | None]:
    report: dict[str, Any] = {
        "file": _shown(path),
        "kind": rules.kind_taken(path.name),
        "format": None,
        "taken": False,
        "refusal": None,
        "sentence": "",
        "metadata": {},
        "leaves": False,
        "leaves_as": None,
        "why_not": None,
    }
    try:
        looked = intake.look_at(path)
        data = path.read_bytes()
    except TakeInError as error:
        said = say.not_taken(error.code, error.filename, error.limit_mb)
        return {**report, "refusal": error.code, "sentence": said}, None
    except (OSError, ValueError, MemoryError):
        said = say.not_taken("unreadable", filenames.plain_name(path.name), 0)
        return {**report, "refusal": "unreadable", "sentence": said}, None
    leaving = media.leaving(looked.name, data, rules.limit_mb(looked.kind) * 1_000_000)
    ending = filenames.ending(looked.name)
    return {
        **report,
        "kind": looked.kind,
        "format": _SAME.get(ending, ending),
        "taken": True,
        "sentence": say.leaves(leaving),
        "metadata": {kind: list(fields) for kind, fields in leaving.found.items()},
        "leaves": leaving.why_not is None,
        "leaves_as": leaving.ending or None,
        "why_not": leaving.why_not,
    }, leaving


def _write(target: Path, data: bytes) -> str:
    """Write the copy whole or not at all, in nobody's place; returns what kept it from being written."""
    try:
        with target.open("xb") as out:
            _fill(out, target, data)
    except FileExistsError:
        return f"not written: {_shown(target)} is there already"
    except (OSError, ValueError) as error:
        return f"not written: {_shown(target)}: {getattr(error, 'strerror', None) or error}"
    return ""


def _fill(out: Any, target: Path, data: bytes) -> None:
    try:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _shown(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    for name, value in report.items():
        if name == "metadata":
            for kind, fields in value.items():
                print(f"metadata, {kind}: {', '.join(fields)}")
        elif value not in (None, ""):
            print(f"{name}: {value}")
