"""Works renamed, moved to another pupil and put into the bin, one or many at once; also with their pupil or class.

A permission belongs to the pupil it was asked for: a work that goes to another pupil has none any more, and leaves its projects.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.rules import projects as project_states
from app.rules.filenames import plain_line
from local_db import elapsed
from local_db.store import Store
from local_db.tables import class_bin, publications, pupil_work, records
from local_db.tables.class_bin import Back
from local_db.tables.publications import TakenBack
from local_db.tables.pupil_work import Work, WorkRow

RESTORED, REPUBLISHED, NOT_PUBLISHED = "restored", "republished", "not_published"
GONE = "gone"
MOST_LETTERS = 200  # of a title
Queued = Callable[[], None]


@dataclass(frozen=True)
class Removal:
    """What went into the bin. ``undo`` answers as :meth:`WorkSteps.remove` says."""

    works: int
    undo: Callable[[], str]


@dataclass(frozen=True)
class Moving:
    """Works that went to another pupil; ``there``: titles of those the pupil has already; ``unticked``: lost their permission."""

    works: int
    there: list[str]
    unticked: int
    undo: Callable[[], bool]


class WorkSteps:
    """Steps with works, each one transaction and each with its undo."""

    def __init__(self, store: Store, queued: Queued) -> None:
        self._store, self._queued = store, queued

    def rename(self, work_id: str, title: str) -> Callable[[], bool]:
        """Give a work another title. Raises ValueError (``blank_title``, ``long_title``, ``no_such_work``)."""
        plain = plain_line(title)
        if not plain or len(plain) > MOST_LETTERS:
            raise ValueError("long_title" if plain else "blank_title")
        with self._store.transaction():
            before = self._here(work_id).title
            pupil_work.change_work(self._store, work_id, title=plain)
        where = (Work.id == work_id, Work.title == plain, Work.removed_at.is_null())
        return lambda: bool(self._store.run(Work.update(title=before).where(*where)))

    def move(self, work_ids: Sequence[str], pupil_id: str) -> Moving:
        """Let works be another pupil's. Raises ValueError (``no_such_pupil``, ``no_such_work``)."""
        before, there = list[WorkRow](), list[str]()
        with self._store.transaction():
            if pupil_work.pupil(self._store, pupil_id) is None:
                raise ValueError("no_such_pupil")
            for work in [self._here(work_id) for work_id in dict.fromkeys(work_ids)]:
                if pupil_work.has_file(self._store, pupil_id, work.sha256):
                    there.append(work.title)
                    continue
                before.append(work)
                pupil_work.change_work(self._store, work.id, pupil_id=pupil_id, permitted=0)
            taken = publications.take_back_all(self._store, [work.id for work in before])
        self._queued()
        unticked = sum(work.permitted for work in before)
        return Moving(len(before), there, unticked, lambda: self._move_back(before, pupil_id, taken))

    def _move_back(self, before: list[WorkRow], pupil_id: str, taken: list[TakenBack]) -> bool:
        with self._store.transaction():
            for work in before:
                now = pupil_work.work(self._store, work.id)
                still = now is not None and now.pupil_id == pupil_id and self._is_here(work.id)
                if not still or pupil_work.pupil(self._store, work.pupil_id) is None:
                    return False
                if pupil_work.has_file(self._store, work.pupil_id, work.sha256):
                    return False  # taken in there once more meanwhile
            for work in before:
                values = {"pupil_id": work.pupil_id, "permitted": int(work.permitted)}
                pupil_work.change_work(self._store, work.id, **values)
            for item in taken:
                self._bring_back(item)
        self._queued()
        return True

    def remove(self, kind: str, ids: Iterable[str]) -> Removal:
        """Put works, pupils or classes (``kind``) into the bin with all that is theirs, and out of every project.

        The undo answers ``restored`` (all is as it was), ``republished`` (the platform had taken something out already,
        and it is queued again), ``not_published`` (it is back, but not in its projects), or ``gone``. What is not here
        is passed by.
        """
        day = elapsed.days_seen(self._store)
        gone, works = list[str](), list[str]()
        with self._store.transaction():
            for thing_id in dict.fromkeys(ids):
                inside = class_bin.put_away(self._store, kind, thing_id, day)
                if inside is not None:
                    works += inside
                    gone.append(thing_id)
            taken = publications.take_back_all(self._store, works)
        self._queued()
        return Removal(len(works), lambda: self._undo_removal(kind, gone, taken))

    def restore(self, kind: str, thing_id: str) -> Back | None:
        """Take something out of the bin, with all that went there with it and what it needs; None when it is gone."""
        return class_bin.bring_back(self._store, kind, thing_id)

    def _undo_removal(self, kind: str, gone: list[str], taken: list[TakenBack]) -> str:
        with self._store.transaction():
            lost = [one for one in gone if class_bin.bring_back(self._store, kind, one) is None]
            results = {GONE} if lost else set[str]()
            results |= {self._bring_back(item) for item in taken if self._is_known(item)}
        self._queued()
        return next((one for one in (GONE, NOT_PUBLISHED, REPUBLISHED) if one in results), RESTORED)

    def _is_known(self, item: TakenBack) -> bool:
        return pupil_work.work(self._store, str(item.row.body.get("work_id", ""))) is not None

    def _bring_back(self, item: TakenBack) -> str:
        project = records.get(self._store, "project", item.row.project_id)
        state = str(project.fields.get("state", "")) if project else ""
        may = pupil_work.may_leave(self._store, str(item.row.body.get("work_id", "")))
        if not may or state != project_states.ACTIVE:
            return NOT_PUBLISHED
        return publications.bring_back(self._store, item)

    def _here(self, work_id: str) -> WorkRow:
        work = pupil_work.work(self._store, work_id)
        if work is None or not self._is_here(work_id):
            raise ValueError("no_such_work")
        return work

    def _is_here(self, work_id: str) -> bool:
        return not pupil_work.is_removed(self._store, work_id)
