"""Drafts as CRDTs: whatever two people write, in whatever script, both end with the same and lose nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from sync.protocol.document_kinds import PROJECT_DRAFT, TASK_LIST
from sync.protocol.document_parts import MOST_ITEMS, DocumentKind, MapPart, ScalarPart
from sync.protocol.documents import DocumentError, SharedDocument, merge, merged

PIECES = [
    "a",
    "kar ",
    "ı",
    "İ",
    "👩🏽‍🏫",
    "😀",
    "e\u0301",
    "ʊ̈",
    "ไทย",
    "नमस्ते",
    "مرحبا ",
    "𝒳𝓎",
    "\u200d",
    "\n",
    "流れ",
    " ",
]
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(st.lists(texts, min_size=1, max_size=6))
def test_a_text_becomes_exactly_what_was_typed(states: list[str]) -> None:
    replica, other = SharedDocument(PROJECT_DRAFT), SharedDocument(PROJECT_DRAFT)
    for state in states:
        edits = replica.set_fields({"aims": state})
        assert replica.fields()["aims"] == state
        if edits:
            other.apply(edits)
    assert other.fields() == replica.fields()


@given(texts, texts, texts)
def test_both_change_the_same_text_and_agree(base: str, one_text: str, other_text: str) -> None:
    one = SharedDocument(PROJECT_DRAFT)
    one.set_fields({"aims": base})
    other = SharedDocument(PROJECT_DRAFT, one.state())
    first, second = one.set_fields({"aims": one_text}), other.set_fields({"aims": other_text})
    if second:
        one.apply(second)
    if first:
        other.apply(first)
        other.apply(first)  # twice is once
    assert one.fields() == other.fields()
    one.fields()["aims"].encode("utf-8")  # never half a character


def test_words_of_both_are_kept_beside_each_other() -> None:
    one = SharedDocument(PROJECT_DRAFT)
    one.set_fields({"aims": "Pupils measure the water."})
    other = SharedDocument(PROJECT_DRAFT, one.state())
    a = one.set_fields({"aims": "Our pupils measure the water."})
    b = other.set_fields({"aims": "Pupils measure the water and the salt 👨‍👩‍👧."})
    one.apply(b)
    other.apply(a)
    assert one.fields()["aims"] == other.fields()["aims"] == "Our pupils measure the water and the salt 👨‍👩‍👧."


def test_choices_of_both_are_kept_and_a_number_has_one_value() -> None:
    one = SharedDocument(PROJECT_DRAFT)
    one.set_fields({"languages": ["en"], "pupils": 10})
    other = SharedDocument(PROJECT_DRAFT, one.state())
    a = one.set_fields({"languages": ["en", "tr"], "pupils": 20})
    b = other.set_fields({"languages": ["el"], "pupils": 30})
    one.apply(b)
    other.apply(a)
    assert one.fields() == other.fields()
    assert one.fields()["languages"] == ["el", "tr"] and one.fields()["pupils"] in (20, 30)


def test_edits_folded_together_are_the_same_as_one_by_one() -> None:
    replica = SharedDocument(PROJECT_DRAFT)
    edits = [replica.set_fields({"aims": "x" * n}) for n in range(1, 30)]
    assert merged(PROJECT_DRAFT, None, [merge(edits)])[1] == merged(PROJECT_DRAFT, None, edits)[1] == replica.fields()


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_changes_nothing(data: bytes) -> None:
    replica = SharedDocument(PROJECT_DRAFT)
    replica.set_fields({"title": "Whole"})
    try:
        replica.apply(data)
    except DocumentError:
        pass
    assert replica.fields()["title"] == "Whole"


def test_a_few_bytes_cannot_ask_for_gigabytes() -> None:
    for claim in (b"\xff\xff\xff\x7f", b"\xff" * 9 + b"\x01", b"\x80\x80\x80q"):
        with pytest.raises(DocumentError):
            SharedDocument(PROJECT_DRAFT).apply(claim + b"\x00" * 40)


def test_an_unknown_field_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        SharedDocument(PROJECT_DRAFT).set_fields({"colour": "blue"})


# -- the second kind: a list of tasks ------------------------------------------------------


def plan() -> tuple[SharedDocument, SharedDocument]:
    one = SharedDocument(TASK_LIST)
    one.set_fields({"title": "Before spring"})
    for number, text in enumerate(("Call the museum", "Book the bus", "Write to parents")):
        one.insert_item("tasks", f"task-{number}", {"text": text})
    return one, SharedDocument(TASK_LIST, one.state())


def tasks(document: SharedDocument) -> list[str]:
    return [task["text"] for task in document.fields()["tasks"]]


def test_both_write_in_the_same_task_while_one_moves_it() -> None:
    one, other = plan()
    a = one.change_item("tasks", "task-0", {"text": "Call the sea museum", "done": True})
    b = other.change_item("tasks", "task-0", {"text": "Call the museum in May", "who": "Νίκος"})
    c = other.move_item("tasks", "task-0", 2)
    assert one.apply(merge([b, c])) == {"tasks"}
    other.apply(a)
    assert one.fields() == other.fields()
    assert tasks(one) == ["Book the bus", "Write to parents", "Call the sea museum in May"]
    moved = one.fields()["tasks"][2]
    assert moved == {"id": "task-0", "text": "Call the sea museum in May", "who": "Νίκος", "until": "", "done": True}


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_a_list_is_in_the_order_that_was_made(steps: list[tuple[int, int, int]]) -> None:
    replica, shadow = SharedDocument(TASK_LIST), []
    for number, (what, at, to) in enumerate(steps):
        if what == 0 or not shadow:
            replica.insert_item("tasks", f"t{number}", {"text": str(number)}, at)
            shadow.insert(at, f"t{number}")
        elif what == 1:
            item = shadow.pop(at % len(shadow))
            replica.move_item("tasks", item, to)
            shadow.insert(to, item)
        else:
            replica.remove_item("tasks", shadow.pop(at % len(shadow)))
        assert [task["id"] for task in replica.fields()["tasks"]] == shadow


def test_two_hundred_tasks_put_at_the_same_place_keep_their_order() -> None:
    replica = SharedDocument(TASK_LIST)
    for number in range(200):
        replica.insert_item("tasks", f"t{number}", {}, 1 if number else 0)
    assert [task["id"] for task in replica.fields()["tasks"]] == ["t0", *(f"t{n}" for n in range(199, 0, -1))]


def test_tasks_at_one_place_by_two_computers_get_room_between_them() -> None:
    one, other = plan()
    a, b = one.insert_item("tasks", "mine", {}, 1), other.insert_item("tasks", "theirs", {}, 1)
    one.apply(b)
    other.apply(a)
    assert one.fields() == other.fields()
    ids = [task["id"] for task in one.fields()["tasks"]]
    assert ids[0] == "task-0" and set(ids[1:3]) == {"mine", "theirs"}
    one.insert_item("tasks", "between", {}, 2)
    assert [task["id"] for task in one.fields()["tasks"]][2] == "between"


def test_a_removed_task_stays_removed_and_a_change_of_it_does_no_harm() -> None:
    one, other = plan()
    a, b = one.remove_item("tasks", "task-1"), other.change_item("tasks", "task-1", {"text": "Book two buses"})
    one.apply(b)
    other.apply(a)
    assert one.fields() == other.fields() and tasks(one) == ["Call the museum", "Write to parents"]
    assert one.change_item("tasks", "task-1", {"done": True}) == b"" == one.remove_item("tasks", "task-1")


MAPS = DocumentKind("seats", (MapPart("seats", (ScalarPart("row"), ScalarPart("name", "str", highest=80))),), write="x")


def test_two_who_make_the_same_entry_of_a_map_both_keep_their_values() -> None:
    one, other = SharedDocument(MAPS), SharedDocument(MAPS)
    a, b = one.change_entry("seats", "a:1", {"row": 3}), other.change_entry("seats", "a:1", {"name": "Işık"})
    assert one.apply(b) == {"seats"} == other.apply(a)
    assert one.fields() == other.fields() == {"seats": {"a:1": {"row": 3, "name": "Işık"}}}
    other.apply(one.remove_item("seats", "a:1"))
    assert other.fields() == {"seats": {}}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e30, 2.5, True, "12", [1], {"a": 1}])
def test_a_number_of_the_wrong_kind_is_shown_as_none_and_stops_nothing(value: object) -> None:
    stranger: Doc[Any] = Doc()
    stranger.get("values", type=Map)["pupils"] = value
    replica = SharedDocument(PROJECT_DRAFT)
    assert replica.apply(stranger.get_update()) == {"pupils"}
    assert replica.fields()["pupils"] is None
    replica.set_fields({"pupils": 12})
    assert replica.fields()["pupils"] == 12


def test_five_thousand_languages_do_not_stop_a_page_and_can_be_taken_back() -> None:
    stranger: Doc[Any] = Doc()
    languages = stranger.get("set:languages", type=Map)
    languages.update({f"x{number:04}": True for number in range(5_000)} | {"y" * 10_000: True})
    replica = SharedDocument(PROJECT_DRAFT, stranger.get_update())
    assert len(replica.fields()["languages"]) == MOST_ITEMS
    replica.set_fields({"languages": ["tr"]})
    assert "tr" in replica.fields()["languages"]


def test_parts_of_a_newer_version_are_handed_back_unharmed() -> None:
    newer: Doc[Any] = Doc()
    newer.get("podcast", type=Text).insert(0, "An idea of next year")
    newer.get("list:chapters", type=Array).append({"deep": [1, {"a": None}]})
    replica = SharedDocument(PROJECT_DRAFT)
    replica.set_fields({"title": "Water"})
    assert replica.apply(newer.get_update()) == frozenset()
    again: Doc[Any] = Doc()
    again.apply_update(SharedDocument(PROJECT_DRAFT, replica.state()).state())
    assert str(again.get("podcast", type=Text)) == "An idea of next year"
    assert again.get("list:chapters", type=Array).to_py() == [{"deep": [1.0, {"a": None}]}]


FIRST_VERSION = (
    "0107eccdebe8ba8308000401057469746c6515576174657220f09f91a9f09f8fbde2808df09f8fab28010676616c7565730670757069"
    "6c73017c4240000021010d7365743a6c616e67756167657302656e0128010d7365743a6c616e67756167657302747201780101046169"
    "6d730184eccdebe8ba83081006656173757265c4eccdebe8ba830810eccdebe8ba830811045765206d01eccdebe8ba8308020e011001"
)


def test_a_draft_stored_by_the_first_version_opens_unchanged() -> None:
    fields = SharedDocument(PROJECT_DRAFT, bytes.fromhex(FIRST_VERSION)).fields()
    assert {name: value for name, value in fields.items() if value} == {
        "title": "Water 👩🏽‍🏫",
        "pupils": 48,
        "languages": ["tr"],
        "aims": "We measure",
    }


def test_a_draft_written_now_lies_as_the_first_version_reads_it() -> None:
    replica, first = SharedDocument(PROJECT_DRAFT), Doc()
    replica.set_fields({"title": "Water", "pupils": 48, "languages": ["tr"]})
    first.apply_update(replica.state())
    assert str(first.get("title", type=Text)) == "Water"
    assert first.get("values", type=Map).to_py() == {"pupils": 48}
    assert first.get("set:languages", type=Map).to_py() == {"tr": True}
