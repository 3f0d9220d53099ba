"""Which kept files something still needs: a work, a published material, or a transfer on its way."""

from collections.abc import Iterable

from local_db.store import Store
from local_db.tables import pupil_work, records, transfers


def in_use(store: Store) -> set[str]:
    """The SHA-256 of every file that must stay."""
    materials = {str(row.fields.get("sha256", "")) for row in records.all_of(store, "material")}
    moving = {row.sha256 for row in transfers.waiting(store) + transfers.refused(store)}
    return pupil_work.file_hashes(store) | materials | moving


def remove_unused(store: Store, candidates: Iterable[str]) -> None:
    """Delete those of the candidates that nothing needs any more."""
    for sha256 in set(candidates) - in_use(store):
        store.files.remove(sha256)
