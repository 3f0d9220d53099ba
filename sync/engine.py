"""One sync: what waits goes out in order, what is new comes in, each step in one local transaction."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from uuid6 import uuid7

from app.rules import vocabularies
from local_db.store import Store
from local_db.tables import documents, file_use, outbox, records, settings, transfers
from sync import document_news
from sync.client import ApiClient
from sync.directory import SMALL, DirectorySync
from sync.errors import BadAnswerError, ForeignDirectoryError, RefusedError
from sync.protocol import messages
from sync.protocol.messages import Command, DocumentChange, ExchangeRequest, RecordChange, ScopeChanges
from sync.transfers import TransferQueue, reconcile_permissions

SEND_BYTES = 8_000_000


@dataclass
class Report:
    """What a sync did. ``topics`` names what changed here, for views to refresh."""

    sent: int = 0
    received: int = 0
    refused: int = 0
    files: int = 0
    differences: int = 0
    topics: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Progress:
    """How far a sync is: ``stage`` is changes, files or directory; counts of items or bytes."""

    stage: str
    done: int
    total: int


@dataclass
class Batch:
    """Changes that go out together; ``last`` is the number of the last one in the outbox."""

    changes: list[messages.Change] = field(default_factory=list)
    last: int = 0


Sent = tuple[Batch, "Future[messages.ExchangeAnswer]"]
OnProgress = Callable[[Progress], None]
OnTopics = Callable[[set[str]], None]
Stage = tuple[str, Callable[[], None]]


class Engine:
    """Syncs one profile. Uses the calling thread's own connection of the store."""

    def __init__(self, store: Store, directory: DirectorySync, client: ApiClient) -> None:
        self.store, self.directory, self.client = store, directory, client
        self.files = TransferQueue(store, client)

    def sync(self, on_progress: OnProgress, on_topics: OnTopics) -> Report:
        """Bring both sides together. Raises SyncError; whatever was done before it stays done."""
        report = Report()
        for _name, work in self.stages(report, on_progress, on_topics):
            work()
        return report

    def stages(self, report: Report, on_progress: OnProgress, on_topics: OnTopics) -> list[Stage]:
        """The parts of a sync by name, in their order. The first one must succeed; the others need not each other."""
        answer = messages.ExchangeAnswer()

        def exchange() -> None:
            nonlocal answer
            answer = self._exchange_all(report, on_progress, on_topics)

        def files() -> None:
            nonlocal answer
            answer = self._move_files(report, on_progress, on_topics) or answer

        return [
            ("exchange", exchange),
            ("files", files),
            ("vocabularies", lambda: self._refresh_vocabularies(answer.vocabularies, report)),
            ("directory", lambda: self._refresh_directory(answer.directory, report, on_progress, on_topics)),
        ]

    def _move_files(
        self, report: Report, on_progress: OnProgress, on_topics: OnTopics
    ) -> messages.ExchangeAnswer | None:
        """Files up and down, and what follows from them; the newer answer, if there was another exchange."""
        settled = reconcile_permissions(self.store)
        self.files.queue_missing()
        if not settled and not transfers.waiting(self.store):
            return None
        report.files = self.files.run(lambda done, total: on_progress(Progress("files", done, total)))
        on_topics({"files"})
        return self._exchange_all(report, on_progress, on_topics) if outbox.counts(self.store)[0] else None

    def _exchange_all(self, report: Report, on_progress: OnProgress, on_topics: OnTopics) -> messages.ExchangeAnswer:
        """Exchange until nothing waits and nothing more is new.

        The server works on the next batch while the answer to the one before is written here. Should that fail,
        its changes are still in the outbox and are sent again; the server applies none twice.
        """
        total, done = outbox.counts(self.store)[0], 0
        with ThreadPoolExecutor(1, "exchange") as line:
            try:
                batch, coming = self._send(line, self._batch(), {})
                while True:
                    ahead = self._batch(batch.last) if batch.changes else Batch()
                    try:
                        answer, following = coming.result(), None
                        if ahead.changes:
                            following = self._send(line, ahead, answer.scopes)
                    except RefusedError as refused:
                        batch, answer = self._without_the_bad_one(batch, refused)
                        following = None
                    topics = self._take(batch.changes, answer, report)
                    done += len(batch.changes)
                    on_progress(Progress("changes", min(done, total), total))
                    if topics:
                        report.topics |= topics
                        on_topics(topics)
                    more = any(scope.more for scope in answer.scopes.values())
                    if following is None and not more and (not batch.changes or not outbox.counts(self.store)[0]):
                        return answer
                    batch, coming = following or self._send(line, self._batch(), {})
            finally:
                line.submit(self.store.close_thread)  # a renewed token was kept from that thread

    def _send(self, line: ThreadPoolExecutor, batch: Batch, read: Mapping[str, ScopeChanges]) -> Sent:
        """Begin an exchange; ``read`` is what came but is not in the store yet."""
        request = self._request(batch.changes, {scope: news.seq for scope, news in read.items()})
        return batch, line.submit(self.client.exchange, request)

    def _request(self, changes: list[messages.Change], cursors: Mapping[str, int] | None = None) -> ExchangeRequest:
        known = outbox.cursors(self.store) | dict(cursors or {})
        return ExchangeRequest(device=self._device(), cursors=known, changes=changes)

    def _without_the_bad_one(self, batch: Batch, refused: RefusedError) -> tuple[Batch, messages.ExchangeAnswer]:
        """A server that refuses a whole batch must not hold up the good changes: halve it until one is left."""
        changes = batch.changes
        if refused.status not in (413, 422) or not changes:
            raise refused
        if len(changes) == 1:
            result = messages.Result(id=changes[0].id, status="refused", code="invalid")
            return batch, self.client.exchange(self._request([])).model_copy(update={"results": [result]})
        half = Batch(changes[: len(changes) // 2])
        try:
            return half, self.client.exchange(self._request(half.changes))
        except RefusedError as again:
            return self._without_the_bad_one(half, again)

    def _device(self) -> str:
        device = settings.get(self.store, "device")
        if device is None:
            device = str(uuid7())
            settings.put(self.store, "device", device)
        return str(device)

    def _batch(self, after: int = 0) -> Batch:
        batch, size = Batch(), 0
        for entry in outbox.take(self.store, messages.MAX_CHANGES, after):
            change = self._change(entry)
            size += len(change.data) if isinstance(change, DocumentChange) else 500
            if batch.changes and size > SEND_BYTES:
                break
            batch.changes.append(change)
            batch.last = entry.n
        return batch

    def _change(self, entry: outbox.Waiting) -> messages.Change:
        if entry.kind == "record":
            return RecordChange.model_construct(
                type="record",
                id=entry.id,
                scope=entry.scope,
                kind=entry.target_kind,
                record_id=entry.target_id,
                base_revision=entry.base_revision,
                fields=entry.body,
            )
        if entry.kind == "document":
            return DocumentChange.model_construct(
                type="document",
                id=entry.id,
                scope=entry.scope,
                kind=entry.target_kind,
                document_id=entry.target_id,
                data=documents.edit_data(self.store, entry.id),
                at=entry.at,
            )
        return Command.model_construct(type="command", id=entry.id, name=entry.target_kind, args=entry.body)

    def _take(self, batch: list[messages.Change], answer: messages.ExchangeAnswer, report: Report) -> set[str]:
        topics = {"outbox"} if batch else set()
        files_before = self._material_files() if _takes_away(answer) else set()
        with self.store.transaction():
            self._settle(batch, answer, report)
            for scope in answer.gone:
                topics |= self._forget(scope)
            for scope, news in answer.scopes.items():
                topics |= self._accept(scope, news, report)
        file_use.remove_unused(self.store, files_before)
        return topics

    def _material_files(self) -> set[str]:
        return {str(row.fields.get("sha256", "")) for row in records.all_of(self.store, "material")}

    def _settle(self, batch: list[messages.Change], answer: messages.ExchangeAnswer, report: Report) -> None:
        results = {result.id: result for result in answer.results}
        if any(change.id not in results for change in batch):
            raise BadAnswerError("the server did not answer every change")
        done, settled = [], []
        for change in batch:
            result = results[change.id]
            if result.status == "refused":
                outbox.refuse(self.store, change.id, result.code)
                report.refused += 1
                continue
            done.append(change.id)
            if isinstance(change, RecordChange):
                if result.replaced:
                    target = (change.kind, change.record_id)
                    report.differences += records.note_replaced(self.store, target, change.fields, result.replaced)
                settled.append((change.kind, change.record_id, result.revision))
        outbox.done(self.store, done)
        records.settle(self.store, settled)
        report.sent += len(done)

    def _forget(self, scope: str) -> set[str]:
        records.forget_scope(self.store, scope)
        self.store.sql("delete from cursor where scope = ?", (scope,))
        return {"projects"}

    def _accept(self, scope: str, news: ScopeChanges, report: Report) -> set[str]:
        if news.reset:
            records.forget_scope(self.store, scope)
        rows = [(r.kind, r.id, r.revision, dict(r.fields)) for r in news.records]
        report.differences += len(records.accept(self.store, scope, rows))
        topics = {record.kind for record in news.records} | self._accept_edits(scope, news.edits, report)
        outbox.move_cursor(self.store, scope, news.seq)
        report.received += len(rows) + len(news.edits)
        return topics

    def _accept_edits(self, scope: str, edits: list[messages.Edit], report: Report) -> set[str]:
        topics, complaints = document_news.take_in(self.store, scope, edits)
        report.complaints += complaints
        return topics

    def _refresh_vocabularies(self, version: str, report: Report) -> None:
        if not version or version == settings.get(self.store, "vocabularies_version"):
            return
        lists = self.client.vocabularies()
        report.complaints += vocabularies.replace(lists)
        with self.store.transaction():
            settings.put(self.store, "vocabularies", lists)
            settings.put(self.store, "vocabularies_version", version)

    def _refresh_directory(self, version: str, report: Report, on_progress: OnProgress, on_topics: OnTopics) -> None:
        """Read the list when it moved, and fetch what is small; a large download waits to be asked for."""
        directory = self.directory
        listing = directory.known_list()
        if version and (listing is None or version != str(listing.number)):
            try:
                listing = directory.fetch_list(self.client)
            except ForeignDirectoryError as error:
                report.complaints.append(str(error))
                return
        if listing is None:
            return
        plan = directory.plan(listing)
        if plan.size > SMALL:
            on_topics({"partners"})
            return
        outcome = directory.update(
            self.client, plan, lambda done, total: on_progress(Progress("directory", done, total)), threading.Event()
        )
        report.complaints += outcome.complaints
        if plan.steps or plan.forget or outcome.expired:
            on_topics({"partners"})


def _takes_away(answer: messages.ExchangeAnswer) -> bool:
    """Whether a published work was withdrawn, or a project left: its files must not stay here."""
    rows = (record for scope in answer.scopes.values() for record in scope.records)
    return bool(answer.gone) or any(row.kind == "material" and row.fields.get("deleted") for row in rows)
