"""Published works: putting an uploaded file into a project's space, taking it out, and what becomes of the bytes.

A kept file stays as long as a published material or an upload needs it. Whatever takes such a need away writes an
``Erasure`` in the same transaction; :func:`erase_unused` looks afterwards whether somebody else needs the file still.
"""

import time
from typing import Any

from app.rules import filenames
from app.rules import projects as rules
from app.rules.pupil_work import is_pseudonym
from server.core import records
from server.core.capabilities import Handler
from server.core.database import Database, Erasure, MaterialFile, Upload
from server.core.door import locked_project
from server.core.refusals import Refused
from server.pupil_work.storage import Storage

Args = dict[str, Any]


def publish_material(db: Database, account: dict[str, Any], args: Args) -> None:
    """Put an uploaded file into a project's space. Publishing the same once more changes nothing. Raises Refused."""
    project_id, upload_id, material_id = args["project_id"], args["upload_id"], args["material_id"]
    if locked_project(db, project_id)["state"] != rules.ACTIVE:
        raise Refused("not_active")
    shown, scope = _shown(args), f"project:{project_id}"
    upload = _held_upload(db, account, upload_id)
    if _is_there_already(db, account, scope, material_id, shown):
        _let_go(db, upload)
        return
    if upload is None or not upload["finished"] or upload["project_id"] != project_id:
        raise Refused("file_missing")
    file = {"filename": filenames.plain_name(upload["filename"]), "sha256": upload["sha256"], "size": upload["size"]}
    records.create(db, scope, "material", material_id, {**shown, **file}, account)
    needs = {"material_id": material_id, "project_id": project_id, "account_id": account["id"]}
    db.run(MaterialFile.insert(sha256=upload["sha256"], size=upload["size"], **needs))
    db.run(Upload.delete().where(Upload.id == upload_id))


def withdraw_material(db: Database, account: dict[str, Any], args: Args) -> None:
    """Take an own work out of a project. Withdrawing it once more changes nothing. Raises Refused."""
    material_id = args["material_id"]
    row = records.with_tombstone(db, "material", material_id)
    if row is None or row["owner_id"] != account["id"]:
        raise Refused("not_yours")
    was = records.bury(db, "material", material_id)
    if was:
        db.run(MaterialFile.delete().where(MaterialFile.material_id == material_id))
        note_unneeded(db, str(was.get("sha256") or ""))


COMMANDS: dict[str, Handler] = {
    "publish_material": publish_material,
    "withdraw_material": withdraw_material,
}


def note_unneeded(db: Database, sha256: str) -> None:
    """Say that a file lost a user. Call it in the transaction that takes the use away."""
    if sha256:
        again = {Erasure.sha256: sha256}  # held, so that whoever erases waits for this transaction
        db.run(Erasure.insert(sha256=sha256).on_conflict(conflict_target=[Erasure.sha256], update=again))


def erase_unused(db: Database, files: Storage) -> None:
    """Delete the files that lost their last user. Safe to repeat, and to be stopped anywhere."""
    for row in db.all(Erasure.select()):
        sha256 = row["sha256"]
        with files.file_lock(sha256), db.transaction():
            noted = Erasure.select().where(Erasure.sha256 == sha256)
            db.one(noted if db.is_sqlite else noted.for_update())  # waits for a withdrawal of the same file
            if not _is_needed(db, sha256):
                files.erase(sha256)
            db.run(Erasure.delete().where(Erasure.sha256 == sha256))


def drop_upload(db: Database, files: Storage, upload_id: str) -> None:
    """Forget an upload and its bytes. Call it with the upload locked; then :func:`erase_unused`."""
    with db.transaction():
        row = db.one(Upload.select().where(Upload.id == upload_id))
        gone = db.run(Upload.delete().where(Upload.id == upload_id)) if row else 0
        if row and gone and row["finished"]:
            note_unneeded(db, row["sha256"])
    if gone:
        files.forget_part(upload_id)


def remove_stale_uploads(db: Database, files: Storage, before: float) -> int:
    """Drop the uploads that did not move since ``before`` (seconds since 1970); returns how many."""
    stale = db.all(Upload.select(Upload.id).where(Upload.at < before))
    for row in stale:
        with files.upload_lock(row["id"]):
            if db.one(Upload.select(Upload.id).where(Upload.id == row["id"], Upload.at < before)):
                drop_upload(db, files, row["id"])
    for upload_id in files.parts_before(min(before, time.time())):
        with files.upload_lock(upload_id):
            if db.one(Upload.select(Upload.id).where(Upload.id == upload_id)) is None:
                files.forget_part(upload_id)
    erase_unused(db, files)
    return len(stale)


def _shown(args: Args) -> Args:
    """What the members see of a work, made plain. Raises Refused."""
    if not is_pseudonym(args["pupil"]):
        raise Refused("not_a_pseudonym")  # a child's name does not enter the platform, not even by a faulty client
    return {"title": filenames.plain_line(args["title"]), "pupil": args["pupil"], "kind": args["kind"]}


def _is_there_already(db: Database, account: dict[str, Any], scope: str, material_id: str, shown: Args) -> bool:
    """Whether the same publication was carried out before. Raises Refused where the id is used otherwise."""
    row = records.with_tombstone(db, "material", material_id)
    if row is None:
        return False
    fields = row["fields"]
    if row["owner_id"] == account["id"] and fields.get("deleted"):
        raise Refused("withdrawn")
    if row["owner_id"] != account["id"] or row["scope"] != scope or {key: fields.get(key) for key in shown} != shown:
        raise Refused("exists")
    return True


def _held_upload(db: Database, account: dict[str, Any], upload_id: str) -> dict[str, Any] | None:
    query = Upload.select().where(Upload.id == upload_id, Upload.account_id == account["id"])
    return db.one(query if db.is_sqlite else query.for_update())


def _let_go(db: Database, upload: dict[str, Any] | None) -> None:
    if upload and upload["finished"]:
        db.run(Upload.delete().where(Upload.id == upload["id"]))
        note_unneeded(db, upload["sha256"])


def _is_needed(db: Database, sha256: str) -> bool:
    """Uploads are asked first: one that is published between the two questions is a material by the second."""
    live = Upload.select(Upload.id).where(Upload.sha256 == sha256, Upload.finished)
    published = MaterialFile.select(MaterialFile.material_id).where(MaterialFile.sha256 == sha256)
    return db.one(live.limit(1)) is not None or db.one(published.limit(1)) is not None
