"""What is much, old or newly to be seen reaches a computer whole, in pages, and the reading comes to an end."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.rules import projects as rules
from app.rules import rights
from server.core import feed, records
from server.core.feed import Room
from server.projects import commands as projects
from sync.protocol.document_kinds import TASK_LIST
from sync.protocol.documents import SharedDocument
from sync.protocol.messages import PAGE_BYTES
from sync.protocol.registry import DOCUMENTS, RECORDS
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project
from tests.server.stage import Person, Stage
from tests.server.test_every_document import edit
from tests.server.test_every_record import change

Make = Callable[..., Computer]
ENTRY = 19_000  # characters
PEOPLE = [rules.FOUNDER, rules.COFOUNDER]


def entries(scope: str, count: int, size: int = ENTRY) -> list[dict[str, Any]]:
    return [change(scope, "journal", uuid.uuid4().hex, {"text": f"{n} " + "ş" * (size - 10)}) for n in range(count)]


class Reader:
    """Reads one scope as a computer does: from its cursor, page by page."""

    def __init__(self, stage: Stage, person: Person, scope: str) -> None:
        self._stage, self._person, self.scope = stage, person, scope
        self.cursor = self.began = self.pages = self.resets = 0
        self.records: dict[tuple[str, str], dict[str, Any]] = {}
        self.edits: set[str] = set()
        self.doubled = 0

    def page(self) -> bool:
        """Read a page; whether more follow."""
        read = dict(self._stage.db.execute("select name, seq from scope"))
        began = {self.scope: self.began} if self.began else {}
        answer = self._person.exchange(cursors={**read, self.scope: self.cursor}, began=began)
        news = answer.get("scopes", {}).get(self.scope)
        if news is None:
            return False
        self.pages += 1
        if news.get("reset"):
            self.resets += 1
            self.records, self.edits = {}, set()
        for row in news.get("records", []):
            self.doubled += (row["kind"], row["id"]) in self.records
            self.records[(row["kind"], row["id"])] = row["fields"]
        self.edits |= {one["id"] for one in news.get("edits", [])}
        self.cursor, self.began = news["seq"], news.get("began", 0)
        return bool(news.get("more"))

    def read(self, most: int = 40) -> "Reader":
        """Read to the end, within ``most`` pages."""
        for _ in range(most):
            if not self.page():
                return self
        raise AssertionError("the reading has no end")

    def texts(self) -> list[str]:
        rows = self.records.items()
        return sorted(fields["text"] for (kind, _id), fields in rows if kind == "journal" and not fields.get("deleted"))


def small_pages(monkeypatch: pytest.MonkeyPatch, items: int, size: int = PAGE_BYTES) -> None:
    monkeypatch.setattr(feed, "Room", lambda: Room(items, size))


def test_thirty_megabytes_of_diary_reach_the_partner_in_pages(stage: Stage) -> None:
    project = stage.project(rules.ACTIVE, PEOPLE)
    scope, founder = f"project:{project}", stage[rules.FOUNDER]
    written = [entries(scope, 200) for _ in range(4)]
    for some in written:
        assert set(founder.send(*some)) == {"applied"}
    size = sum(len(one["fields"]["text"].encode()) for some in written for one in some)
    assert size > 30_000_000
    reader = Reader(stage, stage[rules.COFOUNDER], scope).read()
    assert reader.texts() == sorted(one["fields"]["text"] for some in written for one in some)
    assert reader.pages >= 4 and reader.doubled == 0 and reader.resets == 0


def test_much_in_one_project_holds_up_no_other(stage: Stage) -> None:
    full, other = (f"project:{stage.project(rules.ACTIVE, PEOPLE)}" for _ in range(2))
    founder = stage[rules.FOUNDER]
    founder.send(*entries(full, 250))
    founder.send(*entries(other, 1, 20))
    read = dict(stage.db.execute("select name, seq from scope"))
    answer = stage[rules.COFOUNDER].exchange(cursors={**read, full: 0, other: 0})
    assert {full, other} <= answer["scopes"].keys() and "account:a-cofounder" not in answer["scopes"]
    assert answer["scopes"][full].get("more") and answer["scopes"][other]["records"]


def test_one_thing_larger_than_a_page_comes_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    project = stage.project(rules.ACTIVE, PEOPLE)
    scope = f"project:{project}"
    stage[rules.FOUNDER].send(*entries(scope, 5))
    small_pages(monkeypatch, 5_000, 100)
    reader = Reader(stage, stage[rules.COFOUNDER], scope).read()
    assert len(reader.texts()) == 5 and reader.pages >= 5


def test_a_history_that_is_trimmed_while_it_is_read_still_has_an_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once behind the cursor, once behind where the reading began, once by a platform brought back from a copy."""
    project = stage.project(rules.ACTIVE, PEOPLE)
    scope, founder = f"project:{project}", stage[rules.FOUNDER]
    some = entries(scope, 40, 50)
    founder.send(*some)
    small_pages(monkeypatch, 7)
    reader = Reader(stage, stage[rules.COFOUNDER], scope)
    assert reader.page() and reader.page()
    for gone in (some[0], some[20]):
        founder.send(change(scope, "journal", gone["record_id"], {"deleted": True}, 1))
        stage.db.execute("update record set changed_at = 1 where id = ?", gone["record_id"])
        feed.forget_tombstones(stage.db, time.time() - 60)
        assert reader.page()
    reader.read()
    assert reader.texts() == sorted(one["fields"]["text"] for one in some if one not in (some[0], some[20]))
    assert 1 <= reader.resets <= 2
    reader.cursor, reader.began = 10_000, 0
    assert reader.read().resets >= 2 and len(reader.texts()) == 38
    pages = reader.pages
    assert reader.read().pages == pages  # nothing new


def test_who_is_invited_reads_the_invitation_and_who_accepts_reads_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = stage.project(rules.DRAFT, [rules.FOUNDER, rights.INVITED])
    scope, founder, invited = f"project:{project}", stage[rules.FOUNDER], stage[rights.INVITED]
    tasks, draft = SharedDocument(TASK_LIST), SharedDocument(DOCUMENTS["project_draft"])
    both = [
        edit(scope, "task_list", uuid.uuid4().hex, tasks.set_fields({"title": "Before the invitation"})),
        edit(scope, "project_draft", project, draft.set_fields({"tools": ["email"]})),
    ]
    some = entries(scope, 12, 50)
    assert set(founder.send(*some, *both)) == {"applied"}
    small_pages(monkeypatch, 4)
    reader = Reader(stage, invited, scope).read()
    seen = {kind for kind, kind_of in RECORDS.items() if kind_of.read == "read_invitation"}
    assert {kind for kind, _id in reader.records} == seen == {"project"}
    assert reader.edits == {both[1]["id"]}
    before = reader.cursor
    accept = {"type": "command", "id": uuid.uuid4().hex, "name": "accept_invitation", "args": {"project_id": project}}
    assert invited.send(accept) == ["applied"]
    reader.read()
    assert reader.resets == 1 and reader.cursor > before
    assert reader.texts() == sorted(one["fields"]["text"] for one in some)
    assert reader.edits == {one["id"] for one in both}
    assert reader.read().resets == 1


def test_who_was_let_go_and_is_invited_again_reads_all_only_after_accepting(stage: Stage) -> None:
    project = stage.project(rules.DRAFT, [rules.FOUNDER, rights.INVITED])
    scope, invited = f"project:{project}", stage[rights.INVITED]
    reader = Reader(stage, invited, scope).read()
    with stage.db.transaction():
        projects.decline(stage.db, invited.account, {"project_id": project})
    assert scope in invited.exchange(cursors={scope: reader.cursor})["gone"]
    stage[rules.FOUNDER].send(*entries(scope, 3, 50))
    again = Reader(stage, invited, scope)
    stage.db.execute("update member set state = 'invited' where project_id = ? and account_id = ?", project, invited.id)
    assert again.read().texts() == []
    with stage.db.transaction():
        projects.accept(stage.db, invited.account, {"project_id": project})
    assert len(again.read().texts()) == 3


# -- computers ----------------------------------------------------------------------------------


@pytest.fixture
def away(platform: RunningPlatform, computers: Make, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, ...]]:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    yield platform, a, b, project


def diary(computer: Computer, project: str) -> list[str]:
    return sorted(fields["text"] for _id, fields in computer.workspace.projects.journal(project))


def test_a_computer_away_for_a_year_comes_back_whole(away: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    platform, a, b, project = away
    small_pages(monkeypatch, 5)
    use = a.workspace.projects
    ids = [use.write_journal(project, f"Entry {n}") for n in range(20)]
    a.sync()
    b.sync()
    assert len(diary(b, project)) == 20
    b.workspace.projects.write_journal(project, "Typed while away")
    for entry in ids[:10]:
        use.delete_journal(project, entry)
    a.sync()
    for n in range(20, 30):
        use.write_journal(project, f"Entry {n}")
    a.sync()
    platform.database.execute("update record set changed_at = 1")
    assert platform.database.transact(lambda: feed.forget_tombstones(platform.database, time.time() - 60)) == 1
    assert records.with_tombstone(platform.database, "journal", ids[0]) is None
    b.sync()
    a.sync()
    expected = sorted(["Typed while away", *(f"Entry {n}" for n in range(10, 30))])
    assert diary(a, project) == diary(b, project) == expected
    assert b.workspace.projects.get(project).state == "active"
    assert b.workspace.status.waiting == 0 and b.workspace.sync_centre.items() == []


def test_a_new_computer_reads_all_in_pages_while_its_own_words_go_up(
    away: tuple[Any, ...], computers: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, a, _b, project = away
    for n in range(25):
        a.workspace.projects.write_journal(project, f"Entry {n}")
    a.sync()
    small_pages(monkeypatch, 4)
    monkeypatch.setattr("sync.protocol.messages.MAX_CHANGES", 2)
    new = computers(platform, AYSE)
    for n in range(7):
        new.workspace.projects.write_journal(project, f"New {n}")
    new.sync()
    a.sync()
    expected = sorted([*(f"Entry {n}" for n in range(25)), *(f"New {n}" for n in range(7))])
    assert diary(new, project) == diary(a, project) == expected
    rows = inside(new.workspace).store.sql("select count(*) from record where stale = 1")
    assert [tuple(row) for row in rows] == [(0,)]
