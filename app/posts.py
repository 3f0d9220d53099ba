"""Partner-finding posts and project ideas: reading, answering, posting once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from uuid6 import uuid7

from app.account import AccountUseCases
from app.rules.text import words
from local_db.store import Store
from local_db.tables import outbox, records

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
        answers = [str(row.fields.get("post_id")) for row in records.all_of(self._store, "post_answer")]
        closing = {e.target_id for e in self._waiting("close_post")}
        found = self._own_waiting() + [
            _post(row.id, row.fields, answers.count(row.id))
            for row in records.all_of(self._store, "post")
            if row.id not in closing
        ]
        wanted = words(typed)
        fitting = [
            post
            for post in found
            if (not post.expires or post.expires >= today)
            and (not kind or post.kind == kind)
            and (not mine or post.author_id == me)
            and _has(post, wanted)
        ]
        return sorted(fitting, key=lambda post: -post.at)

    def answers(self, post_id: str) -> list[Answer]:
        """Oldest first."""
        me = self._account.current
        sent = [
            Answer(
                row.id,
                str(row.fields["author_id"]),
                str(row.fields["author"]),
                str(row.fields["country"]),
                str(row.fields["text"]),
                float(row.fields["at"]),
            )
            for row in records.all_of(self._store, "post_answer")
            if row.fields.get("post_id") == post_id
        ]
        waiting = [
            Answer(entry.id, me.id, me.name, me.country, str(entry.body["text"]), entry.at, True)
            for entry in self._waiting("answer_post")
            if entry.body["post_id"] == post_id
        ]
        return sorted(sent, key=lambda answer: answer.at) + waiting

    def publish(self, kind: str, title: str, text: str, **choices: list[str]) -> Callable[[], bool]:
        """Queue a post; ``choices`` are languages, subjects and ages. Returns the undo, which works until it was sent."""
        post_id = str(uuid7())
        return self._queue(
            "publish_post",
            post_id,
            {"post_id": post_id, "kind": kind, "title": title.strip(), "text": text.strip(), **choices},
        )

    def answer(self, post_id: str, text: str) -> Callable[[], bool]:
        return self._queue(
            "answer_post", post_id, {"post_id": post_id, "answer_id": str(uuid7()), "text": text.strip()}
        )

    def close(self, post_id: str) -> Callable[[], bool]:
        return self._queue("close_post", post_id, {"post_id": post_id})

    def _queue(self, name: str, post_id: str, body: dict[str, Any]) -> Callable[[], bool]:
        return outbox.queue_command(self._store, "", (name, post_id), body, self._queued)

    def _waiting(self, name: str) -> list[outbox.Waiting]:
        return [e for e in outbox.waiting(self._store) if e.target_kind == name and e.state != outbox.REFUSED]

    def _own_waiting(self) -> list[Post]:
        me = self._account.current
        extra = {"author_id": me.id, "author": me.name, "country": me.country, "expires": ""}
        return [_post(e.target_id, {**e.body, **extra, "at": e.at}, 0, True) for e in self._waiting("publish_post")]


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
