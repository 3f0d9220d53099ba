"""Taking in pupils' work, marking what may be published, and publishing it under a pseudonym."""

import random
import time
from collections.abc import Callable
from pathlib import Path, PurePath

from uuid6 import uuid7

from app import pictures
from app.rules import pupil_work as rules
from local_db.files import Progress, chunks_of
from local_db.store import Store
from local_db.tables import file_use, outbox, pupil_work, transfers
from local_db.tables.pupil_work import PupilRow, WorkRow

__all__ = ["NameInTitleError", "PupilRow", "PupilWorkUseCases", "TakeInError", "WorkRow"]

KEEP_REMOVED = 30 * 24 * 3600
_WORDS = (
    "Star",
    "River",
    "Falcon",
    "Olive",
    "Comet",
    "Cedar",
    "Dolphin",
    "Meadow",
    "Tulip",
    "Cloud",
    "Swallow",
    "Amber",
)


class TakeInError(Exception):
    """A file was not taken in; ``code`` as in the rules, or ``unreadable``."""

    def __init__(self, code: str, filename: str, limit_mb: int = 0) -> None:
        super().__init__(code)
        self.code, self.filename, self.limit_mb = code, filename, limit_mb


class NameInTitleError(ValueError):
    """A title that would be published holds what looks like pupils' names: ``found``, as they are written in it."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("name_in_title")
        self.found = found


class PupilWorkUseCases:
    """Classes, pupils and works of this computer. Names stay here; only a permitted work leaves, under a pseudonym."""

    def __init__(self, store: Store, queued: Callable[[], None]) -> None:
        self._store, self._queued = store, queued

    def classes(self) -> list[tuple[str, str]]:
        return pupil_work.classes(self._store)

    def add_class(self, name: str) -> str:
        return pupil_work.add_class(self._store, name.strip())

    def pupils(self, class_id: str) -> list[PupilRow]:
        return pupil_work.pupils(self._store, class_id)

    def add_pupil(self, class_id: str, name: str) -> str:
        """Add a pupil with a fresh pseudonym."""
        taken = pupil_work.pseudonyms(self._store)
        free = [f"{word} {n}" for word in _WORDS for n in range(1, 100) if f"{word} {n}" not in taken]
        return pupil_work.add_pupil(self._store, class_id, name.strip(), random.SystemRandom().choice(free))

    def works(self, class_id: str) -> list[WorkRow]:
        return pupil_work.works(self._store, class_id)

    def take_in(self, pupil_id: str, path: Path, progress: Progress | None = None) -> str:
        """Copy a file into the encrypted store; for a worker thread. Raises TakeInError or DiskFullError."""
        try:
            size = path.stat().st_size
            with path.open("rb") as source:
                head = source.read(16)
        except OSError as error:
            raise TakeInError("unreadable", path.name) from error
        refusal = rules.refusal(path.name, size, head)
        if refusal:
            raise TakeInError(refusal.code, path.name, refusal.limit_mb)
        sha256, size = self._store.files.add(chunks_of(path, progress))
        kind = rules.kind_of(path.name) or "document"
        small = pictures.thumbnail(kind, path.name, self._store.files.read_all(sha256))
        pupil = pupil_work.pupil(self._store, pupil_id)
        title = rules.title_from(path.name, pupil_work.names(self._store)) or (pupil.pseudonym if pupil else kind)
        values = {
            "pupil_id": pupil_id,
            "title": title,
            "filename": path.name,
            "kind": kind,
            "sha256": sha256,
            "size": size,
            "thumbnail": small,
        }
        return pupil_work.add_work(self._store, values)

    def first_words(self, work: WorkRow) -> str:
        """The beginning of a text, for its small picture; empty for other kinds."""
        if not work.filename.lower().endswith((".txt", ".md")):
            return ""
        return next(self._store.files.read(work.sha256))[:600].decode("utf-8", "replace")

    def read(self, work_id: str) -> bytes:
        work = pupil_work.work(self._store, work_id)
        return self._store.files.read_all(work.sha256) if work else b""

    def rename(self, work_id: str, title: str) -> None:
        pupil_work.change_work(self._store, work_id, title=title.strip())

    def permit(self, work_id: str, permitted: bool) -> None:
        """Say whether a work may be published. Taking it back also takes it out of every project."""
        with self._store.transaction():
            pupil_work.change_work(self._store, work_id, permitted=int(permitted))
            if not permitted:
                self._take_back(work_id)
        self._queued()

    def remove(self, work_id: str) -> Callable[[], None]:
        """Remove a work; returns the undo. The file goes for good after 30 days."""
        with self._store.transaction():
            pupil_work.change_work(self._store, work_id, removed_at=time.time())
            self._take_back(work_id)
        return lambda: pupil_work.change_work(self._store, work_id, removed_at=None)

    def purge(self) -> None:
        """Delete what was removed long ago, and what interrupted writes left."""
        self._store.files.clear_parts()
        file_use.remove_unused(self._store, pupil_work.purge_removed(self._store, time.time() - KEEP_REMOVED))

    def publication(self, work_id: str) -> str:
        """``""``, ``waiting``, ``refused`` or ``finished``."""
        row = transfers.of_work(self._store, work_id)
        if row is None or row.state != "finished":
            return row.state if row else ""
        command = outbox.has_command(self._store, ("publish_material",), row.material_id)
        return {None: "finished", outbox.REFUSED: "refused"}.get(command, "waiting")

    def publish(self, work_id: str, project_id: str, project_state: str, *, title_is_fine: bool = False) -> None:
        """Queue a permitted work for a project, under the pupil's pseudonym and without a photo's metadata.

        For a worker thread. Raises ValueError with the rule's code when it may not go, and
        NameInTitleError unless the teacher has looked at the title (``title_is_fine``).
        """
        work = pupil_work.work(self._store, work_id)
        if work is None:
            raise ValueError("no_such_work")
        if code := rules.may_publish(permitted=work.permitted, project_state=project_state):
            raise ValueError(code)
        found = rules.names_in(work.title, pupil_work.names(self._store))
        if found and not title_is_fine:
            raise NameInTitleError(found)
        clean = pictures.without_metadata(work.filename, self._store.files.read_all(work.sha256))
        sha256, size = self._store.files.add([clean])
        ending = PurePath(work.filename).suffix.lower()
        body = {
            "work_id": work_id,
            "filename": f"{work.pseudonym.lower().replace(' ', '-')}{ending}",
            "title": work.title,
            "pupil": work.pseudonym,
            "kind": work.kind,
        }
        transfers.add(
            self._store,
            id=f"{work_id}-{uuid7().hex[-12:]}",
            direction="up",
            project_id=project_id,
            material_id=str(uuid7()),
            sha256=sha256,
            size=size,
            body=body,
        )
        self._queued()

    def _take_back(self, work_id: str) -> None:
        row = transfers.of_work(self._store, work_id)
        if row is None:
            return
        transfers.remove(self._store, row.id)
        if row.state == "finished":
            outbox.add(
                self._store,
                str(uuid7()),
                "command",
                f"project:{row.project_id}",
                ("withdraw_material", row.material_id),
                {"material_id": row.material_id},
            )
