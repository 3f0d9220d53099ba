"""What a teacher with a token and bad manners tries over plain HTTP, and what the others see of it: nothing."""

import base64
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
import requests

from app.rules import projects as rules
from server.accounts import tokens
from server.core.database import Account, Member, Project
from server.core.documents import fields_of
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument
from sync.protocol.messages import MAX_SCOPES
from sync.protocol.yjs import read_state_vector
from tests.platform import command
from tests.server.stage import PARTNER, STRANGER, Person, Stage

T = TypeVar("T")
AT_ONCE = 8


def new_id() -> str:
    return uuid.uuid4().hex


def at_once(work: Callable[[int], T], count: int = AT_ONCE) -> list[T]:
    """What ``work`` gives for each number when all begin in one moment."""
    barrier = Barrier(count)

    def one(number: int) -> T:
        barrier.wait(10)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def computers_of(stage: Stage, *roles: str) -> list[Person]:
    """More computers, signed in, each with a device of its own."""
    made = []
    for role in roles:
        person = stage[role]
        with stage.db.transaction():
            token = tokens.issue(stage.db, person.id)["access_token"]
        made.append(Person(person._url, person.account, token))
    return made


def newcomer(stage: Stage) -> Person:
    """A teacher of whom the platform knows nothing yet."""
    row = {"id": new_id(), "email": f"{new_id()}@stage.example", "name": "New", "role": "teacher", "country": "TR"}
    with stage.db.transaction():
        stage.db.run(Account.insert(**row, password="none"))
        token = tokens.issue(stage.db, row["id"])["access_token"]
    return Person(stage.platform.url, {**row, "school_id": None}, token)


@pytest.mark.parametrize(
    "make",
    [
        lambda new, k: command("create_project", project_id=new),
        lambda new, k: command("publish_post", post_id=new, kind="idea", title=f"{new} {k}", text=f"{new} {k}"),
        lambda new, k: command("send_message", message_id=new, account_id=f"a-{PARTNER}", text=f"{new} {k}"),
    ],
    ids=["project", "post", "message"],
)
def test_of_two_people_who_use_one_id_at_once_one_has_it_and_the_other_is_told(
    stage: Stage, make: Callable[[str, int], dict[str, Any]]
) -> None:
    for _ in range(5):
        people, new = [newcomer(stage) for _ in range(AT_ONCE)], new_id()
        outcomes = at_once(lambda k, people=people, new=new: people[k].send(make(new, k))[0])  # type: ignore[misc]
        assert sorted(outcomes) == ["applied"] + ["exists"] * (AT_ONCE - 1)
        assert all(person.send(command("create_project", project_id=new_id())) == ["applied"] for person in people)


def test_who_ask_each_other_in_the_same_moment_are_contacts(stage: Stage) -> None:
    for _ in range(5):
        pair = [newcomer(stage), newcomer(stage)]
        asked = at_once(lambda k, pair=pair: pair[k].send(command("ask_contact", account_id=pair[1 - k].id)), 2)  # type: ignore[misc]
        assert asked == [["applied"], ["applied"]]
        for one in pair:
            records = one.exchange(cursors={})["scopes"][f"account:{one.id}"]["records"]
            assert [r["fields"]["state"] for r in records if r["kind"] == "contact"] == ["contact"]


def test_one_upload_begun_by_several_threads_at_once_is_one_upload(stage: Stage) -> None:
    project, founder = stage.project("active"), stage[rules.FOUNDER]
    words = {"filename": "a.png", "project_id": project}
    about = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in words.items())
    for _ in range(5):
        head = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": about, "Idempotency-Key": new_id()}
        threads = computers_of(stage, *[rules.FOUNDER] * AT_ONCE)
        answers = at_once(lambda k, head=head, threads=threads: threads[k].call("POST", "/v1/uploads", headers=head))  # type: ignore[misc]
        assert {(a.status_code, urlsplit(a.headers["Location"]).path) for a in answers} == {
            (201, f"/v1/uploads/{head['Idempotency-Key']}")
        }
        place = f"/v1/uploads/{head['Idempotency-Key']}"
        assert founder.call("DELETE", place, headers={"Tus-Resumable": "1.0.0"}).status_code == 204


def test_nobody_can_be_invited_into_more_projects_than_their_computer_can_follow(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "OPEN_INVITATIONS", 3)
    pest, victim = stage[STRANGER], stage[PARTNER]
    ids = [new_id() for _ in range(5)]
    changes = [command("create_project", project_id=i) for i in ids]
    changes += [command("invite_cofounder", project_id=i, account_id=victim.id) for i in ids]
    assert pest.send(*changes) == ["applied"] * 8 + ["too_many_invitations"] * 2
    again = command("invite_cofounder", project_id=ids[0], account_id=victim.id)
    assert pest.send(again) == ["applied"]  # this one waits already
    assert victim.send(command("decline_invitation", project_id=ids[0])) == ["applied"]
    assert pest.send(command("invite_cofounder", project_id=ids[4], account_id=victim.id)) == ["applied"]


def test_a_person_is_in_a_thousand_projects_at_most_by_any_way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_PROJECTS", 3)
    monkeypatch.setattr(rules, "OPEN_INVITATIONS", 100)
    one, ids = newcomer(stage), [new_id() for _ in range(4)]
    assert one.send(*[command("create_project", project_id=i) for i in ids]) == ["applied"] * 3 + ["too_many_projects"]
    assert one.send(command("create_project", project_id=ids[0])) == ["applied"]  # the same once more
    assert one.send(command("delete_project", project_id=ids[0])) == ["applied"]
    assert one.send(command("create_project", project_id=ids[3])) == ["applied"]
    assert one.send(command("restore_project", project_id=ids[0])) == ["too_many_projects"]
    project = _invited(stage, one)
    assert one.send(command("accept_invitation", project_id=project)) == ["too_many_projects"]
    assert one.send(command("delete_project", project_id=ids[1])) == ["applied"]
    assert one.send(command("accept_invitation", project_id=project)) == ["applied"]


def _invited(stage: Stage, person: Person) -> str:
    project = new_id()
    with stage.db.transaction():
        stage.db.run(Project.insert(id=project, state=rules.DRAFT))
        founder = {"account_id": stage[PARTNER].id, "role": rules.FOUNDER, "state": "member"}
        guest = {"account_id": person.id, "role": rules.COFOUNDER, "state": "invited"}
        for member in (founder, guest):
            stage.db.run(Member.insert(project_id=project, **member))
    return project


def test_who_is_in_very_many_projects_is_answered_all_the_same(stage: Stage) -> None:
    cursors = {f"project:p{number}": number for number in range(MAX_SCOPES)}
    assert len(stage[STRANGER].exchange(cursors=cursors)["gone"]) == MAX_SCOPES


def test_the_moment_of_an_edit_is_a_number_and_nothing_like_one(stage: Stage) -> None:
    project, founder = stage.project("draft"), stage[rules.FOUNDER]
    about = {"scope": f"project:{project}", "kind": "project_draft", "document_id": project, "data": "AAA="}
    for at in (True, "5", None, -1, [5]):
        change = {"type": "document", "id": new_id(), **about, "at": at}
        assert founder.call("POST", "/v1/exchange", json=founder.body(change)).status_code == 422, at
    assert founder.send({"type": "document", "id": new_id(), **about, "at": 5}) == ["applied"]


@pytest.mark.parametrize("field", ["email", "password", "redirect_uri", "code_challenge", "state"])
def test_a_sign_in_page_filled_in_by_a_program_with_zero_bytes_is_refused_and_works_on(
    stage: Stage, field: str
) -> None:
    form = {"redirect_uri": "http://127.0.0.1:5/", "state": "s", "code_challenge": "c" * 43}
    form |= {"email": "nobody@stage.example", "password": "wrong"}
    bad = requests.post(f"{stage.platform.url}/oauth/authorize", {**form, field: form[field] + "\0"}, timeout=20)
    assert bad.status_code in (401, 422)
    good = requests.post(f"{stage.platform.url}/oauth/authorize", form, timeout=20)
    assert good.status_code in (401, 429)


def test_an_answer_sent_while_the_post_is_taken_down_does_not_outlive_it(stage: Stage) -> None:
    author, writers = newcomer(stage), [newcomer(stage) for _ in range(AT_ONCE - 1)]
    for _ in range(5):
        post = new_id()
        asked = {"kind": "idea", "title": post, "text": post}
        assert author.send(command("publish_post", post_id=post, **asked)) == ["applied"]

        def work(number: int, post: str = post) -> list[str]:
            if not number:
                return author.send(command("close_post", post_id=post))
            return writers[number - 1].send(command("answer_post", post_id=post, answer_id=new_id(), text="Yes"))

        outcomes = at_once(work)
        assert outcomes[0] == ["applied"] and {one for [one] in outcomes[1:]} <= {"applied", "post_is_closed"}
        records = newcomer(stage).exchange(cursors={})["scopes"]["community:all"]["records"]
        left = [r for r in records if r["kind"] == "post_answer" and r["fields"].get("post_id") == post]
        assert all(r["fields"].get("deleted") for r in left)


def test_nobody_writes_on_under_another_teachers_number_so_that_her_next_words_are_lost(stage: Stage) -> None:
    project = stage.project("draft")
    founder, cofounder = stage[rules.FOUNDER], stage[rules.COFOUNDER]
    mine = SharedDocument(PROJECT_DRAFT)
    assert founder.send(edit(project, mine.set_fields({"title": "Mine"}))) == ["applied"]
    [(number, clock)] = read_state_vector(mine.state_vector()).items()
    forged = raw_edit(number, clock, "aims", "Z" * 40)
    assert cofounder.send(edit(project, forged)) == ["damaged_edit"]
    assert founder.send(edit(project, mine.set_fields({"title": "Mine, and more"}))) == ["applied"]
    other = SharedDocument(PROJECT_DRAFT, mine.state())
    own = other.set_fields({"description": "Ours"})
    whole = edit(project, other.state())  # with all that others wrote: that is fine
    assert cofounder.send(whole, edit(project, own)) == ["applied"] * 2
    with stage.db.transaction():
        fields = fields_of(stage.db, project)
    assert "Mine, and more" in fields["title"] and "Ours" in fields["description"] and "Z" not in fields["aims"]


def edit(project: str, data: bytes) -> dict[str, Any]:
    """A change of a project's draft."""
    about = {"scope": f"project:{project}", "kind": "project_draft", "document_id": project, "at": 5}
    return {"type": "document", "id": new_id(), **about, "data": base64.b64encode(data).decode()}


def raw_edit(number: int, clock: int, part: str, text: str) -> bytes:
    """A Yjs update with one insertion at the beginning of a text, by a number of one's choice."""
    root, words = part.encode(), text.encode()
    return b"".join(
        (
            b"\x01\x01",
            varint(number),
            varint(clock),
            b"\x04\x01",
            varint(len(root)),
            root,
            varint(len(words)),
            words,
            b"\0",
        )
    )


def varint(number: int) -> bytes:
    """A number as lib0 writes it."""
    made = b""
    while number > 127:
        made, number = made + bytes([number & 127 | 128]), number >> 7
    return made + bytes([number])
