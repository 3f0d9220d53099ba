"""The directory for clients: the signed list of packs, the packs, and the vocabularies."""

import hashlib
import logging
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from app.rules import vocabularies
from app.rules.directory import PARTS
from server.accounts.sign_in import SignedIn
from server.core.problems import ProblemError
from server.directory.packs import PackFolder
from sync.protocol.messages import SignedPackList

router = APIRouter()
_log = logging.getLogger(__name__)


def version(data: Path) -> str:
    """The number of the list, so that a client need not ask for it in vain."""
    folder = PackFolder(data / "packs")
    return _number(folder.folder, folder.changed())


@lru_cache(maxsize=16)
def _number(folder: Path, _changed: tuple[int, int, int]) -> str:
    try:
        return str(PackFolder(folder).list().number or "")
    except ValueError:
        _log.exception("the directory's list cannot be read; clients keep what they have until it is published anew")
        return ""


def packs(request: Request) -> PackFolder:
    """The platform's folder of packs."""
    return PackFolder(request.app.state.data / "packs")


@cache
def vocabulary_version() -> str:
    """A short hash of the vocabularies, another one as soon as one of them changes; made once a process."""
    digest = hashlib.sha256()
    for name in vocabularies.NAMES:
        digest.update((vocabularies.FOLDER / f"{name}.json").read_bytes())
    return digest.hexdigest()[:16]


@router.get("/v1/directory", response_model=SignedPackList)
def list_packs(request: Request, account: SignedIn) -> SignedPackList:
    """Which packs there are, with sizes and checksums, signed by the platform."""
    return packs(request).signed_list()


@router.get("/v1/directory/{country}/{part}/{since}/{number}")
def get_pack(request: Request, account: SignedIn, country: str, part: str, since: int, number: int) -> FileResponse:
    """A whole pack (``since`` is 0) or a delta; Range requests go on where a cut download stopped."""
    known = country in vocabularies.get("countries") and part in PARTS and 0 <= since < number < 2**53
    path = packs(request).path(country, part, since, number) if known else None
    if path is None or not path.is_file():
        raise ProblemError(404, "no_such_pack", "This pack was replaced by a newer one; ask for the list again")
    return FileResponse(path, media_type="application/zstd")


@router.get("/v1/vocabularies")
def get_vocabularies(account: SignedIn) -> dict[str, Any]:
    """The platform's lists as they are now; they replace those shipped with the program."""
    return {name: {"items": list(vocabularies.shipped(name).items.values())} for name in vocabularies.NAMES}
