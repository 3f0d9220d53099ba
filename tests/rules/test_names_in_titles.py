"""Pupils' names are found in titles, however a computer, a language or a hand writes them."""

import unicodedata

import pytest

from app.rules.pupil_work import names_in, title_from

NAMES = [
    "Ayşe Güneş",
    "Ali İnce",
    "Ayşenur Işık",
    "Jürgen Müller",
    "Γιώργος Παπαδόπουλος",
    "Георги Иванов",
    "გიორგი",
    "Արամ Սարգսյան",
    "O'Brien Ní Dhomhnaill",
    "Łukasz Žižka",
]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize(
    "title",
    [
        "Ayşe Güneş şiir",
        "AYŞE'nin şiiri",
        "ayse_gunes_siir",
        "şiir-AyşeGüneş2",
        "Ayşenin şiiri",
        "Ali2",
        "AliKaya",
        "ALİ",
        "Isik ve gölge",
        "Ayşe Nur çizdi",
        "Juergen Mueller",
        "mÜLLER",
        "Giorgos Papadopoulos",
        "ΓΙΩΡΓΟΣ",
        "Georgi Ivanov",
        "ИВАНОВ",
        "giorgi",
        "Aram Sargsyan",
        "OBrien",
        "lukasz zizka",
        "𝓐𝔂ş𝓮 şiir",
        "Ａｙşｅ",
        "Ay\u200bşe",
        "Ay\u00adşe",
    ],
)
def test_a_name_is_found_in_every_form(title: str, form: str) -> None:
    assert names_in(unicodedata.normalize(form, title), NAMES)  # type: ignore[arg-type]
    names = [unicodedata.normalize("NFD", name) for name in NAMES]
    assert names_in(title, names)


@pytest.mark.parametrize("title", ["Bir varmış bir yokmuş", "Ein Tag am Meer", "Море", "Θάλασσα", "Kar 2026", "", "🌊"])
def test_ordinary_titles_hold_no_name(title: str) -> None:
    assert names_in(title, NAMES) == []


def test_the_name_of_a_file_from_a_mac_becomes_a_title_without_the_pupil() -> None:
    name = unicodedata.normalize("NFD", "Ayşe Güneş şiir.pdf")
    assert title_from(name, ["Ayşe Güneş"]) == "şiir"
