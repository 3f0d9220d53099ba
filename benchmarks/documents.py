"""Shared documents: many small edits on a long document, its history, a keystroke and a paste, beside bare pycrdt."""

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from pycrdt import Doc, Text

from app import document_history
from app.open_document import OpenDocument
from local_db.store import Store
from local_db.tables import documents
from sync import document_news
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument, merged
from sync.protocol.messages import Edit

BEFORE, MORE, ROUNDS = 10_000, 2_500, 3
WORDS = ("kar ", "water ", "θάλασσα ", "we measure ", "👩🏽‍🏫 ")


def small_edits() -> list[bytes]:
    """Edits of two who write a few characters each time, here and there in a text of about 50 kB."""
    random, writer, edits = Random(7), SharedDocument(PROJECT_DRAFT), []
    text = writer._roots["aims"]
    for number in range(BEFORE + MORE):
        shown = str(text)
        at = len(shown[: random.randint(0, len(shown))].encode())
        word = random.choice(WORDS)

        def put(at: int = at, word: str = word) -> None:
            text.insert(at, word)

        def drop(at: int = at, shown: str = shown) -> None:
            if at + 4 < len(text) and shown.isascii():
                del text[at : at + 4]
            else:
                text.insert(at, "x")

        edits.append(writer._change(drop if number % 4 == 3 else put))
    return edits


def seconds(work: Callable[[], Any]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def bare(state: bytes | None, edits: list[bytes]) -> None:
    """The same merging by the library alone, unchecked."""
    doc: Doc[Any] = Doc()
    doc.get("aims", type=Text)
    if state:
        doc.apply_update(state)
    for edit in edits:
        doc.apply_update(edit)
    doc.get_update()


def arrive(store: Store, edits: list[bytes]) -> None:
    """A new partner takes in everything, in the pages in which the platform sends it."""
    new = [
        Edit.model_construct(
            id=f"e{n}", document_id="p", kind=PROJECT_DRAFT.name, seq=n, author_id="a", author="A", at=1.0, data=data
        )
        for n, data in enumerate(edits, 1)
    ]
    for start in range(0, len(new), 5_000):
        with store.transaction():
            document_news.take_in(store, "project:p", new[start : start + 5_000])


def one_round(folder: Path, edits: list[bytes], state: bytes) -> dict[str, float]:
    """Everything once, on a new store."""
    store = Store.open(folder, secrets.token_bytes(32))
    found = {
        "platform": seconds(lambda: merged(PROJECT_DRAFT, state, edits[BEFORE:])),
        "platform bare": seconds(lambda: bare(state, edits[BEFORE:])),
        "partner": seconds(lambda: arrive(store, edits)),
        "partner bare": seconds(lambda: bare(None, edits)),
        "list": seconds(lambda: document_history.entries(store, PROJECT_DRAFT, "p")),
        "first version": seconds(lambda: document_history.version(store, PROJECT_DRAFT, "p", f"e{BEFORE}")),
        "version": seconds(lambda: document_history.version(store, PROJECT_DRAFT, "p", f"e{BEFORE - 9}")),
    }
    opened = OpenDocument(store, PROJECT_DRAFT, "p", ("a", "A"), lambda: None)
    text, paste = opened.fields["aims"], "one line without an end " * 87_000
    found["key"] = seconds(lambda: opened.set_fields({"aims": text + "."}))
    found["paste"] = seconds(lambda: opened.set_fields({"aims": text[:500] + paste + text[500:]}))
    assert documents.get(store, "p").fields["aims"] == text[:500] + paste + text[500:]  # type: ignore[union-attr]
    store.close()
    return found


def main() -> None:
    """Print the medians of some rounds."""
    edits = small_edits()
    state, fields = merged(PROJECT_DRAFT, None, edits[:BEFORE])
    with tempfile.TemporaryDirectory() as place:
        rounds = [one_round(Path(place) / str(number), edits, state) for number in range(ROUNDS)]
    took = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    print(f"a text of {len(fields['aims'].encode()) // 1000} kB, {BEFORE:,} edits, state of {len(state) // 1000} kB")
    for name, what in (("platform", f"{MORE:,} edits more at the platform"), ("partner", "all edits at a new partner")):
        print(f"{what}: {took[name]:.2f} s (aim 1 s); bare pycrdt {took[f'{name} bare']:.2f} s")
    print(f"history: list {took['list'] * 1e3:.0f} ms (aim 100 ms), a version {took['version'] * 1e3:.0f} ms,")
    print(f"  the first one {took['first version'] * 1e3:.0f} ms")
    print(f"a key kept: {took['key'] * 1e3:.0f} ms; a paste of 2 MB in one line kept: {took['paste'] * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
