"""Every kind of record: made, changed and deleted by everybody, in every scope, with honest and absurd values.

What is to happen is computed from the registry and the tables of rights, so a new kind is tried as soon as it is declared.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.rules import projects as rules
from app.rules import rights
from server.core import records
from server.core.door import COMMUNITY_SCOPE
from sync.protocol.kind import ACCOUNT, DELETED, PROJECT, RecordKind
from sync.protocol.registry import RECORDS
from tests.absurd import UNSENDABLE, honest, wrong
from tests.server.stage import OFFICE, PARTNER, PEOPLE, STRANGER, Stage, role_in

APPLIED = "applied"
BY_PEOPLE = [name for name, kind in RECORDS.items() if kind.written_by_people]
STEPS = ("create", "change", "delete")
ABSURD_SCOPES = ("project:all", "project:none", "community:all", "community:other", "account:all", "account:other")


def new_id() -> str:
    return uuid.uuid4().hex


def change(scope: str, kind: str, record_id: str, fields: dict[str, Any], revision: int = 0) -> dict[str, Any]:
    about = {"scope": scope, "kind": kind, "record_id": record_id, "base_revision": revision}
    return {"type": "record", "id": new_id(), **about, "fields": fields}


def asked(kind: RecordKind) -> dict[str, Any]:
    """Honest values of all fields that a person writes."""
    return {field.name: honest(field.type) for field in kind.fields if not field.server}


def stored(stage: Stage, scope: str, kind: RecordKind, author: str, record_id: str = "") -> str:
    """A record of somebody's that is there already."""
    record_id = record_id or new_id()
    values = {field.name: honest(field.type) for field in kind.fields}
    stamped = records.stamps(kind, stage[author].account)
    records.put(stage.db, scope, kind.name, record_id, values | stamped, stage[author].id)
    return record_id


@dataclass(frozen=True)
class Try:
    """One change and what the platform is to say."""

    change: dict[str, Any]
    outcome: str


def allowed(kind: RecordKind, actor: str, scope: str, step: str, *, own: bool, state: str = "") -> str:
    """What the registry and the table of rights say of a step in a scope by somebody."""
    scope_kind, _, name = scope.partition(":")
    if not kind.written_by_people or scope_kind != kind.scope or actor == OFFICE or scope in ABSURD_SCOPES:
        return "not_yours"
    if scope_kind == ACCOUNT:
        return APPLIED if name == f"a-{actor}" and own else "not_yours"
    role, right = role_in(actor, state), {"create": kind.create, "change": kind.change, "delete": kind.delete}[step]
    if role is None:
        return "not_yours"
    if rights.may(scope_kind, role, right, own=own) and state not in (rules.CLOSED, rules.DELETED):
        return APPLIED
    if not own or (role == rights.FORMER and not rights.may(scope_kind, role, right)):
        return "not_yours"
    return "not_possible_now"


def tries(stage: Stage, kind: RecordKind, actor: str) -> Iterator[Try]:
    """Everything somebody can try with a kind: everywhere, with new ids, own ones and others'."""
    me, values = stage[actor].id, asked(kind) or {"text": "x"}
    for scope in (f"account:{me}", f"account:{stage[PARTNER].id}", *ABSURD_SCOPES):
        record_id = me if kind.identity == ACCOUNT else new_id()
        yield Try(change(scope, kind.name, record_id, values), allowed(kind, actor, scope, "create", own=True))
    for state in rules.STATES:
        scope = f"project:{stage.project(state)}"
        new = allowed(kind, actor, scope, "create", own=True, state=state)
        yield Try(change(scope, kind.name, new_id(), values), new)
        if kind.scope != PROJECT:
            continue
        for author in (actor, PARTNER):
            for step, fields in (("change", values), ("delete", {DELETED: True})):
                there = stored(stage, scope, kind, author)
                outcome = allowed(kind, actor, scope, step, own=author == actor, state=state)
                yield Try(change(scope, kind.name, there, fields, 1), outcome)


@pytest.mark.parametrize("actor", PEOPLE)
def test_everybody_writes_what_the_tables_allow_and_nothing_else(stage: Stage, actor: str) -> None:
    person = stage[actor]
    with stage.db.transaction():
        tried = [one for kind in RECORDS.values() for one in tries(stage, kind, actor)]
    assert len(tried) > 100
    no, yes = ([one for one in tried if (one.outcome == APPLIED) == wanted] for wanted in (False, True))
    with stage.unchanged(person):
        assert list(zip(no, person.send(*[one.change for one in no]), strict=True)) == [
            (one, one.outcome) for one in no
        ]
    assert bool(yes) == (actor != OFFICE)
    with stage.unchanged(person, *[one.change["record_id"] for one in yes]) if yes else stage.unchanged(person):
        changes = [one.change for one in yes]
        assert person.send(*changes) == [APPLIED] * len(yes)
        assert person.send(*changes) == (["repeated"] * len(yes) if yes else [])
    for one in yes:
        _check_written(stage, one.change, person.id)


def _check_written(stage: Stage, change: dict[str, Any], actor_id: str) -> None:
    kind = RECORDS[change["kind"]]
    row = records.with_tombstone(stage.db, kind.name, change["record_id"])
    assert row and row["scope"] == change["scope"]
    if change["fields"].get(DELETED):
        assert row["fields"] == {DELETED: True}
        return
    assert change["fields"].items() <= row["fields"].items() and kind.is_readable(row["fields"])
    if kind.stamps.author_id:
        assert row["fields"][kind.stamps.author_id] == row["owner_id"] == actor_id


@pytest.mark.parametrize("name", RECORDS)
def test_an_id_that_exists_elsewhere_is_nobodys_to_take(stage: Stage, name: str) -> None:
    """The record of another scope, of another kind, and one deleted by its author."""
    kind, person = RECORDS[name], stage[rules.COFOUNDER]
    here, elsewhere = (stage.project(rules.ACTIVE) for _ in range(2))
    scopes = {PROJECT: f"project:{here}", ACCOUNT: f"account:{person.id}"}
    scope = scopes.get(kind.scope, COMMUNITY_SCOPE)
    other = stored(stage, f"project:{elsewhere}", kind, PARTNER)
    deleted = stored(stage, scope, kind, PARTNER)
    records.bury(stage.db, name, deleted)
    values = asked(kind) or {"text": "x"}
    changes = [change(scope, name, one, fields) for one in (other, deleted) for fields in (values, {DELETED: True})]
    outcomes = {"not_yours"} if kind.delete != "delete_diary" else {"not_yours", APPLIED}
    with stage.unchanged(person, deleted, here):
        assert set(person.send(*changes)) <= outcomes
    row = records.with_tombstone(stage.db, name, deleted)
    assert row and row["fields"].get(DELETED) and row["owner_id"] == stage[PARTNER].id


def test_nobody_keeps_a_profiles_id_from_its_owner(stage: Stage) -> None:
    owner, thief = stage["teacher"], stage[STRANGER]
    for scope in (f"account:{owner.id}", f"account:{thief.id}"):
        for fields in ({"about": "Mine now"}, {DELETED: True}):
            assert thief.send(change(scope, "profile", owner.id, fields)) == ["not_yours"]
    assert owner.send(change(f"account:{owner.id}", "profile", owner.id, {"about": "Truly me"})) == [APPLIED]


@pytest.mark.parametrize("name", BY_PEOPLE)
def test_absurd_values_are_refused_and_the_next_honest_one_is_taken(stage: Stage, name: str) -> None:
    kind, person = RECORDS[name], stage[rules.FOUNDER]
    scope = f"account:{person.id}" if kind.scope == ACCOUNT else f"project:{stage.project(rules.ACTIVE)}"
    there = stored(stage, scope, kind, rules.FOUNDER, person.id if kind.identity == ACCOUNT else "")
    good = asked(kind)
    bad = [{**good, f.name: value} for f in kind.fields if not f.server for value in wrong(f)]
    bad += [{**good, field.name: honest(field.type)} for field in kind.fields if field.server]
    bad += [{**good, "extra": 1}, {**good, DELETED: "yes"}, {**good, DELETED: 1}, {**good, DELETED: None}]
    new = there if kind.identity == ACCOUNT else new_id()
    with stage.unchanged(person):
        for record_id in {there, new}:
            assert set(person.send(*[change(scope, name, record_id, fields, 1) for fields in bad])) == {"invalid"}
        lacking = [{k: v for k, v in good.items() if k != f.name} for f in kind.fields if f.required and not f.server]
        assert set(person.send(*[change(scope, name, new_id(), fields) for fields in lacking])) <= {
            "invalid",
            "not_yours",
        }
    assert person.send(change(scope, name, there, good, 1)) == [APPLIED]


@pytest.mark.parametrize("name", BY_PEOPLE)
def test_what_is_no_value_at_all_is_told_and_the_next_one_is_taken(stage: Stage, name: str) -> None:
    kind, person, place = RECORDS[name], stage[rules.FOUNDER], "the place of the value"
    scope = f"account:{person.id}" if kind.scope == ACCOUNT else f"project:{stage.project(rules.ACTIVE)}"
    record_id = person.id if kind.identity == ACCOUNT else new_id()
    with stage.unchanged(person):
        for number, value in enumerate(UNSENDABLE):
            names = list(asked(kind))
            fields = {names[number % len(names)]: place}
            assert person.send_raw(change(scope, name, record_id, fields), place, value).status_code == 422, value[:40]
        for field in ("scope", "kind", "record_id", "base_revision", "id", "fields", "type"):
            for value in (
                "null",
                "-1",
                "1e400",
                "[]",
                '""',
                '"a b"',
                '"\\u0000"',
                '"' + "x" * 200 + '"',
                "1" + "0" * 30,
            ):
                odd = {**change(scope, name, record_id, asked(kind)), field: place}
                assert person.send_raw(odd, place, value).status_code == 422, (field, value[:40])
    assert person.send(change(scope, name, record_id, asked(kind))) == [APPLIED]


def test_a_kind_nobody_knows_is_refused_wherever_it_is_sent(stage: Stage) -> None:
    person = stage[rules.FOUNDER]
    scopes = (f"account:{person.id}", f"project:{stage.project(rules.ACTIVE)}", *ABSURD_SCOPES)
    changes = [change(scope, kind, new_id(), {"text": "x"}) for scope in scopes for kind in ("record", "scope", "wish")]
    with stage.unchanged(person):
        assert set(person.send(*changes)) == {"unknown_kind"}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_seen_by_whom_the_table_names_and_by_nobody_else(stage: Stage, name: str) -> None:
    kind, word = RECORDS[name], "seen-" + new_id()
    if kind.scope == PROJECT:
        scope, state = f"project:{stage.project(rules.ACTIVE)}", rules.ACTIVE
    else:
        scope, state = {ACCOUNT: f"account:{stage[PARTNER].id}"}.get(kind.scope, COMMUNITY_SCOPE), ""
    stored(stage, scope, kind, PARTNER, word)
    for actor in PEOPLE:
        if actor == OFFICE:
            continue
        if kind.scope == PROJECT:
            may = rights.may("project", role_in(actor, state), kind.read) and role_in(actor, state) != rights.FORMER
        else:
            may = kind.scope != ACCOUNT or actor == PARTNER
        read = dict(stage.db.execute("select name, seq from scope"))  # all else was read before
        answer = stage[actor].exchange(cursors={**read, "account:other": 0, "project:all": 0, scope: 0})
        assert (word in json.dumps(answer.get("scopes", {}))) == may, actor
        assert (scope in answer.get("gone", [])) == (scope not in answer.get("scopes", {})), actor
