"""Pupils' works come out again: a copy of one, copies of all that are shown, and nothing that is there is replaced."""

import errno
import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from local_db.errors import DiskFullError, FileDamagedError, IoError
from tests.inside import inside
from tests.window import find_button, message
from ui.shell import MainWindow

TEXTS = {"Karın sesi": "Karın altındaki su", "Deniz/Dağ: \u202ebir": "θάλασσα", "con": "x" * 300_000}


@pytest.fixture
def works(desk: Workspace, tmp_path: Path):
    use = desk.pupil_work
    pupil = use.add_pupil(use.add_class("6-A"), "Zeynep Işık")
    for number, (title, text) in enumerate(TEXTS.items()):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
        use.rename(use.take_in(pupil, tmp_path / f"{number}.txt"), title)
    return use.works(use.classes()[0][0])


def test_copies_of_all_hold_what_was_taken_in_under_names_that_every_system_takes(
    desk: Workspace, works, tmp_path: Path
) -> None:
    folder, told = tmp_path / "out", []
    folder.mkdir()
    for _time in range(2):
        copied = desk.pupil_work.save_copies(works, folder, lambda *at: told.append(at), lambda: False)
        assert (copied.count, copied.damaged) == (3, [])
    assert told[-1] == (3, 3)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 6 and "Zeynep Işık - Karın sesi (2).txt" in names
    texts = sorted(path.read_text("utf-8") for path in folder.iterdir())
    assert texts == sorted([*TEXTS.values()] * 2)
    assert all(path.parent == folder and "\u202e" not in path.name for path in folder.rglob("*"))


def test_a_damaged_file_is_named_and_the_others_are_saved(desk: Workspace, works, tmp_path: Path) -> None:
    files = inside(desk).store.files
    (broken,) = [work for work in works if work.title == "Karın sesi"]
    path = files.path(broken.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    copied = desk.pupil_work.save_copies(works, tmp_path, lambda *_at: None, lambda: False)
    assert (copied.count, copied.damaged) == (2, ["Karın sesi"])
    with pytest.raises(FileDamagedError):
        desk.pupil_work.save_copy(broken, tmp_path / "copy.txt")
    assert not (tmp_path / "copy.txt").exists() and not list(tmp_path.glob("*.part"))


def test_only_a_file_is_replaced_and_nothing_beside_it(desk: Workspace, works, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    if os.name != "nt":  # making links wants a right there
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "copy.txt.part").write_text("the teacher's own", "utf-8")
    for taken in ("folder", "link")[: 1 if os.name == "nt" else 2]:
        with pytest.raises(IoError):
            desk.pupil_work.save_copy(works[0], tmp_path / taken)
    for impossible in ("x" * 300, "gone/copy.txt"):
        with pytest.raises(IoError):
            desk.pupil_work.save_copy(works[0], tmp_path / impossible)
    desk.pupil_work.save_copy(works[0], tmp_path / "copy.txt")
    desk.pupil_work.save_copy(works[0], tmp_path / ("ğ" * 125))
    assert (tmp_path / "copy.txt.part").read_text("utf-8") == "the teacher's own"
    assert os.name == "nt" or (tmp_path / "link").is_symlink()
    assert not list(tmp_path.glob(".twindesk*"))


def test_a_full_stick_is_told_and_no_half_copy_stays(
    desk: Workspace, works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) > 3:  # a copy, and twice the folder it is in
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    copied = desk.pupil_work.save_copies(works, tmp_path, lambda *_at: None, lambda: False)
    assert isinstance(copied.failure, DiskFullError) and copied.count == len(list(tmp_path.glob("Zeynep*")))
    assert copied.count == 1 and not list(tmp_path.glob(".twindesk*"))


def test_stopping_leaves_what_was_saved(desk: Workspace, works, tmp_path: Path) -> None:
    seen: list[int] = []
    copied = desk.pupil_work.save_copies(works, tmp_path, lambda done, _all: seen.append(done), lambda: len(seen) == 1)
    assert copied.count == 1 and len(list(tmp_path.glob("Zeynep*"))) == 1


def test_the_window_saves_one_and_all_and_says_that_they_are_not_encrypted(
    qtbot: QtBot, window: MainWindow, desk: Workspace, works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.page("pupil_work")
    offered: list[str] = []

    def one(_parent: object, _title: str, name: str) -> tuple[str, str]:
        offered.append(name)
        return str(tmp_path / "one.txt"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", one)
    page.works.setCurrentRow(0)
    find_button(page, "Save a copy…").click()
    qtbot.waitUntil(lambda: "one.txt" in message(window))
    assert offered[0].startswith("Zeynep Işık - ") and "not encrypted" in message(window)
    assert (tmp_path / "one.txt").read_text("utf-8") in TEXTS.values()
    (tmp_path / "all").mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_arguments: str(tmp_path / "all"))
    find_button(page, "Save copies of all…").click()
    qtbot.waitUntil(lambda: "3 copies were saved" in message(window))
    assert len(list((tmp_path / "all").iterdir())) == 3 and not page.copies.isVisible()
    page.copies.save_one(works[0], tmp_path / "nowhere" / "one.txt")
    qtbot.waitUntil(lambda: "could not be written" in message(window) or "be written there" in message(window))
