"""Words that the platform refused for good: nothing of them is thrown away before the teacher says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.account import AccountUseCases
from app.open_document import OpenDocument
from app.projects import Project, ProjectUseCases
from app.rules import projects as rules
from local_db.store import Store
from local_db.tables import documents, unsent_words
from local_db.tables.unsent_words import UnsentWord
from sync.protocol.document_kinds import kind_named
from sync.protocol.document_parts import ListPart, MapPart, ScalarPart, SetPart, TextPart
from sync.protocol.documents import DocumentError

Undo = Callable[[], None]


@dataclass(frozen=True)
class Unsent:
    """Words of one field of a document. ``kind`` and ``title`` tell which document, ``reason`` is the refusal's code.

    ``project`` is the title of the project the document belongs to. ``at`` is when they
    were put aside, in seconds since 1970. ``possible`` says whether they can be put back now.
    """

    id: str
    document_id: str
    kind: str
    title: str
    project_id: str
    project: str
    field: str
    text: str
    at: float
    reason: str
    possible: bool


class UnsentWordsUseCases:
    """Looking through the words that were put aside, and settling each."""

    def __init__(
        self, store: Store, account: AccountUseCases, projects: ProjectUseCases, queued: Callable[[], None]
    ) -> None:
        self._store, self._account, self._projects, self._queued = store, account, projects, queued

    def all(self, document_id: str | None = None, most: int | None = None) -> list[Unsent]:
        """What is put aside, of all documents or of one, the newest first; ``most`` of it."""
        words = unsent_words.all_of(self._store, document_id, most)
        projects = {project.id: project for project in self._projects.overview()} if words else {}
        return [self._shown(each, projects) for each in words]

    def count(self) -> int:
        """How many fields have words that wait for the teacher."""
        return unsent_words.count(self._store)

    def text(self, words_id: str) -> str:
        """The words themselves, to copy them elsewhere. Raises LookupError."""
        return self._get(words_id).text

    def discard(self, words_id: str) -> Undo:
        """Remove words that are not wanted; gives the undo. Raises LookupError."""
        words = self._get(words_id)
        unsent_words.remove(self._store, words_id)
        self._queued()

        def undo() -> None:
            unsent_words.put_aside(self._store, [words])
            self._queued()

        return undo

    def put_back(self, words_id: str) -> Undo:
        """Write words into their document again, at the end of their field; gives the undo.

        Raises LookupError where there are no such words, or no place for them: the document
        is gone, the teacher may not write there any more, or a list is full.
        """
        words = self._get(words_id)
        if not self._shown(words, {project.id: project for project in self._projects.overview()}).possible:
            raise LookupError(words_id)
        opened = self._open(words)
        before = opened.fields[words.field]
        with self._store.transaction():
            try:
                _write(opened, words)
            except DocumentError as full:
                raise LookupError(words_id) from full
            unsent_words.remove(self._store, words_id)
        self._queued()

        def undo() -> None:
            with self._store.transaction():
                _take_back(self._open(words), words, before)
                unsent_words.put_aside(self._store, [words])
            self._queued()

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

    def _shown(self, words: UnsentWord, projects: Mapping[str, Project]) -> Unsent:
        stored = documents.get(self._store, words.document_id)
        project_id = stored.scope.removeprefix("project:") if stored else ""
        project = projects.get(project_id)
        return Unsent(
            id=words.id,
            document_id=words.document_id,
            kind=stored.kind if stored else "",
            title=str(stored.fields.get("title", "")) if stored else "",
            project_id=project_id,
            project=project.title if project else "",
            field=words.field,
            text=words.text,
            at=words.at,
            reason=words.reason,
            possible=stored is not None and _may_write(stored, words.field, project),
        )


def _may_write(stored: documents.Stored, field: str, project: Project | None) -> bool:
    kind = kind_named(stored.kind)
    if project is None or field not in kind.by_name or stored.fields.get("deleted"):
        return False
    return rules.may_write(kind.write, project.state, project.me)


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
