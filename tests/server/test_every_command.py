"""Every command of the registry, by everybody, in every state, with honest and absurd arguments.

What is to happen is computed from the tables of rights and moves. A new command without a row in ``MOVES`` or ``PLAIN``
fails.
"""

import uuid
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from app.rules import projects as rules
from app.rules import rights
from server.contacts import commands as contacts
from server.core import records
from server.core.database import MaterialFile, Upload
from server.core.door import COMMUNITY_SCOPE
from server.posts import commands as posts
from server.projects import commands as projects
from sync.protocol.kind import CommandKind
from sync.protocol.registry import COMMANDS
from tests.absurd import UNSENDABLE, honest, wrong
from tests.platform import command
from tests.server.stage import OFFICE, PARTNER, PEOPLE, STRANGER, Stage, role_in

APPLIED = "applied"
Args = dict[str, Any]


def new_id() -> str:
    return uuid.uuid4().hex


# -- commands that move a project ---------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """``after``: the state a project of these ``people`` has when the move was let in, or the code of the refusal."""

    people: tuple[str, ...]
    after: Callable[[str], str]
    more: Args | None = None


MOVES: dict[str, Move] = {
    "invite_cofounder": Move((rules.FOUNDER,), lambda state: rules.DRAFT, {"account_id": f"a-{PARTNER}"}),
    "accept_invitation": Move(
        (rules.FOUNDER, rights.INVITED),
        lambda state: rules.PENDING_OFFICES if state == rules.PENDING_PARTNER else rules.DRAFT,
    ),
    "decline_invitation": Move((rules.FOUNDER, rights.INVITED), lambda state: rules.DRAFT),
    "submit_project": Move((rules.FOUNDER, rules.COFOUNDER), lambda state: rules.PENDING_OFFICES),
    "withdraw_project": Move((rules.FOUNDER, rules.COFOUNDER), lambda state: rules.DRAFT),
    "close_project": Move((rules.FOUNDER, rules.COFOUNDER), lambda state: rules.CLOSED),
    "delete_project": Move((rules.FOUNDER, rights.INVITED), lambda state: rules.DELETED),
    "restore_project": Move((rules.FOUNDER,), lambda state: rules.DRAFT),
}


def admitted(kind: CommandKind, actor: str, state: str) -> str:
    """What the tables say: ``done`` already, ``applied``, or why not."""
    role = role_in(actor, state)
    if role is None:
        return "not_yours"
    if rules.is_done(kind.move, state, role):
        return "done"
    if not rights.may("project", role, kind.right):
        return "not_yours" if role == rights.FORMER else "not_possible_now"
    if not rules.may(kind.move, state, role):
        return "not_possible_now"
    return APPLIED if rights.may("project", role, kind.right, own=actor == rules.FOUNDER) else "not_yours"


def move(name: str, project: str) -> Args:
    return command(name, project_id=project, **(MOVES[name].more or {}))


@pytest.mark.parametrize("actor", PEOPLE)
def test_who_may_not_move_a_project_moves_nothing_in_any_state(stage: Stage, actor: str) -> None:
    person, expected, changes = stage[actor], [], []
    for state in rules.STATES:
        project = stage.project(state)
        for name in MOVES:
            outcome = admitted(COMMANDS[name], actor, state)
            if outcome != APPLIED:
                expected.append((state, name, APPLIED if outcome == "done" else outcome))
                changes.append(move(name, project))
    assert len(changes) > 30
    with stage.unchanged(person):
        outcomes = person.send(*changes)
    assert [(state, name, outcome) for (state, name, _), outcome in zip(expected, outcomes, strict=True)] == expected
    assert person.send(*changes) == ["repeated" if outcome == APPLIED else outcome for outcome in outcomes]


@pytest.mark.parametrize("name", MOVES)
def test_who_may_move_a_project_moves_it_and_nothing_else(stage: Stage, name: str) -> None:
    moved = 0
    for actor in PEOPLE:
        for state in rules.STATES:
            if admitted(COMMANDS[name], actor, state) == APPLIED:
                people = dict.fromkeys((*MOVES[name].people, actor))
                project = stage.project(state, people)
                change = move(name, project)
                with stage.unchanged(stage[actor], project):
                    assert stage[actor].send(change, move(name, project), change) == [APPLIED] * 2 + [APPLIED]
                    moved += 1
                assert stage.state(project) == MOVES[name].after(state), (actor, state)
    assert moved


def test_a_move_that_lacks_something_is_refused_by_name(stage: Stage) -> None:
    founder = stage[rules.FOUNDER]
    alone, both = stage.project(rules.DRAFT, [rules.FOUNDER]), stage.project(rules.DRAFT)
    waiting = stage.project(rules.DRAFT, [rules.FOUNDER, rights.INVITED])
    bare = new_id()
    outcomes = founder.send(
        command("submit_project", project_id=alone),
        command("invite_cofounder", project_id=alone, account_id=stage[STRANGER].id),
        command("invite_cofounder", project_id=alone, account_id=founder.id),
        command("invite_cofounder", project_id=alone, account_id=stage[OFFICE].id),
        command("invite_cofounder", project_id=alone, account_id="nobody"),
        command("invite_cofounder", project_id=both, account_id=stage[PARTNER].id),
        command("create_project", project_id=bare),
        command("submit_project", project_id=bare),
        command("submit_project", project_id=waiting),
    )
    refused = ["no_cofounder", *["not_a_contact"] * 4, "has_cofounder"]
    assert outcomes == [*refused, APPLIED, "incomplete", APPLIED]
    assert stage.state(waiting) == rules.PENDING_PARTNER


def test_a_project_that_was_erased_for_good_is_not_brought_back_empty(stage: Stage) -> None:
    founder, project = stage[rules.FOUNDER], stage.project(rules.DRAFT, [rules.FOUNDER])
    assert founder.send(command("delete_project", project_id=project)) == [APPLIED]
    stage.db.execute("update project set deleted_at = 1 where id = ?", project)
    assert projects.erase_deleted(stage.db, 2.0) == 1
    assert founder.send(command("restore_project", project_id=project)) == ["not_possible_now"]
    assert stage.state(project) == rules.DELETED


# -- all the others -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One situation: who does it, with which arguments, and what the platform is to say."""

    what: str
    actor: str
    arguments: Args
    outcome: str
    about: str = ""  # what an applied one may change


def _create_project(stage: Stage) -> Iterable[Case]:
    others, new = stage.project(rules.DRAFT, [rules.FOUNDER]), new_id()
    mine, gone = stage.project(rules.ACTIVE, [rules.COFOUNDER, rules.FOUNDER]), stage.project(rules.DELETED)
    yield Case("new", STRANGER, {"project_id": new}, APPLIED, new)
    yield Case("again", STRANGER, {"project_id": new}, APPLIED)
    yield Case("somebody's", PARTNER, {"project_id": new}, "exists")
    yield Case("somebody's, as office", OFFICE, {"project_id": new_id()}, "not_yours")
    yield Case("own, by its founder", rules.FOUNDER, {"project_id": others}, APPLIED)
    yield Case("of one's founder", rules.COFOUNDER, {"project_id": mine}, "exists")
    yield Case("a deleted one", STRANGER, {"project_id": gone}, "exists")


def _ask_contact(stage: Stage) -> Iterable[Case]:
    stranger = stage[STRANGER].id
    yield Case("a stranger", rules.FOUNDER, {"account_id": stranger}, APPLIED, stranger)
    yield Case("once more", rules.FOUNDER, {"account_id": stranger, "text": "Again!"}, APPLIED)
    yield Case("oneself", STRANGER, {"account_id": stranger}, "no_such_person")
    yield Case("an office", STRANGER, {"account_id": stage[OFFICE].id}, "no_such_person")
    yield Case("nobody", STRANGER, {"account_id": "nobody"}, "no_such_person")
    yield Case("a contact", STRANGER, {"account_id": stage[PARTNER].id}, APPLIED)
    yield Case("as an office", OFFICE, {"account_id": stranger}, "not_yours")


def _answer_contact(stage: Stage) -> Iterable[Case]:
    me, asks, other = stage[rights.FORMER], stage["teacher"], stage["expert"]
    for one in (asks, other):
        contacts.put(stage.db, one.account, me.account, "asked")
        contacts.put(stage.db, me.account, one.account, "asks_you")
    yield Case("yes, for the other", "teacher", {"account_id": me.id, "accept": True}, "not_possible_now")
    yield Case("by somebody else", STRANGER, {"account_id": asks.id, "accept": True}, "not_possible_now")
    yield Case("as an office", OFFICE, {"account_id": asks.id, "accept": True}, "not_yours")
    yield Case("yes", rights.FORMER, {"account_id": asks.id, "accept": True}, APPLIED, asks.id)
    yield Case("yes again", rights.FORMER, {"account_id": asks.id, "accept": True}, APPLIED)
    yield Case("no after yes", rights.FORMER, {"account_id": asks.id, "accept": False}, "not_possible_now")
    yield Case("no", rights.FORMER, {"account_id": other.id, "accept": False}, APPLIED, other.id)
    yield Case("yes after no", rights.FORMER, {"account_id": other.id, "accept": True}, "not_possible_now")
    yield Case("oneself", rights.FORMER, {"account_id": me.id, "accept": True}, "no_such_person")


def _send_message(stage: Stage) -> Iterable[Case]:
    partner, founder, words = stage[PARTNER].id, stage[rules.FOUNDER].id, "Good morning from the mountains."
    letter, other = new_id(), new_id()
    message = {"message_id": letter, "account_id": partner, "text": words}
    yield Case("to a contact", rules.FOUNDER, message, APPLIED, letter)
    yield Case("again", rules.FOUNDER, message, APPLIED)
    yield Case("again with spaces", rules.FOUNDER, {**message, "text": f" {words}\n"}, APPLIED)
    yield Case("the id with other words", rules.FOUNDER, {**message, "text": "Other words."}, "exists")
    yield Case("the id of the other's", PARTNER, {**message, "account_id": founder}, "exists")
    yield Case("a third's id", STRANGER, message, "exists")
    yield Case("nobody", STRANGER, {**message, "message_id": other, "account_id": "nobody"}, "no_such_person")
    yield Case("oneself", PARTNER, {**message, "message_id": other}, "no_such_person")
    yield Case("as an office", OFFICE, {**message, "message_id": other}, "not_yours")
    to_office = {**message, "message_id": other, "account_id": stage[OFFICE].id}
    yield Case("to an office", STRANGER, to_office, "no_such_person")


def _post(stage: Stage, author: str, words: str) -> str:
    post, account = new_id(), stage[author].account
    fields = {"kind": "idea", "title": "T", "text": words, "expires": "2999-01-01"}
    records.create(stage.db, COMMUNITY_SCOPE, "post", post, fields, account)
    return post


def _publish_post(stage: Stage) -> Iterable[Case]:
    new, others = new_id(), _post(stage, PARTNER, "Storks and their ways south in autumn")
    words = {"kind": "partner", "title": "Bridges", "text": "Who draws the old bridges of a town with us?"}
    yield Case("new", STRANGER, {**words, "post_id": new}, APPLIED, new)
    yield Case("again", STRANGER, {**words, "post_id": new}, APPLIED)
    yield Case("the id with other words", STRANGER, {**words, "post_id": new, "text": "Other words"}, "exists")
    yield Case("the words with another id", STRANGER, {**words, "post_id": new_id()}, "same_post")
    yield Case("somebody's id", STRANGER, {**words, "post_id": others, "text": "Now mine"}, "exists")
    yield Case("as an office", OFFICE, {**words, "post_id": new_id()}, "not_yours")


def _close_post(stage: Stage) -> Iterable[Case]:
    mine = _post(stage, rules.COFOUNDER, "A dictionary of games that children play in yards")
    yield Case("somebody's", STRANGER, {"post_id": mine}, "not_yours")
    yield Case("as an office", OFFICE, {"post_id": mine}, "not_yours")
    yield Case("none", STRANGER, {"post_id": new_id()}, "post_is_closed")
    yield Case("own", rules.COFOUNDER, {"post_id": mine}, APPLIED, mine)
    yield Case("own again", rules.COFOUNDER, {"post_id": mine}, APPLIED)
    yield Case("somebody's closed one", STRANGER, {"post_id": mine}, "not_yours")


def _reopen_post(stage: Stage) -> Iterable[Case]:
    mine = _post(stage, rights.INVITED, "Letters by pigeon between two hills")
    posts.close(stage.db, stage[rights.INVITED].account, {"post_id": mine})
    lost = _post(stage, rights.INVITED, "Kites in the wind of spring")
    records.bury(stage.db, "post", lost)
    yield Case("somebody's", STRANGER, {"post_id": mine}, "not_yours")
    yield Case("as an office", OFFICE, {"post_id": mine}, "not_yours")
    yield Case("own", rights.INVITED, {"post_id": mine}, APPLIED, mine)
    yield Case("own again", rights.INVITED, {"post_id": mine}, APPLIED)
    yield Case("one of which nothing is kept", rights.INVITED, {"post_id": lost}, "post_is_closed")


def _answer_post(stage: Stage) -> Iterable[Case]:
    post, closed = _post(stage, "observer", "Maps of smells in our town"), _post(stage, "observer", "Old doors")
    posts.close(stage.db, stage["observer"].account, {"post_id": closed})
    new = new_id()
    answer = {"post_id": post, "answer_id": new, "text": "We smell the sea."}
    yield Case("new", STRANGER, answer, APPLIED, new)
    yield Case("again", STRANGER, answer, APPLIED)
    yield Case("the id with other words", STRANGER, {**answer, "text": "Other"}, "exists")
    yield Case("somebody's id", PARTNER, answer, "exists")
    yield Case("a closed post", STRANGER, {**answer, "post_id": closed, "answer_id": new_id()}, "post_is_closed")
    yield Case("as an office", OFFICE, {**answer, "answer_id": new_id()}, "not_yours")


def _work(stage: Stage, author: str, project: str) -> Args:
    """A published work of somebody's."""
    work, sha256, account = new_id(), uuid.uuid4().hex * 2, stage[author].account
    fields = {"title": "A map", "pupil": "Star 1", "kind": "image", "filename": "a.png", "sha256": sha256, "size": 3}
    records.create(stage.db, f"project:{project}", "material", work, fields, account)
    file = {"material_id": work, "project_id": project, "account_id": account["id"], "sha256": sha256, "size": 3}
    stage.db.run(MaterialFile.insert(**file))
    return {"material_id": work, "project_id": project}


def _upload(stage: Stage, owner: str, project: str, upload: str = "", *, finished: bool = True) -> str:
    upload = upload or new_id()
    file = {"sha256": uuid.uuid4().hex * 2, "size": 3, "filename": "a.png", "finished": finished}
    stage.db.run(Upload.insert(id=upload, account_id=stage[owner].id, project_id=project, **file))
    return upload


def _publish_material(stage: Stage) -> Iterable[Case]:
    shown = {"title": "A map", "pupil": "Star 1", "kind": "image"}
    active, elsewhere = stage.project(rules.ACTIVE), stage.project(rules.ACTIVE)
    for actor in PEOPLE:
        for state in rules.STATES:
            project = active if state == rules.ACTIVE else stage.project(state)
            role, work = role_in(actor, state), new_id()
            args = {
                **shown,
                "project_id": project,
                "material_id": work,
                "upload_id": _upload(stage, actor, project, f"{work}-file"),
            }
            may = role is not None and rights.may("project", role, "publish_work")
            no = "not_yours" if role in (None, rights.FORMER) else "not_possible_now"
            outcome = (APPLIED if state == rules.ACTIVE else "not_active") if may else no
            yield Case(f"{actor} while {state}", actor, args, outcome, work)
    theirs, work = _work(stage, rules.COFOUNDER, active)["material_id"], new_id()
    mine = {**shown, "project_id": active, "material_id": work}
    uploads = {
        "somebody's upload": _upload(stage, rules.COFOUNDER, active),
        "an upload for another project": _upload(stage, rules.FOUNDER, elsewhere),
        "an unfinished upload": _upload(stage, rules.FOUNDER, active, finished=False),
        "no upload": new_id(),
    }
    for what, upload in uploads.items():
        yield Case(what, rules.FOUNDER, {**mine, "upload_id": upload}, "file_missing")
    upload = _upload(stage, rules.FOUNDER, active)
    yield Case("somebody's work", rules.FOUNDER, {**mine, "material_id": theirs, "upload_id": upload}, "exists")
    yield Case("a child's name", rules.FOUNDER, {**mine, "upload_id": upload, "pupil": "Ali"}, "not_a_pseudonym")


def _withdraw_material(stage: Stage) -> Iterable[Case]:
    for state in (rules.ACTIVE, rules.CLOSED):
        project = stage.project(state)
        theirs = _work(stage, PARTNER, project)
        for actor in PEOPLE:
            role = role_in(actor, state)
            mine = _work(stage, actor, project)
            may = role is not None and rights.may("project", role, "withdraw_work")
            no = "not_possible_now" if role else "not_yours"
            yield Case(f"somebody's, by {actor}", actor, theirs, "not_yours" if may or not role else no)
            yield Case(f"own of {actor} while {state}", actor, mine, APPLIED if may else no, mine["material_id"])
            yield Case(f"own of {actor} again", actor, mine, APPLIED if may else no)
            bare = {"material_id": _work(stage, actor, project)["material_id"]}
            outcome = "not_yours" if actor == OFFICE else APPLIED
            yield Case(f"own of {actor}, without project", actor, bare, outcome, bare["material_id"])
    yield Case("none", rules.FOUNDER, {"material_id": new_id()}, "not_yours")


PLAIN: dict[str, Callable[[Stage], Iterable[Case]]] = {
    "create_project": _create_project,
    "ask_contact": _ask_contact,
    "answer_contact": _answer_contact,
    "send_message": _send_message,
    "publish_post": _publish_post,
    "close_post": _close_post,
    "reopen_post": _reopen_post,
    "answer_post": _answer_post,
    "publish_material": _publish_material,
    "withdraw_material": _withdraw_material,
}


def test_every_command_has_its_row() -> None:
    assert {**MOVES, **PLAIN}.keys() == COMMANDS.keys() and not MOVES.keys() & PLAIN.keys()
    assert {name for name, kind in COMMANDS.items() if kind.move} == MOVES.keys()
    assert {COMMANDS[name].move for name in MOVES} == rules.TRANSITIONS.keys() - {"approve", "return"}


@pytest.mark.parametrize("name", PLAIN)
def test_everybody_does_what_the_tables_allow_and_nothing_else(stage: Stage, name: str) -> None:
    with stage.db.transaction():
        cases = list(PLAIN[name](stage))
    assert {case.outcome for case in cases} > {APPLIED}
    assert any(case.actor == OFFICE for case in cases)
    for group in _together(cases, name):
        person, changes = stage[group[0].actor], [command(name, **case.arguments) for case in group]
        moves = group[0].outcome == APPLIED and group[0].about
        with nullcontext() if moves and len(group) > 1 else stage.unchanged(person, group[0].about):
            outcomes = person.send(*changes)
        assert [(case.what, outcome) for case, outcome in zip(group, outcomes, strict=True)] == [
            (case.what, case.outcome) for case in group
        ]


def _together(cases: list[Case], name: str) -> list[list[Case]]:
    """One by one in their order; of hundreds, those that are refused and those that are not, for each person."""
    if name not in ("publish_material", "withdraw_material"):
        return [[case] for case in cases]
    groups: dict[tuple[str, bool], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.actor, case.outcome == APPLIED), []).append(case)
    return list(groups.values())


# -- absurd arguments ---------------------------------------------------------------------------


def good_arguments(kind: CommandKind) -> Args:
    return {field.name: honest(field.type) for field in kind.arguments}


@pytest.mark.parametrize("name", COMMANDS)
def test_absurd_arguments_are_refused_and_change_nothing(stage: Stage, name: str) -> None:
    kind, person = COMMANDS[name], stage[rules.FOUNDER]
    good = good_arguments(kind)
    bad = [{**good, field.name: value} for field in kind.arguments for value in wrong(field)]
    bad += [{key: value for key, value in good.items() if key != f.name} for f in kind.arguments if f.required]
    bad += [{}, {**good, "extra": "x"}, {**good, "id": person.id}, {**good, "role": "office"}]
    with stage.unchanged(person):
        assert set(person.send(*[command(name, **args) for args in bad])) == {"invalid"}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_no_value_at_all_is_told_and_the_next_one_is_taken(stage: Stage, name: str) -> None:
    kind, person = COMMANDS[name], stage[STRANGER]
    place = "the place of the value"
    with stage.unchanged(person):
        for number, value in enumerate(UNSENDABLE):
            field = kind.arguments[number % len(kind.arguments)]
            change = command(name, **{**good_arguments(kind), field.name: place})
            response = person.send_raw(change, place, value)
            assert response.status_code == 422, (field.name, value[:40], response.status_code)
            assert "account" not in response.json()
        assert person.send(command("close_post", post_id=new_id())) == ["post_is_closed"]


@pytest.mark.parametrize("name", COMMANDS)
def test_an_id_of_another_kind_of_thing_leads_nowhere(stage: Stage, name: str) -> None:
    """Ids of somebody's project, post, work, message, contact, upload and account in every place where an id stands."""
    kind, person = COMMANDS[name], stage[STRANGER]
    project = stage.project(rules.ACTIVE)
    work = _work(stage, rules.COFOUNDER, project)["material_id"]
    upload = _upload(stage, rules.COFOUNDER, project)
    ids = [
        project,
        work,
        upload,
        _post(stage, PARTNER, f"About {new_id()}"),
        stage[OFFICE].id,
        "all",
        "other",
        "account",
    ]
    places = [field.name for field in kind.arguments if field.name.endswith("_id")]
    changes = [command(name, **{**good_arguments(kind), place: one}) for place in places for one in ids]
    before = stage.rows(person, person.id)
    assert len(person.send(*changes)) == len(changes)
    founded = [
        repr(row[0]) for row in stage.db.execute("select project_id from member where account_id = ?", person.id)
    ]
    after = stage.rows(person, person.id)
    for table, rows in before.items():
        gone = {row for row in rows - after[table] if not any(one in row for one in founded)}
        assert not gone, table  # nothing of anybody else's is another, or gone


def test_a_command_nobody_knows_is_refused(stage: Stage) -> None:
    person = stage[rules.FOUNDER]
    with stage.unchanged(person):
        names = ("approve_project", "return_project", "erase", "drop_table", "x")
        assert person.send(*[command(name, project_id="p") for name in names]) == ["unknown_command"] * len(names)


def test_a_scope_named_like_the_communitys_is_a_project_like_any_other(stage: Stage) -> None:
    person = stage[STRANGER]
    assert person.send(command("create_project", project_id="all")) == [APPLIED]
    assert COMMUNITY_SCOPE in stage[PARTNER].exchange()["scopes"]
    assert "project:all" not in stage[PARTNER].exchange()["scopes"]
