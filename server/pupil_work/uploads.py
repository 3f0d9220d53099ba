"""Uploading a file by tus 1.0: creation, resume, termination, checksum.

The routes alone; how far an upload is, :mod:`server.pupil_work.arrival` knows.
"""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response

from app.rules.ids import uuid7
from server.accounts.sign_in import Db, SignedIn
from server.core.database import Upload
from server.core.door import Door
from server.core.problems import ProblemError
from server.pupil_work import arrival, materials, quotas, tus
from server.pupil_work.storage import Storage
from server.pupil_work.tus import RESUMABLE, SpeaksTus
from sync.protocol.messages import Id

router = APIRouter()


async def _raw_body(request: Request) -> bytes:
    return await request.body()


def storage_of(request: Request) -> Storage:
    """The platform's files."""
    return Storage(request.app.state.data)


Body = Annotated[bytes, Depends(_raw_body)]
Files = Annotated[Storage, Depends(storage_of)]
Offset = Annotated[int | None, Header(ge=0)]
_TAKES_BYTES = {"requestBody": {"content": {tus.BODY: {"schema": {"type": "string", "format": "binary"}}}}}


@router.options("/v1/uploads", status_code=204)
@router.options("/v1/uploads/{upload_id}", status_code=204)
def offered() -> Response:
    """What this server offers of tus."""
    return Response(status_code=204, headers=tus.OFFERED)


@router.post("/v1/uploads", status_code=201)
def create_upload(
    account: SignedIn,
    db: Db,
    _tus: SpeaksTus,
    upload_metadata: Annotated[str, Header(max_length=4_000)],
    upload_length: Annotated[int | None, Header(ge=1)] = None,
    upload_defer_length: Annotated[str | None, Header(max_length=10)] = None,
    idempotency_key: Annotated[Id | None, Header()] = None,
) -> Response:
    """Begin an upload. The same Idempotency-Key finds the same upload again; without one the server makes an id."""
    size = tus.announced_size(upload_length, upload_defer_length)
    announced = tus.announced(upload_metadata)
    upload_id = idempotency_key or str(uuid7())
    if Door(db, account).refusal(f"project:{announced.project_id}", "publish_work"):
        raise ProblemError(403, "not_yours", "Not a member of this project", RESUMABLE)

    def begin() -> None:
        known = arrival.find(db, upload_id)
        if known is None:
            quotas.check(db, account["id"], announced.project_id, size)
            arrival.begin(db, upload_id, account, announced, size)
        elif not arrival.is_same(known, account, announced, size):
            raise ProblemError(409, "key_reused", "This Idempotency-Key belongs to another file", RESUMABLE)

    db.transact(begin)
    return Response(status_code=201, headers=RESUMABLE | {"Location": f"/v1/uploads/{upload_id}"})


@router.head("/v1/uploads/{upload_id}")
def tell_offset(account: SignedIn, db: Db, files: Files, _tus: SpeaksTus, upload_id: Id) -> Response:
    """How much of an upload has arrived; what was stopped half-way is finished now."""
    with files.upload_lock(upload_id):
        upload = arrival.own(db, account, upload_id)
        try:
            upload = arrival.settled(db, files, upload)
        except ProblemError as problem:
            if problem.code != "checksum":
                raise
        here = arrival.stands_at(files, upload)
    about = {"filename": upload["filename"], "sha256": upload["sha256"], "project_id": upload["project_id"]}
    headers = {
        "Upload-Offset": str(here),
        "Upload-Length": str(upload["size"]),
        "Upload-Metadata": tus.metadata(about),
        "Cache-Control": "no-store",
    }
    return Response(status_code=200, headers=RESUMABLE | headers)


@router.patch("/v1/uploads/{upload_id}", status_code=204, openapi_extra=_TAKES_BYTES)
def continue_upload(
    request: Request,
    account: SignedIn,
    db: Db,
    files: Files,
    _tus: SpeaksTus,
    upload_id: Id,
    body: Body,
    upload_offset: Offset = None,
) -> Response:
    """Add bytes at an offset. 409 when the offset is not where the upload stands."""
    arrival.own(db, account, upload_id)
    if request.headers.get("content-type") != tus.BODY:
        raise ProblemError(415, "invalid", f"Content-Type must be {tus.BODY}", RESUMABLE)
    tus.check_bytes(body, request.headers.get("upload-checksum"))
    with files.upload_lock(upload_id):
        upload = arrival.settled(db, files, arrival.own(db, account, upload_id))
        here = arrival.stands_at(files, upload)
        if upload_offset != here:
            raise ProblemError(409, "offset", "The upload stands elsewhere", RESUMABLE | {"Upload-Offset": str(here)})
        if here + len(body) > upload["size"]:
            raise ProblemError(413, "too_large", "More bytes than announced", RESUMABLE)
        if body:
            files.append(upload_id, body)
            db.run(Upload.update(at=time.time()).where(Upload.id == upload_id))
            arrival.settled(db, files, upload)
    return Response(status_code=204, headers=RESUMABLE | {"Upload-Offset": str(here + len(body))})


@router.delete("/v1/uploads/{upload_id}", status_code=204)
def end_upload(account: SignedIn, db: Db, files: Files, _tus: SpeaksTus, upload_id: Id) -> Response:
    """Give an upload up; nothing of it stays."""
    with files.upload_lock(upload_id):
        arrival.own(db, account, upload_id)
        materials.drop_upload(db, files, upload_id)
    materials.erase_unused(db, files)
    return Response(status_code=204, headers=RESUMABLE)


@router.post("/v1/uploads/{upload_id}", openapi_extra=_TAKES_BYTES)
def overridden(
    request: Request,
    account: SignedIn,
    db: Db,
    files: Files,
    tus_version: SpeaksTus,
    upload_id: Id,
    body: Body,
    x_http_method_override: Annotated[str, Header(max_length=10)],
    upload_offset: Offset = None,
) -> Response:
    """PATCH, HEAD and DELETE for networks that let only GET and POST through."""
    method = x_http_method_override.upper()
    if method == "PATCH":
        return continue_upload(request, account, db, files, tus_version, upload_id, body, upload_offset)
    if method == "HEAD":
        return tell_offset(account, db, files, tus_version, upload_id)
    if method == "DELETE":
        return end_upload(account, db, files, tus_version, upload_id)
    raise ProblemError(405, "invalid", "X-HTTP-Method-Override must be PATCH, HEAD or DELETE", RESUMABLE)
