"""Which kept files something still needs: a work, a published material, or a transfer on its way."""

from collections.abc import Iterable

from local_db.store import Store
from local_db.tables import outbox, pupil_work, records, transfers
from local_db.tables.transfers import Transfer


def in_use(store: Store) -> set[str]:
    """The SHA-256 of every file that must stay: works, materials, transfers, and the pieces of half-finished downloads."""
    materials = {str(row.fields.get("sha256", "")) for row in records.all_of(store, "material")}
    moving = transfers.waiting(store) + transfers.refused(store)
    pieces = {str(piece) for row in moving for piece in row.body.get("segments", [])}
    return pupil_work.file_hashes(store) | materials | {row.sha256 for row in moving} | pieces | _just_sent(store)


def _just_sent(store: Store) -> set[str]:
    """Files that arrived at the platform, while the command that publishes them still waits for its answer."""
    sent = store.all(Transfer.select(Transfer.sha256, Transfer.material_id).where(Transfer.state == "finished"))
    command = ("publish_material",)
    return {row["sha256"] for row in sent if outbox.has_command(store, command, row["material_id"])}


def remove_unused(store: Store, candidates: Iterable[str]) -> None:
    """Delete those of the candidates that nothing needs any more. Not inside a transaction: see :func:`collect`."""
    _refuse_inside_a_transaction(store)
    with store.transaction():
        for sha256 in set(candidates) - in_use(store):
            store.files.remove(sha256)


def collect(store: Store) -> int:
    """Delete every kept file that no row needs and no intake holds, and what killed writers left; returns how many.

    No row can be written meanwhile, and an intake holds its file until its row is
    written: so a file is held, or owned, or nobody's. Raises RuntimeError inside a
    transaction, because a row that is deleted there may yet come back.
    """
    _refuse_inside_a_transaction(store)
    with store.transaction():
        return store.files.collect(in_use(store))


def _refuse_inside_a_transaction(store: Store) -> None:
    if store.in_transaction:
        raise RuntimeError("files go only after the transaction that gave them up was kept")
