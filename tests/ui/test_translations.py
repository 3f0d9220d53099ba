"""The translator's check finds what it should; and everything the window can say has a Turkish text."""

import pytest
from babel.messages.catalog import Catalog

from app.rules import vocabularies
from i18n import commands, use_language
from i18n.formats import ago, clock, country_name, file_size, language_name, number, percent
from ui import words
from ui.today.declared import LINES


@pytest.fixture
def turkish():
    use_language("tr")
    yield
    use_language("en")


def test_the_catalogs_are_complete() -> None:
    assert commands.check() == []
    assert len([message for message in commands.extract() if message.id]) > 300


@pytest.mark.parametrize(
    "source, translation, problem",
    [
        ("Keep {n}", "Sakla", "placeholders differ"),
        ("Keep", "", "not translated"),
        (("{n} day", "{n} days"), ("{n} gün", "{n} gün"), "not translated in all 1 forms"),
        (("{n} day", "{n} days"), ("gün",), "placeholders differ"),
        ("Keep {n}", "{n} sakla", None),
    ],
)
def test_a_bad_translation_is_found(source, translation, problem: str | None) -> None:
    catalog, template = Catalog(locale="tr"), Catalog()
    template.add(source)
    catalog.add(source, translation)
    (message,) = [m for m in template if m.id]
    found = commands._problems(catalog, message)
    assert found == [] if problem is None else problem in found[0]


def test_every_code_from_below_is_said_in_turkish(turkish) -> None:
    tables = [
        words.FIELD_NAMES,
        words.FIELD_HINTS,
        words.COMMANDS,
        words.REFUSALS,
        words.TROUBLES,
        words.TAKE_IN,
        words.NOT_SAVED,
    ]
    english = [text for table in tables for text in table.values()]
    english += [text for line in LINES.values() for text in (line.sentence, *(button.text for button in line.buttons))]
    english += [text for text, _tone in words.STATES.values()]
    same = [text for text in english if commands_text(text) == text]
    assert same == []


def commands_text(text: str) -> str:
    from i18n import _

    return _(text)


def test_lists_have_turkish_names(turkish) -> None:
    for name in ("subjects", "tools", "staff_roles"):
        vocabulary = vocabularies.shipped(name)
        for item in vocabulary.ids:
            assert words.item(name, item) != item
    assert (country_name("EL"), language_name("it"), language_name("en")) == ("Yunanistan", "İtalyanca", "İngilizce")


def test_numbers_and_dates_are_the_readers(turkish) -> None:
    assert number(1_200_000) == "1.200.000"
    assert file_size(3_400_000) == "3,4 MB"
    assert ago("2020-03-05") == "Mart 2020"
    assert clock(0).startswith(("1 Oca", "31 Ara"))
    use_language("en")
    assert (number(1_200_000), file_size(900), ago("2020-03-05")) == ("1,200,000", "1 KB", "March 2020")


def test_an_unknown_language_falls_back_to_english() -> None:
    assert use_language("xx") == "en"


def test_a_percentage_is_written_as_the_reader_writes_it() -> None:
    try:
        use_language("tr")
        assert percent(150) == "%150"
        use_language("en")
        assert percent(150) == "150%"
    finally:
        use_language("en")
