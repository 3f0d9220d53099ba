"""Phrases of common words: the sets of pairs answer as the plain reference does, also after teachers changed or left."""

import json
import random
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.directory import TEXT_END, matches, parse_words, sequence_of, texts_of
from local_db.directory import index, pairs
from local_db.directory.database import DirectoryDatabase
from local_db.directory.search import Directory, Search
from tests.window import teacher

WORDS = ["sea", "green", "water", "the", "of", "deniz", "θάλασσα", "zyzzyva"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
PHRASE = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(" ".join)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryDatabase]:
    database = DirectoryDatabase(tmp_path_factory.mktemp("phrases"), secrets.token_bytes(32))
    yield database
    database.close()


@pytest.fixture(scope="module", autouse=True)
def everything_is_common() -> Iterator[None]:
    """A dozen teachers make pairs here as thousands do in real life."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "LEAST", 2)
        patch.setattr(pairs, "EXACT", 3)
        patch.setattr(pairs, "SHARED", 3)
        yield


def fill(db: DirectoryDatabase, rows: list[dict[str, Any]]) -> None:
    for country, part in db.sql("select country, part from pack"):
        index.forget_pack(db, country, part)
    assert db.sql("select count(*) from pair") == db.sql("select count(*) from common") == [(0,)]
    for country in ("TR", "EL"):
        own = [(row, json.dumps(row).encode()) for row in rows if row["country"] == country]
        index.replace_pack(db, country, "available", 1, "0" * 64, own)


def agree(db: DirectoryDatabase, rows: list[dict[str, Any]], typed: str) -> None:
    directory, words = Directory(db), parse_words(typed)
    shown = {row["id"] for row in directory.page(directory.search(Search(words)), 0, 1_000)}
    assert shown == {row["id"] for row in rows if matches(row, words, [])}, typed


def person(number: int, about: str, name: str = "X") -> dict[str, Any]:
    made = teacher(number, country=("TR", "EL")[number % 2], about=about, name=name or "X", available=True)
    return {**made, "id": f"t{number:03d}"}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(TEXT, min_size=1, max_size=16),
    phrases=st.lists(PHRASE, min_size=1, max_size=3),
    names=st.lists(TEXT, min_size=16, max_size=16),
    changed=st.dictionaries(st.integers(0, 15), TEXT, max_size=5),
    gone=st.sets(st.integers(0, 15), max_size=5),
)
def test_a_phrase_finds_who_has_it_and_nobody_else(db: DirectoryDatabase, texts, phrases, names, changed, gone) -> None:
    people = {number: person(number, text, names[number]) for number, text in enumerate(texts)}
    fill(db, list(people.values()))
    for phrase in phrases:
        agree(db, list(people.values()), f'"{phrase}"')
    for number, country in enumerate(("TR", "EL")):
        new = {n: person(n, text, names[n]) for n, text in changed.items() if n % 2 == number}
        leaving = [n for n in gone if n in people and n % 2 == number and n not in new]
        people = {n: one for n, one in people.items() if n not in leaving} | new
        index.apply_delta(db, country, "available", 2, "0" * 64, list(new.values()), [f"t{n:03d}" for n in leaving])
    for phrase in phrases:
        agree(db, list(people.values()), f'"{phrase}"')
        agree(db, list(people.values()), f'"{phrase}" sea -green')


@given(st.lists(TEXT, min_size=2, max_size=5))
def test_words_at_the_end_of_one_text_and_the_start_of_the_next_are_no_phrase(texts: list[str]) -> None:
    projects = [{"title": text, "year": 2025, "partners": []} for text in texts[2:]]
    one = teacher(1, name=texts[0] or "X", about=texts[1], projects=projects)
    apart: list[list[str]] = [[]]
    for word in sequence_of(one):
        if word == TEXT_END:
            apart.append([])
        else:
            apart[-1].append(word)
    assert sorted(apart) == sorted(texts_of(one))


def test_the_same_words_in_another_order_are_another_phrase(db: DirectoryDatabase) -> None:
    people = [person(number, "green sea") for number in range(8)]
    fill(db, people)
    turned = [person(number, "sea green") for number in (0, 2)]
    index.apply_delta(db, "TR", "available", 2, "0" * 64, turned, [])
    people = [*turned, *(one for one in people if one["id"] not in ("t000", "t002"))]
    agree(db, people, '"green sea"')
    agree(db, people, '"sea green"')


def test_common_words_are_learnt_and_nobody_is_read_for_their_phrases(db: DirectoryDatabase, monkeypatch) -> None:
    chance = random.Random(4)
    people = [person(number, " ".join(chance.choices(WORDS[:4], k=9))) for number in range(300)]
    fill(db, people)
    directory = Directory(db)
    monkeypatch.setattr("local_db.directory.words.has_phrase", lambda *_: pytest.fail("a teacher was read"))
    shown = directory.search(Search(parse_words('"green sea"'))).total
    assert shown == sum(matches(one, parse_words('"green sea"'), []) for one in people) > 100
