"""Finding partners in the directory on this computer."""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from app import commands
from app.account import AccountUseCases
from app.commands import Undo
from app.rules import matching
from app.rules.directory import parse_words
from app.rules.geography import Point, point_of
from app.today_item import TodayItem
from local_db.directory.database import DirectoryDatabase
from local_db.directory.query import Ranking, Search
from local_db.store import Store
from local_db.tables import documents, outbox, partners, records, settings

if TYPE_CHECKING:
    from local_db.directory.search import Directory, Hits

PAGE = 50
T = TypeVar("T")


@dataclass(frozen=True)
class PastProject:
    """A project that a teacher took part in, with the ids of the teachers who did so too."""

    title: str
    year: int
    partners: tuple[str, ...]


@dataclass(frozen=True)
class Teacher:
    """A teacher of the directory; ``last_active`` is an ISO date, ``place`` a point in degrees or None."""

    id: str
    country: str
    name: str
    school: str
    school_type: str
    etwinning_school: bool
    town: str
    place: Point | None
    role: str
    languages: tuple[str, ...]
    subjects: tuple[str, ...]
    age_from: int
    age_to: int
    about: str
    projects: tuple[PastProject, ...]
    active_projects: int
    available: bool
    last_active: str
    starred: bool = False


@dataclass(frozen=True)
class Query:
    """What is looked for: words and ticked facets (``c:PT``, ``l:en``, ``s:biology``, ``a:12_15``).

    Facets of one kind are alternatives, facets of different kinds must all hold. ``active_days`` and
    ``within_km`` of 0 mean any. ``only`` is empty, ``starred``, ``contacts`` or a folder's id. ``sort`` is
    ``activity``, ``distance`` or ``fit`` (to the draft ``project_id``).
    """

    words: str = ""
    tags: frozenset[str] = frozenset()
    active_days: int = 0
    within_km: int = 0
    only: str = ""
    sort: str = "activity"
    project_id: str = ""

    def as_data(self) -> dict[str, Any]:
        """The query as JSON can keep it."""
        return {**asdict(self), "tags": sorted(self.tags)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Query":
        """The query that :meth:`as_data` gave; what an older or newer version kept is taken as far as it is known."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{**known, "tags": frozenset(known.get("tags", ()))})


@dataclass(frozen=True)
class Fit:
    """How well a teacher fits a draft: points, the most there could be, and the reasons' codes."""

    points: int
    best: int
    reasons: tuple[str, ...]


@dataclass
class Found:
    """A search's result: the first rows, how many there are, and how many each facet would leave."""

    query: Query
    rows: list[Teacher]
    total: int
    facets: dict[str, int] = field(default_factory=dict)
    active: dict[int, int] = field(default_factory=dict)
    near: dict[int, int] = field(default_factory=dict)
    countries: dict[str, int] = field(default_factory=dict)
    suggestion: str = ""
    hits: "Hits | None" = None


ACTIVE_DAYS = (7, 30, 90, 180)


class PartnerUseCases:
    """Searching, explaining fits, and contacts. Searches may run in any thread; each has its own connection."""

    def __init__(
        self, store: Store, db: DirectoryDatabase, account: AccountUseCases, queued: Callable[[], None]
    ) -> None:
        self._store, self._db, self._account, self._queued = store, db, account, queued
        self._mine = threading.local()
        self._thread = ThreadPoolExecutor(1, "search")
        self._asked = 0
        self._closed = False

    @property
    def _directory(self) -> "Directory":
        if not hasattr(self._mine, "directory"):
            from local_db.directory.search import Directory  # with its library of sets: loaded at the first search

            self._mine.directory = Directory(self._db)
        directory: Directory = self._mine.directory
        return directory

    def _ask(self, question: "Callable[[Directory], T]") -> T:
        return self._db.ask(lambda: question(self._directory))

    def search(self, query: Query) -> Found:
        """The first page of a search with all its counts; for a worker where the directory is large."""
        search, ranking = self._search_of(query), self._ranking(query)
        hits = self._ask(lambda directory: directory.search(search, ranking))
        today = date.today()
        active = {days: _since(hits.active, today - timedelta(days=days)) for days in ACTIVE_DAYS}
        countries = self._directory.by_country(hits)
        result = Found(query, [], hits.total, hits.facets, active, hits.near, countries, "", hits)
        result.rows = self.page(result, 0)
        if not hits.total and query.words:
            result.suggestion = self._ask(lambda directory: directory.suggestion(parse_words(query.words)))
        return result

    def search_later(
        self, query: Query, on_found: Callable[[Found], None], on_failed: Callable[[Exception], None]
    ) -> None:
        """Search in a thread of its own and call back from there; a search that a newer one overtook is left out."""
        self._asked += 1
        number = self._asked
        if self._closed:
            return

        def work() -> None:
            if number != self._asked:
                return
            try:
                result = self.search(query)
            except Exception as error:  # told to whoever asked
                on_failed(error)
            else:
                if number == self._asked:
                    on_found(result)

        self._thread.submit(work)

    def in_search_thread(self, work: Callable[[], Any], on_done: Callable[[Any], None]) -> None:
        """Do other work on searches where their sets are in memory already; a failure is for the next search to tell."""
        if not self._closed:
            self._thread.submit(lambda: on_done(work()))

    def close(self) -> None:
        """End the thread that searches; no search begins after it. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._asked += 1
        self._thread.submit(self._close_thread)
        self._thread.shutdown()

    def _close_thread(self) -> None:
        self._db.close()
        self._store.close_thread()

    def page(self, result: Found, offset: int) -> list[Teacher]:
        """Fifty rows of a result from ``offset`` on."""
        hits, starred = result.hits, partners.stars(self._store)
        assert hits is not None
        return [_row(teacher, starred) for teacher in self._ask(lambda directory: directory.page(hits, offset, PAGE))]

    def get(self, partner_id: str) -> Teacher | None:
        """A teacher of the directory; None for one who is not on this computer."""
        return next(iter(self.get_all([partner_id])), None)

    def get_all(self, ids: Iterable[str]) -> list[Teacher]:
        """Those of the ids that are in the directory on this computer, in their order."""
        wanted, starred = list(ids), partners.stars(self._store)
        here = self._ask(lambda directory: directory.get(wanted))
        return [_row(here[partner_id], starred) for partner_id in wanted if partner_id in here]

    def directory_size(self) -> tuple[int, int, float | None]:
        """How many teachers, how many countries, and when the directory came (seconds since 1970)."""
        return self._ask(lambda directory: directory.size())

    def new_since(self, query: Query, known: int) -> int:
        """How many of a search came after row ``known`` of the directory."""
        search = self._search_of(query)
        return self._ask(lambda directory: directory.new_since(search, known))

    def newest_row(self) -> int:
        """The number of the newest row of the directory, with which :meth:`new_since` tells who came later."""
        return self._ask(lambda directory: directory.newest_row())

    # -- matching --------------------------------------------------------------------------

    def weights(self) -> dict[str, int]:
        """How much each criterion counts, 0 to 3."""
        kept = self._kept_weights()
        return {name: int(kept.get(name, usual)) for name, usual in matching.WEIGHTS.items()}

    def weigh(self, name: str, weight: int) -> None:
        """Set how much a criterion counts, 0 to 3; what is beyond is taken for the nearest."""
        settings.put(
            self._store, "preference:weights", {**self.weights(), name: max(0, min(matching.HEAVIEST, weight))}
        )

    def fit(self, partner: Teacher, project_id: str) -> Fit:
        """How well one teacher fits a draft, with the reasons."""
        criteria = self._criteria(project_id)
        points, reasons = matching.explain(_profile(partner), criteria)
        return Fit(points, matching.best(criteria), tuple(reasons))

    # -- contacts --------------------------------------------------------------------------

    def home(self) -> Point | None:
        """Where the teacher's own school is, if their entry is in the directory here."""
        me = self._account.current.id
        own = self._ask(lambda directory: directory.get([me])).get(me) if me else None
        return point_of(own["place"]) if own else None

    def contacts(self) -> list[str]:
        """The account ids of the teacher's contacts."""
        return [str(row.fields["account_id"]) for row in self._contact_rows(state="contact")]

    def shared_contacts(self, partner: Teacher) -> list[str]:
        """Names of the teacher's contacts who have been in a project with this partner."""
        met = {other for project in partner.projects for other in project.partners} - {partner.id}
        rows = self._contact_rows(state="contact", account_id=met)
        return sorted(str(row.fields["name"]) for row in rows)

    def contact_state(self, partner_id: str) -> str:
        """``contact``, ``asked``, ``asks_you``, ``declined``, ``was_declined`` (by them), ``waiting`` (unsent) or ``none``."""
        rows = self._contact_rows(account_id=partner_id)
        if rows:
            return str(rows[0].fields.get("state"))
        queued = outbox.has_command(self._store, ("ask_contact",), partner_id)
        return "waiting" if queued and queued != outbox.REFUSED else "none"

    def ask_contact(self, partner_id: str, text: str = "") -> Undo:
        """Ask someone to be a contact, with a few words; sent at the next sync. Returns the undo, which works until then."""
        return self._command("ask_contact", partner_id, text=text.strip())

    def answer_contact(self, partner_id: str, accept: bool) -> Undo:
        """Accept or decline somebody who asked. Returns the undo, which works until it was sent."""
        return self._command("answer_contact", partner_id, accept=accept)

    def today(self) -> list[TodayItem]:
        """Who would like to be a contact, without those whose answer is on its way."""
        answered = {person_id for _name, person_id in outbox.commanded(self._store, "answer_contact")}
        return [
            TodayItem(
                "contact_asks",
                str(row.fields["name"]),
                str(row.fields["account_id"]),
                str(row.fields["name"]),
                str(row.fields.get("text") or ""),
            )
            for row in self._contact_rows(state="asks_you")
            if row.fields["account_id"] not in answered
        ]

    def _contact_rows(self, **where: Any) -> list[records.Row]:
        return records.select(self._store, records.Query("contact", None, where))

    def _command(self, name: str, partner_id: str, **args: Any) -> Undo:
        scope = f"account:{self._account.current.id}"
        return commands.queue(self._store, self._queued, scope, name, partner_id, {**args, "account_id": partner_id})

    # -- helpers ---------------------------------------------------------------------------

    def _search_of(self, query: Query) -> Search:
        since = (date.today() - timedelta(days=query.active_days)).isoformat() if query.active_days else ""
        return Search(parse_words(query.words), query.tags, since, query.within_km, self.home(), self._only(query.only))

    def _only(self, only: str) -> frozenset[str] | None:
        if not only:
            return None
        if only == "contacts":
            return frozenset(self.contacts())
        return frozenset(partners.stars(self._store, None if only == "starred" else only))

    def _ranking(self, query: Query) -> Ranking:
        if query.sort == "fit" and query.project_id:
            turn = date.today().isocalendar().week + sum(self._account.current.id.encode())
            return Ranking("fit", None, tuple(self._criteria(query.project_id)), turn)
        return Ranking(query.sort, self.home())

    def _criteria(self, project_id: str) -> list[matching.Criterion]:
        draft = documents.get(self._store, project_id)
        row = records.get(self._store, "project", project_id)
        fields = row.fields if row else {}
        taking_part = (str(fields.get(f"{who}_country") or "") for who in ("founder", "cofounder"))
        countries = {self._account.current.country, *taking_part} - {""}
        wish = matching.wish_of(draft.fields if draft else {}, countries, date.today())
        return matching.criteria(wish, self.weights())

    def _kept_weights(self) -> dict[str, Any]:
        kept: dict[str, Any] = settings.get(self._store, "preference:weights", {})
        return kept


def _since(sums: Mapping[str, int], day: date) -> int:
    """Of sums by day, newest first, the one that counts everything since ``day``."""
    return next((total for active, total in reversed(list(sums.items())) if active >= day.isoformat()), 0)


def _row(teacher: Mapping[str, Any], starred: Mapping[str, str]) -> Teacher:
    values = {name: teacher[name] for name in Teacher.__dataclass_fields__ if name in teacher}
    past = tuple(PastProject(p["title"], p["year"], tuple(p["partners"])) for p in teacher["projects"])
    return Teacher(
        **{
            **values,
            "languages": tuple(teacher["languages"]),
            "subjects": tuple(teacher["subjects"]),
            "projects": past,
            "place": point_of(teacher["place"]),
            "starred": teacher["id"] in starred,
        }
    )


def _profile(partner: Teacher) -> dict[str, Any]:
    """A row as the rules know a teacher."""
    return {**{name: getattr(partner, name) for name in Teacher.__dataclass_fields__}, "place": ""}
