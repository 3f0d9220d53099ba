"""A work opened in the computer's own program: nobody else can read the copy, and nothing of it stays."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from app.workspace import Workspace, open_workspace
from local_db.errors import StoreError
from local_db.tables import settings
from tests.inside import inside

KEY = b"k" * 32


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def opened(profile: Path) -> Workspace:
    workspace = open_workspace(profile, key=KEY, server="http://127.0.0.1:9")
    workspace.online = False
    return workspace


def taken_in(workspace: Workspace, folder: Path, text: str = "Karın altındaki su") -> str:
    use = workspace.pupil_work
    pupil = use.add_pupil(use.add_class("6-A"), "Zeynep Işık")
    (folder / "Zeynep.txt").write_text(text, "utf-8")
    return use.take_in(pupil, folder / "Zeynep.txt")


def test_a_copy_to_look_at_is_private_bears_no_name_and_goes_at_the_end(tmp_path: Path, temp: Path) -> None:
    workspace = opened(tmp_path / "profile")
    work = taken_in(workspace, tmp_path)
    copy = workspace.pupil_work.viewing.copy(work)
    assert copy.read_text("utf-8") == "Karın altındaki su" and copy.suffix == ".txt"
    assert "Zeynep" not in str(copy.relative_to(temp)) and temp in copy.parents
    if os.name != "nt":
        for folder in (copy.parent, copy.parent.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(copy.stat().st_mode) == 0o400
    assert workspace.pupil_work.viewing.copy(work) == copy
    workspace.close()
    assert list(temp.iterdir()) == []


def test_what_a_killed_program_left_goes_at_the_next_start(tmp_path: Path, temp: Path) -> None:
    workspace = opened(tmp_path / "profile")
    workspace.pupil_work.viewing.copy(taken_in(workspace, tmp_path))
    inside(workspace).store.close()  # the rest of closing never happens
    assert len(list(temp.iterdir())) == 1
    workspace = opened(tmp_path / "profile")
    assert list(temp.iterdir()) == []
    assert settings.get(inside(workspace).store, "viewing_folders", None) == []
    workspace.close()


def test_only_folders_of_ours_are_removed_and_nothing_behind_a_link(tmp_path: Path, temp: Path) -> None:
    workspace = opened(tmp_path / "profile")
    (temp / "mine").mkdir()
    (temp / "mine" / "letter.txt").write_text("x", "utf-8")
    link = temp / f"twindesk-{'a' * 32}"
    named = [str(temp / "mine"), str(tmp_path), "/", "", 7]
    if os.name != "nt":
        link.symlink_to(temp / "mine")
        named.append(str(link))
    settings.put(inside(workspace).store, "viewing_folders", named)
    workspace.close()
    opened(tmp_path / "profile").close()
    assert (temp / "mine" / "letter.txt").read_text("utf-8") == "x" and tmp_path.exists()


def test_a_folder_that_somebody_cleared_away_is_made_anew(tmp_path: Path, temp: Path) -> None:
    workspace = opened(tmp_path / "profile")
    work = taken_in(workspace, tmp_path)
    copy = workspace.pupil_work.viewing.copy(work)
    copy.chmod(0o600)
    copy.unlink()
    copy.parent.rmdir()
    copy.parent.parent.rmdir()
    assert workspace.pupil_work.viewing.copy(work).read_text("utf-8") == "Karın altındaki su"
    workspace.close()
    assert list(temp.iterdir()) == []


def test_a_damaged_or_removed_work_leaves_no_half_copy(tmp_path: Path, temp: Path) -> None:
    workspace = opened(tmp_path / "profile")
    work = taken_in(workspace, tmp_path, "x" * 200_000)
    row = workspace.pupil_work.works(workspace.pupil_work.classes()[0][0])[0]
    path = inside(workspace).store.files.path(row.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError):
        workspace.pupil_work.viewing.copy(work)
    assert not [one for one in temp.rglob("*") if one.is_file()]
    workspace.pupil_work.remove(work)
    with pytest.raises(ValueError, match="no_such_work"):
        workspace.pupil_work.viewing.copy(work)
    workspace.close()
    assert list(temp.iterdir()) == []
