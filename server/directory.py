"""The directory as read-only packs, one gzip file of JSON lines per country, and the vocabularies."""

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from app.rules import vocabularies
from server.accounts import SignedIn
from server.problems import ProblemError
from sync.messages import Id, Pack, PackList

router = APIRouter()


def write_packs(folder: Path, profiles: list[dict[str, Any]]) -> PackList:
    """Write one pack for each country and the list of them. Same content, same bytes, same version."""
    folder.mkdir(parents=True, exist_ok=True)
    by_country: dict[str, list[dict[str, Any]]] = {}
    for profile in profiles:
        by_country.setdefault(profile["country"], []).append(profile)
    packs = []
    for country, rows in sorted(by_country.items()):
        lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        data = gzip.compress(lines.encode(), 6, mtime=0)
        sha256 = hashlib.sha256(data).hexdigest()
        (folder / f"{country}-{sha256[:16]}.jsonl.gz").write_bytes(data)
        packs.append(Pack(country=country, version=sha256[:16], sha256=sha256, size=len(data), profiles=len(rows)))
    whole = hashlib.sha256("".join(pack.sha256 for pack in packs).encode()).hexdigest()[:16]
    found = PackList(version=whole, packs=packs)
    (folder / "packs.json").write_text(found.model_dump_json(), "utf-8")
    return found


def read_list(folder: Path) -> PackList:
    """The packs of a folder; an empty list where none were written."""
    listing = folder / "packs.json"
    if not listing.exists():
        return PackList(version="", packs=[])
    return PackList.model_validate_json(listing.read_bytes())


def version(request: Request) -> str:
    """The version of the whole directory, so that a client need not ask for the list in vain."""
    return read_list(_folder(request)).version


@cache
def vocabulary_version() -> str:
    digest = hashlib.sha256()
    for name in vocabularies.NAMES:
        digest.update((vocabularies.FOLDER / f"{name}.json").read_bytes())
    return digest.hexdigest()[:16]


@router.get("/v1/directory", response_model=PackList)
def list_packs(request: Request, account: SignedIn) -> PackList:
    """Which packs there are, with their sizes and checksums."""
    return read_list(_folder(request))


@router.get("/v1/directory/{country}/{version}")
def get_pack(request: Request, account: SignedIn, country: str, version: Id) -> FileResponse:
    """One pack; Range requests go on where a cut download stopped."""
    if country not in vocabularies.get("countries"):
        raise ProblemError(404, "no_such_pack")
    path = _folder(request) / f"{country}-{version}.jsonl.gz"
    if not path.is_file():
        raise ProblemError(404, "no_such_pack", "This pack was replaced by a newer one; ask for the list again")
    return FileResponse(path, media_type="application/gzip")


@router.get("/v1/vocabularies")
def get_vocabularies(account: SignedIn) -> dict[str, Any]:
    """The platform's lists as they are now; they replace those shipped with the program."""
    return {name: {"items": list(vocabularies.shipped(name).items.values())} for name in vocabularies.NAMES}


def _folder(request: Request) -> Path:
    folder: Path = request.app.state.data / "packs"
    return folder
