"""A teacher's class on one computer, with works made in a moment."""

import secrets
from pathlib import Path

from local_db.tables import file_use
from tests.inside import inside
from tests.platform import Computer


class Classroom:
    """One class with one pupil on a computer."""

    def __init__(self, computer: Computer, folder: Path) -> None:
        self.computer, self.folder = computer, folder
        self.use.add_class("6-A")
        self.pupil = self.use.add_pupil(self.class_id, "Ali İnce")

    @property
    def use(self):
        return self.computer.workspace.pupil_work

    @property
    def store(self):
        return inside(self.computer.workspace).store

    @property
    def client(self):
        return inside(self.computer.workspace).client

    @property
    def class_id(self) -> str:
        return self.use.classes()[0][0]

    def work(self, size: int = 1_000, *, permitted: bool = True) -> tuple[str, bytes]:
        """A new work that may be published, and its bytes."""
        data = secrets.token_hex(size // 2 + 5).encode()[: size + 9]  # a text, which leaves as it is
        path = self.folder / f"{secrets.token_hex(4)}.txt"
        path.write_bytes(data)
        work_id = self.use.take_in(self.pupil, path)
        self.use.permit(work_id, permitted)
        return work_id, data

    def published(self, *projects: str, size: int = 1_000) -> tuple[str, bytes]:
        """A work queued for projects, and its bytes."""
        work_id, data = self.work(size)
        for project in projects:
            self.use.publish(work_id, project, "active")
        return work_id, data

    def kept(self) -> set[str]:
        """The names of the files on the disk, parts of writes included."""
        folder = self.store.files.folder
        return {path.name for path in folder.rglob("*") if path.is_file()}

    def owned(self) -> set[str]:
        """The names that the files with an owner have."""
        return {self.store.files.name_of(sha256) for sha256 in file_use.in_use(self.store) if sha256}


def materials(computer: Computer, project: str) -> list[bytes]:
    """What a computer shows of a project's works, each whole."""
    use = computer.workspace.projects
    return [use.material_bytes(item.sha256) for item in use.materials(project) if item.here]
