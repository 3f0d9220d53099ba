"""The window of a school that has worked for years: ``python -m benchmarks.amounts [--times 10] [--toy]``.

60 projects of 50 kB, 300 pupils in 12 classes, 2,000 works (626 of one class), 200 contacts, 500 messages and 3,000
changes that wait. Aims: every page change within 100 ms, no stall of the Qt thread over 50 ms while something is typed,
pasted, taken in or synced, and at most 1.3 times the memory of the same window on an empty profile; with ``--times 10``
within three times those. Every window is a process of its own.
"""

import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.workspace import open_workspace
from benchmarks.platforms import ROOT, Platform
from benchmarks.school import TOY, Size, fill, words
from tests.inside import inside
from ui.demo.platform import TEACHERS, browser_of
from ui.projects.page import DRAFT_TAB, SPACE_TAB
from ui.shell import MainWindow
from ui.start.program import show_window

PAGE_MS, STALL_MS, MEMORY = 100, 50, 1.3
ROUNDS, KEYS, FILES = 3, 40, 12
PATIENCE = 600.0  # seconds for one step
Figures = dict[str, float]


class Watch:
    """The longest time in which the Qt thread did not come back to its events, in milliseconds."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> "Watch":
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer.start(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, 1_000 * (now - self._last)), now


def live(done: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Let the window live until something is so. Raises TimeoutError."""
    end, app = time.monotonic() + seconds, QApplication.instance()
    assert app is not None
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def rest(seconds: float = 1.0) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    live(lambda: time.monotonic() > end)


def shown(step: Callable[[], object]) -> float:
    """Milliseconds from a step until the window is painted."""
    begun = time.perf_counter()
    step()
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return 1_000 * (time.perf_counter() - begun)


def pages(window: MainWindow) -> Figures:
    """Every page the first time it is shown, and when one comes back to it."""
    names = [entry.name for entry in window._entries]
    first = {}
    for name in [*names[1:], names[0]]:
        first[name] = shown(lambda name=name: window.go(name))  # type: ignore[misc]
        rest(0.3)
    again: dict[str, list[float]] = {name: [] for name in names}
    for _round in range(ROUNDS):
        for name in names:
            again[name].append(shown(lambda name=name: window.go(name)))  # type: ignore[misc]
            rest(0.1)
    return {f"first {name}": taken for name, taken in first.items()} | {
        f"again {name}": statistics.median(taken) for name, taken in again.items()
    }


def classes(window: MainWindow) -> Figures:
    """From one class to the largest one, and back."""
    page, use = window.page("pupil_work"), window.workspace.pupil_work
    sizes = {class_id: len(use.works(class_id)) for class_id, _name in use.classes()}
    largest, smallest = max(sizes, key=sizes.__getitem__), min(sizes, key=sizes.__getitem__)

    def choose(class_id: str) -> float:
        page.classes.setCurrentIndex(page.classes.findData(class_id))
        taken = shown(page._choose_class)
        rest(0.3)
        return taken

    rounds = [(choose(smallest), choose(largest)) for _round in range(ROUNDS)]
    other, many = (statistics.median(taken) for taken in zip(*rounds, strict=True))
    return {"class of the most works": many, "another class": other}


def diary(window: MainWindow) -> Figures:
    """The space of the project with the longest diary, the first time and again."""
    page, use = window.page("projects"), window.workspace.projects
    page.show_project(max((each.id for each in use.overview()), key=lambda project: len(use.journal(project))))
    rest()

    def choose(tab: int) -> float:
        taken = shown(lambda: page.tabs.setCurrentIndex(tab))
        rest(0.3)
        return taken

    first, _draft = choose(SPACE_TAB), choose(DRAFT_TAB)
    figures = {"first diary": first, "again diary": choose(SPACE_TAB)}
    choose(DRAFT_TAB)
    return figures


def typing(window: MainWindow) -> Figures:
    """Stalls while a long draft is typed in, and while a page of text is pasted into it."""
    page = window.page("projects")
    rest()
    editor = page.form.editors["aims"]
    editor.setFocus()
    with Watch() as keys:
        for _key in range(KEYS):
            QTest.keyClick(editor, Qt.Key.Key_A)
            rest(0.03)
        live(lambda: not page.form.saving.unsaved)
    QApplication.clipboard().setText(words(random.Random(3), 4_000))
    with Watch() as pasted:
        editor.paste()
        rest(0.6)
        live(lambda: not page.form.saving.unsaved)
    return {"stall typing": keys.longest, "stall paste": pasted.longest}


def intake(window: MainWindow, folder: Path) -> Figures:
    """Stalls while photos of one pupil of the largest class are taken in."""
    page = window.page("pupil_work")
    page.pupils.setCurrentRow(1)
    rest(0.3)
    before, paths = page.works.count(), [folder / f"photo {number}.jpg" for number in range(FILES)]
    for number, path in enumerate(paths):
        Image.effect_noise((1_600, 1_200), 20 + number).save(path, quality=90)
    with Watch() as watch:
        page.take_in(paths)
        live(lambda: page.works.count() == before + FILES)
        rest()
    return {"stall intake": watch.longest}


def syncing(window: MainWindow, page: str) -> Figures:
    """Stalls while everything that waits goes out, with a page in view; and how long that takes."""
    desk = window.workspace
    window.go(page)
    rest()
    desk.online, begun = True, time.perf_counter()
    with Watch() as watch:
        desk.sync_centre.sync_now()
        live(lambda: desk.status.waiting == 0 and desk.status.state == "idle")
        taken = time.perf_counter() - begun
        rest()
    return {f"stall sync ({page})": watch.longest, "sync s": taken}


def memory() -> float:
    """What the process holds in memory now, in MB."""
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * 4096 / 1e6


def child(folder: Path, key: str, server: str, *, whole: bool) -> Figures:
    """What is measured within one process."""
    desk = open_workspace(folder / "profile", key=bytes.fromhex(key), server=server)
    desk.online = False
    window = show_window(desk)
    live(lambda: window.ahead.done)
    figures = pages(window)
    figures["MB"] = memory()
    if whole:
        figures |= {**classes(window), **diary(window), **typing(window), **intake(window, folder)}
        figures |= syncing(window, "sync_centre")
    inside(desk).service.stop()
    window.close()
    desk.close()
    return figures


def measured(folder: Path, key: str, server: str, *, whole: bool) -> Figures:
    """The figures of a window in a process of its own. Raises CalledProcessError."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TWINDESK_CHILD": "whole" if whole else "pages"}
    line = [sys.executable, "-m", "benchmarks.amounts", str(folder), key, server]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, env=environment, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def profile(folder: Path, email: str, platform: Platform, size: Size | None) -> str:
    """Make a signed-in profile; returns its key."""
    key = secrets.token_bytes(32)
    desk = open_workspace(folder / "profile", key=key, server=platform.url)
    desk.account.sign_in(browser_of(email), "ok", threading.Event())
    desk.sync_and_wait()
    desk.prefer("language", "en")
    if size:
        fill(desk, size)
    desk.close()
    return key.hex()


def measure(size: Size) -> tuple[Figures, Figures]:
    """The figures of a profile of a size, and of an empty one."""
    made: list[Figures] = []
    with tempfile.TemporaryDirectory() as place, Platform(Path(place) / "platform") as platform:
        for email, amount in zip(TEACHERS[:2], (size, None), strict=True):
            (folder := Path(place) / email).mkdir()
            key = profile(folder, email, platform, amount)
            made.append(measured(folder, key, platform.url, whole=amount is not None))
    return made[0], made[1]


def report(full: Figures, empty: Figures, factor: int) -> list[str]:
    """The figures as lines, each with its aim and whether it is kept."""
    allowed = 1 if factor == 1 else 3
    lines = []
    for name, figure in full.items():
        if name in ("MB", "sync s"):
            continue
        aim = allowed * (STALL_MS if name.startswith("stall") else PAGE_MS)
        beside = f" (empty {empty[name]:.0f})" if name in empty else ""
        lines.append(f"{name}: {figure:.0f} ms{beside}{'' if figure <= aim else f'  MISSES {aim}'}")
    ratio = full["MB"] / empty["MB"]
    missed = "" if ratio <= allowed * MEMORY else f"  MISSES {allowed * MEMORY:.1f}"
    lines.append(f"memory: {full['MB']:.0f} MB, {ratio:.2f} times an empty profile's {empty['MB']:.0f}{missed}")
    return [*lines, f"sync of all that waits: {full['sync s']:.1f} s"]


def main() -> None:
    """Print every figure with its aim."""
    said = sys.argv[1:]
    factor = int(said[said.index("--times") + 1]) if "--times" in said else 1
    size = (TOY if "--toy" in said else Size()).times(factor)
    print("\n".join(report(*measure(size), factor)))


if __name__ == "__main__":
    if told := os.environ.pop("TWINDESK_CHILD", ""):
        print(json.dumps(child(Path(sys.argv[1]), sys.argv[2], sys.argv[3], whole=told == "whole")))
    else:
        main()
