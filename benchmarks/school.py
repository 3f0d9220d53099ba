"""A profile that a school has worked with for years: projects, classes, works, contacts, messages, and all that waits."""

import io
import random
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from app.workspace import Workspace
from local_db.tables import pupil_work, records
from tests.inside import inside

WORDS = [
    "today",
    "pupils",
    "measured",
    "snow",
    "water",
    "mountain",
    "partners",
    "wrote",
    "about",
    "sea",
    "wind",
    "games",
    "salt",
    "bread",
    "songs",
    "letters",
]
TEXTS = {"description": 4_900, "aims": 15_000, "work_process": 15_000, "expected_results": 15_000}  # together 50 kB
PICTURES = 24  # that differ; the others repeat them
IN_THE_LARGEST = 0.313  # of all works: one class of many more than the others


@dataclass(frozen=True)
class Size:
    """How much there is. ``share`` of 50 kB is how long a project's texts are."""

    projects: int = 60
    classes: int = 12
    pupils: int = 300
    works: int = 2_000
    contacts: int = 200
    messages: int = 500
    waiting: int = 3_000
    share: float = 1.0

    def times(self, factor: int) -> "Size":
        """So many times as much; the texts stay as long."""
        counts = {name: factor * value for name, value in vars(self).items() if name != "share"}
        return replace(self, **counts)


TOY = Size(projects=3, classes=2, pupils=12, works=20, contacts=5, messages=6, waiting=40, share=0.02)


def fill(desk: Workspace, size: Size) -> None:
    """Put so much into a signed-in profile; everything that waits can be sent."""
    chance = random.Random(5)
    with inside(desk).store.transaction():
        _people(desk, size, chance)
        _works(desk, size, chance)
        projects = [_project(desk, number, size.share, chance) for number in range(size.projects)]
        for number in range(size.waiting - desk.status.waiting):  # half of the diary is one project's
            project = projects[0 if number % 2 else number // 2 % len(projects)]
            desk.projects.write_journal(project, words(chance, 300))


def words(chance: random.Random, letters: int) -> str:
    """So many letters of words."""
    return " ".join(chance.choices(WORDS, k=letters // 4))[:letters].strip()


def _project(desk: Workspace, number: int, share: float, chance: random.Random) -> str:
    project = desk.projects.create()
    texts: dict[str, Any] = {name: words(chance, round(share * letters)) for name, letters in TEXTS.items()}
    desk.projects.open(project).set_fields({"title": f"{words(chance, 30)} {number}", **texts})
    return project


def _people(desk: Workspace, size: Size, chance: random.Random) -> None:
    me = desk.account.current
    scope, rows = f"account:{me.id}", list[records.ServerRow]()
    for number in range(size.contacts):
        about = {"account_id": f"t-{number}", "name": f"Teacher {number}", "country": "EL", "state": "contact"}
        rows.append(records.ServerRow("contact", f"{me.id}--t-{number}", 1, about))
    for number in range(size.messages):
        ends = [(me.id, me.name), (f"t-{number % size.contacts}", f"Teacher {number % size.contacts}")]
        (from_id, from_name), (to_id, to_name) = ends[:: 1 if number % 3 else -1]
        said = {"from_id": from_id, "from_name": from_name, "to_id": to_id, "to_name": to_name}
        said |= {"text": words(chance, 400), "at": 1_780_000_000 + 600 * number}
        rows.append(records.ServerRow("message", f"m-{number}", 1, said))
    records.accept(inside(desk).store, scope, rows)


def _works(desk: Workspace, size: Size, chance: random.Random) -> None:
    store, use = inside(desk).store, desk.pupil_work
    classes = [use.add_class(f"{5 + number % 8}-{chr(65 + number // 8 % 26)}") for number in range(size.classes)]
    pupils = [
        pupil_work.add_pupil(store, classes[number % size.classes], f"Pupil {number}", f"Cedar {number}")
        for number in range(size.pupils)
    ]
    pictures = [_picture(chance) for _number in range(PICTURES)]
    in_the_largest = round(size.works * IN_THE_LARGEST)
    for number in range(size.works):
        whose = pupils[:: size.classes] if number < in_the_largest else pupils
        is_text = number % 10 == 9
        with store.files.intake():
            sha256, length = store.files.add([f"{number} {words(chance, 800)}".encode()])
            values: dict[str, Any] = {
                "pupil_id": whose[number % len(whose)],
                "title": f"Work {number}",
                "filename": f"work {number}.{'txt' if is_text else 'jpg'}",
                "kind": "document" if is_text else "image",
                "thumbnail": None if is_text else pictures[number % PICTURES],
            }
            pupil_work.add_work(store, {**values, "sha256": sha256, "size": length})


def _picture(chance: random.Random) -> bytes:
    """A small picture of about 60 kB, as a photo's is."""
    out = io.BytesIO()
    small = Image.frombytes("RGB", (48, 36), chance.randbytes(48 * 36 * 3))
    small.resize((240, 180), Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()
