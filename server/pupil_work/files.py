"""Files of projects: upload by tus 1.0 (creation, resume, checksum), download with Range.

Files are kept by content; whoever may read the project may read them.
"""

import base64
import hashlib
import os
import re
import threading
from binascii import Error as Base64Error
from pathlib import Path
from typing import Annotated, Any

import peewee
from fastapi import APIRouter, Body, Header, Request
from fastapi.responses import FileResponse, Response

from app.rules import pupil_work
from server.accounts.sign_in import Db, SignedIn
from server.core.database import Database, Erasure, Record, Upload
from server.core.problems import ProblemError
from server.projects import commands as projects
from sync.protocol.messages import Id

router = APIRouter()
TUS = {"Tus-Resumable": "1.0.0"}
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
MAX_FILE = 100_000_000
MAX_PATCH = 16 * 1024 * 1024
_locks: dict[str, threading.Lock] = {}


@router.post("/v1/uploads", status_code=201)
def create_upload(
    request: Request,
    account: SignedIn,
    db: Db,
    upload_length: Annotated[int, Header(ge=1, le=MAX_FILE)],
    upload_metadata: Annotated[str, Header(max_length=4_000)],
    idempotency_key: Annotated[Id, Header()],
) -> Response:
    """Begin an upload. The same Idempotency-Key finds the same upload again."""
    filename, sha256, project_id = _described(upload_metadata)
    if projects.actor(db, project_id, account["id"]) is None:
        raise ProblemError(403, "not_yours", "Not a member of this project")
    db.run(
        Upload.insert(
            id=idempotency_key,
            account_id=account["id"],
            project_id=project_id,
            sha256=sha256,
            size=upload_length,
            filename=filename,
        ).on_conflict_ignore()
    )
    upload = _upload(db, account, idempotency_key)
    if upload["sha256"] != sha256 or upload["size"] != upload_length:
        raise ProblemError(409, "key_reused", "This Idempotency-Key belongs to another file")
    return Response(status_code=201, headers=TUS | {"Location": f"/v1/uploads/{idempotency_key}"})


@router.head("/v1/uploads/{upload_id}")
def upload_offset(request: Request, account: SignedIn, db: Db, upload_id: Id) -> Response:
    """How much of an upload has arrived."""
    upload = _upload(db, account, upload_id)
    offset = upload["size"] if upload["finished"] else _size(_part(request, upload_id))
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(upload["size"]), "Cache-Control": "no-store"}
    return Response(status_code=200, headers=TUS | headers)


@router.patch("/v1/uploads/{upload_id}", status_code=204)
def continue_upload(
    request: Request,
    account: SignedIn,
    db: Db,
    upload_id: Id,
    upload_offset: Annotated[int, Header(ge=0)],
    body: Annotated[bytes, Body(media_type="application/offset+octet-stream")],
) -> Response:
    """Add bytes at an offset. 409 when the offset is not where the upload stands."""
    upload = _upload(db, account, upload_id)
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise ProblemError(415, "invalid", "Content-Type must be application/offset+octet-stream")
    if len(body) > MAX_PATCH:
        raise ProblemError(413, "too_large", "Send smaller pieces")
    with _locks.setdefault(upload_id, threading.Lock()):
        path = _part(request, upload_id)
        here = upload["size"] if upload["finished"] else _size(path)
        if upload_offset != here:
            raise ProblemError(409, "offset", "The upload stands elsewhere", TUS | {"Upload-Offset": str(here)})
        if here + len(body) > upload["size"]:
            raise ProblemError(413, "too_large", "More bytes than announced")
        if not upload["finished"]:
            _append(path, body)
            if here + len(body) == upload["size"]:
                _finish(request, db, upload)
    return Response(status_code=204, headers=TUS | {"Upload-Offset": str(here + len(body))})


@router.get("/v1/projects/{project_id}/files/{sha256}")
def download(request: Request, account: SignedIn, db: Db, project_id: Id, sha256: Id) -> FileResponse:
    """A published file of a project; answers Range requests."""
    if not project_id.isprintable():
        raise ProblemError(422, "invalid", "Upload-Metadata needs filename, sha256 and project_id")
    if projects.actor(db, project_id, account["id"]) is None:
        raise ProblemError(403, "not_yours", "Not a member of this project")
    published = db.one(
        Record.select().where(Record.scope == f"project:{project_id}", Record.kind == "material", _names_file(sha256))
    )
    path = _kept(request.app.state.data, sha256)
    if published is None or not path.is_file():
        raise ProblemError(404, "no_such_file", "The file is not published in this project")
    return FileResponse(path, media_type="application/octet-stream", headers={"ETag": f'"{sha256}"'})


def erase_withdrawn(db: Database, data: Path) -> None:
    """Delete the files of withdrawn works from the disk, unless another published work is the same file."""
    for row in db.all(Erasure.select()):
        sha256 = row["sha256"]
        with db.transaction():
            used = db.one(Record.select(Record.id).where(Record.kind == "material", _names_file(sha256)))
            if used is None:
                db.run(Upload.delete().where(Upload.sha256 == sha256))
                _kept(data, sha256).unlink(missing_ok=True)
            db.run(Erasure.delete().where(Erasure.sha256 == sha256))


def _names_file(sha256: str) -> peewee.Expression:
    return Record.fields.contains(f'"sha256": "{sha256}"')


def _finish(request: Request, db: Db, upload: dict[str, Any]) -> None:
    path = _part(request, str(upload["id"]))
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(1024 * 1024):
            digest.update(chunk)
    if digest.hexdigest() != upload["sha256"]:
        path.unlink()
        raise ProblemError(460, "checksum", "The bytes are not those announced; send the file again", TUS)
    target = _kept(request.app.state.data, str(upload["sha256"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    db.run(Upload.update(finished=True).where(Upload.id == upload["id"]))


def _append(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())


def _upload(db: Db, account: SignedIn, upload_id: str) -> dict[str, Any]:
    row = db.one(Upload.select().where(Upload.id == upload_id, Upload.account_id == account["id"]))
    if row is None:
        raise ProblemError(404, "no_such_upload", headers=TUS)
    return row


def _described(header: str) -> tuple[str, str, str]:
    """File name, SHA-256 and project of an upload. 422 when one is missing or not of its form."""
    meta = _metadata(header)
    filename, sha256, project_id = meta.get("filename", ""), meta.get("sha256", "").lower(), meta.get("project_id", "")
    fine = pupil_work.kind_of(filename) and len(filename) <= 200 and filename.isprintable()
    if not fine or not _SHA256.match(sha256) or not project_id.isprintable():
        raise ProblemError(422, "invalid", "Upload-Metadata needs filename, sha256 and project_id")
    return filename, sha256, project_id


def _metadata(header: str) -> dict[str, str]:
    found = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (Base64Error, UnicodeDecodeError):
            raise ProblemError(422, "invalid", f"Upload-Metadata: {name} is not base64 of UTF-8") from None
    return found


def _part(request: Request, upload_id: str) -> Path:
    data: Path = request.app.state.data
    return data / "uploads" / f"{upload_id}.part"


def _kept(data: Path, sha256: str) -> Path:
    return data / "files" / sha256[:2] / sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
