"""Taking in pupils' work, marking what may be published, and publishing it under a pseudonym."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import media, work_copies
from app.class_lists import ClassLists
from app.class_works import GONE, NOT_PUBLISHED, RESTORED, WorkSteps
from app.intake import TakeInError, take_in
from app.media.whole import Points, whole_picture
from app.rules import filenames
from app.rules import pupil_work as rules
from app.viewing import ViewingCopies
from local_db import elapsed
from local_db.errors import FileDamagedError
from local_db.files import Progress
from local_db.store import Store
from local_db.tables import class_bin, file_use, outbox, publications, pupil_work, transfers
from local_db.tables.pupil_work import PupilRow, WorkRow

__all__ = [
    "CannotLeaveError",
    "NameInTitleError",
    "PupilRow",
    "PupilWorkUseCases",
    "RemovedWork",
    "TakeInError",
    "WorkRow",
]

KEEP_REMOVED = 30  # days, as the program saw them pass


class CannotLeaveError(ValueError):
    """A work's file cannot be cleaned; the text is the reason's code."""


class NameInTitleError(ValueError):
    """A title that would be published holds what looks like pupils' names: ``found``, as they are written in it."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("name_in_title")
        self.found = found


@dataclass(frozen=True)
class RemovedWork:
    """A work in the bin. ``days_left`` until it goes for good; ``was_published`` when it had been, and is no more;
    ``pupil_too`` when its pupil is in the bin as well.
    """

    id: str
    title: str
    pupil: str
    filename: str
    size: int
    days_left: int
    was_published: bool
    pupil_too: bool = False


class PupilWorkUseCases:
    """Classes, pupils and works of this computer. Names stay here; only a permitted work leaves, under a pseudonym."""

    def __init__(self, store: Store, queued: Callable[[], None]) -> None:
        self._store, self._queued = store, queued
        self.lists, self.steps = ClassLists(store), WorkSteps(store, queued)
        self.viewing = ViewingCopies(store)

    # -- classes and pupils ----------------------------------------------------------------

    def classes(self) -> list[tuple[str, str]]:
        """Id and name of every class."""
        return pupil_work.classes(self._store)

    def add_class(self, name: str) -> str:
        """Make a class; returns its id. Raises ValueError (``blank_name``, ``long_name``)."""
        return self.lists.add_class(name).ids[0]

    def pupils(self, class_id: str) -> list[PupilRow]:
        """The pupils of a class."""
        return pupil_work.pupils(self._store, class_id)

    def add_pupil(self, class_id: str, name: str) -> str:
        """Add a pupil with a fresh pseudonym; returns the id. Raises ValueError as :meth:`ClassLists.add_pupils` does."""
        return self.lists.add_pupils(class_id, [name]).ids[0]

    # -- works -----------------------------------------------------------------------------

    def works(self, class_id: str) -> list[WorkRow]:
        """The works of a class."""
        return pupil_work.works(self._store, class_id)

    def take_in(self, pupil_id: str, path: Path, progress: Progress | None = None) -> str:
        """Copy a file into the encrypted store; see :func:`app.intake.take_in`."""
        return take_in(self._store, pupil_id, path, progress)

    def small_picture(self, work: WorkRow) -> bytes | None:
        """A work's small picture as a PNG, or None."""
        return pupil_work.small_picture(self._store, work.id) if work.has_picture else None

    def first_words(self, work: WorkRow) -> str:
        """The beginning of a text, for its small picture; empty for other kinds."""
        if filenames.ending(work.filename) not in ("txt", "md"):
            return ""
        try:
            return next(self._store.files.read(work.sha256))[:600].decode("utf-8", "replace")
        except FileDamagedError:  # opening it says so; a list goes on
            return ""

    def read(self, work_id: str) -> bytes:
        """A work's bytes as they were taken in; none when it is gone."""
        work = pupil_work.work(self._store, work_id)
        return self._store.files.read_all(work.sha256) if work else b""

    def picture(self, work_id: str) -> Points:
        """A work's picture at its full size; for a worker thread. Raises MediaError, or ValueError (``no_such_work``)."""
        work = pupil_work.work(self._store, work_id)
        if work is None or work.kind != "image" or pupil_work.is_removed(self._store, work_id):
            raise ValueError("no_such_work")
        return whole_picture(self._store.files.read_all(work.sha256))

    def name_of_copy(self, work: WorkRow) -> str:
        """The file name offered for a copy of a work."""
        return work_copies.name_of(work)

    def save_copy(self, work: WorkRow, target: Path) -> None:
        """Write a work to a file in clear; for a worker thread. Raises StoreError."""
        work_copies.write_copy(self._store, work, target)

    def save_copies(
        self, works: Sequence[WorkRow], folder: Path, progress: work_copies.Progress, stopped: Callable[[], bool]
    ) -> work_copies.Copied:
        """Write works into a folder in clear; for a worker thread. Raises StoreError."""
        return work_copies.write_copies(self._store, works, folder, progress, stopped)

    def rename(self, work_id: str, title: str) -> Callable[[], bool]:
        """Give a work another title; returns the undo. Raises ValueError as :meth:`WorkSteps.rename` does."""
        return self.steps.rename(work_id, title)

    # -- the bin ---------------------------------------------------------------------------

    def remove(self, work_id: str) -> Callable[[], str]:
        """Put a work into the bin and take it out of every project; returns the undo, see :meth:`WorkSteps.remove`."""
        return self.steps.remove(class_bin.WORK, [work_id]).undo

    def bin(self) -> list[RemovedWork]:
        """The works that were removed by themselves, the last one first."""
        today, with_pupil = elapsed.days_seen(self._store), class_bin.whose_pupil_lies(self._store)
        return [
            RemovedWork(
                id=work.id,
                title=work.title,
                pupil=work.pupil,
                filename=work.filename,
                size=work.size,
                days_left=max(0, KEEP_REMOVED - (today - (today if day is None else day))),
                was_published=publications.was_taken_back(self._store, work.id),
                pupil_too=work.id in with_pupil,
            )
            for work, day in pupil_work.removed(self._store)
        ]

    def restore(self, work_id: str) -> str:
        """Take a work out of the bin: ``restored``, ``not_published`` where it had been published, or ``gone``."""
        if self.steps.restore(class_bin.WORK, work_id) is None:
            return GONE
        return NOT_PUBLISHED if publications.was_taken_back(self._store, work_id) else RESTORED

    def delete_for_good(self, work_id: str) -> None:
        """Delete a work that is in the bin, and its file unless another work is the same."""
        file_use.remove_unused(self._store, pupil_work.delete_work(self._store, work_id))

    def purge(self) -> None:
        """Delete what was removed long ago, every file without an owner, and what a killed program left to be looked at."""
        today = elapsed.days_seen(self._store)
        pupil_work.count_from(self._store, today)
        with self._store.transaction():
            pupil_work.purge_removed(self._store, today - KEEP_REMOVED)
            class_bin.purge(self._store, today - KEEP_REMOVED)
        self.viewing.end()
        file_use.collect(self._store)

    # -- publishing ------------------------------------------------------------------------

    def permit(self, work_id: str, permitted: bool) -> None:
        """Say whether a work may be published. Taking it back also takes it out of every project."""
        with self._store.transaction():
            pupil_work.change_work(self._store, work_id, permitted=int(permitted))
            if not permitted:
                publications.take_back(self._store, work_id)
        self._queued()

    def publication(self, work_id: str) -> str:
        """``""``, ``waiting``, ``refused`` or ``finished``; of several publications the first in this order counts."""
        states = {self._state_of(row) for row in transfers.of_work(self._store, work_id)}
        return next((state for state in ("waiting", "refused", "finished") if state in states), "")

    def publish(self, work_id: str, project_id: str, project_state: str, *, title_is_fine: bool = False) -> None:
        """Queue a permitted work for a project, under the pupil's pseudonym and without what is written into its file.

        For a worker thread. Raises ValueError with the rule's code when it may not go, CannotLeaveError when nothing can
        be made of its file that tells no more than is seen, and NameInTitleError unless the teacher has looked at the
        title (``title_is_fine``).
        """
        work = self._publishable(work_id, project_state)
        names_found = rules.names_in(work.title, pupil_work.names(self._store))
        if names_found and not title_is_fine:
            raise NameInTitleError(names_found)
        leaving = self.leaving(work)
        if leaving.why_not:
            raise CannotLeaveError(leaving.why_not)
        with self._store.files.intake():
            sha256, size = self._store.files.add([leaving.data])
            with self._store.transaction():
                self._publishable(work_id, project_state)  # the permission may have gone while the copy was made
                self._queue(work, project_id, (sha256, size, leaving.ending))
        self._queued()

    def leaving(self, work: WorkRow) -> media.Leaving:
        """The copy of a work that would be published, and what is not in it; for a worker thread. Raises StoreError."""
        most = rules.limit_mb(work.kind) * 1_000_000
        return media.leaving(work.filename, self._store.files.read_all(work.sha256), most)

    def _publishable(self, work_id: str, project_state: str) -> WorkRow:
        work = pupil_work.work(self._store, work_id)
        if work is None or pupil_work.is_removed(self._store, work_id):
            raise ValueError("no_such_work")
        if code := rules.may_publish(permitted=work.permitted, project_state=project_state):
            raise ValueError(code)
        return work

    def _queue(self, work: WorkRow, project_id: str, copy: tuple[str, int, str]) -> None:
        sha256, size, ending = copy
        name = f"{work.pseudonym.lower().replace(' ', '-')}.{ending}"
        transfers.add(
            self._store,
            id=publications.new_transfer_id(work.id),
            direction="up",
            project_id=project_id,
            material_id=publications.new_material_id(work.id),
            sha256=sha256,
            size=size,
            body={
                "work_id": work.id,
                "filename": name,
                "title": filenames.plain_line(work.title),
                "pupil": work.pseudonym,
                "kind": work.kind,
            },
        )

    def _state_of(self, row: transfers.TransferRow) -> str:
        if row.state != transfers.FINISHED:
            return row.state
        command = outbox.has_command(self._store, (publications.PUBLISH,), row.material_id)
        return {None: "finished", outbox.REFUSED: "refused"}.get(command, "waiting")
