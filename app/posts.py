"""Partner-finding posts and project ideas: reading, answering, posting once."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import commands
from app.account import AccountUseCases
from app.commands import Undo
from app.rules.ids import uuid7
from app.rules.text import words
from local_db.store import Store
from local_db.tables import outbox, records
from sync.protocol.kinds.posts import POST, POST_ANSWER

KINDS = ("partner", "idea")


@dataclass(frozen=True)
class Post:
    """A post of the community, or an own one that still ``waiting`` to be sent. ``expires`` is an ISO date."""

    id: str
    kind: str
    title: str
    text: str
    languages: tuple[str, ...]
    subjects: tuple[str, ...]
    ages: tuple[str, ...]
    author_id: str
    author: str
    country: str
    at: float
    expires: str
    answers: int
    waiting: bool = False


@dataclass(frozen=True)
class Answer:
    """An answer to a post; ``waiting`` until it was sent. ``at`` is seconds since 1970."""

    id: str
    author_id: str
    author: str
    country: str
    text: str
    at: float
    waiting: bool = False


class PostUseCases:
    """The community's posts, as they were at the last sync."""

    def __init__(self, store: Store, account: AccountUseCases, queued: Callable[[], None]) -> None:
        self._store, self._account, self._queued = store, account, queued

    def posts(self, typed: str = "", kind: str = "", *, mine: bool = False) -> list[Post]:
        """Open posts, newest first, that have all the typed words."""
        today, me = date.today().isoformat(), self._account.current.id
        where = {"author_id": me} if mine else {}
        rows = records.select(self._store, records.Query(POST.name, None, where, "at", newest=True))
        closing = {e.target_id for e in outbox.commands(self._store, "close_post")}
        opening = {e.target_id for e in outbox.commands(self._store, "reopen_post")}
        answers = self._answers_of(row.id for row in rows)
        shown = self._own_waiting({row.id for row in rows}) + [
            _post(row.id, row.fields, answers[row.id]) for row in rows if row.id not in closing - opening
        ]
        wanted = words(typed)
        return [
            post
            for post in shown
            if (not post.expires or post.expires >= today) and (not kind or post.kind == kind) and _has(post, wanted)
        ]

    def answers(self, post_id: str) -> list[Answer]:
        """Oldest first."""
        me, query = self._account.current, records.Query(POST_ANSWER.name, None, {"post_id": post_id})
        sent = [
            Answer(
                row.id,
                str(row.fields["author_id"]),
                str(row.fields["author"]),
                str(row.fields["country"]),
                str(row.fields["text"]),
                float(row.fields["at"]),
            )
            for row in records.select(self._store, query)
        ]
        waiting = [
            Answer(entry.target_id, me.id, me.name, me.country, str(entry.body["text"]), entry.at, True)
            for entry in outbox.commands(self._store, "answer_post")
            if entry.body["post_id"] == post_id
        ]
        return sorted(sent, key=lambda answer: answer.at) + waiting

    def publish(self, kind: str, title: str, text: str, **choices: list[str]) -> Undo:
        """Queue a post; ``choices`` are languages, subjects and ages. Returns the undo, which closes it again."""
        post_id = str(uuid7())
        body = {"kind": kind, "title": title.strip(), "text": text.strip(), **choices}
        return self._queue("publish_post", post_id, {"post_id": post_id, **body})

    def answer(self, post_id: str, text: str) -> Undo:
        """Queue an answer, which everybody can read. Returns the undo, which works until it was sent."""
        answer_id = str(uuid7())
        return self._queue("answer_post", answer_id, {"post_id": post_id, "answer_id": answer_id, "text": text.strip()})

    def close(self, post_id: str) -> Undo:
        """Take an own post down. Returns the undo, which puts it up again, with its answers."""
        return self._queue("close_post", post_id, {"post_id": post_id})

    def _queue(self, name: str, target_id: str, body: dict[str, Any]) -> Undo:
        return commands.queue(self._store, self._queued, "community:all", name, target_id, body)

    def _answers_of(self, post_ids: Iterable[str]) -> dict[str, int]:
        query = records.Query
        return {i: records.count(self._store, query(POST_ANSWER.name, None, {"post_id": i})) for i in post_ids}

    def _own_waiting(self, known: set[str]) -> list[Post]:
        """Posts that are not on the platform yet. One that was taken back while it waited is not there."""
        me = self._account.current
        closing = {e.target_id for e in outbox.commands(self._store, "close_post")}
        extra = {"author_id": me.id, "author": me.name, "country": me.country, "expires": ""}
        waiting = outbox.commands(self._store, "publish_post")
        return [
            _post(e.target_id, {**e.body, **extra, "at": e.at}, 0, True)
            for e in reversed(waiting)
            if e.target_id not in closing and e.target_id not in known
        ]


def _post(post_id: str, fields: dict[str, Any], answers: int, waiting: bool = False) -> Post:
    def items(name: str) -> tuple[str, ...]:
        return tuple(fields.get(name) or ())

    def text(name: str) -> str:
        return str(fields.get(name) or "")

    return Post(
        id=post_id,
        kind=text("kind"),
        title=text("title"),
        text=text("text"),
        languages=items("languages"),
        subjects=items("subjects"),
        ages=items("ages"),
        author_id=text("author_id"),
        author=text("author"),
        country=text("country"),
        at=float(fields.get("at") or time.time()),
        expires=text("expires"),
        answers=answers,
        waiting=waiting,
    )


def _has(post: Post, wanted: list[str]) -> bool:
    own = words(f"{post.title} {post.text} {post.author}")
    return all(any(word.startswith(part) for word in own) for part in wanted)
