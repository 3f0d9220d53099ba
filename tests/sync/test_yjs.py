"""The reader of Yjs updates: what the library makes passes, everything else is refused quickly and changes nothing."""

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlFragment, merge_updates

from sync.protocol import yjs
from sync.protocol.document_kinds import PROJECT_DRAFT, TASK_LIST
from sync.protocol.documents import DocumentError, SharedDocument
from sync.protocol.yjs_order import gaps

Session = tuple[list["Doc[Any]"], list[bytes]]
WORDS = ("x", "👩🏽‍🏫", "ışık ", "word ", "\u2028", "a\u00a0b")
VALUES = (1, 2**40, -5, 1.5, None, True, {"a": [1, {"b": []}]}, "ş", b"bytes", [[[0]]])


def write(doc: "Doc[Any]", rng: random.Random) -> None:
    """One step of somebody who uses all that the library can."""
    text, items, free = doc.get("aims", type=Text), doc.get("list:tasks", type=Map), doc.get("free", type=Array)
    key = rng.choice("abc")
    steps = (
        lambda: text.insert(_between_characters(text, rng), rng.choice(WORDS)),
        lambda: text.insert(_between_characters(text, rng), rng.choice(WORDS)),
        lambda: text.clear() if len(text) else None,
        lambda: text.format(0, len(text), {"bold": rng.choice([True, None])}) if len(text) else None,
        lambda: items.update({key: Map({"text": Text("hey"), "at": rng.choice("mno"), "done": True})}),
        lambda: items[key]["text"].insert(0, rng.choice(WORDS)) if key in items else None,
        lambda: items.pop(key, None),
        lambda: doc.get("values", type=Map).update({"pupils": rng.choice(VALUES)}),
        lambda: free.insert(0, rng.choice(VALUES)),
        lambda: free.append(Array([1, Map({"q": Text("deep")})])),
        lambda: free.pop(0) if len(free) else None,
    )
    rng.choice(steps)()


def _between_characters(text: Text, rng: random.Random) -> int:
    shown = str(text)
    return len(shown[: rng.randint(0, len(shown))].encode())


def session(seed: int, steps: int = 40) -> Session:
    """Three who write and now and then read each other; all updates that the library made."""
    rng, made = random.Random(seed), []
    docs: list[Doc[Any]] = [Doc(client_id=rng.getrandbits(bits)) for bits in (6, 30, 53)]
    for doc in docs:
        doc.observe(lambda event: made.append(bytes(event.update)))
    for _ in range(rng.randint(1, steps)):
        one, other = rng.sample(docs, 2)
        if rng.random() < 0.15:
            count = len(made)
            one.apply_update(other.get_update(one.get_state()))
            del made[count:]
        else:
            write(one, rng)
    return docs, made


seeds = st.integers(0, 2**32)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_whatever_the_library_makes_is_read_and_gives_its_own_state_vector(seed: int) -> None:
    docs, made = session(seed)
    for update in made:
        yjs.read(update)
    for doc in docs:
        assert gaps(yjs.read(doc.get_update()), {}) == yjs.read_state_vector(doc.get_state())
    whole = merge_updates(*(doc.get_update() for doc in docs))
    replica, bare = SharedDocument(TASK_LIST), Doc()
    replica.apply(whole)
    bare.apply_update(whole)
    assert replica.state() == bare.get_update()


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_part_of_what_was_written_is_taken_in_whole_or_refused_whole(seed: int) -> None:
    docs, made = session(seed)
    rng = random.Random(seed)
    if not made:
        return
    some = merge_updates(*rng.sample(made, rng.randint(1, len(made))))  # with Skip structs where others are missing
    take_in(some, rng.choice(docs).get_update())


def take_in(update: bytes, state: bytes | None) -> None:
    """Either it is merged as the reader foretold, or nothing has changed; it never takes long or ends the process."""
    replica = SharedDocument(TASK_LIST, state)
    before = (replica.fields(), yjs.read(replica.state(), None))
    known = yjs.read_state_vector(replica.state_vector())
    begun = time.process_time()
    try:
        replica.apply(update)
    except DocumentError:
        assert (replica.fields(), yjs.read(replica.state(), None)) == before
    else:
        assert gaps(yjs.read(update), known) == yjs.read_state_vector(replica.state_vector())
    assert time.process_time() - begun < 5
    replica.set_fields({"title": "Written afterwards"})
    assert replica.fields()["title"] == "Written afterwards"


@settings(max_examples=250, deadline=None)
@given(seeds, st.data())
def test_a_damaged_edit_is_merged_or_refused_and_never_ends_the_program(seed: int, data: st.DataObject) -> None:
    docs, made = session(seed, 12)
    damaged = bytearray(data.draw(st.sampled_from([*made, docs[0].get_update()])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        how = data.draw(st.sampled_from(["change", "drop", "put", "cut"]))
        byte = data.draw(st.sampled_from([0, 1, 2, 4, 7, 8, 10, 0x27, 0x75, 0x7F, 0x80, 0x84, 0xC4, 0xFF]))
        if how == "cut":
            del damaged[at:]
        else:
            damaged[at : at + (how != "put")] = b"" if how == "drop" else bytes([byte])
    take_in(bytes(damaged), data.draw(st.sampled_from([None, docs[1].get_update()])))


# -- made by somebody who means harm -------------------------------------------------------


def number(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def word(text: str) -> bytes:
    return number(len(text.encode())) + text.encode()


def update(*authors: tuple[int, int, list[bytes]], deleted: bytes = b"\0") -> bytes:
    runs = [
        number(len(structs)) + number(client) + number(clock) + b"".join(structs) for client, clock, structs in authors
    ]
    return number(len(authors)) + b"".join(runs) + deleted


def in_root(root: str, content: int, rest: bytes, key: str | None = None) -> bytes:
    info = content | (0x20 if key is not None else 0)
    return bytes([info, 1]) + word(root) + (word(key) if key is not None else b"") + rest


def nested(depth: int) -> bytes:
    return update((1, 0, [in_root("values", 8, b"\1" + b"u\1" * depth + b"\x7e", "pupils")]))


@pytest.mark.parametrize("depth", [201, 12_000, 20_000, 400_000])
def test_values_nested_too_deep_are_refused_at_once(depth: int) -> None:
    with pytest.raises(DocumentError, match="deep"):
        SharedDocument(PROJECT_DRAFT).apply(nested(depth))
    keyed = update((1, 0, [in_root("values", 8, b"\1" + b"v\1\1k" * depth + b"\x7e", "pupils")]))
    with pytest.raises(DocumentError, match="deep"):
        SharedDocument(PROJECT_DRAFT).apply(keyed)
    json = word("[" * depth + "]" * depth)
    with pytest.raises(DocumentError, match="deep"):
        SharedDocument(PROJECT_DRAFT).apply(update((1, 0, [in_root("aims", 5, json)])))


def test_types_nested_too_deep_are_refused_also_when_they_come_one_by_one() -> None:
    replica, depth = SharedDocument(TASK_LIST), 0
    replica.apply(update((1, 0, [in_root("more", 7, b"\1", "k")])))
    with pytest.raises(DocumentError, match="deep"):
        for clock in range(1, 1_000):
            replica.apply(update((1, clock, [b"\x27\0" + number(1) + number(clock - 1) + word("k") + b"\1"])))
            replica = SharedDocument(TASK_LIST, replica.state()) if clock % 50 == 0 else replica
            depth = clock
    assert 150 < depth <= 200


HARMFUL = {
    "more authors than bytes": b"\xff\xff\xff\x7f" + b"\0" * 40,
    "a number without end": b"\xff" * 40,
    "more structs than bytes": number(1) + number(10**6) + b"\1\0" + b"\0" * 30,
    "more values than bytes": update((1, 0, [in_root("values", 8, number(2**31), "k")])),
    "a text longer than the bytes": update((1, 0, [in_root("aims", 4, number(10**6) + b"x")])),
    "half a character": update((1, 0, [in_root("aims", 4, b"\1\xc3")])),
    "clocks beyond their bound": update((1, 2**31 - 2, [in_root("aims", 4, word("abc"))])),
    "a clock of 64 bits": update((1, 2**40, [in_root("aims", 4, word("abc"))])),
    "an author of 64 bits": update((2**60, 0, [in_root("aims", 4, word("abc"))])),
    "nothing inserted": update((1, 0, [in_root("aims", 4, word(""))])),
    "a page element": update((1, 0, [in_root("aims", 7, number(3) + word("p"))])),
    "a link": update((1, 0, [in_root("aims", 7, number(7) + b"\0\1\0")])),
    "a document inside": update((1, 0, [in_root("aims", 9, word("guid") + b"v\0")])),
    "an unknown content": update((1, 0, [in_root("aims", 11, b"\1")])),
    "bytes after the end": update((1, 0, [in_root("aims", 4, word("abc"))])) + b"\0",
    "deletions out of order": update(deleted=b"\1\1\2\5\1\0\1"),
    "a deletion beyond its bound": update(deleted=b"\1\1\1\0" + number(2**31)),
    "an author twice": update((1, 0, [in_root("aims", 4, word("a"))]), (1, 1, [in_root("aims", 4, word("b"))])),
    "no JSON": update((1, 0, [in_root("aims", 5, word("{"))])),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_bytes_are_refused_and_the_draft_goes_on(name: str) -> None:
    replica = SharedDocument(PROJECT_DRAFT)
    replica.set_fields({"title": "Whole"})
    with pytest.raises(DocumentError):
        replica.apply(HARMFUL[name])
    partner = SharedDocument(PROJECT_DRAFT, replica.state())
    partner.apply(replica.set_fields({"title": "Whole still"}))
    assert partner.fields()["title"] == "Whole still"


LONELY = {
    "a clock is missing": update((1, 5, [in_root("aims", 4, word("x"))])),
    "the neighbour before is missing": update((1, 0, [b"\x84" + number(9) + b"\0" + word("x")])),
    "the neighbour behind is missing": update((1, 0, [b"\x44" + number(9) + b"\0" + word("x")])),
    "the parent is missing": update((1, 0, [b"\4\0" + number(9) + b"\0" + word("x")])),
    "what is deleted is missing": update(deleted=b"\1" + number(9) + b"\1\0\1"),
    "it stands beside itself": update((1, 0, [b"\x84" + number(1) + b"\0" + word("x")])),
    "two wait for each other": update(
        (1, 0, [b"\x84" + number(2) + b"\0" + word("x")]), (2, 0, [b"\x84" + number(1) + b"\0" + word("y")])
    ),
}


@pytest.mark.parametrize("name", LONELY)
def test_an_edit_that_would_stay_pending_is_refused_whole_and_later_ones_arrive(name: str) -> None:
    replica = SharedDocument(PROJECT_DRAFT)
    replica.set_fields({"aims": "Measure"})
    before = replica.state()
    for take in (replica.apply, replica.merge):
        with pytest.raises(DocumentError, match="gap"):
            take(LONELY[name])
        assert replica.state() == before
    partner = SharedDocument(PROJECT_DRAFT, before)
    replica.apply(partner.set_fields({"aims": "Measure and compare"}))
    assert replica.fields()["aims"] == "Measure and compare"


def test_the_second_of_two_edits_waits_for_the_first_and_is_taken_in_after_it() -> None:
    writer, replica = SharedDocument(PROJECT_DRAFT), SharedDocument(PROJECT_DRAFT)
    first, second = (writer.set_fields({"aims": text}) for text in ("Measure", "Measure the sea"))
    with pytest.raises(DocumentError, match="gap"):
        replica.apply(second)
    replica.apply(first)
    assert replica.apply(second) == {"aims"}
    assert replica.fields() == writer.fields()


def test_an_edit_made_to_keep_the_library_busy_is_refused() -> None:
    front = [in_root("aims", 4, word("y"))] + [b"\x44" + number(2) + number(n) + word("y") for n in range(7_999)]
    across = [b"\x44" + number(2) + number(n) + word("x") for n in range(8_000)]
    with pytest.raises(DocumentError, match="structs"):
        SharedDocument(PROJECT_DRAFT).merge(update((2, 0, front), (1, 0, across)))


def test_what_is_no_text_in_a_text_keeps_its_place_while_words_change_around_it() -> None:
    newer: Doc[Any] = Doc()
    text = newer.get("aims", type=Text)
    text.insert(0, "İlk 👩🏽‍🏫 söz")
    text.insert_embed(len("İlk ".encode()), {"picture": "x"})
    replica = SharedDocument(PROJECT_DRAFT, newer.get_update())
    replica.set_fields({"aims": "İlk 👩🏽‍🏫 güzel söz"})
    replica.set_fields({"aims": "İlk 👩🏽‍🏫 güzel söz 🌊"})
    assert replica.fields()["aims"] == "İlk 👩🏽‍🏫 güzel söz 🌊"
    newer.apply_update(replica.state())
    assert newer.get("aims", type=Text).diff()[1][0] == {"picture": "x"}


def test_a_page_of_another_program_is_no_part_of_a_document() -> None:
    stranger: Doc[Any] = Doc()
    stranger.get("page", type=Array).append(XmlFragment())
    with pytest.raises(DocumentError):
        SharedDocument(PROJECT_DRAFT).apply(stranger.get_update())


def test_a_whole_document_sent_again_is_no_such_edit() -> None:
    writer = SharedDocument(PROJECT_DRAFT)
    for number in range(2 * yjs.MAX_EDIT_STRUCTS):
        writer._change(lambda number=number: writer._roots["aims"].insert(0, "ab" if number % 2 else "ş"))
    replica = SharedDocument(PROJECT_DRAFT, writer.state())
    writer.set_fields({"title": "One step more"})
    replica.merge(writer.state())
    assert replica.fields()["title"] == "One step more"
    with pytest.raises(DocumentError, match="structs"):
        SharedDocument(PROJECT_DRAFT).merge(writer.state())
