"""What goes out: the outbox as batches of changes, each under a turn of this device."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_db.store import Store
from local_db.tables import device, documents, outbox
from sync.protocol import messages, registry
from sync.protocol.messages import Command, DocumentChange, ExchangeRequest, ScopeChanges
from sync.question import Change, Question, WaitingRecord

SEND_BYTES = 8_000_000


@dataclass
class Batch:
    """Changes that go out together; ``last`` is the number of the last one in the outbox, ``turn`` the device's."""

    changes: list[Change] = field(default_factory=list)
    last: int = 0
    turn: int = 0


def first_batch(store: Store) -> Batch:
    """The oldest changes that wait; empty where nothing does."""
    return _batch(store, 0, device.current(store).turn + 1)


def next_batch(store: Store, before: Batch) -> Batch:
    """The changes behind a batch that is still under way."""
    return _batch(store, before.last, before.turn + 1) if before.changes else Batch()


def request(store: Store, batch: Batch, coming: Mapping[str, ScopeChanges]) -> Question:
    """A batch as a question; ``coming`` is what was read but is not in the store yet."""
    me, (cursors, began) = device.current(store), outbox.cursors(store)
    for scope, news in coming.items():
        cursors[scope] = news.seq
        began = {**began, scope: news.began} if news.began else {s: n for s, n in began.items() if s != scope}
    turn = {"turn": batch.turn, "nonce": device.nonce(store, batch.turn)} if batch.changes else {"turn": me.turn}
    head = ExchangeRequest(device=me.id, cursors=cursors, began=began, speaks=registry.versions(), **turn)  # type: ignore[arg-type]
    return Question(head, batch.changes)


def question_of_news(store: Store) -> Question | None:
    """Whether anything is new at all, in a few bytes; None while a scope is still being read from its beginning."""
    me, (cursors, began) = device.current(store), outbox.cursors(store)
    if began or 0 in cursors.values() or not cursors:
        return None
    digest = messages.digest(cursors.items())
    return Question(ExchangeRequest(device=me.id, turn=me.turn, digest=digest, speaks=registry.versions()))


def _batch(store: Store, after: int, turn: int) -> Batch:
    batch, size = Batch(turn=turn), 0
    for entry in _entries(store, after, turn):
        change = _change(store, entry)
        size += len(change.data) if isinstance(change, DocumentChange) else 500 + len(entry.text)
        if batch.changes and size > SEND_BYTES:
            break
        batch.changes.append(change)
        batch.last = entry.n
    if batch.changes:
        device.begin_turn(store, turn, batch.last)  # stored before the first try
    return batch


def _entries(store: Store, after: int, turn: int) -> list[outbox.Waiting]:
    """What a turn carries: what it carried before, if it was tried already."""
    end = device.batch_end(store, turn)
    entries = outbox.take(store, messages.MAX_CHANGES, after, end)
    if entries or end is None:
        return entries
    device.give_up_turn(store, turn)
    return outbox.take(store, messages.MAX_CHANGES, after)


def _change(store: Store, entry: outbox.Waiting) -> Change:
    if entry.kind == "record":
        return WaitingRecord(entry.id, entry.scope, entry.target_kind, entry.target_id, entry.base_revision, entry.text)
    if entry.kind == "document":
        return DocumentChange.model_construct(
            type="document",
            id=entry.id,
            scope=entry.scope,
            kind=entry.target_kind,
            document_id=entry.target_id,
            data=documents.edit_data(store, entry.id),
            at=max(0.0, entry.at),
        )
    return Command.model_construct(type="command", id=entry.id, name=entry.target_kind, args=entry.body)
