"""Names from outside become plain ones, whatever they are; twice is as once."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import pupil_work
from app.rules.filenames import MAX_BYTES, ending, plain_line, plain_name, stem_of


@given(st.text(max_size=400))
def test_a_plain_name_is_harmless_on_every_system(name: str) -> None:
    plain = plain_name(name)
    assert plain and plain == plain_name(plain) and len(plain.encode()) <= MAX_BYTES
    assert not set(plain) & set('/\\<>:"|?*') and plain.strip(" .") == plain
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in plain if c not in "\u200c\u200d")
    assert plain.partition(".")[0].casefold() not in {"con", "nul", "aux", "prn", "com1", "lpt9", "com¹"}


@given(st.text(max_size=200))
def test_a_plain_line_is_one_line_and_words_stay(text: str) -> None:
    plain = plain_line(text)
    assert plain == plain_line(plain) and len(plain.splitlines()) <= 1


@pytest.mark.parametrize("name", ["x.gif", "x.GIF", "x.GİF", "x.gıf", "x.GiF", "ÇİÇEK.GİF", "x.gif ", "x.gif."])
def test_an_ending_is_known_in_any_capitals(name: str) -> None:
    for form in ("NFC", "NFD", "NFKD"):
        written = unicodedata.normalize(form, name)
        assert ending(written) == "gif" and pupil_work.kind_of(written) == "image"


def test_joined_letters_and_emoji_stay() -> None:
    assert plain_name("👩🏽\u200d🏫.png") == "👩🏽\u200d🏫.png" and stem_of("می\u200cخواهم.pdf") == "می\u200cخواهم"
