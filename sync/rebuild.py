"""When the platform refuses edits for good: the document becomes the platform's again, and the words are put aside."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.rules.ids import uuid7
from local_db.store import Store
from local_db.tables import documents, unsent_words
from local_db.tables.unsent_words import UnsentWord
from sync.protocol.document_kinds import kind_named
from sync.protocol.document_parts import DocumentKind, ListPart, MapPart, SetPart, TextPart
from sync.protocol.documents import DocumentError, SharedDocument
from sync.protocol.text_edits import added_words


@dataclass(frozen=True)
class UnsentWords:
    """What a rebuilding put aside, one for each field that lost something."""

    document_id: str
    words: tuple[UnsentWord, ...]


def rebuild(store: Store, document_id: str, server_state: bytes | None = None, reason: str = "") -> UnsentWords:
    """Make a document what the platform has of it, in one transaction.

    All its unsent and refused edits leave the outbox and the history, and what only they said is kept as unsent words.
    ``server_state`` is the platform's state; without it, it is made from the edits that came from there. ``reason`` is
    the code of the refusal. Raises DocumentError for a state that is none, and then nothing changed.
    """
    with store.transaction():
        stored = documents.get(store, document_id)
        if stored is None:
            return UnsentWords(document_id, ())
        kind = kind_named(stored.kind)
        replica = as_on_the_platform(store, stored, kind, server_state)
        words = put_aside(store, kind, document_id, (stored.fields, replica.fields()), reason)
        documents.take_out_unsent(store, stored)
        new = documents.Stored(
            document_id,
            stored.scope,
            stored.kind,
            replica.state(),
            replica.fields(),
            time.time(),
            stored.generation + 1,
        )
        documents.keep(store, new)
    return UnsentWords(document_id, words)


def put_aside(
    store: Store,
    kind: DocumentKind,
    document_id: str,
    versions: tuple[Mapping[str, Any], Mapping[str, Any]],
    reason: str,
) -> tuple[UnsentWord, ...]:
    """Keep as unsent words what the first version says and the second does not."""
    here, there = versions
    lost = [lost for name in kind.names for lost in _lost(kind, name, here.get(name), there.get(name))]
    now = time.time()
    words = tuple(UnsentWord(str(uuid7()), document_id, field, item, text, now, reason) for field, item, text in lost)
    unsent_words.put_aside(store, list(words))
    return words


def as_on_the_platform(
    store: Store, stored: documents.Stored, kind: DocumentKind, server_state: bytes | None = None
) -> SharedDocument:
    """A document as the platform has it: by its state, or else from the edits that came from there or were taken."""
    replica = SharedDocument(kind)
    if server_state is not None:
        replica.apply(server_state)
        return replica
    unsent = documents.unsent_ids(store, stored)
    for edit in documents.history(store, stored.id):
        if edit.id not in unsent and edit.data:
            with suppress(DocumentError):  # it waits for earlier ones
                replica.apply(edit.data)
    return replica


def _lost(kind: DocumentKind, name: str, here: Any, there: Any) -> Iterator[tuple[str, str, str]]:
    """``(field, item's id, text)`` of what is here and not there."""
    part = kind.by_name[name]
    if isinstance(part, TextPart):
        texts = [("", added_words(there or "", here or ""))]
    elif isinstance(part, SetPart):
        texts = [("", ", ".join(sorted(set(here or ()) - set(there or ()))))]
    elif isinstance(part, ListPart):
        others = {item["id"]: item for item in there or ()}
        texts = [(item["id"], _lost_in_item(item, others.get(item["id"], {}))) for item in here or ()]
    elif isinstance(part, MapPart):
        texts = [(key, _lost_in_item(entry, (there or {}).get(key, {}))) for key, entry in (here or {}).items()]
    else:
        texts = [("", "" if here == there or here is None else str(here))]
    return ((name, item_id, text) for item_id, text in texts if text.strip())


def _lost_in_item(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    pairs = [(value, there.get(field)) for field, value in here.items() if field != "id"]
    texts = [added_words(old or "", value) for value, old in pairs if isinstance(value, str)]
    texts += [str(value) for value, old in pairs if not isinstance(value, str | bool | None) and value != old]
    return "\n".join(text for text in texts if text.strip())
