"""Applying a device's changes: each at most once, in their order, and in transactions short enough for others to pass."""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from server.core import devices, quotas, record_changes
from server.core.capabilities import Capabilities
from server.core.database import Database
from server.core.documents import OpenDocuments
from server.core.door import Door
from server.core.merge_trial import TrialNeeded, Trials
from server.core.outcomes import Outcome
from server.core.problems import ProblemError
from server.core.refusals import Refused
from sync.protocol.messages import Change, Command, DocumentChange, ExchangeRequest, RecordChange
from sync.protocol.registry import COMMANDS

SLICE_SECONDS = 0.15  # of work in one transaction; then others have their turn
SLICE_CHANGES = 5_000
FAILED_TRIAL = 5_000  # so many changes of the day an edit counts that would keep the platform busy


class Stale(Exception):
    """The device is a copy of another one; nothing was applied."""


class Applier:
    """Carries out one request of one account. ``now`` is the platform's time for all that the request makes."""

    def __init__(self, db: Database, door: Door, capabilities: Capabilities, request: ExchangeRequest) -> None:
        self._db, self._door, self._capabilities, self._request = db, door, capabilities, request
        self.now = time.time()
        self.ran: set[str] = set()  # the commands that were carried out
        self._meter = quotas.Meter(db, door.account["id"])
        self._trials = Trials()
        self._needed: TrialNeeded | None = None

    def apply(self) -> list[Outcome]:
        """Every change's result, in the request's order. Raises Stale, or ProblemError where the account has sent too much."""
        results: dict[str, Outcome] = {}
        rest: Sequence[Change] = self._request.changes
        is_first = True
        while rest:
            if quotas.is_spent(self._db, self._door.account["id"]):
                raise ProblemError(429, "quota", "This account has sent its share of today", {"Retry-After": "3600"})
            made, rest = self._db.transact(lambda rest=rest, first=is_first: self._slice(rest, first))  # type: ignore[misc]
            results |= made  # only what was kept: a slice that is tried again begins anew
            is_first = False
            if self._needed:
                self._try(self._needed, rest)
        return list(results.values())

    def _try(self, needed: TrialNeeded, rest: Sequence[Change]) -> None:
        """Outside of the transactions: nobody waits for it but who sent it."""
        killed = self._trials.killed
        try:
            self._trials.run(needed, rest)
        finally:
            quotas.spend_changes(self._db, self._door.account["id"], FAILED_TRIAL * (self._trials.killed - killed))

    def _slice(self, rest: Sequence[Change], is_first: bool) -> tuple[dict[str, Outcome], Sequence[Change]]:
        """Apply as many changes as a slice of time allows; gives their results and what is left."""
        self._db.hold(f"account:{self._door.account['id']}")
        self._door.forget_roles()
        if is_first and devices.is_stale(self._db, self._door.account["id"], self._request):
            raise Stale
        begun, made = time.monotonic(), dict[str, Outcome]()
        self._meter = quotas.Meter(self._db, self._door.account["id"])
        known = self._known([change.id for change in rest[:SLICE_CHANGES]])
        documents, done = OpenDocuments(self._db, self._door, self._meter, self._trials), 0
        self._needed = None
        for group in _groups(rest[:SLICE_CHANGES]):
            unique = {change.id: change for change in reversed(group)}
            fresh = [unique[i] for i in reversed(unique) if i not in known and i not in made]
            made |= {change.id: known[change.id] for change in group if change.id in known}
            try:
                made |= self._group(fresh, documents)
            except TrialNeeded as needed:
                self._needed = needed
                break
            done += len(group)
            if time.monotonic() - begun > SLICE_SECONDS:
                break
        documents.store()
        self._meter.store()
        self._remember([made[i] for i in made if i not in known])
        return made, rest[done:]

    def _group(self, group: Sequence[Change], documents: OpenDocuments) -> dict[str, Outcome]:
        if group and isinstance(group[0], RecordChange):
            run = [change for change in group if isinstance(change, RecordChange)]
            return self._records(run)
        return {change.id: self._one(change, documents) for change in group}

    def _records(self, run: list[RecordChange]) -> dict[str, Outcome]:
        results = record_changes.apply(self._db, self._door, self._request.device, run, self.now, self._meter)
        for change in run:
            heard = self._capabilities.after_record.get(change.kind)
            if heard and results[change.id].status == "applied":
                heard(self._db, self._door.account, dict(change.fields))
        return results

    def _one(self, change: Change, documents: OpenDocuments) -> Outcome:
        if isinstance(change, DocumentChange):
            documents.hold(change.document_id)  # not inside: undoing a part of a transaction lets go of its locks
        try:
            with self._db.transaction():
                self._carry_out(change, documents)
        except Refused as refused:
            return Outcome(id=change.id, status="refused", code=refused.code)
        return Outcome(id=change.id, status="applied")

    def _carry_out(self, change: Change, documents: OpenDocuments) -> None:
        if isinstance(change, DocumentChange):
            self._meter.note_sent(len(change.data))
            documents.apply(change, self._request.device, self.now)
        elif isinstance(change, Command):
            self._meter.note_sent(500)
            documents.store()  # a command may read what was just written
            self._command(change)
            self._door.forget_roles()

    def _command(self, change: Command) -> None:
        kind, handler = COMMANDS.get(change.name), self._capabilities.commands.get(change.name)
        if kind is None or handler is None:
            raise Refused("unknown_command")
        self._door.admit(kind, dict(change.args))
        handler(self._db, self._door.account, dict(change.args))
        self.ran.add(change.name)

    def _known(self, ids: list[str]) -> dict[str, Outcome]:
        names = ("id", "status", "revision", "code", "replaced")
        select = f"select {', '.join(names)} from applied where account_id = ? and id"
        rows = self._db.rows_in(select, ids, self._door.account["id"])
        return {row[0]: _again(dict(zip(names, row, strict=True))) for row in rows}

    def _remember(self, results: list[Outcome]) -> None:
        account_id = self._door.account["id"]
        self._db.many(
            "insert into applied (account_id, id, status, revision, code, replaced, at) values (?, ?, ?, ?, ?, ?, ?)",
            [(account_id, r.id, r.status, r.revision, r.code, _json(r.replaced), self.now) for r in results],
        )


def _groups(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Runs of record changes of one scope together, everything else one by one."""
    start = 0
    while start < len(changes):
        end, first = start + 1, changes[start]
        if isinstance(first, RecordChange):
            while end < len(changes) and end - start < 500 and _goes_along(first, changes[end]):
                end += 1
        yield changes[start:end]
        start = end


def _goes_along(first: RecordChange, other: Change) -> bool:
    return isinstance(other, RecordChange) and other.scope == first.scope


def _again(row: dict[str, Any]) -> Outcome:
    """The answer that a change got the first time."""
    status = "refused" if row["status"] == "refused" else "repeated"
    return Outcome(**{**row, "status": status, "replaced": json.loads(row["replaced"])})


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else "{}"
