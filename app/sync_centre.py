"""What waits, what was refused, where both sides wrote, and how to settle each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.today_item import TodayItem
from local_db.store import Store
from local_db.tables import outbox, records, transfers, unsent_words
from local_db.tables.records import Difference
from sync.protocol import registry
from sync.protocol.fields import Text
from sync.service import Problem, Status, SyncService

Undo = Callable[[], None]

__all__ = ["Counts", "Difference", "Problem", "Status", "SyncCentreUseCases", "WaitingItem"]


@dataclass(frozen=True)
class WaitingItem:
    """One line of the sync centre. ``what`` is a command's name or a kind of thing; ``reason`` a refusal's code.

    ``text`` is what the teacher wrote in it: a refused message is perhaps nowhere else.
    """

    id: str
    source: str  # outbox | transfer
    what: str
    target_id: str
    refused: bool
    reason: str
    at: float
    text: str = ""


@dataclass(frozen=True)
class Counts:
    """How much waits, was refused, differs and was not taken."""

    waiting: int
    refused: int
    differences: int
    unsent: int


class SyncCentreUseCases:
    """Looking at the queue and settling what needs the teacher."""

    def __init__(self, store: Store, service: SyncService) -> None:
        self._store, self._service = store, service

    @property
    def status(self) -> Status:
        """The connection in one value."""
        return self._service.status

    def problems(self) -> list[Problem]:
        """Faults of the program, newest first, for a report: kinds and places, no personal text."""
        return self._service.problems()

    def items(self, *, refused: bool | None = None, most: int | None = None) -> list[WaitingItem]:
        """What waits, what was ``refused``, or both, in its order; the first ones of it. :meth:`counts` tells of how many."""
        items = [
            WaitingItem(
                e.id, "outbox", e.target_kind, e.target_id, e.state == outbox.REFUSED, e.reason, e.at, _written(e)
            )
            for e in outbox.waiting(self._store, refused=refused, most=most)
        ]
        left = None if most is None else most - len(items)
        files = [] if refused else transfers.waiting(self._store, left)
        files += [] if refused is False else transfers.refused(self._store, left)
        items += [
            WaitingItem(t.id, "transfer", f"file_{t.direction}", t.project_id, t.state == "refused", t.reason, 0.0)
            for t in files
        ]
        return items[:most]

    def counts(self) -> Counts:
        """How many things each list of the sync centre has."""
        (waiting, refused), (files, refused_files) = outbox.counts(self._store), transfers.counts(self._store)
        differences, unsent = records.count_differences(self._store), unsent_words.count(self._store)
        return Counts(waiting + files, refused + refused_files, differences, unsent)

    def differences(self, most: int | None = None) -> list[Difference]:
        """Fields that both sides changed, each with both values; the first ones of them."""
        return records.differences(self._store, most)

    def today(self) -> list[TodayItem]:
        """One line when something needs the teacher: refused changes and files, differences, words not taken."""
        counts = self.counts()
        needs_you = counts.refused + counts.differences + counts.unsent
        return [TodayItem("needs_you", str(needs_you), "")] if needs_you else []

    def unreadable(self) -> int:
        """How many things came from others in a form that this program cannot read; they are kept as they came."""
        return len(records.unreadable(self._store))

    def sync_now(self) -> None:
        """Sync at once."""
        self._service.wake(now=True)

    def give_up(self, item: WaitingItem) -> Undo | None:
        """Forget a refused change; what the server has is shown again. Returns the undo; None for a file, which is kept."""
        if item.source == "transfer":
            with self._store.transaction():
                transfers.remove(self._store, item.id)
            self._service.recount()
            return None
        with self._store.transaction():
            entry = outbox.get(self._store, item.id)
            row = records.get(self._store, item.what, item.target_id, deleted=True)
            outbox.done(self._store, [item.id])
            records.undo_refused(self._store, item.what, item.target_id)
        self._service.recount()
        return lambda: self._bring_back(entry, row)

    def _bring_back(self, entry: outbox.Waiting | None, row: records.Row | None) -> None:
        if entry is None or outbox.get(self._store, entry.id):
            return
        with self._store.transaction():
            outbox.put_back(self._store, entry)
            if row:
                records.put_back(self._store, row)
        self._service.recount()

    def try_again(self, item: WaitingItem) -> None:
        """Send a refused change once more, as a new one."""
        with self._store.transaction():
            if item.source == "transfer":
                transfers.change(self._store, item.id, state="waiting", reason="", url="")
            else:
                outbox.renew(self._store, item.id)
        self._service.wake(now=True)

    def settle(self, difference: Difference, take_theirs: bool) -> None:
        """Keep the own value, or put the other one in its place."""
        with self._store.transaction():
            records.close_difference(self._store, difference.id)
            row = records.get(self._store, difference.kind, difference.record_id)
            if take_theirs and row:
                values = {difference.field: difference.theirs}
                records.change(self._store, difference.kind, difference.record_id, row.scope, values)
        self._service.wake()
        self._service.recount()


def _written(entry: outbox.Waiting) -> str:
    """The texts of a change, as the teacher wrote them."""
    kind: Any = registry.RECORDS.get(entry.target_kind) or registry.COMMANDS.get(entry.target_kind)
    names = [field.name for field in kind.by_name.values() if isinstance(field.type, Text)] if kind else []
    texts = [entry.body.get(name) for name in names]
    return "\n".join(text for text in texts if isinstance(text, str) and text.strip())
