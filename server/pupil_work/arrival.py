"""How far an upload is: its row, its bytes, and the step from the last byte to a kept file.

That step has three instants at which a platform may be killed: all bytes there, marked as finished, moved. Whoever
meets the upload next goes on from each; see :func:`settled`.
"""

import time
from typing import Any

from server.core.database import Database, Upload
from server.core.problems import ProblemError
from server.pupil_work.storage import Storage
from server.pupil_work.tus import RESUMABLE, Announced

Row = dict[str, Any]


def find(db: Database, upload_id: str) -> Row | None:
    """An upload's row, whoever it is of."""
    return db.one(Upload.select().where(Upload.id == upload_id))


def own(db: Database, account: Row, upload_id: str) -> Row:
    """An account's upload. 404 for anybody else's."""
    row = find(db, upload_id)
    if row is None or row["account_id"] != account["id"]:
        raise ProblemError(404, "no_such_upload", headers=RESUMABLE)
    return row


def begin(db: Database, upload_id: str, account: Row, announced: Announced, size: int) -> None:
    """Note a new upload of ``size`` bytes."""
    values = {"project_id": announced.project_id, "sha256": announced.sha256, "filename": announced.filename}
    db.run(Upload.insert(id=upload_id, account_id=account["id"], size=size, at=time.time(), **values))


def is_same(upload: Row, account: Row, announced: Announced, size: int) -> bool:
    """Whether an upload is the one that the same account announces again."""
    fits = (upload["account_id"], upload["project_id"], upload["size"]) == (account["id"], announced.project_id, size)
    return fits and announced.sha256 in ("", upload["sha256"])


def stands_at(files: Storage, upload: Row) -> int:
    """The offset at which the next byte belongs."""
    return int(upload["size"]) if upload["finished"] else files.arrived(upload["id"])


def settled(db: Database, files: Storage, upload: Row) -> Row:
    """The upload's row after whatever was still to do about it is done. Call it with the upload locked.

    460 when all bytes came and are not those announced; then the upload stands at 0 again.
    """
    if not upload["finished"]:
        return _finished(db, files, upload) if files.arrived(upload["id"]) >= upload["size"] else upload
    with files.file_lock(upload["sha256"]):
        files.keep(upload["id"], upload["sha256"])
        if files.kept(upload["sha256"]).is_file():
            return upload
        db.run(Upload.update(finished=False).where(Upload.id == upload["id"]))  # the disk lost it: it may come again
    return {**upload, "finished": False}


def go_on(db: Database, files: Storage) -> None:
    """Move the finished uploads that an earlier life of the platform marked and did not move."""
    for row in db.all(Upload.select().where(Upload.finished)):
        if files.part(row["id"]).exists():
            with files.upload_lock(row["id"]), files.file_lock(row["sha256"]):
                files.keep(row["id"], row["sha256"])


def _finished(db: Database, files: Storage, upload: Row) -> Row:
    checksum = files.checksum(upload["id"])
    if upload["sha256"] not in ("", checksum):
        files.forget_part(upload["id"])
        raise ProblemError(460, "checksum", "The bytes are not those announced; send the file again", RESUMABLE)
    with files.file_lock(checksum):
        done = {"finished": True, "sha256": checksum, "at": time.time()}
        db.run(Upload.update(**done).where(Upload.id == upload["id"]))  # from here on nobody erases the file
        files.keep(upload["id"], checksum)
    return {**upload, **done}
