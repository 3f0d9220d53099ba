"""The rules that client and server share."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import projects, pupil_work, text, vocabularies
from app.rules.projects import ACTIVE, COFOUNDER, DRAFT, FOUNDER, OFFICE, PENDING_OFFICES, PENDING_PARTNER
from tests.platform import DRAFT as WHOLE


def test_the_way_of_a_project() -> None:
    assert projects.after("submit", DRAFT, cofounder_accepted=True) == PENDING_OFFICES
    assert projects.after("submit", DRAFT, cofounder_accepted=False) == PENDING_PARTNER
    assert projects.after("accept", PENDING_PARTNER) == PENDING_OFFICES
    assert projects.after("accept", DRAFT) == DRAFT
    assert projects.after("approve", PENDING_OFFICES, all_offices_approved=False) == PENDING_OFFICES
    assert projects.after("approve", PENDING_OFFICES, all_offices_approved=True) == ACTIVE
    assert projects.after("return", PENDING_OFFICES) == DRAFT
    with pytest.raises(ValueError):
        projects.after("approve", DRAFT)


@pytest.mark.parametrize(
    "action, state, who",
    [
        ("submit", DRAFT, COFOUNDER),
        ("submit", ACTIVE, FOUNDER),
        ("approve", PENDING_OFFICES, FOUNDER),
        ("approve", DRAFT, OFFICE),
        ("close", ACTIVE, OFFICE),
        ("delete", ACTIVE, FOUNDER),
        ("invite", DRAFT, None),
        ("fly", DRAFT, FOUNDER),
    ],
)
def test_what_nobody_may(action: str, state: str, who: str | None) -> None:
    assert not projects.may(action, state, who)


def test_every_action_leads_to_a_known_state() -> None:
    for action, rule in projects.TRANSITIONS.items():
        for state in rule.sources:
            for accepted in (True, False):
                found = projects.after(action, state, cofounder_accepted=accepted, all_offices_approved=accepted)
                assert found in projects.STATES


@pytest.mark.parametrize(
    "change, field, code",
    [
        ({"title": "  "}, "title", "missing"),
        ({"title": "x" * 201}, "title", "too_long"),
        ({"languages": []}, "languages", "missing"),
        ({"languages": ["xx"]}, "languages", "unknown_item"),
        ({"subjects": ["alchemy"]}, "subjects", "unknown_item"),
        ({"age_from": 2}, "age_from", "out_of_range"),
        ({"age_from": 16, "age_to": 12}, "age_to", "order"),
        ({"pupils": 0}, "pupils", "out_of_range"),
        ({"pupils": None}, "pupils", "missing"),
        ({"aims": ""}, "aims", "missing"),
    ],
)
def test_a_draft_with_a_problem(change: dict, field: str, code: str) -> None:
    assert projects.problems(WHOLE) == []
    assert projects.problems({**WHOLE, **change}) == [projects.Problem(field, code)]


def test_tools_are_not_required() -> None:
    assert projects.problems({**WHOLE, "tools": []}) == []


@pytest.mark.parametrize(
    "name, size, head, code",
    [
        ("a.jpg", 10, b"\xff\xd8\xff\xe0", None),
        ("A.JPG", 10, b"\xff\xd8\xff\xe0", None),
        ("a.txt", 5, b"hello", None),
        ("a.exe", 10, b"MZ", "type"),
        ("a", 10, b"x", "type"),
        ("a.pdf", 10, b"MZ\x90", "mismatch"),
        ("a.docx", 10, b"%PDF-", "mismatch"),
        ("a.jpg", 0, b"", "empty"),
        ("a.txt", 10**12, b"x", "too_big"),
    ],
)
def test_which_files_are_taken_in(name: str, size: int, head: bytes, code: str | None) -> None:
    found = pupil_work.refusal(name, size, head)
    assert (found.code if found else None) == code
    if code == "too_big":
        assert found is not None and found.limit_mb > 0


def test_only_permitted_work_goes_to_an_active_project() -> None:
    assert pupil_work.may_publish(permitted=True, project_state="active") is None
    assert pupil_work.may_publish(permitted=False, project_state="active") == "no_permission"
    assert pupil_work.may_publish(permitted=True, project_state="draft") == "not_active"
    assert pupil_work.is_pseudonym("Star 7") and not pupil_work.is_pseudonym("Zeynep Kara")


@pytest.mark.parametrize(
    "filename, title",
    [
        ("zeynep-dağ.jpg", "dağ"),
        ("ZEYNEP_KARA.pdf", ""),
        ("zeynepkara ödev 3.txt", "ödev 3"),
        ("İnce çizgiler.png", "çizgiler"),
        ("Karın altındaki su.txt", "Karın altındaki su"),
        ("snow.jpg", "snow"),
    ],
)
def test_a_title_made_from_a_file_name_holds_no_pupils_name(filename: str, title: str) -> None:
    names = ["Zeynep Kara", "Ali İnce"]
    assert pupil_work.title_from(filename, names) == title
    assert pupil_work.names_in(title, names) == []


def test_a_name_in_a_title_is_found_however_it_is_written() -> None:
    assert pupil_work.names_in("ZEYNEP'in dağı, ince", ["Zeynep Kara", "Ali İnce"]) == ["ZEYNEP", "ince"]


@pytest.mark.parametrize(
    "one, other",
    [
        ("IĞDIR", "ığdır"),
        ("İzmir", "izmir"),
        ("istanbul", "İSTANBUL"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Χανιά", "χανια"),
        ("ΟΔΟΣ", "οδος"),
        ("École", "ecole"),
        ("Žižkov", "zizkov"),
        ("ﬁne", "fine"),
    ],
)
def test_search_does_not_care_for_case_accents_or_the_turkish_i(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_and_ignores_composition(value: str) -> None:
    once = text.fold(value)
    assert text.fold(once) == once
    assert text.fold(unicodedata.normalize("NFD", value)) == text.fold(unicodedata.normalize("NFC", value))


@pytest.mark.parametrize(
    "name, expected",
    [("Ayşe Işık", "AI"), ("Νίκος Δημητρίου", "ΝΔ"), ("Jean de la Tour", "JT"), ("", ""), ("李", "李"), ("  x  ", "X")],
)
def test_initials(name: str, expected: str) -> None:
    assert text.initials(name) == expected


@pytest.mark.parametrize("name", vocabularies.NAMES)
def test_each_list_carries_its_source(name: str) -> None:
    data = json.loads((vocabularies.FOLDER / f"{name}.json").read_text("utf-8"))
    assert data["_meta"]["confidence"] and data["_meta"].get("sources") is not None
    assert vocabularies.shipped(name).ids


def test_a_replacement_list_is_taken_only_when_it_is_one() -> None:
    shipped = vocabularies.get("subjects")
    try:
        bad: list[object] = [
            None,
            {},
            {"items": []},
            {"items": ["art"]},
            {"items": [{"id": 5}]},
            {"items": [{"id": str(n)} for n in range(501)]},
        ]
        for data in bad:
            assert len(vocabularies.replace({"subjects": data})) == 1
            assert vocabularies.get("subjects") is shipped
        assert vocabularies.replace({"subjects": {"items": [{"id": "new", "en": "New"}]}, "unknown": 5}) == []
        assert vocabularies.get("subjects").label("new", "tr") == "New"
    finally:
        vocabularies._replaced.clear()
