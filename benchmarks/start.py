"""From starting the process to a usable window, against a bare PySide6 window: ``python -m benchmarks.start``.

Aims: at most 3 times its time and memory. Runs alternate, medians are compared. Both run from compiled modules, as an
installed program does, whatever the environment of the benchmark says about writing them.
"""

import atexit
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 9
REPORT = """
def report():
    print(time.time(), int(open('/proc/self/statm').read().split()[1]) * 4096, flush=True)
    os._exit(0)
"""
BARE = f"""
import os, time
{REPORT}
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("Hello"))
window.resize(1366, 768)
window.show()
QTimer.singleShot(0, lambda: QTimer.singleShot(0, report))
app.exec()
"""
TWINDESK = f"""
import os, sys, time
sys.modules["psycopg"] = None  # here for the platform's tests; teachers' computers do not have it
from pathlib import Path
{REPORT}
from PySide6.QtCore import QTimer
from ui.start.program import application, show_window
from app.workspace import open_workspace
app = application()
window = show_window(open_workspace(Path(sys.argv[1]), key=bytes.fromhex(sys.argv[2]), server="http://127.0.0.1:9"))
QTimer.singleShot(0, lambda: QTimer.singleShot(0, report))
app.exec()
"""


COMPILED = tempfile.mkdtemp(prefix="twindesk-compiled-")
atexit.register(shutil.rmtree, COMPILED, ignore_errors=True)


def measure(code: str, *words: str) -> tuple[float, float]:
    """Seconds from before the process to the painted window, and its resident memory in MB."""
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": COMPILED,
        },
        check=True,
    )
    at, memory = done.stdout.split()[-2:]
    return float(at) - begun, int(memory) / 1e6


def main() -> None:
    key = secrets.token_hex(32)
    with tempfile.TemporaryDirectory() as folder:
        measure(BARE)
        measure(TWINDESK, folder, key)  # the first start makes the store and compiles the modules
        pairs = [(measure(BARE), measure(TWINDESK, folder, key)) for _run in range(RUNS)]
    bare, ours = ([statistics.median(pair[side][what] for pair in pairs) for what in (0, 1)] for side in (0, 1))
    print(
        f"start: bare window {bare[0]:.2f} s, {bare[1]:.0f} MB; TwinDesk {ours[0]:.2f} s, {ours[1]:.0f} MB; "
        f"ratio {ours[0] / bare[0]:.1f} in time (aim at most 3), {ours[1] / bare[1]:.1f} in memory (aim at most 3)"
    )


if __name__ == "__main__":
    main()
