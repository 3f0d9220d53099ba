"""Choosing which part of the directory is on this computer, and fetching it while working."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_db.store import Store
from local_db.tables import settings
from sync.connection import Connection

if TYPE_CHECKING:  # with the libraries of the wire: loaded when the directory is chosen or fetched
    from sync.directory import Choice, DirectorySync, Outcome

USUAL_SPEED = 400_000  # bytes a second, until a download has been measured: a slow school line
OnBytes = Callable[[int, int], None]


@dataclass(frozen=True)
class DirectoryChoice:
    """``countries`` is None as long as nothing was chosen."""

    countries: frozenset[str] | None
    available_only: bool


@dataclass(frozen=True)
class Offer:
    """One country of the directory: how many teachers, how many bytes to fetch, and whether it is here."""

    country: str
    teachers: int
    available: int
    size: int
    size_available: int
    here: bool


class DirectoryUseCases:
    """What there is, what it would cost, and getting it."""

    def __init__(self, store: Store, connection: Connection, sync: "Callable[[], DirectorySync]") -> None:
        self._store, self._connection, self._sync = store, connection, sync

    def offers(self) -> list[Offer]:
        """Every country of the list as it was last read; empty before the first sync."""
        listing = self._sync().known_list()
        here = self._sync().here()
        parts_of: dict[str, dict[str, tuple[int, int]]] = {}
        for pack in listing.packs if listing else []:
            parts_of.setdefault(pack.country, {})[pack.part] = (pack.profiles, pack.whole.size)
        return [
            Offer(
                country,
                sum(p[0] for p in parts.values()),
                parts.get("available", (0, 0))[0],
                sum(p[1] for p in parts.values()),
                parts.get("available", (0, 0))[1],
                country in here,
            )
            for country, parts in parts_of.items()
        ]

    def choice(self) -> DirectoryChoice:
        """Which part of the directory was chosen to be on this computer."""
        kept = self._sync().choice()
        return DirectoryChoice(kept.countries, kept.available_only)

    def cost(self, choice: DirectoryChoice) -> tuple[int, float]:
        """Bytes still to fetch for a choice, and the seconds that takes at the speed last measured."""
        listing = self._sync().known_list()
        size = self._sync().plan(listing, self._as_wire(choice)).size if listing else 0
        return size, size / settings.get(self._store, "download_speed", USUAL_SPEED)

    def choose(self, choice: DirectoryChoice) -> None:
        """Keep the choice; :meth:`fetch` acts on it."""
        self._sync().choose(self._as_wire(choice))

    def missing(self) -> int:
        """Bytes that the present choice still lacks."""
        listing = self._sync().known_list()
        return self._sync().plan(listing).size if listing else 0

    def refusals(self) -> list[str]:
        """Why parts of the directory were refused; technical texts."""
        return self._sync().refusals()

    def fetch(self, on_bytes: OnBytes, stopped: threading.Event) -> "Outcome":
        """Get what was chosen and forget what was not; for a worker thread. Raises SyncError or DiskFullError."""
        sync, client = self._sync(), self._connection.client()
        listing = None if sync.list_was_refused() else sync.known_list()
        listing = listing or sync.fetch_list(client)
        plan, begun = sync.plan(listing, again=True), time.monotonic()
        outcome = sync.update(client, plan, on_bytes, stopped)
        seconds = time.monotonic() - begun
        if plan.size > 500_000 and seconds > 0:
            settings.put(self._store, "download_speed", max(20_000, round(plan.size / seconds)))
        return outcome

    def _as_wire(self, choice: DirectoryChoice) -> "Choice":
        from sync.directory import Choice

        return Choice(choice.countries, choice.available_only)
