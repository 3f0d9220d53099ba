"""Lists are read from indexes alone: long texts and pictures are not opened for them."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from local_db.store import Store
from local_db.tables import documents, outbox, pupil_work, records, transfers
from local_db.tables.documents import Stored


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path, secrets.token_bytes(32))
    yield opened
    opened.close()


LISTS: dict[str, tuple[Callable[[Store], object], set[str]]] = {
    "the works of a class": (lambda store: pupil_work.works(store, "c"), {"work_list", "pupil_list"}),
    "the pupils of a class": (lambda store: pupil_work.pupils(store, "c"), {"pupil_list"}),
    "what may be published": (pupil_work.permissions, {"work_list"}),
    "the files of all works": (pupil_work.file_hashes, {"work_list"}),
    "a pupil's same file": (lambda store: pupil_work.has_file(store, "p", "0"), {"work_list"}),
    "the titles of drafts": (lambda store: documents.titles(store, "project_draft"), {"document_list"}),
    "the steps that wait": (lambda store: outbox.commanded(store, "a", "b"), {"outbox_commands"}),
    "whether a step waits": (lambda store: outbox.has_command(store, ("a",), "b"), {"outbox_commands"}),
    "how many changes wait": (outbox.counts, {"outbox_state"}),
    "how many files wait": (transfers.counts, {"transfer_state"}),
    "what cannot be read": (records.unreadable, {"record_unreadable"}),
}


def plans(store: Store, ask: Callable[[Store], object], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How SQLite would look up what is asked."""
    asked, execute = [], store.db.execute_sql
    with monkeypatch.context() as spied:
        spied.setattr(store.db, "execute_sql", lambda *said: asked.append(said) or execute(*said))
        ask(store)
    return [row[3] for said in asked for row in execute(f"explain query plan {said[0]}", *said[1:]).fetchall()]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_from_its_index_alone(store: Store, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask, indexes = LISTS[name]
    steps = [step for step in plans(store, ask, monkeypatch) if "B-TREE" not in step]
    assert steps and all("COVERING INDEX" in step for step in steps)
    assert {index for index in indexes if any(index in step for step in steps)} == indexes


def test_the_bin_looks_at_removed_works_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = plans(store, pupil_work.removed, monkeypatch)
    assert any("work_removed" in step for step in steps) and "SCAN t1" not in steps


def test_a_list_of_works_knows_of_pictures_without_reading_them(store: Store) -> None:
    class_id = pupil_work.add_class(store, "6-A")
    pupil = pupil_work.add_pupil(store, class_id, "Ayşe", "Cedar 1")
    about = {"pupil_id": pupil, "title": "Sea", "filename": "sea.png", "kind": "image", "sha256": "0", "size": 5}
    for thumbnail in (b"picture", None):
        pupil_work.add_work(store, {**about, "thumbnail": thumbnail})
    first, second = pupil_work.works(store, class_id)
    assert first.has_picture and pupil_work.small_picture(store, first.id) == b"picture"
    assert not second.has_picture and pupil_work.small_picture(store, second.id) is None


def test_titles_come_with_the_last_changed_first_and_empty_where_there_is_none(store: Store) -> None:
    for number, fields in enumerate(({"title": "Kar 🎈"}, {}, {"title": None})):
        documents.keep(store, Stored(f"d{number}", "project:1", "project_draft", b"", fields, float(number)))
    documents.keep(store, Stored("other", "project:1", "task_list", b"", {"title": "List"}, 9.0))
    assert documents.titles(store, "project_draft") == [("d2", "", 2.0), ("d1", "", 1.0), ("d0", "Kar 🎈", 0.0)]
    assert json.loads(store.sql("select fields from document where id = 'd0'")[0][0]) == {"title": "Kar 🎈"}


def test_who_is_in_the_bin_is_not_found(store: Store) -> None:
    class_id = pupil_work.add_class(store, "6-A")
    here, away = (pupil_work.add_pupil(store, class_id, name, name) for name in ("Ada", "Zeynep"))
    store.sql("update pupil set removed_at = 1 where id = ?", (away,))
    assert [place.pupil_id for place in pupil_work.places_of_pupils(store)] == [here]
    assert [row.id for row in pupil_work.pupils(store, class_id)] == [here]
