"""Drafts as CRDTs: whatever two people write, in whatever script, both end with the same and lose nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.documents import DocumentError, ProjectDocument, merge, merged

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
    replica, other = ProjectDocument(), ProjectDocument()
    for state in states:
        edits = replica.set_field("aims", state)
        assert replica.fields()["aims"] == state
        if edits:
            other.apply(edits)
    assert other.fields() == replica.fields()


@given(texts, texts, texts)
def test_both_change_the_same_text_and_agree(base: str, one_text: str, other_text: str) -> None:
    one = ProjectDocument()
    one.set_field("aims", base)
    other = ProjectDocument(one.state())
    first, second = one.set_field("aims", one_text), other.set_field("aims", other_text)
    if second:
        one.apply(second)
    if first:
        other.apply(first)
        other.apply(first)  # twice is once
    assert one.fields() == other.fields()
    one.fields()["aims"].encode("utf-8")  # never half a character


def test_words_of_both_are_kept_beside_each_other() -> None:
    one = ProjectDocument()
    one.set_field("aims", "Pupils measure the water.")
    other = ProjectDocument(one.state())
    a = one.set_field("aims", "Our pupils measure the water.")
    b = other.set_field("aims", "Pupils measure the water and the salt 👨‍👩‍👧.")
    one.apply(b)
    other.apply(a)
    assert one.fields()["aims"] == other.fields()["aims"] == "Our pupils measure the water and the salt 👨‍👩‍👧."


def test_choices_of_both_are_kept_and_a_number_has_one_value() -> None:
    one = ProjectDocument()
    one.set_fields({"languages": ["en"], "pupils": 10})
    other = ProjectDocument(one.state())
    a = one.set_fields({"languages": ["en", "tr"], "pupils": 20})
    b = other.set_fields({"languages": ["el"], "pupils": 30})
    one.apply(b)
    other.apply(a)
    assert one.fields() == other.fields()
    assert one.fields()["languages"] == ["el", "tr"] and one.fields()["pupils"] in (20, 30)


def test_edits_folded_together_are_the_same_as_one_by_one() -> None:
    replica = ProjectDocument()
    edits = [replica.set_field("aims", "x" * n) for n in range(1, 30)]
    assert merged(None, [merge(edits)])[1] == merged(None, edits)[1] == replica.fields()


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_changes_nothing(data: bytes) -> None:
    replica = ProjectDocument()
    replica.set_field("title", "Whole")
    try:
        replica.apply(data)
    except DocumentError:
        pass
    assert replica.fields()["title"] == "Whole"


def test_a_few_bytes_cannot_ask_for_gigabytes() -> None:
    for claim in (b"\xff\xff\xff\x7f", b"\xff" * 9 + b"\x01", b"\x80\x80\x80q"):
        with pytest.raises(DocumentError):
            ProjectDocument().apply(claim + b"\x00" * 40)


def test_an_unknown_field_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        ProjectDocument().set_field("colour", "blue")
