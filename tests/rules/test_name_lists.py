"""A pasted list of names: what is read from each line, and that nothing good is lost whatever stands beside it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import name_lists
from app.rules.name_lists import BLANK, MOST_LETTERS, MOST_LINES, NEW, THERE, TOO_LONG, TOO_MANY, TWICE, read, same_name


def names(text: str, there: tuple[str, ...] = ()) -> list[str]:
    return [line.name for line in read(text, there) if line.state == NEW]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zeynep Kara\r\nAli İnce\n\n  \nElif Su", ["Zeynep Kara", "Ali İnce", "Elif Su"]),
        (
            "1. Zeynep Kara\n2) Ali İnce\n3 - Elif\n٤. علي\n• Efe\n(5) Ece",
            ["Zeynep Kara", "Ali İnce", "Elif", "علي", "Efe", "Ece"],
        ),
        ("Kara, Zeynep\nİnce , Ali Can", ["Zeynep Kara", "Ali Can İnce"]),
        ("1\t214\tZeynep\tKara\n2\t215\tAli\tİnce", ["Zeynep Kara", "Ali İnce"]),
        ("S.No\tÖğrenci No\tAdı\tSoyadı\tCinsiyeti\n1\t214\tZEYNEP\tKARA\tKız", ["ZEYNEP KARA"]),
        ("Surname\tFirst name\nKara\tZeynep", ["Zeynep Kara"]),
        ("Name\nZeynep", ["Zeynep"]),
        ("1;Zeynep;Kara", ["Zeynep Kara"]),
        ("12, Zeynep Kara", ["Zeynep Kara"]),
        ("'t Hooft Jan\nO’Brien, Seán\nŐry-Nagy Zsófia", ["'t Hooft Jan", "Seán O’Brien", "Őry-Nagy Zsófia"]),
        ("Gu\u0308nes\u0327 Ay", ["Güneş Ay"]),
        ("\u202eعلي حسن\u202c\n\u200fنور", ["علي حسن", "نور"]),
        ("王小明\nΝίκος\nИван", ["王小明", "Νίκος", "Иван"]),
    ],
)
def test_names_are_read_however_a_list_is_written(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_each_line_that_is_not_taken_says_why_and_the_good_ones_are_kept() -> None:
    text = f"Zeynep IŞIK\n12.\n{'x' * (MOST_LETTERS + 1)}\nAli\nALİ\nali\n\nEce\n\u200b\u202e"
    lines = read(text, ["Zeynep Işık"])
    assert [(line.number, line.state) for line in lines] == [
        (1, THERE),
        (2, BLANK),
        (3, TOO_LONG),
        (4, NEW),
        (5, TWICE),
        (6, TWICE),
        (8, NEW),
        (9, BLANK),
    ]
    assert names(text, ("Zeynep Işık",)) == ["Ali", "Ece"]


def test_accents_tell_pupils_apart_and_the_four_turkish_i_do_not() -> None:
    assert same_name("IŞIK İnce") == same_name("ışık ince") == same_name("I\u015fIK I\u0307nce")
    assert same_name("Angel") != same_name("Ángel")
    assert names("Ángel\nAngel") == ["Ángel", "Angel"]


def test_more_than_a_class_can_have_is_told_and_the_first_are_kept() -> None:
    lines = read("\n".join(f"Pupil {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(MOST_LINES + 5)), [])
    assert [line.state for line in lines] == [NEW] * MOST_LINES + [TOO_MANY] * 5
    assert len(read("x\n" * 1_000_000, [])) == 2 * MOST_LINES + 1


def test_a_text_far_too_long_is_read_to_a_whole_line_and_the_rest_is_told() -> None:
    lines = read(f"Ali\n{'y' * 90}\n" * 10_000, [])
    assert {line.name for line in lines} == {"Ali", "y" * 90, ""} and lines[-1].state == TOO_MANY
    (only,) = read("x" * 10_000_000, [])[:1]
    assert only.state == TOO_LONG


LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=12)
NAME = st.lists(st.one_of(LETTERS, st.sampled_from(["İNCE", "ışık", "I", "علي", "Gu\u0308l"])), min_size=1, max_size=3)
NOISE = st.sampled_from(["", "1. ", "12) ", "- ", "7\t", "\u200f", "• ", "  "])


@given(st.lists(st.tuples(NOISE, NAME), max_size=20), st.booleans())
def test_every_written_name_is_made_there_or_told(written: list[tuple[str, list[str]]], decomposed: bool) -> None:
    form = "NFD" if decomposed else "NFC"
    plain = [" ".join(words) for _noise, words in written]
    text = "\n".join(
        noise + unicodedata.normalize(form, name) for (noise, _words), name in zip(written, plain, strict=True)
    )
    lines = read(f"Xq Zw\n{text}", [])[1:]  # no name is read as the line of headings
    assert [same_name(line.name) for line in lines] == [same_name(name) for name in plain]
    made = {same_name(line.name) for line in lines if line.state == NEW}
    assert made == {same_name(name) for name in plain if len(unicodedata.normalize("NFC", name)) <= MOST_LETTERS}


@given(st.text(max_size=400), st.lists(st.text(max_size=20), max_size=4))
def test_whatever_is_pasted_gives_names_that_can_be_kept(text: str, there: list[str]) -> None:
    lines = read(text, there)
    known = {same_name(name) for name in there}
    for line in lines:
        if line.state == NEW:
            assert name_lists.named(line.name) == line.name
            assert same_name(line.name) not in known
    new = [same_name(line.name) for line in lines if line.state == NEW]
    assert len(new) == len(set(new))
    assert [line.number for line in lines] == sorted({line.number for line in lines})
