"""Edits of a shared document that were made to keep the platform busy, and honest ones that only look like them."""

import base64
import random
import uuid
from typing import Any

from app.rules import projects as rules
from server.core import merge_trial
from server.core.database import Document
from server.core.documents import fields_of
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument
from tests.server.stage import PARTNER, Person, Stage

Place = tuple[int, int] | None  # an insertion's neighbour: its author's number and its clock
Runs = dict[int, tuple[int, list[bytes]]]  # of each author: the first clock, and what was inserted


def change(project: str, data: bytes) -> dict[str, Any]:
    """A change of a project's draft."""
    about = {"scope": f"project:{project}", "kind": "project_draft", "document_id": project, "at": 5}
    return {"type": "document", "id": uuid.uuid4().hex, **about, "data": base64.b64encode(data).decode()}


def number(value: int) -> bytes:
    """A number as lib0 writes it."""
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def insertion(left: Place, right: Place) -> bytes:
    """One letter in the title, between two others that its author saw as neighbours."""
    head = bytes([4 | (0x80 if left else 0) | (0x40 if right else 0)])
    places = b"".join(number(part) for place in (left, right) if place for part in place)
    parent = b"" if left or right else b"\x01" + number(5) + b"title"
    return head + places + parent + b"\x01x"


def update(runs: Runs) -> bytes:
    """A Yjs update."""
    made = number(len(runs))
    for author, (clock, insertions) in sorted(runs.items(), reverse=True):
        made += number(len(insertions)) + number(author) + number(clock) + b"".join(insertions)
    return made + b"\0"


def beside_each_other(first: int, count: int) -> bytes:
    """One letter each of many authors, quickly merged."""
    return update({first + i: (0, [insertion(None, None)]) for i in range(count)})


def all_before(author: int, first: int, count: int) -> bytes:
    """Letters of one author, each of which has to find its place among all that are there."""
    return update({author: (0, [insertion(None, (first + i, 0)) for i in range(count)])})


def pieces(authors: tuple[int, int], start: int, count: int) -> bytes:
    """A text that two authors typed in turns, a letter each."""
    one, other = authors
    runs: Runs = {one: (start, []), other: (start, [])}
    for clock in range(start, start + count):
        runs[one][1].append(insertion((other, clock - 1) if clock else None, None))
        runs[other][1].append(insertion((one, clock), None))
    return update(runs)


def typed(document: SharedDocument, words: int, seed: int) -> bytes:
    """What an afternoon of writing here and there makes of a description, as one edit."""
    chance, before = random.Random(seed), document.state_vector()  # noqa: S311
    text = document.field("description")
    for _ in range(words):
        at = chance.randrange(len(text) + 1)
        text = f"{text[:at]}word {text[at:]}"
        document.set_fields({"description": text})
    return document.update_since(before)


def weight(stage: Stage, project: str) -> dict[str, Any]:
    row = stage.db.one(Document.select(Document.runs, Document.pieces, Document.tried).where(Document.id == project))
    assert row
    return row


def writes_on(stage: Stage, person: Person, project: str, title: str) -> None:
    """The person's next words arrive."""
    with stage.db.reading():
        document = SharedDocument(PROJECT_DRAFT, _state(stage, project))
    assert person.send(change(project, document.set_fields({"description": title}))) == ["applied"]
    with stage.db.reading():
        assert fields_of(stage.db, project)["description"] == title


def _state(stage: Stage, project: str) -> bytes | None:
    row = stage.db.one(Document.select(Document.state).where(Document.id == project))
    return bytes(row["state"]) if row else None


def test_an_edit_that_would_need_minutes_is_full_and_what_comes_after_it_arrives(stage: Stage) -> None:
    project = stage.project("draft")
    founder, cofounder = stage[rules.FOUNDER], stage[rules.COFOUNDER]
    bad = change(project, all_before(7, 1_000, 4_900))
    assert founder.send(change(project, beside_each_other(1_000, 4_900))) == ["applied"]
    small = change(project, update({8: (0, [insertion(None, None)])}))
    assert founder.send(bad, small) == ["document_full", "applied"]
    assert founder.send(bad) == ["document_full"]  # remembered, and not tried once more
    writes_on(stage, cofounder, project, "Ours")
    writes_on(stage, founder, project, "Ours, and more")
    assert stage[PARTNER].exchange()["account"]


def test_words_that_are_merged_quickly_and_would_take_long_to_open_are_full(stage: Stage) -> None:
    project = stage.project("draft")
    founder, cofounder = stage[rules.FOUNDER], stage[rules.COFOUNDER]
    assert founder.send(change(project, beside_each_other(1_000, 800))) == ["applied"]
    assert founder.send(change(project, all_before(7, 1_000, 800))) == ["applied"]
    results = []
    for start in range(0, 30_000, 1_200):
        results += founder.send(change(project, pieces((9, 10), start, 1_200)))
    full = results.index("document_full")
    assert set(results[full + 1 :]) <= {"gap", "document_full"}  # they stand on what was not taken
    writes_on(stage, cofounder, project, "Ours")


def test_a_long_afternoon_of_writing_is_tried_and_taken_in(stage: Stage) -> None:
    project = stage.project("draft")
    founder, cofounder = stage[rules.FOUNDER], stage[rules.COFOUNDER]
    document = SharedDocument(PROJECT_DRAFT, _state(stage, project))
    edits = [change(project, typed(document, 900, seed)) for seed in range(3)]
    assert founder.send(*edits) == ["applied"] * 3
    assert weight(stage, project)["tried"] > merge_trial.STEPS
    with stage.db.reading():
        assert fields_of(stage.db, project)["description"] == document.field("description")
    writes_on(stage, cofounder, project, "Shorter")


def test_who_keeps_the_platform_busy_on_purpose_is_told_to_wait_and_only_they(stage: Stage) -> None:
    project = stage.project("draft")
    founder, cofounder = stage[rules.FOUNDER], stage[rules.COFOUNDER]
    assert founder.send(change(project, beside_each_other(1_000, 4_900))) == ["applied"]
    bad = [change(project, all_before(author, 1_000, 4_900)) for author in range(10, 20)]
    answer = founder.call("POST", "/v1/exchange", json=founder.body(*bad))
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, "too_heavy", "60")
    writes_on(stage, cofounder, project, "Ours")


def test_a_document_of_an_older_platform_gets_its_weight_when_it_is_next_edited(stage: Stage) -> None:
    project = stage.project("draft")
    founder = stage[rules.FOUNDER]
    document = SharedDocument(PROJECT_DRAFT, _state(stage, project))
    assert founder.send(change(project, typed(document, 50, 1))) == ["applied"]
    with stage.db.transaction():
        stage.db.run(Document.update(runs=0, pieces=-1, tried=0).where(Document.id == project))
    assert founder.send(change(project, typed(document, 1, 2))) == ["applied"]
    assert weight(stage, project)["runs"] > 20 and weight(stage, project)["pieces"] > 40


def test_of_two_teachers_who_write_at_once_neither_loses_words_on_the_platform(stage: Stage) -> None:
    from tests.server.test_attacks import at_once  # noqa: PLC0415

    project = stage.project("draft")
    people = [stage[rules.FOUNDER], stage[rules.COFOUNDER]]
    documents = [SharedDocument(PROJECT_DRAFT, _state(stage, project)) for _ in people]
    parts = ["aims", "description"]

    def write(k: int) -> None:
        for step in range(15):
            data = documents[k].set_fields({parts[k]: f"step {step}"})
            assert people[k].send(change(project, b"\5"), change(project, data)) == ["damaged_edit", "applied"]

    at_once(write, 2)
    with stage.db.reading():
        fields = fields_of(stage.db, project)
    assert [fields[part] for part in parts] == ["step 14", "step 14"]


def test_who_contradicts_what_is_there_again_and_again_has_spent_the_day(stage: Stage) -> None:
    project = stage.project("draft")
    founder, cofounder = stage[rules.FOUNDER], stage[rules.COFOUNDER]
    there, other = update({7: (0, [b"\x04\x01\x05title\x02ab"])}), "a\N{GRINNING FACE}".encode()
    assert founder.send(change(project, there)) == ["applied"]
    wrong = update({7: (0, [b"\x04\x01\x05title" + number(len(other)) + other])})
    assert founder.send(change(project, wrong)) == ["damaged_edit"]
    founder.call("POST", "/v1/exchange", json=founder.body(*(change(project, wrong) for _ in range(450))))
    answer = founder.call("POST", "/v1/exchange", json=founder.body(change(project, there)))
    assert (answer.status_code, answer.json()["code"]) == (429, "quota")
    writes_on(stage, cofounder, project, "Ours")
