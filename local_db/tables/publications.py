"""Works in projects: which material is whose, taking works back, and who wins when an older copy of a profile speaks.

A material's id begins with a mark of the work it came from, which tells nobody else anything. So a profile brought
back from before a publication still knows its own work on the platform, and takes it back when it is not permitted.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import outbox, pupil_work, settings, transfers
from local_db.tables.transfers import CANCELLED, FINISHED, WAITING, TransferRow

PUBLISH, WITHDRAW = "publish_material", "withdraw_material"
_SEEN = "withdrawn_materials"  # the setting with the ids whose withdrawal this profile knows of
_MARK = 20  # characters
Material = tuple[str, str, bool]  # id, project, whether it was taken back


@dataclass(frozen=True)
class TakenBack:
    """One publication that was taken back; ``withdrawn`` when the platform has to be told, else it never left."""

    row: TransferRow
    withdrawn: bool


def new_material_id(work_id: str) -> str:
    """An id for another publication of a work."""
    return f"{_mark(work_id)}-{uuid7().hex[-12:]}"


def queue_publication(store: Store, row: TransferRow) -> None:
    """Queue the command that shows an uploaded file to the project. Call it in the transaction that finishes the row."""
    body = {key: value for key, value in row.body.items() if key in ("title", "pupil", "kind")}
    args = {**body, "project_id": row.project_id, "material_id": row.material_id, "upload_id": row.id}
    _queue(store, PUBLISH, row.project_id, row.material_id, args)


def take_back(store: Store, work_id: str) -> list[TakenBack]:
    """Take a work out of every project, also one that is only on its way. Call it inside a transaction."""
    return take_back_all(store, [work_id])


def take_back_all(store: Store, work_ids: Iterable[str]) -> list[TakenBack]:
    """As :func:`take_back`, for many works at once."""
    uploads, materials = transfers.uploads(store), defaultdict[str, list[Material]](list)
    for material in _own_materials(store):
        materials[material[0][:_MARK]].append(material)
    return [
        item
        for work_id in work_ids
        for item in _take_back(
            store, [row for row in uploads if row.id.startswith(work_id)], materials.get(_mark(work_id), [])
        )
    ]


def _take_back(store: Store, rows: list[TransferRow], materials: list[Material]) -> list[TakenBack]:
    taken = [TakenBack(row, _undo_publication(store, row)) for row in rows]
    known = {item.row.material_id for item in taken}
    for material_id, project_id, deleted in materials:
        if material_id not in known and not deleted:  # of a later life of this profile
            _withdraw(store, project_id, material_id)
    return taken


def bring_back(store: Store, item: TakenBack) -> str:
    """Undo one taking back, if the file is still here: ``restored``, ``republished`` or ``not_published``.

    Call it inside a transaction. ``restored``: it is as if nothing had been taken back. ``republished``: the platform
    had been told already, so the work is queued for the same project once more.
    """
    row = item.row
    entry = outbox.last_open(store, "command", (WITHDRAW, row.material_id))
    if item.withdrawn and entry:
        outbox.done(store, [entry.id])
        _seen(store, row.material_id, False)
        transfers.put(store, row)
        return "restored"
    if not store.files.has(row.sha256):
        return "not_published"
    if not item.withdrawn:
        known = transfers.get(store, row.id)
        transfers.put(store, replace(row, state=WAITING, reason="", url=row.url if known else "", done=0))
        return "restored"
    work_id = str(row.body["work_id"])
    again = replace(row, id=new_transfer_id(work_id), material_id=new_material_id(work_id))
    transfers.put(store, replace(again, state=WAITING, reason="", url="", done=0))
    return "republished"


def new_transfer_id(work_id: str) -> str:
    """An id for another upload of a work; it begins with the work's."""
    return f"{work_id}-{uuid7().hex[-12:]}"


def was_taken_back(store: Store, work_id: str) -> bool:
    """Whether a work had been published and is not any more."""
    mark = _mark(work_id)
    return any(str(material_id).startswith(mark) for material_id in settings.get(store, _SEEN, []))


def reconcile(store: Store) -> bool:
    """Let a withdrawn permission win between this profile and the platform; returns whether anything had to change.

    What is published of a work that is not permitted here is taken back. A work that another life of this profile
    took back is not permitted here any more. Call it when what the platform has was read.
    """
    may_leave = pupil_work.permissions(store)
    if not may_leave:
        return False
    with store.transaction():
        waiting = outbox.counts(store)[0]
        works = {_mark(work_id): work_id for work_id in may_leave}
        rows = transfers.uploads(store)
        works |= {row.material_id: str(row.body.get("work_id")) for row in rows}
        materials = [(works[key], item) for item in _own_materials(store) if (key := _key(item[0], works))]
        materials += [(works[row.material_id], _buried(row)) for row in rows if _went_unseen(store, row)]
        revoked = _revoke(store, materials, may_leave)
        for work_id in {*works.values()} - {work_id for work_id, may in may_leave.items() if may} - {""}:
            take_back(store, work_id)
        return bool(revoked) or outbox.counts(store)[0] != waiting


def _revoke(store: Store, materials: list[tuple[str, Material]], may_leave: dict[str, bool]) -> set[str]:
    """Untick the works that were taken back without this profile's knowledge; changes ``may_leave`` alike."""
    seen, revoked = set(settings.get(store, _SEEN, [])), set()
    for work_id, (material_id, _project_id, deleted) in materials:
        if deleted and material_id not in seen:
            _seen(store, material_id, True)
            if may_leave.get(work_id):
                pupil_work.change_work(store, work_id, permitted=0)
                may_leave[work_id] = False
                revoked.add(work_id)
    return revoked


def _went_unseen(store: Store, row: TransferRow) -> bool:
    """Whether a publication that was carried out is gone, without the tombstone that only old readers are told of."""
    if row.state != FINISHED:
        return False
    commands = [entry for entry in outbox.of_target(store, "command", row.material_id) if entry.target_kind == PUBLISH]
    if commands:
        return commands[-1].state == outbox.REFUSED and commands[-1].reason == "withdrawn"
    scope, (cursors, half_read) = f"project:{row.project_id}", outbox.cursors(store)
    return scope in cursors and scope not in half_read and _is_shown(store, row.material_id) is None


def _buried(row: TransferRow) -> Material:
    return row.material_id, row.project_id, True


def _key(material_id: str, works: dict[str, str]) -> str:
    """Under what a material's work is known: its id, or the mark in it; empty for somebody else's."""
    return next((key for key in (material_id, material_id[:_MARK]) if key in works), "")


def _undo_publication(store: Store, row: TransferRow) -> bool:
    """Take one publication back; True when the platform has to be told that a material goes."""
    withdrawn = row.state == FINISHED and _withdraw(store, row.project_id, row.material_id)
    if withdrawn or not row.url:
        transfers.remove(store, row.id)
    else:
        transfers.change(store, row.id, state=CANCELLED)
    return withdrawn


def _withdraw(store: Store, project_id: str, material_id: str) -> bool:
    """Queue a withdrawal, unless the publication did not go out at all or the withdrawal waits already."""
    unsent = outbox.last_open(store, "command", (PUBLISH, material_id))
    if unsent:
        outbox.done(store, [unsent.id])
        return False
    if outbox.has_command(store, (PUBLISH,), material_id) == outbox.REFUSED:
        _drop_refused(store, material_id)
        if not _is_shown(store, material_id):
            return False
    if _is_shown(store, material_id) is False or outbox.has_command(store, (WITHDRAW,), material_id) is not None:
        return False
    args = {"project_id": project_id, "material_id": material_id}
    _queue(store, WITHDRAW, project_id, material_id, args)
    _seen(store, material_id, True)
    return True


def _queue(store: Store, name: str, project_id: str, material_id: str, args: dict[str, Any]) -> None:
    outbox.add(store, str(uuid7()), "command", f"project:{project_id}", (name, material_id), args)


def _drop_refused(store: Store, material_id: str) -> None:
    entries = outbox.waiting(store)
    target = (PUBLISH, material_id)
    outbox.done(store, [e.id for e in entries if (e.target_kind, e.target_id) == target and e.state == outbox.REFUSED])


def _is_shown(store: Store, material_id: str) -> bool | None:
    """Whether the project shows a material, as far as is known here: None before it was read, False once it is gone."""
    rows = store.sql("select deleted from record where kind = 'material' and id = ?", (material_id,))
    return not rows[0][0] if rows else None


def _own_materials(store: Store) -> list[Material]:
    me = settings.get(store, "account", {}).get("id", "")
    rows = store.sql(
        "select id, scope, deleted, json_extract(iif(fields = '', server_fields, fields), '$.author_id') "
        "from record where kind = 'material'"
    )
    return [(row[0], row[1].removeprefix("project:"), bool(row[2])) for row in rows if row[3] in (me, None, "")]


def _seen(store: Store, material_id: str, withdrawn: bool) -> None:
    known = [name for name in settings.get(store, _SEEN, []) if name != material_id]
    settings.put(store, _SEEN, [*known, material_id] if withdrawn else known)


def _mark(work_id: str) -> str:
    return hashlib.sha256(f"material of {work_id}".encode()).hexdigest()[:_MARK]
