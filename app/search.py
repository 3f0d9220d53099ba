"""Finding what is on this computer by a few letters: projects, contacts, pupils, works, and teachers by their names.

Every call reads a few columns and goes no further than ``most`` hits. All are for a thread beside the window's,
which :meth:`SearchUseCases.later` gives.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from app.partners import PartnerUseCases, Teacher
from app.partners.finding import Query
from app.rules import projects as rules
from app.rules.finding import finds, wanted
from local_db.store import Store
from local_db.tables import documents, outbox, pupil_work, records
from local_db.tables.pupil_work import Place
from sync.protocol.document_kinds import PROJECT_DRAFT

__all__ = ["FoundPerson", "FoundProject", "Place", "SearchUseCases"]

T = TypeVar("T")


@dataclass(frozen=True)
class FoundProject:
    """A project by its title or one of its people; ``state`` as in :mod:`app.rules.projects`."""

    id: str
    title: str
    state: str


@dataclass(frozen=True)
class FoundPerson:
    """A contact, or a teacher of the directory."""

    id: str
    name: str
    country: str
    school: str = ""


class SearchUseCases:
    """One question to everything that has a name."""

    def __init__(self, store: Store, partners: PartnerUseCases) -> None:
        self._store, self._partners = store, partners

    def later(self, work: Callable[[], object]) -> None:
        """Do ``work`` in the thread that searches, where the directory's sets are in memory already."""
        self._partners.in_search_thread(work, lambda _nothing: None)

    def projects(self, typed: str, most: int) -> list[FoundProject]:
        """Projects with these words in the title, or in the name of the founder or co-founder; the last changed first."""
        rows = {row.id: row.fields for row in records.all_of(self._store, "project")}
        asked = wanted(typed)

        def hits() -> Iterator[FoundProject]:
            for project_id, title, _at in documents.titles(self._store, PROJECT_DRAFT.name):
                row = rows.get(project_id, {})
                people = " ".join(str(row.get(f"{who}_name") or "") for who in ("founder", "cofounder"))
                if finds(asked, f"{title} {people}") and self._is_mine(project_id, project_id in rows):
                    state = str(row.get("state") or rules.DRAFT)
                    if state != rules.DELETED:
                        yield FoundProject(project_id, title, state)

        return list(islice(hits(), most))

    def _is_mine(self, project_id: str, is_known: bool) -> bool:
        """Whether it is a project of the teacher's: on the platform or on its way there, and not being deleted."""
        if outbox.has_command(self._store, ("delete_project",), project_id) not in (None, outbox.REFUSED):
            return False
        return is_known or outbox.has_command(self._store, ("create_project",), project_id) is not None

    def contacts(self, typed: str, most: int) -> list[FoundPerson]:
        """Contacts with these words in their names."""
        rows = records.select(self._store, records.Query("contact", None, {"state": "contact"}))
        people = (FoundPerson(*(str(r.fields.get(f) or "") for f in ("account_id", "name", "country"))) for r in rows)
        return _first(people, typed, most, lambda person: person.name)

    def teachers(self, typed: str, most: int) -> list[FoundPerson]:
        """Teachers of the directory with these words in their names, among the first fifty that have them anywhere."""
        rows = self._partners.search(Query(words=typed.replace('"', " ").replace("-", " "))).rows
        return [_person(row) for row in _first(rows, typed, most, lambda teacher: teacher.name)]

    def pupils(self, typed: str, most: int) -> list[Place]:
        """Pupils with these words in the name or the pseudonym."""
        rows = pupil_work.places_of_pupils(self._store)
        return _first(rows, typed, most, lambda place: f"{place.pupil} {place.pseudonym}")

    def works(self, typed: str, most: int) -> list[Place]:
        """Works with these words in the title or the pupil's name, newest first."""
        rows = pupil_work.places_of_works(self._store)
        return _first(rows, typed, most, lambda place: f"{place.title} {place.pupil}")


def _first(rows: Iterable[T], typed: str, most: int, text: Callable[[T], str]) -> list[T]:
    asked = wanted(typed)
    return list(islice((row for row in rows if finds(asked, text(row))), most))


def _person(teacher: Teacher) -> FoundPerson:
    return FoundPerson(teacher.id, teacher.name, teacher.country, teacher.school)
