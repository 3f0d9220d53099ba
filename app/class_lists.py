"""Classes and pupils: made, pasted, renamed, moved, put into the bin and brought back. Each step is whole, and has an undo.

An undo returns False where something else has happened meanwhile, and changes nothing then.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.rules.name_lists import named
from local_db import elapsed
from local_db.store import Store
from local_db.tables import class_bin, pupil_work
from local_db.tables.class_bin import CLASS, PUPIL, WORK, Back, Lying
from local_db.tables.pupil_work import Pupil, SchoolClass

__all__ = ["CLASS", "PUPIL", "WORK", "Back", "ClassLists", "Lying", "free_pseudonyms"]

Undo = Callable[[], bool]
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


@dataclass(frozen=True)
class Made:
    """What was made, and the way back: pupils who have works by then stay."""

    ids: list[str]
    undo: Undo


class ClassLists:
    """The classes of this computer and who is in them. A pupil keeps the pseudonym through every step."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_class(self, name: str) -> Made:
        """Make a class. Raises ValueError (``blank_name``, ``long_name``)."""
        class_id = pupil_work.add_class(self._store, named(name))
        return Made([class_id], lambda: self._unmake_class(class_id))

    def add_pupils(self, class_id: str, names: Iterable[str]) -> Made:
        """Add pupils with fresh pseudonyms, all or none.

        Raises ValueError (``blank_name``, ``long_name``, ``no_such_class``).
        """
        plain = [named(name) for name in names]
        with self._store.transaction():
            self._class_name(class_id)
            pseudonyms = free_pseudonyms(pupil_work.pseudonyms(self._store), len(plain))
            ids = [
                pupil_work.add_pupil(self._store, class_id, name, pseudonym)
                for name, pseudonym in zip(plain, pseudonyms, strict=True)
            ]
        return Made(ids, lambda: self._unmake_pupils(ids))

    def rename_class(self, class_id: str, name: str) -> Undo:
        """Give a class another name. Raises ValueError (``blank_name``, ``long_name``, ``no_such_class``)."""
        plain = named(name)
        with self._store.transaction():
            before = self._class_name(class_id)
            self._store.run(SchoolClass.update(name=plain).where(SchoolClass.id == class_id))
        return lambda: self._changed(
            SchoolClass.update(name=before).where(
                SchoolClass.id == class_id, SchoolClass.name == plain, SchoolClass.removed_at.is_null()
            )
        )

    def rename_pupil(self, pupil_id: str, name: str) -> Undo:
        """Write a pupil's name otherwise. Raises ValueError (``blank_name``, ``long_name``, ``no_such_pupil``)."""
        plain = named(name)
        with self._store.transaction():
            before = self._pupil(pupil_id).name
            self._store.run(Pupil.update(name=plain).where(Pupil.id == pupil_id))
        where = (Pupil.id == pupil_id, Pupil.name == plain, Pupil.removed_at.is_null())
        return lambda: self._changed(Pupil.update(name=before).where(*where))

    def move_pupil(self, pupil_id: str, class_id: str) -> Undo:
        """Let a pupil, with all their works, be in another class. Raises ValueError (``no_such_pupil``, ``no_such_class``)."""
        with self._store.transaction():
            before = self._pupil(pupil_id).class_id
            self._class_name(class_id)
            self._store.run(Pupil.update(class_id=class_id).where(Pupil.id == pupil_id))
        return lambda: self._move_back(pupil_id, class_id, before)

    def _move_back(self, pupil_id: str, class_id: str, before: str) -> bool:
        where = (Pupil.id == pupil_id, Pupil.class_id == class_id, Pupil.removed_at.is_null())
        with self._store.transaction():
            if before not in dict(pupil_work.classes(self._store)):
                return False
            return self._changed(Pupil.update(class_id=before).where(*where))

    def lying(self) -> list[tuple[Lying, int]]:
        """The classes and pupils in the bin, each with the days since it went there."""
        today = elapsed.days_seen(self._store)
        return [(one, today - one.day) for one in class_bin.lying(self._store)]

    def _unmake_class(self, class_id: str) -> bool:
        with self._store.transaction():
            if self._store.one(Pupil.select(Pupil.id).where(Pupil.class_id == class_id).limit(1)):
                return False
            return self._changed(SchoolClass.delete().where(SchoolClass.id == class_id))

    def _unmake_pupils(self, ids: list[str]) -> bool:
        with self._store.transaction():
            busy = pupil_work.who_has_works(self._store, ids)
            for pupil_id in set(ids) - busy:
                self._store.run(Pupil.delete().where(Pupil.id == pupil_id))
        return not busy

    def _class_name(self, class_id: str) -> str:
        name = dict(pupil_work.classes(self._store)).get(class_id)
        if name is None:
            raise ValueError("no_such_class")
        return name

    def _pupil(self, pupil_id: str) -> pupil_work.PupilRow:
        found = pupil_work.pupil(self._store, pupil_id)
        if found is None:
            raise ValueError("no_such_pupil")
        return found

    def _changed(self, query: object) -> bool:
        return bool(self._store.run(query))  # type: ignore[arg-type]


def free_pseudonyms(taken: set[str], count: int) -> list[str]:
    """Pseudonyms that nobody has; the numbers grow where the short ones are used up."""
    most = 99
    while True:
        free = [name for n in range(1, most + 1) for word in _WORDS if (name := f"{word} {n}") not in taken]
        if len(free) >= count:
            return random.SystemRandom().sample(free, count)
        most *= 10
