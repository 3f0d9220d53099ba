"""Words that the platform refused for good: nothing of them is thrown away before the teacher says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.account import AccountUseCases
from app.open_document import OpenDocument
from local_db.store import Store
from local_db.tables import documents, unsent_words
from local_db.tables.unsent_words import UnsentWord
from sync.protocol.document_kinds import kind_named
from sync.protocol.document_parts import ListPart, MapPart, ScalarPart, SetPart, TextPart

Undo = Callable[[], None]


@dataclass(frozen=True)
class Unsent:
    """Words of one field of a document. ``kind`` and ``title`` tell which document, ``reason`` is the refusal's code.

    ``at`` is when they were put aside, in seconds since 1970.
    """

    id: str
    document_id: str
    kind: str
    title: str
    field: str
    text: str
    at: float
    reason: str


class UnsentWordsUseCases:
    """Looking through the words that were put aside, and settling each."""

    def __init__(self, store: Store, account: AccountUseCases, queued: Callable[[], None]) -> None:
        self._store, self._account, self._queued = store, account, queued

    def all(self, document_id: str | None = None) -> list[Unsent]:
        """What is put aside, of all documents or of one, the newest first."""
        return [self._shown(words) for words in unsent_words.all_of(self._store, document_id)]

    def count(self) -> int:
        """How many fields have words that wait for the teacher."""
        return len(unsent_words.all_of(self._store))

    def text(self, words_id: str) -> str:
        """The words themselves, to copy them elsewhere. Raises LookupError."""
        return self._get(words_id).text

    def discard(self, words_id: str) -> Undo:
        """Remove words that are not wanted; gives the undo. Raises LookupError."""
        words = self._get(words_id)
        unsent_words.remove(self._store, words_id)
        return lambda: unsent_words.put_aside(self._store, [words])

    def put_back(self, words_id: str) -> Undo:
        """Write words into their document again, at the end of their field; gives the undo. Raises LookupError."""
        words = self._get(words_id)
        opened = self._open(words)
        before = opened.fields[words.field]
        with self._store.transaction():
            _write(opened, words)
            unsent_words.remove(self._store, words_id)

        def undo() -> None:
            with self._store.transaction():
                _take_back(self._open(words), words, before)
                unsent_words.put_aside(self._store, [words])

        return undo

    def _get(self, words_id: str) -> UnsentWord:
        words = unsent_words.get(self._store, words_id)
        if words is None:
            raise LookupError(words_id)
        return words

    def _kind(self, words: UnsentWord) -> str:
        stored = documents.get(self._store, words.document_id)
        if stored is None:
            raise LookupError(words.document_id)
        return stored.kind

    def _open(self, words: UnsentWord) -> OpenDocument:
        me, kind = self._account.current, kind_named(self._kind(words))
        return OpenDocument(self._store, kind, words.document_id, (me.id, me.name), self._queued)

    def _shown(self, words: UnsentWord) -> Unsent:
        stored = documents.get(self._store, words.document_id)
        title = str(stored.fields.get("title", "")) if stored else ""
        kind = stored.kind if stored else ""
        return Unsent(words.id, words.document_id, kind, title, words.field, words.text, words.at, words.reason)


def _write(opened: OpenDocument, words: UnsentWord) -> None:
    part, now = opened.kind.by_name[words.field], opened.fields[words.field]
    if isinstance(part, SetPart):
        opened.set_fields({words.field: sorted({*now, *words.text.split(", ")})})
    elif isinstance(part, ScalarPart):
        opened.set_fields({words.field: _scalar(part, words.text)})
    elif isinstance(part, ListPart):
        field = part.fields[0].name
        known = next((item[field] for item in now if item["id"] == words.item_id), None)
        if known is None:
            opened.insert_item(words.field, words.item_id, {field: words.text})
        else:
            opened.change_item(words.field, words.item_id, {field: _appended(known, words.text)})
    elif isinstance(part, MapPart):
        opened.change_entry(words.field, words.item_id, {part.fields[0].name: words.text})
    else:
        opened.set_fields({words.field: _appended(now, words.text)})


def _take_back(opened: OpenDocument, words: UnsentWord, before: Any) -> None:
    """Undo :func:`_write` as far as nobody has written on meanwhile; what others wrote stays."""
    part, now = opened.kind.by_name[words.field], opened.fields[words.field]
    if isinstance(part, SetPart):
        added = set(words.text.split(", ")) - set(before)
        opened.set_fields({words.field: sorted(set(now) - added)})
    elif isinstance(part, TextPart) and now.endswith(words.text):
        opened.set_fields({words.field: now.removesuffix(words.text).removesuffix("\n" if before else "")})
    elif isinstance(part, ScalarPart):
        opened.set_fields({words.field: before})
    elif isinstance(part, ListPart) and all(item["id"] != words.item_id for item in before):
        opened.remove_item(words.field, words.item_id)


def _scalar(part: ScalarPart, text: str) -> object:
    if part.type == "int":
        return int(text)
    return text == "True" if part.type == "bool" else text


def _appended(text: str, more: str) -> str:
    return f"{text}\n{more}" if text else more
