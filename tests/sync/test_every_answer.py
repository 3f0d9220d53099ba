"""Whatever a platform answers: nothing bad is stored, the rest is shown, and the next honest answer works.

The bad values are made from the messages and from the fields of every kind, so a new one is tried as soon as it is
declared.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from app.workspace import Workspace
from local_db.tables import documents, outbox, records, settings
from sync.answers import Answer
from sync.engine import Engine
from sync.errors import BadAnswerError
from sync.protocol import messages
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument
from sync.protocol.kind import ACCOUNT, PROJECT
from sync.protocol.messages import LARGEST
from sync.protocol.registry import DOCUMENTS, RECORDS
from sync.question import Question
from sync.report import Report
from sync.signing import parsed
from tests.absurd import honest, wrong
from tests.answering import AnsweringServer, http, json_answer
from tests.inside import inside
from tests.sync.test_yjs import HARMFUL, LONELY, nested

ME, PROJECT_ID = "me", "the-project"
SCOPES = {ACCOUNT: f"account:{ME}", PROJECT: f"project:{PROJECT_ID}"}
COMMUNITY = "community:all"
ABSURD = (None, -5, 10**30, -(10**30), 1.5, "x", "-1", True, [], [[]], {}, {"a": 1}, "\ud800", "a b", [None], 2**53)


class Platform:
    """Answers every exchange with what a test put there; ``asked`` are the requests' bodies."""

    def __init__(self, desk: Workspace, answering: Callable[..., AnsweringServer]) -> None:
        self.store, self.answer = inside(desk).store, dict[str, Any]()
        self.asked: list[dict[str, Any]] = []
        self._text: str | None = None
        desk.online, server = True, answering(self._answer)
        client = inside(desk).client
        client.base_url, client._access, client._whose = server.url + "/", "a-token", ME
        settings.put(self.store, "account", {"id": ME, "name": "Me", "role": "teacher", "country": "TR"})
        self._client = client
        real = client.exchange

        def noted(question: Question) -> messages.ExchangeAnswer:
            self.asked.append(json.loads(question.as_json()))
            return real(question)

        client.exchange = noted  # type: ignore[method-assign]
        self.engine = Engine(self.store, inside(desk).service._engine.directory, client)

    def _answer(self, _head: bytes) -> bytes:
        if self._text is not None:
            return http("200 OK", self._text.encode(), Connection="close")
        return json_answer({"cursors_needed": True, **self.answer}, Connection="close")

    def sync(self, scopes: dict[str, Any] | None = None, **more: Any) -> Report:
        """One exchange that is answered so. Raises SyncError."""
        self.answer = {"scopes": scopes or {}, **more}
        report = Report()
        dict(self.engine.stages(report, lambda _: None, lambda _: None))["exchange"]()
        return report

    def rows(self) -> dict[str, list[Any]]:
        """Everything an answer may change."""
        names = ("record", "cursor", "document", "document_update", "outbox", "conflict")
        return {name: [tuple(row) for row in self.store.sql(f"select * from {name}")] for name in names}


@pytest.fixture
def platform(desk: Workspace, answering: Callable[..., AnsweringServer]) -> Iterator[Platform]:
    yield Platform(desk, answering)


def journal(record_id: str = "j", **fields: Any) -> dict[str, Any]:
    known = {"text": "Honest", "author_id": "b", "author": "B", "at": 5}
    return {"kind": "journal", "id": record_id, "revision": 1, "fields": {**known, **fields}}


def an_edit(edit_id: str, data: bytes, seq: int = 2, **other: Any) -> dict[str, Any]:
    about = {"document_id": PROJECT_ID, "kind": "project_draft", "seq": seq, "author_id": "b", "author": "B", "at": 5.0}
    return {"id": edit_id, **about, "data": base64.b64encode(data).decode(), **other}


def news(rows: list[Any] | None = None, edits: list[Any] | None = None, seq: int = 10, **more: Any) -> dict[str, Any]:
    return {"seq": seq, "records": rows or [], "edits": edits or [], **more}


def changed(answer: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The answer with another value at a place."""
    copy = json.loads(json.dumps(answer))
    place = copy
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return copy


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an answer."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in items:
        yield (*before, name)
        yield from places(part, (*before, name))


def check_sound(platform: Platform) -> None:
    """Nothing in the store is of a form that its readers do not expect."""
    for scope, seq in outbox.cursors(platform.store)[0].items():
        assert isinstance(seq, int) and 0 <= seq <= LARGEST and ":" in scope
    for kind, declared in RECORDS.items():
        for row in records.select(platform.store, records.Query(kind)):
            assert declared.is_readable(row.fields), row


# -- the whole answer ---------------------------------------------------------------------------


def test_absurd_values_anywhere_in_an_answer_store_nothing_bad_and_the_next_one_works(platform: Platform) -> None:
    scope, draft = SCOPES[PROJECT], SharedDocument(PROJECT_DRAFT)
    platform.sync({scope: news([journal("before")], seq=3)})
    good = {
        "scopes": {scope: news([journal()], [an_edit("e", draft.set_fields({"title": "Water"}))])},
        "gone": ["project:x"],
    }
    good |= {"account": ME, "now": 5.0, "speaks": {"journal": 1}, "directory": "", "vocabularies": ""}
    refused = 0
    for path in list(places(good)):
        for value in ABSURD:
            before = platform.rows()
            answer = changed(good, path, value)
            try:
                platform.sync(**answer)
            except BadAnswerError:
                refused += 1
                assert platform.rows() == before, (path, value)
            except Exception as error:
                assert getattr(error, "code", "") == "other_account", (path, value, error)
                assert platform.rows() == before
            check_sound(platform)
    assert refused > 150
    platform.sync({scope: news([journal("after", text="The next honest one")], seq=60)})
    texts = {row.fields["text"] for row in records.select(platform.store, records.Query("journal", scope))}
    assert "The next honest one" in texts


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "NaN", '{"scopes": NaN}', '{"now": 1e400}', "[" * 100_000])
def test_what_is_no_answer_is_not_taken_and_the_next_one_works(platform: Platform, text: str) -> None:
    platform._text, before = text, platform.rows()
    with pytest.raises(BadAnswerError):
        platform.sync()
    assert platform.rows() == before
    platform._text = None
    platform.sync({SCOPES[PROJECT]: news([journal()])})
    assert records.get(platform.store, "journal", "j")


def test_results_that_are_missing_or_not_ours_leave_the_change_waiting(platform: Platform) -> None:
    records.change(platform.store, "journal", "mine", SCOPES[PROJECT], {"text": "Typed here"})
    (entry,) = outbox.waiting(platform.store)
    for results in ([], [{"id": "other", "status": "applied"}], [{"id": entry.id, "status": "perhaps"}], None, [None]):
        for more in ({}, {"scopes": {SCOPES[PROJECT]: news([journal()])}}):
            before = platform.rows()
            with pytest.raises(BadAnswerError):
                platform.sync(**{**more, "results": results})
            assert platform.rows() == before
    absurd = [
        {"revision": -1},
        {"revision": 10**30},
        {"code": ["x"]},
        {"replaced": {"text": {"a": 1}}},
        {"replaced": []},
    ]
    for bad in absurd:
        with pytest.raises(BadAnswerError):
            platform.sync(results=[{"id": entry.id, "status": "applied", **bad}])
    assert outbox.counts(platform.store) == (1, 0)
    assert {change["id"] for request in platform.asked for change in request["changes"]} == {entry.id}
    platform.sync(results=[{"id": entry.id, "status": "applied", "revision": 1}], now=9.0)
    assert outbox.counts(platform.store) == (0, 0)
    assert records.get(platform.store, "journal", "mine").fields["text"] == "Typed here"  # type: ignore[union-attr]


@pytest.mark.parametrize("page", [{"seq": 10}, {"seq": 10, "reset": True}, {"seq": 0}, {"seq": 0, "began": 5}])
def test_pages_without_end_are_a_bad_answer_and_the_next_one_works(platform: Platform, page: dict[str, Any]) -> None:
    platform.sync({SCOPES[PROJECT]: news([journal()], seq=5)})
    with pytest.raises(BadAnswerError):
        platform.sync({SCOPES[PROJECT]: {**news([journal(text="Again")]), "more": True, **page}})
    assert len(platform.asked) < 30
    check_sound(platform)
    platform.sync({SCOPES[PROJECT]: news([journal(text="The next honest one")], seq=20)})
    row = records.get(platform.store, "journal", "j")
    assert row and row.fields["text"] == "The next honest one"


# -- records ------------------------------------------------------------------------------------


def fields_of(kind: str) -> dict[str, Any]:
    return {field.name: honest(field.type) for field in RECORDS[kind].fields}


@pytest.mark.parametrize("kind", RECORDS)
def test_unreadable_records_are_counted_and_the_rest_is_shown(platform: Platform, desk: Workspace, kind: str) -> None:
    declared, good = RECORDS[kind], fields_of(kind)
    scope = SCOPES.get(declared.scope, COMMUNITY)
    bad = [{**good, field.name: value} for field in declared.fields for value in wrong(field)]
    bad += [{k: v for k, v in good.items() if k != field.name} for field in declared.fields if field.required]
    rows = [{"kind": kind, "id": f"bad-{n}", "revision": 1, "fields": fields} for n, fields in enumerate(bad)]
    honest_row = {"kind": kind, "id": "good", "revision": 1, "fields": good}
    report = platform.sync({scope: news([*rows[: len(rows) // 2], honest_row, *rows[len(rows) // 2 :]])})
    assert [row.id for row in records.select(platform.store, records.Query(kind))] == ["good"]
    assert desk.sync_centre.unreadable() == len(rows) == len(report.complaints)
    for field in declared.indexed:
        order = records.Query(kind, order=field)
        assert [row.id for row in records.select(platform.store, order)] == ["good"]
    assert all(records.get(platform.store, kind, row["id"]) is None for row in rows)
    platform.sync({scope: news([{**row, "revision": 2, "fields": good} for row in rows], seq=20)})
    assert desk.sync_centre.unreadable() == 0
    assert len(records.select(platform.store, records.Query(kind))) == len(rows) + 1


@pytest.mark.parametrize("kind", [name for name, kind in RECORDS.items() if kind.written_by_people])
def test_fields_of_a_newer_version_are_kept_and_not_sent_back_changed(platform: Platform, kind: str) -> None:
    scope, good = SCOPES[RECORDS[kind].scope], fields_of(kind)
    newer = {**good, "mood": "sunny", "stars": [str(n) for n in range(5)], "weather_degrees": -3}
    platform.sync({scope: news([{"kind": kind, "id": "r", "revision": 4, "fields": newer}])})
    row = records.get(platform.store, kind, "r")
    assert row and row.fields == newer
    name = next(iter(RECORDS[kind].sendable(good)))
    records.change(platform.store, kind, "r", scope, {name: good[name]})
    (entry,) = outbox.waiting(platform.store)
    platform.sync(results=[{"id": entry.id, "status": "applied", "revision": 5}])
    (sent,) = platform.asked[-1]["changes"]
    assert sent["fields"] == {name: good[name]} and sent["base_revision"] == 4
    row = records.get(platform.store, kind, "r")
    assert row and row.fields == newer and row.revision == 5


def test_records_of_an_unknown_kind_are_kept_as_they_came_and_disturb_nothing(
    platform: Platform, desk: Workspace
) -> None:
    fields = {"text": "Of next year", "list": ["a"], "n": -7, "yes": False, "none": None}
    wish = {"kind": "wish", "id": "w", "revision": 3, "fields": fields}
    platform.sync({SCOPES[PROJECT]: news([wish, journal()])})
    kept = records.get(platform.store, "wish", "w")
    assert kept and (kept.fields, kept.revision) == (fields, 3)
    assert desk.sync_centre.unreadable() == 0
    platform.sync({SCOPES[PROJECT]: news([{**wish, "revision": 4, "fields": {"deleted": True}}], seq=20)})
    assert records.get(platform.store, "wish", "w") is None and records.get(platform.store, "journal", "j")


@pytest.mark.parametrize(
    "later",
    [{"map": {"a": [1, 2.5, None]}}, {"map": {"a": {"b": "x"}}}, {"n": 10**30}, {"deep": [[[[[["x"]]]]]]}],
    ids=["map", "maps", "number", "depth"],
)
def test_a_record_with_a_newer_versions_field_disturbs_no_other(
    platform: Platform, desk: Workspace, later: dict[str, Any]
) -> None:
    one, other = journal(), {**journal(), "id": "other"}
    one["fields"] = {**one["fields"], **later}
    platform.sync({SCOPES[PROJECT]: news([one, other])})
    assert records.get(platform.store, "journal", "other")
    kept = records.get(platform.store, "journal", one["id"])
    assert kept.fields == one["fields"] if kept else desk.sync_centre.unreadable() == 1
    assert bool(kept) == ("map" in later)
    platform.sync({SCOPES[PROJECT]: news([{**journal(), "revision": 9}], seq=20)})
    assert records.get(platform.store, "journal", one["id"]) and desk.sync_centre.unreadable() == 0


# -- documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_bad_edits_are_left_out_and_good_ones_taken(platform: Platform, kind: str) -> None:
    declared, author = DOCUMENTS[kind], SharedDocument(DOCUMENTS[kind])
    first = author.set_fields({"title": "Water"})
    bad = [*HARMFUL.values(), nested(400), nested(20_000), b"\0\0\0", b"x" * 50]
    edits = [an_edit(f"bad-{n}", data, n + 1, kind=kind) for n, data in enumerate(bad)]
    platform.sync({SCOPES[PROJECT]: news(edits=[*edits, an_edit("good", first, 90, kind=kind)], seq=90)})
    stored = documents.get(platform.store, PROJECT_ID)
    assert stored and stored.fields["title"] == "Water"
    waiting = [an_edit(f"gap-{n}", data, 100 + n, kind=kind) for n, data in enumerate(LONELY.values())]
    second = author.set_fields({"title": "Water stories"})
    third = author.set_fields({"title": "Water stories of two schools"})
    platform.sync({SCOPES[PROJECT]: news(edits=[*waiting, an_edit("third", third, 120, kind=kind)], seq=120)})
    stored = documents.get(platform.store, PROJECT_ID)
    assert stored and stored.fields["title"] == "Water"
    platform.sync({SCOPES[PROJECT]: news(edits=[an_edit("second", second, 121, kind=kind)], seq=121)})
    stored = documents.get(platform.store, PROJECT_ID)
    assert stored and stored.fields == author.fields()
    assert SharedDocument(declared, stored.state).fields() == author.fields()


def test_documents_of_an_unknown_kind_are_kept_unharmed(platform: Platform) -> None:
    author = SharedDocument(PROJECT_DRAFT)
    data = author.set_fields({"title": "Of next year"})
    wish = an_edit("w", data, document_id="w", kind="wish_book")
    platform.sync({SCOPES[PROJECT]: news([journal()], [wish, an_edit("d", data, 3)])})
    stored = documents.get(platform.store, "w")
    assert stored and stored.kind == "wish_book"
    assert SharedDocument(PROJECT_DRAFT, stored.state).fields()["title"] == "Of next year"
    draft = documents.get(platform.store, PROJECT_ID)
    assert draft and draft.fields["title"] == "Of next year" and records.get(platform.store, "journal", "j")


# -- the other messages ---------------------------------------------------------------------------

KEY, PACK = "a" * 64, {"number": 1, "sha256": "b" * 64, "size": 5, "plain": 9, "lines": 1}
GOOD: dict[type[BaseModel], dict[str, Any]] = {
    messages.ExchangeAnswer: {"account": "a", "now": 1.0, "speaks": {"x": 1}, "gone": [], "directory": "1"},
    messages.ScopeChanges: news([journal()], [an_edit("e", b"\0\0")]),
    messages.Record: journal(),
    messages.Edit: an_edit("e", b"\0\0"),
    messages.Result: {"id": "r", "status": "applied", "revision": 1, "code": "", "replaced": {"text": "x"}},
    messages.PackFile: PACK,
    messages.Pack: {"country": "TR", "part": "other", "number": 1, "profiles": 1, "whole": PACK, "deltas": [PACK]},
    messages.PackList: {"number": 1, "made": 1.0, "packs": []},
    messages.SignedPackList: {"text": "{}", "signature": "c" * 128, "key": KEY},
    messages.Account: {"id": "a", "name": "A", "email": "a@b", "role": "teacher", "country": "TR", "school": ""},
    messages.Tokens: {"access_token": "t" * 20, "refresh_token": "t" * 20, "expires_in": 5},
    messages.Problem: {"title": "t", "status": 400, "code": "c"},
}
_ASKED = {messages.Message, messages.RecordChange, messages.DocumentChange, messages.Command, messages.ExchangeRequest}


def test_every_message_has_its_row() -> None:
    declared = {one for one in vars(messages).values() if isinstance(one, type) and issubclass(one, BaseModel)}
    assert declared - _ASKED - {BaseModel} == GOOD.keys()


@pytest.mark.parametrize("model", GOOD, ids=lambda model: model.__name__)
def test_a_message_is_read_within_its_bounds_or_refused(model: type[BaseModel]) -> None:
    good = GOOD[model]
    parsed(model, Answer(200, {}, json.dumps(good).encode()))
    refused = 0
    for path in places(good):
        for value in (*ABSURD, "x" * 5_000_000):
            try:
                read = parsed(model, Answer(200, {}, json.dumps(changed(good, path, value)).encode()))
            except BadAnswerError:
                refused += 1
                continue
            again = read.model_dump(mode="json")
            assert parsed(model, Answer(200, {}, json.dumps(again).encode())) == read, (path, value)
            _check_bounds(again)
    assert refused > len(list(places(good)))


def _check_bounds(value: Any) -> None:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_bounds(part)
    elif isinstance(value, str):
        assert len(value.encode()) <= 12_000_000
    elif isinstance(value, int | float):
        assert abs(value) <= 1e18
