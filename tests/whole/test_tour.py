"""The guided week of ``make demo``, in Turkish, as somebody without a display runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
OFFSCREEN = "This plugin does not support propagateSizeHints()"  # which Qt says of every window that nobody sees


def test_the_week_holds(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "default::ResourceWarning",
            "main.py",
            "demo",
            "--report",
            str(tmp_path),
            "--language",
            "tr",
        ],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if line != OFFSCREEN]
    assert said == [], "Qt or Python warns"
    assert done.stdout.count(" held ") == 9 and "All 9 steps held." in done.stdout
    for step in range(1, 10):
        picture = Image.open(tmp_path / f"step-{step}.png")
        assert len(set(picture.convert("RGB").resize((80, 45)).getdata())) > 20  # something is on it


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_worst_week_holds(tmp_path: Path, language: str) -> None:
    words = ["demo", "--tour", "--week", "worst", "--report", str(tmp_path), "--language", language]
    done = subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in done.stderr.splitlines() if line != OFFSCREEN] == [], "Qt or Python warns"
    assert "All 9 steps held." in done.stdout
    for step in range(1, 10):
        picture = Image.open(tmp_path / f"worst-{step}.png")
        assert len(set(picture.convert("RGB").resize((80, 45)).getdata())) > 20
