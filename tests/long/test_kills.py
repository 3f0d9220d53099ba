"""A process that writes is killed at a random instant, many times: ``make long``.

After each kill the store opens, is sound, and holds at least everything the
process had said was kept.
"""

import random
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.workspace import open_workspace
from tests.inside import inside

WRITER = """
import sys
from pathlib import Path
from app.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]), key=bytes.fromhex(sys.argv[2]), server="http://127.0.0.1:9")
workspace.online = False
project = sys.argv[3] or workspace.projects.create()
work = workspace.pupil_work
classes = work.classes()
pupil = work.pupils(classes[0][0])[0].id if classes else work.add_pupil(work.add_class("6-A"), "Zeynep Kara")
draft = workspace.projects.open(project)
source = Path(sys.argv[1]).parent / "work.txt"
number = int(sys.argv[4])
while True:
    draft.set_fields({"aims": draft.fields["aims"] + f"{number} "})
    source.write_text(f"work {number} " + "x" * 150_000)
    work.take_in(pupil, source)
    number += 1
    print(project, number, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_instant(tmp_path: Path, seed: int) -> None:
    chance, key, project, number, taken = random.Random(seed), secrets.token_bytes(32), "", 0, 0
    for _kill in range(25):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "p"), key.hex(), project, str(number)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout
        first = child.stdout.readline().split()
        time.sleep(chance.random() * 0.2)
        child.kill()
        said = [first, *(line.split() for line in child.stdout)]
        child.wait()
        project, begun, number = said[0][0], number, max(int(words[1]) for words in said if len(words) == 2)
        workspace = open_workspace(tmp_path / "p", key=key)
        assert workspace.safety.check() == []
        kept = workspace.projects.open(project).fields["aims"].split()
        assert kept[:number] == [str(n) for n in range(number)]
        works = workspace.pupil_work.works(workspace.pupil_work.classes()[0][0])
        assert (
            len(works) >= taken + number - begun
        )  # a word whose work was cut off is not written again by the next writer
        for work in works:
            assert workspace.pupil_work.read(work.id).startswith(b"work ")
        assert not list(inside(workspace).store.files.folder.glob("*.part"))
        number, taken = len(kept), len(works)
        workspace.close()
