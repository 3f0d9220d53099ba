"""Downloading a published file of a project, with Range."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from server.accounts.sign_in import Db, SignedIn
from server.core.database import Database, MaterialFile
from server.core.door import Door
from server.core.problems import ProblemError
from server.pupil_work.uploads import Files
from sync.protocol.messages import Id

router = APIRouter()


@router.get("/v1/projects/{project_id}/files/{sha256}")
def download(request: Request, account: SignedIn, db: Db, files: Files, project_id: Id, sha256: Id) -> FileResponse:
    """A published file of a project; answers Range requests."""
    if not Door(db, account).may_read(f"project:{project_id}"):
        raise ProblemError(403, "not_yours", "Not a member of this project")
    path = files.kept(sha256)
    if not _is_published(db, project_id, sha256) or not path.is_file():
        raise ProblemError(404, "no_such_file", "The file is not published in this project")
    _check_range(request.headers.get("range", ""), path.stat().st_size)
    headers = {"ETag": f'"{sha256}"', "Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def _check_range(asked: str, size: int) -> None:
    """416 as a problem when a range begins behind the end; everything else about ranges the framework answers."""
    begin = re.match(r"bytes=(\d+)-", asked)
    if begin and int(begin[1][:20]) >= size:
        raise ProblemError(416, "range", "The file is shorter", {"Content-Range": f"bytes */{size}"})


def _is_published(db: Database, project_id: str, sha256: str) -> bool:
    where = (MaterialFile.project_id == project_id, MaterialFile.sha256 == sha256)
    return db.one(MaterialFile.select(MaterialFile.sha256).where(*where).limit(1)) is not None
