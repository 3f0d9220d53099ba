"""Partner-finding posts and project ideas: reading, answering, posting once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
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
PAGE = 200  # posts read at once
ALL = 2**31


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

    def posts(self, typed: str = "", kind: str = "", *, mine: bool = False, most: int = ALL) -> list[Post]:
        """The newest open posts that have all the typed words, ``most`` of them; no more is read than that needs."""
        today, wanted = date.today().isoformat(), words(typed)

        def fits(post: Post) -> bool:
            return (
                (not post.expires or post.expires >= today) and (not kind or post.kind == kind) and _has(post, wanted)
            )

        found = [post for post in self._own_waiting() if fits(post)]
        for post in self._newest(mine=mine):
            if len(found) >= most:
                break
            if fits(post):
                found.append(post)
        answers = records.count_by(self._store, POST_ANSWER.name, "post_id", [post.id for post in found])
        return [replace(post, answers=answers.get(post.id, 0)) for post in found]

    def _newest(self, *, mine: bool) -> Iterator[Post]:
        """What the platform has and is not to be taken down, page by page."""
        closing = {e.target_id for e in outbox.commands(self._store, "close_post")}
        closing -= {e.target_id for e in outbox.commands(self._store, "reopen_post")}
        where = {"author_id": self._account.current.id} if mine else {}
        for offset in count(0, PAGE):
            query = records.Query(POST.name, None, where, "at", newest=True, limit=PAGE, offset=offset)
            rows = records.select(self._store, query)
            yield from (_post(row.id, row.fields) for row in rows if row.id not in closing)
            if len(rows) < PAGE:
                return

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

    def _own_waiting(self) -> list[Post]:
        """Posts that are not on the platform yet. One that was taken back while it waited is not there."""
        me = self._account.current
        closing = {e.target_id for e in outbox.commands(self._store, "close_post")}
        extra = {"author_id": me.id, "author": me.name, "country": me.country, "expires": ""}
        waiting = outbox.commands(self._store, "publish_post")
        return [
            _post(e.target_id, {**e.body, **extra, "at": e.at}, waiting=True)
            for e in reversed(waiting)
            if e.target_id not in closing and records.get(self._store, POST.name, e.target_id) is None
        ]


def _post(post_id: str, fields: dict[str, Any], *, waiting: bool = False) -> Post:
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
        answers=0,
        waiting=waiting,
    )


def _has(post: Post, wanted: list[str]) -> bool:
    own = words(f"{post.title} {post.text} {post.author}")
    return all(any(word.startswith(part) for word in own) for part in wanted)
