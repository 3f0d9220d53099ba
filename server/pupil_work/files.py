"""The platform's files as the rest of it sees them: the routes put together, and what is done between requests."""

from pathlib import Path

from fastapi import APIRouter

from server.core.database import Database
from server.pupil_work import arrival, downloads, materials, uploads
from server.pupil_work.storage import Storage

router = APIRouter()
router.include_router(uploads.router)
router.include_router(downloads.router)


def go_on(db: Database, data: Path) -> None:
    """Finish what an earlier life of the platform was stopped in the middle of. Call it before the first request."""
    arrival.go_on(db, Storage(data))
    materials.erase_unused(db, Storage(data))


def erase_withdrawn(db: Database, data: Path) -> None:
    """Delete the files that nobody needs any more, after works were withdrawn."""
    materials.erase_unused(db, Storage(data))


def remove_stale_uploads(db: Database, data: Path, before: float) -> int:
    """Drop unpublished uploads that did not move since ``before`` (seconds since 1970); returns how many."""
    return materials.remove_stale_uploads(db, Storage(data), before)
