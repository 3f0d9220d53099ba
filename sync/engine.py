"""One sync: what waits goes out in order, what is new comes in, each step in one local transaction."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from app.rules import vocabularies
from local_db.store import Store
from local_db.tables import device, outbox, settings, transfers
from sync import outgoing
from sync.client import ApiClient
from sync.directory import SMALL, DirectorySync
from sync.errors import BadAnswerError, ForeignDirectoryError, RefusedError, WrongAccountError
from sync.incoming import Incoming
from sync.outgoing import Batch
from sync.protocol import messages, registry
from sync.protocol.messages import ExchangeAnswer, ScopeChanges
from sync.report import OnProgress, OnTouched, Progress, Report
from sync.transfers import Note, TransferQueue, reconcile_permissions

__all__ = ["Engine", "Progress", "Report"]

RENEWALS = 3  # times in one sync that a device may be told it is a copy
Sent = tuple[Batch, "Future[ExchangeAnswer]"]
Stage = tuple[str, Callable[[], None]]


class Engine:
    """Syncs one profile. Uses the calling thread's own connection of the store. ``note`` is told of faults of the program."""

    def __init__(
        self, store: Store, directory: DirectorySync, client: ApiClient, note: Note = lambda _doing, _error: None
    ) -> None:
        self.store, self.directory, self.client = store, directory, client
        self.files = TransferQueue(store, client, note)
        self._files_moved = True  # since files were last looked for

    def sync(self, on_progress: OnProgress, on_touched: OnTouched) -> Report:
        """Bring both sides together. Raises SyncError; whatever was done before it stays done."""
        report = Report()
        for _name, work in self.stages(report, on_progress, on_touched):
            work()
        return report

    def stages(self, report: Report, on_progress: OnProgress, on_touched: OnTouched) -> list[Stage]:
        """The parts of a sync by name, in their order. The first one must succeed; the others need not each other."""
        answer = ExchangeAnswer()

        def exchange() -> None:
            nonlocal answer
            answer = self._exchange(report, on_progress, on_touched)

        def files() -> None:
            nonlocal answer
            answer = self._move_files(report, on_progress, on_touched) or answer

        return [
            ("exchange", exchange),
            ("files", files),
            ("vocabularies", lambda: self._refresh_vocabularies(answer.vocabularies, report)),
            ("directory", lambda: self._refresh_directory(answer.directory, report, on_progress, on_touched)),
        ]

    def _move_files(self, report: Report, on_progress: OnProgress, on_touched: OnTouched) -> ExchangeAnswer | None:
        """Files up and down, and what follows from them; the newer answer, if there was another exchange."""
        settled = False
        if self._files_moved or transfers.cancelled(self.store):
            settled = reconcile_permissions(self.store)
            self.files.queue_missing()
            self._files_moved = False
        if not settled and not transfers.counts(self.store)[0]:
            return None
        report.files = self.files.run(lambda done, total: on_progress(Progress("files", done, total)))
        on_touched({"files": set()})
        self._files_moved = True  # what became of their publications is looked at by the next sync
        return self._exchange(report, on_progress, on_touched) if outbox.counts(self.store)[0] else None

    # -- the exchange ---------------------------------------------------------------------------

    def _exchange(self, report: Report, on_progress: OnProgress, on_touched: OnTouched) -> ExchangeAnswer:
        """Exchange until nothing waits and nothing more is new. A copied profile becomes a device of its own first."""
        if not outbox.counts(self.store)[0] and (answer := self._ask_for_news()):
            return answer
        for _time in range(RENEWALS):
            answer = self._exchange_all(report, on_progress, on_touched)
            if not answer.stale:
                return answer
            device.become_new(self.store)
        raise BadAnswerError("the platform takes every new device for a copy")

    def _ask_for_news(self) -> ExchangeAnswer | None:
        """The answer when nothing is new; None when there is, or it cannot be asked so."""
        question = outgoing.question_of_news(self.store)
        if question is None:
            return None
        answer = self._checked(self.client.exchange(question))
        if answer.stale:
            device.become_new(self.store)
        return None if answer.stale or answer.cursors_needed else answer

    def _exchange_all(self, report: Report, on_progress: OnProgress, on_touched: OnTouched) -> ExchangeAnswer:
        """Exchange batch by batch; ends early with an answer that is ``stale``.

        The server works on the next batch while the answer to the one before is written here. Should that fail,
        its changes are still in the outbox and are sent again; the server applies none twice.
        """
        total, done, incoming = outbox.counts(self.store)[0], 0, Incoming(self.store, report)
        with ThreadPoolExecutor(1, "exchange") as line:
            try:
                batch, coming = self._send(line, outgoing.first_batch(self.store), {})
                while True:
                    ahead = outgoing.next_batch(self.store, batch)
                    try:
                        answer, following = self._checked(coming.result()), None
                        more = any(scope.more for scope in answer.scopes.values())
                        wanted = ahead.changes or (more and not batch.changes)
                        if wanted and not answer.stale and not answer.gone:  # what is forgotten is read anew
                            following = self._send(line, ahead, answer.scopes)
                    except RefusedError as refused:
                        batch, answer = self._without_the_bad_one(batch, refused)
                        following = None
                    if answer.stale:
                        return answer
                    self._tell(incoming.take(batch, answer), report, on_touched)
                    done += len(batch.changes)
                    on_progress(Progress("changes", min(done, total), total))
                    more = any(scope.more for scope in answer.scopes.values())
                    if following is None and not more and (not batch.changes or not outbox.counts(self.store)[0]):
                        return answer
                    batch, coming = following or self._send(line, outgoing.first_batch(self.store), {})
            finally:
                line.submit(self.store.close_thread)  # a renewed token was kept from that thread

    def _tell(self, touched: Mapping[str, set[str]], report: Report, on_touched: OnTouched) -> None:
        if touched:
            report.topics |= set(touched)
            self._files_moved = self._files_moved or bool(set(registry.with_files()) & set(touched))
            on_touched(touched)

    def _send(self, line: ThreadPoolExecutor, batch: Batch, coming: Mapping[str, ScopeChanges]) -> Sent:
        """Begin an exchange; ``coming`` is what came but is not in the store yet."""
        return batch, line.submit(self.client.exchange, outgoing.request(self.store, batch, coming))

    def _checked(self, answer: ExchangeAnswer) -> ExchangeAnswer:
        """An answer to this profile's teacher. Raises WrongAccountError for somebody else's, and nothing is stored."""
        mine = settings.get(self.store, "account", {}).get("id")
        if mine and answer.account and answer.account != mine:
            raise WrongAccountError("the token belongs to another account than the profile")
        return answer

    def _without_the_bad_one(self, batch: Batch, refused: RefusedError) -> tuple[Batch, ExchangeAnswer]:
        """A server that refuses a whole batch must not hold up the good changes: halve it until one is left."""
        changes = batch.changes
        if refused.status not in (413, 422) or not changes:
            raise refused
        if len(changes) == 1:
            result = messages.Result(id=changes[0].id, status="refused", code="invalid")
            answer = self.client.exchange(outgoing.request(self.store, Batch(), {}))
            never_seen = Batch(changes, batch.last)  # the platform did not read as far as its turn
            return never_seen, self._checked(answer).model_copy(update={"results": [result]})
        half = Batch(changes[: len(changes) // 2], batch.last, batch.turn)
        try:
            return half, self._checked(self.client.exchange(outgoing.request(self.store, half, {})))
        except RefusedError as again:
            return self._without_the_bad_one(half, again)

    def _refresh_vocabularies(self, version: str, report: Report) -> None:
        if not version or version == settings.get(self.store, "vocabularies_version"):
            return
        lists = self.client.vocabularies()
        report.complaints += vocabularies.replace(lists)
        with self.store.transaction():
            settings.put(self.store, "vocabularies", lists)
            settings.put(self.store, "vocabularies_version", version)

    def _refresh_directory(self, version: str, report: Report, on_progress: OnProgress, on_touched: OnTouched) -> None:
        """Read the list when it moved, and fetch what is small; a large download waits to be asked for."""
        directory = self.directory
        if directory.wants_list(version):
            try:
                directory.fetch_list(self.client, version)
            except ForeignDirectoryError as error:
                report.complaints.append(str(error))
        listing = directory.known_list()
        if listing is None:
            return
        plan = directory.plan(listing)
        if plan.size > SMALL:
            on_touched({"partners": set()})
            return
        outcome = directory.update(
            self.client, plan, lambda done, total: on_progress(Progress("directory", done, total)), threading.Event()
        )
        report.complaints += outcome.complaints
        if plan.steps or plan.forget or outcome.expired:
            on_touched({"partners": set()})
