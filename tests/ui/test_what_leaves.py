"""What will leave stands beside the button, before anything does."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.workspace import Workspace
from tests import media as made
from ui.shell import MainWindow


def test_the_line_says_as_what_and_without_what_a_work_leaves(
    qtbot: QtBot, window: MainWindow, desk: Workspace, tmp_path: Path
) -> None:
    window.go("pupil_work")
    page = window._pages["pupil_work"]
    page.add_class("6-A")
    page.add_pupil("Çağla Yıldız")
    (tmp_path / "kar.jpg").write_bytes(made.picture("HEIF"))
    page.take_in([tmp_path / "kar.jpg"])
    qtbot.waitUntil(lambda: page.works.count() == 1)
    page.works.setCurrentRow(0)
    line = page.detail.leaves
    qtbot.waitUntil(lambda: line.text().startswith("Leaves as JPEG, without the place, the camera"))
    assert line.isVisible() and page.detail.work.filename == "kar.heic"
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\n" + bytes(50))
    page.take_in([tmp_path / "scan.pdf"])
    qtbot.waitUntil(lambda: page.works.count() == 2)
    row = next(n for n in range(2) if "scan" in page.works.item(n).text())
    page.works.setCurrentRow(row)
    qtbot.waitUntil(lambda: line.text().startswith("This file cannot be published"))
    page.works.setCurrentRow(1 - row)
    qtbot.waitUntil(lambda: line.text().startswith("Leaves as JPEG"))
