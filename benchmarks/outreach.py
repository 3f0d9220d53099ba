"""A message or post where there are 100,000 against one where there are 100: ``python -m benchmarks.outreach``.

Aim: as fast as the first, on the platform and on the teacher's computer (medians; both in the same run).
"""

import secrets
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.workspace import Workspace, open_workspace
from local_db.tables import records, settings
from server.core.database import Account, Database
from server.messages.commands import send
from server.posts.commands import answer, publish
from tests.inside import inside

FEW, MANY, TIMES = 100, 100_000, 60
PEOPLE = [{"id": f"t-{n}", "name": f"Teacher {n}", "role": "teacher", "country": "EL"} for n in range(1_000)]
ME = {**PEOPLE[0], "email": "t-0@example.org", "school": "School"}


def milliseconds(step: Callable[[], object], times: int = TIMES) -> float:
    """How long a step takes, as a median."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begun)
    return 1_000 * statistics.median(taken)


def message(number: int) -> dict[str, Any]:
    """A message between me and one of the others, in turns."""
    pair = [ME, PEOPLE[1 + number % (len(PEOPLE) - 1)]][:: 1 if number % 2 else -1]
    ends = {"from_id": pair[0]["id"], "from_name": pair[0]["name"], "to_id": pair[1]["id"], "to_name": pair[1]["name"]}
    return {**ends, "text": f"Message {number} about snow.", "at": 1_700_000_000 + number}


def post(number: int) -> dict[str, Any]:
    """A post of the community."""
    said = {"kind": "idea", "title": f"Idea {number}", "text": f"Post {number} about the sea.", "expires": "9999-12-31"}
    of = {"author_id": f"t-{number % 900}", "author": "A", "country": "EL", "at": 1_700_000_000 + number}
    return {**said, **of}


def an_answer(number: int, count: int) -> dict[str, Any]:
    """An answer to one of the posts."""
    return {
        "post_id": f"p-{number % count}",
        "text": "Yes",
        "author_id": "t-5",
        "author": "A",
        "country": "EL",
        "at": 5,
    }


def on_the_platform(folder: Path, count: int) -> dict[str, float]:
    """What the handlers of the commands take, each in a transaction of its own."""
    db = Database(f"sqlite:///{folder / 'platform.db'}")
    with db.transaction():
        for person in PEOPLE:
            db.run(Account.insert(**person, email=f"{person['id']}@example.org", password="none"))  # noqa: S106
    sent = [(str(n), *(message(n)[k] for k in ("from_id", "to_id", "at", "text")), False) for n in range(count)]
    insert = "insert into sent_message (id, from_id, to_id, at, text, stranger) values (?, ?, ?, ?, ?, ?)"
    with db.transaction():
        db.many(insert, sent)
        names = [(f"q-{n}", ME["id"], f"t-{n % 900}") for n in range(count)]
        db.many(
            "insert into record_key (kind, record_id, field, value) values ('post', ?, 'author_id', ?)",
            [(i, a) for i, _me, a in names],
        )

    def in_turn(step: Callable[[Database, dict[str, Any], dict[str, Any]], None], **args: Any) -> Callable[[], None]:
        def run() -> None:
            new = {name: uuid.uuid4().hex if value is None else value for name, value in args.items()}
            with db.transaction():
                step(db, PEOPLE[950], new)

        return run

    words = {"kind": "idea", "title": "Idea", "text": "Words"}
    with db.transaction():
        publish(db, PEOPLE[951], {"post_id": "here", **words})
    figures = {
        "send a message": milliseconds(in_turn(send, message_id=None, account_id="t-1", text="Thank you, gladly")),
        "put up a post": milliseconds(in_turn(publish, post_id=None, **words), 1),
        "answer a post": milliseconds(in_turn(answer, post_id="here", answer_id=None, text="Yes")),
    }
    db.close()
    return figures


def on_the_computer(folder: Path, count: int) -> dict[str, float]:
    """What the pages ask of a profile."""
    desk = open_workspace(folder / "profile", key=secrets.token_bytes(32), server="http://127.0.0.1:9")
    _fill(desk, count)
    figures = {
        "who wrote lately": milliseconds(desk.reaching.unread),
        "a conversation": milliseconds(lambda: desk.reaching.conversation("t-7"), 20),
        "the newest posts": milliseconds(lambda: desk.posts.posts(most=61)),
        "my own posts": milliseconds(lambda: desk.posts.posts(mine=True, most=61)),
        "the answers of a post": milliseconds(lambda: desk.posts.answers("p-7"), 20),
        "posts with a word of the newest": milliseconds(lambda: desk.posts.posts(f"Post {count - 1}", most=1), 20),
    }
    desk.close()
    return figures


def _fill(desk: Workspace, count: int) -> None:
    store, row = inside(desk).store, records.ServerRow
    settings.put(store, "account", {name: value for name, value in ME.items() if name != "role"})
    for start in range(0, count, 10_000):
        part = range(start, min(start + 10_000, count))
        with store.transaction():
            records.accept(store, f"account:{ME['id']}", [row("message", f"m-{n}", 1, message(n)) for n in part])
            records.accept(store, "community:all", [row("post", f"p-{n}", 1, post(n)) for n in part])
            answers = [row("post_answer", f"a-{n}", 1, an_answer(n, count)) for n in part]
            records.accept(store, "community:all", answers)


def main() -> None:
    """Print both figures and their ratio for every step."""
    for where, measure in (("platform", on_the_platform), ("computer", on_the_computer)):
        made = []
        for count in (FEW, MANY):
            with tempfile.TemporaryDirectory() as folder:
                made.append(measure(Path(folder), count))
        for name, few in made[0].items():
            many = made[1][name]
            print(f"{where}, {name}: {few:.2f} ms with {FEW:,}, {many:.2f} ms with {MANY:,}; ratio {many / few:.1f}")


if __name__ == "__main__":
    main()
