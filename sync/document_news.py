"""Taking in what the platform has of documents: each is loaded once, however many edits came."""

from collections.abc import Iterable

from local_db.store import Store
from local_db.tables import documents
from sync.protocol.document_kinds import kind_named
from sync.protocol.documents import DocumentError, SharedDocument
from sync.protocol.messages import Edit


def take_in(store: Store, scope: str, edits: Iterable[Edit]) -> tuple[set[str], list[str]]:
    """Merge and keep edits of a scope, within the caller's transaction.

    Gives the topics that changed and what was wrong. An edit that lacks earlier ones is kept and waits for them; bytes
    that are no edit are left out.
    """
    by_document: dict[str, list[Edit]] = {}
    for edit in edits:
        by_document.setdefault(edit.document_id, []).append(edit)
    topics: set[str] = set()
    complaints: list[str] = []
    for document_id, new in by_document.items():
        kind = kind_named(new[0].kind)
        topics.add(kind.topic)
        complaints += _Arrival(store, scope, document_id, new).take_in()
    return topics, complaints


class _Arrival:
    """New edits of one document on their way into the store."""

    def __init__(self, store: Store, scope: str, document_id: str, edits: list[Edit]) -> None:
        self._store, self._edits = store, edits
        kind = kind_named(edits[0].kind)
        stored = documents.get(store, document_id)
        self._stored = stored or documents.Stored(
            document_id, scope, kind.name, b"", {}, 0.0, documents.new_generation()
        )
        self._replica = SharedDocument(kind, self._stored.state or None)
        self._complaints: list[str] = []

    def take_in(self) -> list[str]:
        taken = [made for edit in self._edits if (made := self._merged(edit))]
        documents.accept_edits(self._store, taken)
        self._merge_those_that_waited()
        if taken:
            state, fields = self._replica.state(), self._replica.fields()
            at = max([self._stored.at, *(edit.at for edit in taken)])
            kept = documents.Stored(
                self._stored.id, self._stored.scope, self._stored.kind, state, fields, at, self._stored.generation
            )
            documents.keep(self._store, kept)
        return self._complaints

    def _merged(self, edit: Edit) -> documents.Edit | None:
        """The edit as it is kept; None for bytes that are no edit."""
        changed: tuple[str, ...] | None = None
        whole = True
        if edit.data:  # empty: our own, which only gets its place in the order
            try:
                changed = tuple(sorted(self._replica.apply(edit.data)))
            except DocumentError as error:
                if str(error) != "gap":
                    self._complaints.append(f"{edit.document_id}: edit {edit.id} is damaged and was left out ({error})")
                    return None
                whole = False
        return documents.Edit(
            edit.id, edit.document_id, edit.seq, edit.author_id, edit.author, edit.at, edit.data, changed, whole
        )

    def _merge_those_that_waited(self) -> None:
        waiting, merged_some = documents.unmerged(self._store, self._stored.id), True
        while waiting and merged_some:
            merged_some = False
            for edit in waiting:
                try:
                    changed = tuple(sorted(self._replica.apply(edit.data)))
                except DocumentError:
                    continue
                documents.note_merged(self._store, [documents.Edit(**{**vars(edit), "changed": changed})])
                merged_some = True
            waiting = documents.unmerged(self._store, self._stored.id)
