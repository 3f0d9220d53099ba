"""Shared documents on the platform: each is loaded once for all edits of a request, and stored once."""

from dataclasses import asdict, dataclass
from typing import Any

from server.core.database import Database, Document, Edit
from server.core.document_authors import Authors
from server.core.door import Door
from server.core.merge_trial import TrialNeeded, Trials, Weight
from server.core.quotas import Meter
from server.core.refusals import Refused
from sync.protocol.documents import MAX_STATE, DocumentError, DocumentKind, RebuiltError, SharedDocument
from sync.protocol.kind import PROJECT
from sync.protocol.messages import DocumentChange
from sync.protocol.registry import DOCUMENTS
from sync.protocol.yjs import read
from sync.protocol.yjs_order import Integration


@dataclass
class _Open:
    """A document in use; ``row`` is None while it is new. ``size`` bounds it without writing it out each time."""

    replica: SharedDocument
    scope: str
    is_new: bool
    size: int
    authors: Authors
    weight: Weight
    changed: bool = False


class OpenDocuments:
    """The documents of one transaction. Call :meth:`store` before its end."""

    def __init__(self, db: Database, door: Door, meter: Meter, trials: Trials) -> None:
        self._db, self._door, self._meter, self._trials = db, door, meter, trials
        self._open: dict[str, _Open] = {}
        self._held: set[str] = set()

    def apply(self, change: DocumentChange, device: str, now: float) -> None:
        """Take in one edit. Raises Refused or TrialNeeded, and leaves everything as it was then."""
        kind = self._admit(change)
        if full := self._meter.refusal(change.scope):
            raise Refused(full)
        document = self._document(change, kind)
        if self._db.one(Edit.select(Edit.id).where(Edit.id == change.id)):
            raise Refused("exists")
        if document.size + len(change.data) > MAX_STATE or change.id in self._trials.failed:
            raise Refused("document_full")
        new = self._merge(change, document)
        document.changed, document.size = True, document.size + len(change.data)
        self._meter.fill(change.scope, len(change.data))
        self._remember(change, device, now)
        document.authors.keep(str(self._door.account["id"]), new)

    def _merge(self, change: DocumentChange, document: _Open) -> set[int]:
        """The authors' numbers of what is new."""
        new, weight = set[int](), document.weight

        def admit(edit: Integration) -> None:
            nonlocal weight
            document.authors.check(str(self._door.account["id"]), edit.authors)
            weight = document.weight.with_edit(edit)
            if self._trials.admits(change.id):
                weight.tried = weight.steps
            elif weight.needs_trial:
                raise TrialNeeded(change.document_id, document.replica.state(), document.weight)
            new.update(edit.authors)

        try:
            document.replica.merge(change.data, admit=admit)
        except RebuiltError:
            self._meter.note_trouble()
            raise Refused("damaged_edit") from None
        except DocumentError as error:
            raise Refused("gap" if str(error) == "gap" else "damaged_edit") from None
        document.weight = weight
        return new

    def hold(self, document_id: str) -> None:
        """Keep others from the document until the transaction ends: who merges into an older state loses their words."""
        if document_id not in self._held:
            self._held.add(document_id)
            self._db.hold(f"document:{document_id}")

    def store(self) -> None:
        """Write every changed document."""
        for document_id, document in self._open.items():
            if not document.changed:
                continue
            state, kind = document.replica.state(), document.replica.kind.name
            values = {"state": state, **asdict(document.weight)}
            if document.is_new:
                self._db.run(Document.insert(id=document_id, scope=document.scope, kind=kind, **values))
            else:
                self._db.run(Document.update(**values).where(Document.id == document_id))
            document.changed, document.is_new, document.size = False, False, len(state)

    def _admit(self, change: DocumentChange) -> DocumentKind:
        kind = DOCUMENTS.get(change.kind)
        if kind is None:
            raise Refused("unknown_kind")
        scope_kind, _, name = change.scope.partition(":")
        if scope_kind != PROJECT or (kind.identity == "scope" and change.document_id != name):
            raise Refused("not_yours")
        if code := self._door.refusal(change.scope, kind.write):
            raise Refused(code)
        return kind

    def _document(self, change: DocumentChange, kind: DocumentKind) -> _Open:
        known = self._open.get(change.document_id)
        if known is None:
            row = self._db.one(Document.select().where(Document.id == change.document_id))
            known = self._loaded(change, kind, row)
            self._open[change.document_id] = known
        if known.scope != change.scope or known.replica.kind.name != kind.name:
            raise Refused("not_yours")
        return known

    def _loaded(self, change: DocumentChange, kind: DocumentKind, row: dict[str, Any] | None) -> _Open:
        authors = Authors(self._db, change.document_id, change.scope)
        if row is None:
            return _Open(SharedDocument(kind), change.scope, True, 0, authors, Weight())
        stored = DOCUMENTS.get(row["kind"])
        if stored is None:
            raise Refused("unknown_kind")
        state = bytes(row["state"])
        return _Open(SharedDocument(stored, state), row["scope"], False, len(state), authors, _weight(row, state))

    def _remember(self, change: DocumentChange, device: str, now: float) -> None:
        account = self._door.account
        self._db.run(
            Edit.insert(
                id=change.id,
                scope=change.scope,
                document_id=change.document_id,
                kind=change.kind,
                seq=self._db.next_seq(change.scope),
                author_id=account["id"],
                author=account["name"],
                device=device,
                at=min(change.at, now),  # for people to read; order comes from seq
                data=change.data,
            )
        )


def _weight(row: dict[str, Any], state: bytes) -> Weight:
    if row["pieces"] < 0:  # stored by an older platform
        return Weight().with_edit(Integration(read(state, None), {}).run())
    return Weight(row["runs"], row["pieces"], row["tried"])


def fields_of(db: Database, document_id: str) -> dict[str, Any]:
    """A document's plain values; of none, an empty dictionary."""
    row = db.one(Document.select().where(Document.id == document_id))
    if row is None or row["kind"] not in DOCUMENTS:
        return {}
    return SharedDocument(DOCUMENTS[row["kind"]], bytes(row["state"])).fields()
