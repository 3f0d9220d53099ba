"""What a demonstration does to a computer that nobody could ask of it otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.workspace import Workspace


@contextmanager
def full_disk(workspace: Workspace) -> Iterator[None]:
    """SQLite finds no page more for this thread's connection meanwhile, as on a disk that is full (SQLITE_FULL)."""
    store = workspace._opened.store
    pages = store.sql("pragma page_count")[0][0]
    store.sql(f"pragma max_page_count = {pages}")
    try:
        yield
    finally:
        store.sql("pragma max_page_count = 1073741823")
