"""Every kind of shared document: edited by everybody in every state, in wrong places, and with bytes that are no edit.

After each refusal the document is what it was, and the next good edit is taken.
"""

import base64
import uuid
from typing import Any

import pytest

from app.rules import projects as rules
from app.rules import rights
from server.core.database import Document, Edit
from server.core.documents import fields_of
from sync.protocol.document_parts import ListPart, SetPart, TextPart
from sync.protocol.documents import DocumentKind, SharedDocument
from sync.protocol.registry import DOCUMENTS
from tests.server.stage import OFFICE, PARTNER, PEOPLE, Stage, role_in
from tests.sync.test_yjs import HARMFUL, LONELY, nested

APPLIED = "applied"
UNSENDABLE_DATA = ("null", "1", "[]", '"*"', '"AA"', '"\\u0000"', "NaN", '"' + "A" * (8 * 2**20) + '"')


def new_id() -> str:
    return uuid.uuid4().hex


def edit(scope: str, kind: str, document_id: str, data: bytes, at: float = 1.0) -> dict[str, Any]:
    about = {"scope": scope, "kind": kind, "document_id": document_id, "at": at}
    return {"type": "document", "id": new_id(), **about, "data": base64.b64encode(data).decode()}


def document_of(kind: DocumentKind, project: str) -> str:
    """The id of a project's document of a kind."""
    return project if kind.identity == "scope" else new_id()


def written(kind: DocumentKind, replica: SharedDocument, words: str) -> bytes:
    """An edit that says something in the first text of a document."""
    name = next(part.name for part in kind.parts if isinstance(part, TextPart))
    return replica.set_fields({name: words})


def says(stage: Stage, document_id: str, words: str) -> bool:
    return words in fields_of(stage.db, document_id).values()


class Page:
    """A document in an active project, as its founder's computer has it."""

    def __init__(self, stage: Stage, kind: DocumentKind) -> None:
        self.stage, self.kind, self.founder = stage, kind, stage[rules.FOUNDER]
        self.project = stage.project(rules.ACTIVE)
        stage.db.run(Document.delete().where(Document.id == self.project))
        self.scope, self.id = f"project:{self.project}", document_of(kind, self.project)
        self.replica, self.count = SharedDocument(kind), 0
        self.write()

    def edit(self, data: bytes, **other: Any) -> dict[str, Any]:
        return {**edit(self.scope, self.kind.name, self.id, data), **other}

    def next(self) -> bytes:
        self.count += 1
        return written(self.kind, self.replica, f"Words {self.count} of the founder")

    def write(self) -> None:
        """The next good edit is taken, and read by the platform."""
        assert self.founder.send(self.edit(self.next())) == [APPLIED]
        assert says(self.stage, self.id, f"Words {self.count} of the founder")

    def refused(self, *changes: dict[str, Any], by: str = rules.FOUNDER) -> set[str]:
        """The codes; nothing is another afterwards."""
        with self.stage.unchanged(self.stage[by]):
            return set(self.stage[by].send(*changes))


@pytest.fixture(params=DOCUMENTS)
def page(request: pytest.FixtureRequest, stage: Stage) -> Page:
    return Page(stage, DOCUMENTS[request.param])


def allowed(kind: DocumentKind, actor: str, state: str) -> str:
    role = role_in(actor, state)
    if role is None or actor == OFFICE:
        return "not_yours"
    if not rights.may("project", role, kind.write):
        return "not_yours" if role == rights.FORMER else "not_possible_now"
    return APPLIED if state != rules.CLOSED else "not_possible_now"


@pytest.mark.parametrize("actor", PEOPLE)
def test_everybody_edits_what_the_tables_allow_and_nothing_else(stage: Stage, actor: str) -> None:
    no: list[tuple[str, dict[str, Any]]] = []
    yes: list[dict[str, Any]] = []
    for kind in DOCUMENTS.values():
        for state in rules.STATES:
            project = stage.project(state)
            stage.db.run(Document.delete().where(Document.id == project))
            data = written(kind, SharedDocument(kind), f"Words of the {actor}")
            change = edit(f"project:{project}", kind.name, document_of(kind, project), data)
            outcome = allowed(kind, actor, state)
            yes += [change] if outcome == APPLIED else []
            no += [] if outcome == APPLIED else [(outcome, change)]
    with stage.unchanged(stage[actor]):
        assert stage[actor].send(*[change for _code, change in no]) == [code for code, _change in no]
    with stage.unchanged(stage[actor], *[change["document_id"] for change in yes]):
        assert stage[actor].send(*yes) == [APPLIED] * len(yes)
        assert stage[actor].send(*yes) == ["repeated"] * len(yes)
    for change in yes:
        assert says(stage, change["document_id"], f"Words of the {actor}")
        row = stage.db.one(Edit.select().where(Edit.id == change["id"]))
        assert row and (row["author_id"], row["author"]) == (stage[actor].id, f"The {actor}")


def test_an_edit_for_another_place_is_refused_and_the_next_one_taken(page: Page) -> None:
    stage, data = page.stage, page.next()
    other = Page(stage, page.kind)
    another_kind = next(name for name in DOCUMENTS if name != page.kind.name)
    wrong = [page.edit(data, scope=scope) for scope in (f"account:{page.founder.id}", "community:all", "project:all")]
    wrong += [page.edit(data, document_id=other.id), page.edit(data, kind=another_kind)]
    wrong += [
        page.edit(data, scope=other.scope),
        page.edit(data, scope="project:none"),
        page.edit(data, scope="account:x"),
    ]
    if page.kind.identity == "scope":
        wrong += [page.edit(data, document_id=new_id()), page.edit(data, document_id="all")]
    assert page.refused(*wrong) == {"not_yours"}
    assert page.refused(page.edit(data), page.edit(data, document_id=other.id), by=PARTNER) == {"not_yours"}
    assert page.refused(*[page.edit(data, kind=kind) for kind in ("page", "journal", "x")]) == {"unknown_kind"}
    page.founder.send(page.edit(data))
    page.write()
    other.write()


def test_an_edits_id_that_exists_is_not_taken_by_anybody(page: Page) -> None:
    known = page.edit(page.next())
    assert page.founder.send(known) == [APPLIED]
    theirs = SharedDocument(page.kind, page.replica.state())
    again = page.edit(written(page.kind, theirs, "In another's name"), id=known["id"])
    assert page.refused(again, by=rules.COFOUNDER) == {"exists"}
    row = page.stage.db.one(Edit.select().where(Edit.id == known["id"]))
    assert row and row["author_id"] == page.founder.id
    page.write()


def test_bytes_that_are_no_edit_are_refused_and_the_next_one_taken(page: Page) -> None:
    data = page.next()
    rubbish = [
        *HARMFUL.values(),
        nested(400),
        nested(20_000),
        b"",
        b"\0",
        data[:-1],
        data[: len(data) // 2],
        data + b"\0",
    ]
    rubbish += [b"\xff" * 200, b"A" * 100_000, bytes(range(256))]
    outcomes = page.refused(*[page.edit(one) for one in rubbish])
    assert outcomes <= {"damaged_edit", "gap"} and "damaged_edit" in outcomes
    assert page.founder.send(page.edit(data)) == [APPLIED]
    page.write()


def test_an_edit_that_lacks_an_earlier_one_is_a_gap_and_both_are_taken_in_order(page: Page) -> None:
    first, second = page.next(), page.next()
    assert page.refused(page.edit(second), *[page.edit(one) for one in LONELY.values()]) == {"gap"}
    assert page.founder.send(page.edit(second), page.edit(first), page.edit(second)) == ["gap", APPLIED, APPLIED]
    assert says(page.stage, page.id, f"Words {page.count} of the founder")
    page.write()


def test_a_stranger_fills_nobodys_project(page: Page) -> None:
    """What is refused counts to who sent it, not to the project that it names."""

    def filled() -> list[tuple[Any, ...]]:
        return page.stage.db.execute("select amount from usage where who = ?", page.scope)

    before = filled()
    large = page.edit(b"A" * 500_000)
    assert page.refused(large, {**large, "id": new_id()}, by=PARTNER) == {"not_yours"}
    assert filled() == before
    page.write()
    assert filled() > before


def test_a_bad_edit_among_good_ones_holds_none_of_them_up(page: Page) -> None:
    good = [page.edit(page.next()) for _ in range(6)]
    bad = [page.edit(HARMFUL["half a character"]), page.edit(LONELY["a clock is missing"]), page.edit(nested(400))]
    mixed = [change for pair in zip(good, [*bad, *bad], strict=True) for change in pair]
    mixed = [{**change, "id": new_id()} for change in mixed]
    assert page.founder.send(*mixed) == [APPLIED, "damaged_edit", APPLIED, "gap", APPLIED, "damaged_edit"] * 2
    assert says(page.stage, page.id, f"Words {page.count} of the founder")
    page.write()


def test_what_is_no_edit_at_all_is_told_and_the_next_one_taken(page: Page) -> None:
    place, data = "the place of the value", page.next()
    with page.stage.unchanged(page.founder):
        for value in UNSENDABLE_DATA:
            answer = page.founder.send_raw({**page.edit(data), "data": place}, place, value)
            refused = answer.status_code == 200 and answer.json()["results"][0].get("code") == "damaged_edit"
            assert answer.status_code == 422 or refused, (value[:40], answer.text[:200])
        for value in ("-1", "1e400", "NaN", "null", '"soon"', "1" + "0" * 30, "[]"):
            assert page.founder.send_raw(page.edit(data, at=place), place, value).status_code == 422, value
        for field in ("document_id", "kind", "scope", "id"):
            for value in ("null", "1", '""', '"a b"', '"../x"', '"' + "x" * 200 + '"', "[]", "{}"):
                status = page.founder.send_raw(page.edit(data, **{field: place}), place, value).status_code
                assert status == 422, (field, value)
    assert page.founder.send(page.edit(data)) == [APPLIED]
    page.write()


def test_every_part_of_a_kind_takes_more_than_may_be_submitted(page: Page) -> None:
    """Limits block submitting, never an edit."""
    for part in page.kind.parts:
        if isinstance(part, TextPart):
            data = page.replica.set_fields({part.name: "ş" * ((part.limit or 100) + 10)})
        elif isinstance(part, SetPart):
            data = page.replica.set_fields({part.name: [f"item{n}" for n in range((part.limit or 5) + 5)]})
        elif isinstance(part, ListPart):
            data = page.replica.insert_item(part.name, new_id(), {"text": "x" * 3_000})
        else:
            continue
        assert page.founder.send(page.edit(data)) == [APPLIED], part
    assert page.replica.fields() == fields_of(page.stage.db, page.id)
    page.write()


def test_a_document_is_read_by_whom_the_table_names_and_by_nobody_else(page: Page) -> None:
    for actor in PEOPLE:
        if actor == OFFICE:
            continue
        role = role_in(actor, rules.ACTIVE)
        may = rights.may("project", role, page.kind.read) and role != rights.FORMER
        read = dict(page.stage.db.execute("select name, seq from scope"))
        scopes = page.stage[actor].exchange(cursors={**read, page.scope: 0}).get("scopes", {})
        edits = scopes.get(page.scope, {}).get("edits", [])
        assert any(one["document_id"] == page.id for one in edits) == may, actor
