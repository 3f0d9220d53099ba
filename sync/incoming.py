"""What comes back: the results of what was sent, and what is new, taken in within one local transaction."""

from collections import Counter
from collections.abc import Container
from typing import Any

from pydantic_core import to_json

from local_db.store import Store
from local_db.tables import device, documents, file_use, outbox, records
from local_db.tables.records import ServerRow, Settled
from sync import document_news, refused_edits
from sync.errors import BadAnswerError
from sync.outgoing import Batch
from sync.protocol import messages, registry
from sync.protocol.kind import DELETED
from sync.protocol.messages import DocumentChange, Result, ScopeChanges
from sync.question import Change, WaitingRecord
from sync.report import Report, Touched, touch

MOST_RESETS = 10  # of one scope in one sync; an honest platform needs one or two


class Incoming:
    """Takes answers in. ``report`` counts what came."""

    def __init__(self, store: Store, report: Report) -> None:
        self._store, self._report = store, report
        self._refused_edits: list[tuple[DocumentChange, str]] = []
        self._resets = Counter[str]()

    def take(self, batch: Batch, answer: messages.ExchangeAnswer) -> Touched:
        """Store one answer to one batch; what changed by it. Raises BadAnswerError, and has stored nothing then."""
        touched: Touched = {}
        self._refused_edits = []
        files_before = self._named_files() if _takes_away(answer) else set()
        with self._store.transaction():
            if batch.changes:
                touch(touched, "outbox")
                self._settle(batch, answer, touched)
                if batch.turn:
                    device.answered(self._store, batch.turn)
            for scope in answer.gone:
                self._forget(scope, touched)
            for scope, news in answer.scopes.items():
                self._accept(scope, news, touched)
            for change, code in self._refused_edits:  # now that it is known what the platform has
                refused_edits.settle(self._store, change, code)
        if files_before:
            file_use.remove_unused(self._store, files_before)
        return touched

    # -- what became of what was sent -----------------------------------------------------------

    def _settle(self, batch: Batch, answer: messages.ExchangeAnswer, touched: Touched) -> None:
        results = {result.id: result for result in answer.results}
        if any(change.id not in results for change in batch.changes):
            raise BadAnswerError("the server did not answer every change")
        done, settled, refused = [], list[Settled](), dict[str, str]()
        gone = list[tuple[WaitingRecord, int]]()  # begun here, and deleted already on another computer
        for change in batch.changes:
            result = results[change.id]
            if result.status == "refused":
                refused[change.id] = result.code
                continue
            done.append(change.id)
            if isinstance(change, WaitingRecord) and result.replaced.get(DELETED):
                gone.append((change, result.revision))
            elif isinstance(change, WaitingRecord):
                self._note_replaced(change, result)
                settled.append(_settled(change, result, answer.now))
        outbox.done(self._store, done)
        for change, revision in gone:
            row = ServerRow(change.kind, change.record_id, revision, {DELETED: True})
            records.accept(self._store, change.scope, [row])
            touch(touched, registry.topic_of(change.kind), [change.record_id])
        if refused:  # when the rest is done: a rebuilt document must know which edits the platform has
            self._refuse(batch, refused, touched)
        records.settle(self._store, settled)
        self._report.sent += len(done)

    def _refuse(self, batch: Batch, codes: dict[str, str], touched: Touched) -> None:
        self._report.refused += len(codes)
        since = _said_since(batch.changes, codes)
        for change in batch.changes:
            if change.id not in codes:
                continue
            if isinstance(change, DocumentChange):
                self._refused_edits.append((change, codes[change.id]))
                touch(touched, change.kind, [change.document_id])
            elif isinstance(change, WaitingRecord):
                records.refuse(self._store, change.id, codes[change.id], since[change.id])
            else:
                outbox.refuse(self._store, change.id, codes[change.id])

    def _note_replaced(self, change: WaitingRecord, result: Result) -> None:
        if result.replaced:
            target = (change.kind, change.record_id)
            count = records.note_replaced(self._store, target, change.fields, result.replaced)
            self._report.differences += count

    # -- what is new ------------------------------------------------------------------------------

    def _forget(self, scope: str, touched: Touched) -> None:
        """A scope is not this account's any more: nothing of it stays, but words that were never sent are put aside."""
        refused_edits.put_scope_aside(self._store, scope)
        records.forget_scope(self._store, scope)
        documents.forget_scope(self._store, scope)
        outbox.forget_cursor(self._store, scope)
        touch(touched, "projects")

    def _accept(self, scope: str, news: ScopeChanges, touched: Touched) -> None:
        self._check_progress(scope, news)
        if news.reset:
            records.expect_anew(self._store, scope)
        rows = [_row(record) for record in news.records]
        self._report.differences += len(records.accept(self._store, scope, rows))
        self._report.complaints += [f"{row.kind} {row.id}: not readable" for row in rows if row.unreadable]
        for kind in {row.kind for row in rows}:
            touch(touched, registry.topic_of(kind), [row.id for row in rows if row.kind == kind])
        self._accept_edits(scope, news.edits, touched)
        if not news.more:
            records.drop_stale(self._store, scope)
        outbox.move_cursor(self._store, scope, news.seq, news.began)
        self._report.received += len(rows) + len(news.edits)

    def _check_progress(self, scope: str, news: ScopeChanges) -> None:
        """Raises BadAnswerError where a scope would be read without end."""
        self._resets[scope] += news.reset
        stands = outbox.cursors(self._store)[0].get(scope, 0) if news.more and not news.reset else 0
        if self._resets[scope] > MOST_RESETS or (news.more and news.seq <= stands):
            raise BadAnswerError("a scope whose pages have no end")

    def _accept_edits(self, scope: str, edits: list[messages.Edit], touched: Touched) -> None:
        topics, complaints = document_news.take_in(self._store, scope, edits)
        self._report.complaints += complaints
        for edit in edits:
            touch(touched, edit.kind, [edit.document_id])
        for topic in topics:
            touch(touched, topic)

    def _named_files(self) -> set[str]:
        """The files that records name now, before some may lose them."""
        return {
            str(row.fields.get(field) or "")
            for kind, field in registry.with_files().items()
            for row in records.all_of(self._store, kind)
        }


def _said_since(changes: list[Change], refused: Container[str]) -> dict[str, dict[str, Any]]:
    """Of each refused change of a record, what the same batch says of the record behind it."""
    since, said = dict[str, dict[str, Any]](), dict[tuple[str, str], dict[str, Any]]()
    targets = {(c.kind, c.record_id) for c in changes if isinstance(c, WaitingRecord) and c.id in refused}
    for change in reversed(changes):
        if isinstance(change, WaitingRecord) and (target := (change.kind, change.record_id)) in targets:
            since[change.id] = said.get(target, {})
            said[target] = {**change.fields, **since[change.id]}
    return since


def _row(record: messages.Record) -> ServerRow:
    kind = registry.RECORDS.get(record.kind)
    readable = kind is None or kind.is_readable(record.fields)  # of a newer version: kept as it came
    readable &= record.fields != messages.UNREADABLE
    text = to_json(record.fields).decode()
    return ServerRow(record.kind, record.id, record.revision, record.fields, not readable, text)


def _settled(change: WaitingRecord, result: Result, now: float) -> Settled:
    return Settled(
        change.kind, change.record_id, result.revision, change.text, _stamped(change) if now else "", int(now)
    )


def _stamped(change: WaitingRecord) -> str:
    """The field in which the platform wrote the time of a record that is new; empty where it did not."""
    kind = registry.RECORDS.get(change.kind)
    is_new = change.base_revision == 0 and not (f'"{DELETED}"' in change.text and change.fields.get(DELETED))
    return kind.stamps.made_at if kind and is_new else ""


def _takes_away(answer: messages.ExchangeAnswer) -> bool:
    """Whether a published work was withdrawn, or a project left: its files must not stay here."""
    rows = (record for scope in answer.scopes.values() for record in scope.records)
    reset = any(scope.reset for scope in answer.scopes.values())
    return (
        bool(answer.gone) or reset or any(row.kind in registry.with_files() and row.fields.get(DELETED) for row in rows)
    )
