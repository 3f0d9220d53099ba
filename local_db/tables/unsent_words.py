"""Words that the platform refused for good, put aside where the teacher finds them."""

from dataclasses import dataclass

import peewee

from local_db.store import Store


class Words(peewee.Model):
    """What was put aside, as it is stored; see :class:`UnsentWord`."""

    id = peewee.TextField(primary_key=True)
    document_id = peewee.TextField()
    field = peewee.TextField()
    item_id = peewee.TextField(default="")
    text = peewee.TextField()
    at = peewee.FloatField()
    reason = peewee.TextField()

    class Meta:
        table_name = "unsent_words"


@dataclass(frozen=True)
class UnsentWord:
    """What was written in one field of a document (of one item, in a list) and is nowhere else.

    ``at`` is seconds since 1970; ``reason`` is the code of the refusal.
    """

    id: str
    document_id: str
    field: str
    item_id: str
    text: str
    at: float
    reason: str


def put_aside(store: Store, words: list[UnsentWord]) -> None:
    """Keep words. Call it inside the transaction that takes them out of their document."""
    for each in words:
        store.run(Words.insert(**vars(each)))


def all_of(store: Store, document_id: str | None = None, most: int | None = None) -> list[UnsentWord]:
    """All words that are put aside, or those of one document, the newest first; ``most`` of them."""
    query = Words.select() if document_id is None else Words.select().where(Words.document_id == document_id)
    return [UnsentWord(**row) for row in store.all(query.order_by(Words.at.desc(), Words.id).limit(most))]


def count(store: Store) -> int:
    """How many words are put aside."""
    return int(store.sql("select count(*) from unsent_words")[0][0])


def get(store: Store, words_id: str) -> UnsentWord | None:
    """Words by their id, or None."""
    row = store.one(Words.select().where(Words.id == words_id))
    return UnsentWord(**row) if row else None


def remove(store: Store, words_id: str) -> None:
    """Remove words that were put back or are not wanted."""
    store.run(Words.delete().where(Words.id == words_id))
