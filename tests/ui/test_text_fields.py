"""Typing is lossless: no character is changed by the way through a field, nothing is cut, no size stops the window."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.rules.projects import FIELDS
from app.rules.text import brief, common_ends
from app.workspace import Workspace
from tests.window import message
from ui.projects.difference import MOST_SHOWN, parts
from ui.shell import MainWindow
from ui.widgets.counter import Counter
from ui.widgets.replacements import replacements
from ui.widgets.text_field import LineField, TextField

KINDS = "a b\u00a0\u202f\u2007\u00ad\u200b\u2028\u2029\r\n\t\v\f\u0085\ufeff\ufdd0é\u0301😀👩🏽‍🏫"
TEXTS = st.text(alphabet=KINDS, max_size=30)
NO_BREAK = "5\u00a0°C, « oui\u202f», ligne\u2028deux\r\ntrois\nquatre\rcinq\u2029six"


@pytest.fixture
def field(qtbot: QtBot) -> TextField:
    made = TextField("Text")
    qtbot.addWidget(made)
    return made


@settings(max_examples=150, deadline=None)
@given(given_=TEXTS, later=TEXTS)
def test_a_text_comes_back_as_it_was_given(qapp: QApplication, given_: str, later: str) -> None:
    field = TextField("Text")
    for text in (given_, later, given_):
        field.show_text(text)
        assert field.text() == text
    field.deleteLater()


@settings(max_examples=150, deadline=None)
@given(given_=TEXTS, place=st.integers(0, 40), typed=st.sampled_from(["x", "two words", "\u00a0", "😀"]))
def test_typing_changes_nothing_but_what_is_typed(qapp: QApplication, given_: str, place: int, typed: str) -> None:
    field = TextField("Text")
    field.show_text(given_)
    cursor = field.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.MoveAnchor, place)
    cursor.insertText(typed)
    text = field.text()
    assert any(text == given_[:at] + typed + given_[at:] for at in range(len(given_) + 1))
    field.deleteLater()


def test_a_new_line_is_a_new_line_however_it_was_typed(qtbot: QtBot, field: TextField) -> None:
    field.show_text("a\r\nb")
    field.moveCursor(QTextCursor.MoveOperation.End)
    field.insertPlainText("\nc\r\nd")
    assert field.text() == "a\r\nb\nc\nd"
    field.textCursor().insertText("\u2028e")
    assert field.text() == "a\r\nb\nc\nd\ne"
    for _press in range(12):
        field.textCursor().deletePreviousChar()
    assert field.text() == ""


def test_the_cursor_stays_at_its_word_when_a_partner_writes_before_it(qtbot: QtBot, field: TextField) -> None:
    field.show_text("😀 one\r\ntwo")
    cursor = field.textCursor()
    cursor.setPosition(len("😀 one\u2029tw".encode("utf-16-le")) // 2)
    field.setTextCursor(cursor)
    field.show_text("New 😀😀 one\r\ntwo\u00a0!")
    field.insertPlainText("|")
    assert field.text() == "New 😀😀 one\r\ntw|o\u00a0!"


def test_a_partners_no_break_spaces_stay_while_one_types(qtbot: QtBot, window: MainWindow, desk: Workspace) -> None:
    page = window.page("projects")
    page.create()
    theirs = desk.projects.open(page._current.id)
    theirs.set_fields({"aims": NO_BREAK, "title": "Eau\u00a0: 5\u202f°C"})
    page.refresh()
    qtbot.keyClicks(page.form.editors["aims"], "Ours. ")
    qtbot.keyClicks(page.form.editors["title"], "!")
    assert page.form.keep()
    fields = desk.projects.open(page._current.id).fields
    assert fields["aims"] in ("Ours. " + NO_BREAK, NO_BREAK + "Ours. ")
    assert fields["title"].replace("!", "") == "Eau\u00a0: 5\u202f°C"


def test_a_title_of_five_thousand_characters_is_kept_counted_and_not_submitted(
    qtbot: QtBot, window: MainWindow, desk: Workspace
) -> None:
    page = window.page("projects")
    page.create()
    title = page.form.editors["title"]
    title.setText("x" * 5_000)
    assert page.form.keep()
    assert desk.projects.overview()[0].title == "x" * 5_000
    counter = page.form.counters["title"]
    assert counter.too_many and "5,000 of 200 characters" in counter.text() and counter.property("role") == "bad"
    assert title.accessibleDescription() == counter.text()
    title.setText("x" * 200)
    assert not counter.too_many and counter.text() == "200 of 200 characters"
    title.setText("x" * 201)
    page.form.keep()
    page.submit()
    assert "Title is too long" in message(window)
    assert desk.projects.overview()[0].waiting == ""
    window.go("today")
    window.go("sync_centre")
    window.go("projects")


def test_every_text_of_the_form_has_its_counter(qtbot: QtBot, window: MainWindow) -> None:
    form = window.page("projects").form
    assert set(form.counters) == {name for name, field in FIELDS.items() if field.kind in ("line", "text")}


@pytest.mark.parametrize("word", ["x" * 2_000_000, "lorem ipsum " * 170_000], ids=["one word", "one line"])
def test_a_paste_of_two_megabytes_in_one_line_is_kept_and_does_not_stop_the_window(
    qtbot: QtBot, window: MainWindow, desk: Workspace, word: str
) -> None:
    page = window.page("projects")
    page.create()
    pasted = QMimeData()
    pasted.setText(word)
    page.form.editors["aims"].insertFromMimeData(pasted)
    QApplication.processEvents()
    assert page.form.keep()
    if " " not in word:  # Qt would look for its end for minutes
        assert page.form.editors["aims"].wordWrapMode() == QTextOption.WrapMode.WrapAnywhere
    assert desk.projects.open(page._current.id).fields["aims"] == word
    assert "of it is kept, but shorten it" in page.form.counters["aims"].text()
    theirs = desk.projects.open(page._current.id)
    theirs.set_fields({"work_process": word})
    page.refresh()
    assert page.form.editors["work_process"].text() == word


def test_a_field_of_one_line_has_no_end(qtbot: QtBot) -> None:
    line = LineField("Line")
    qtbot.addWidget(line)
    line.show_text("x" * 100_000)
    assert len(line.text()) == 100_000
    count = Counter(line, 10)
    count.show_count(len(line.text()))
    assert "100,000 of 10" in line.accessibleDescription()


@given(TEXTS, TEXTS)
def test_common_ends_never_overlap(one: str, other: str) -> None:
    head, tail = common_ends(one, other)
    assert one[:head] == other[:head] and head + tail <= min(len(one), len(other))
    assert one[len(one) - tail :] == other[len(other) - tail :]
    slow = 0
    while slow < min(len(one), len(other)) and one[slow] == other[slow]:
        slow += 1
    assert head == slow


@given(TEXTS, TEXTS)
def test_replacing_gives_the_other_text(one: str, other: str) -> None:
    for start, end, new in reversed(replacements(one, other)):
        one = one[:start] + new + one[end:]
    assert one == other


@given(st.lists(st.sampled_from(["a", "b", "word", " ", "\n", "😀"])), st.lists(st.sampled_from(["a", "c", " ", "😀"])))
def test_what_changed_is_made_of_both_texts(one: list[str], other: list[str]) -> None:
    before, after = "".join(one), "".join(other)
    pieces = parts(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "come") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_long_texts_are_compared_within_bounds() -> None:
    before, after = "one two " * 40_000, "two three " * 40_000
    pieces = parts(before, after)
    assert sum(len(piece.text) for piece in pieces) <= 2 * MOST_SHOWN + 10
    assert sum(len(piece.text) + piece.left_out for piece in pieces if piece.kind == "come") > 300_000
    folded = parts("start " + "same " * 1_000 + "end", "start " + "same " * 1_000 + "other")
    assert [piece.kind for piece in folded] == ["same", "gone", "come"] and folded[0].left_out > 4_000


def test_a_long_title_is_brief_in_a_list() -> None:
    assert brief("Water\n stories") == "Water stories"
    assert brief("x" * 5_000) == "x" * 119 + "…" and brief("") == ""
