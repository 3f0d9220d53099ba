"""A small working day of two teachers over a line that cuts, repeats, delays and truncates by a seed."""

import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from sync.errors import SyncError
from tests.cutting_proxy import CuttingProxy
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

DAYS_OF_A_WORLD = 25  # then another platform: conversations and histories grow, and messages a day are limited


class World:
    """One platform, two teachers with an active project, and the line between them."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="twindesk-lines-"))
        self.platform = RunningPlatform(self.folder / "platform", profiles=2)
        self.platform.__enter__()
        self.computers = [Computer(self.folder / email, self.platform, email) for email in (AYSE, NIKOS)]
        for computer in self.computers:
            computer.sign_in()
        self.project = active_project(*self.computers)
        work = self.computers[0].workspace.pupil_work
        self.pupil = work.add_pupil(work.add_class("6-A"), "Zeynep Kara")
        where = urlsplit(self.platform.url)
        self.proxy = CuttingProxy((str(where.hostname), int(where.port or 0)))
        for computer in self.computers:
            inside(computer.workspace).client.base_url = self.proxy.url + "/"

    def __enter__(self) -> "World":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.proxy.close()
        for computer in self.computers:
            computer.close()
        self.platform.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)


class Day:
    """What two teachers do in one day, and what must be there in the evening."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed, self.chance = world, seed, random.Random(seed)
        self.words: list[str] = []
        self.entries: dict[str, str] = {}
        self.messages: list[str] = []
        self.works: list[str] = []
        self.stays = ""
        self.failures = 0

    def run(self) -> None:
        """Live the day. Raises AssertionError, with the schedule, where something was lost or is there twice."""
        self._morning()
        self.world.proxy.misbehave(self.seed)
        for step in self._steps():
            step()
            while self.chance.random() < 0.6:
                self._sync(self.chance.randrange(2))
        self.world.proxy.be_honest()
        self.world.proxy.settle()
        self._evening()
        try:
            self._check()
        except AssertionError as error:
            error.add_note(f"seed {self.seed}: {self.world.proxy.used}")
            raise

    def _morning(self) -> None:
        self._draft(0).set_fields({"aims": ""})
        for computer in self.world.computers:
            computer.sync()

    def _steps(self) -> list[Callable[[], None]]:
        late = [lambda: self._withdraw(self.works[0])]
        steps: list[Callable[[], None]] = [
            *(lambda who=who: self._write(who) for who in (0, 1, 0, 1)),  # type: ignore[misc]
            *(lambda who=who: self._diary(who) for who in (0, 1)),  # type: ignore[misc]
            lambda: self._change_diary(),
            lambda: self._message(),
            lambda: self._publish("kept"),
        ]
        self.chance.shuffle(steps)
        return [lambda: self._publish("withdrawn"), *steps[:4], *late, *steps[4:]]

    # -- what teachers do --------------------------------------------------------------------

    def _draft(self, who: int):  # type: ignore[no-untyped-def]
        return self.world.computers[who].workspace.projects.open(self.world.project)

    def _write(self, who: int) -> None:
        word = f"word{self.seed}x{len(self.words)}e"
        draft = self._draft(who)
        draft.set_fields({"aims": f"{draft.fields['aims']} {word}".strip()})
        self.words.append(word)

    def _diary(self, who: int) -> None:
        text = f"entry {self.seed} of {who}"
        projects = self.world.computers[who].workspace.projects
        self.entries[projects.write_journal(self.world.project, text)] = text

    def _change_diary(self) -> None:
        text = f"changed {self.seed}"
        projects = self.world.computers[0].workspace.projects
        entry = projects.write_journal(self.world.project, f"first {self.seed}")
        self._sync(0)
        projects.write_journal(self.world.project, text, entry)
        self.entries[entry] = text

    def _message(self) -> None:
        one, other = self.world.computers
        self.messages.append(f"Dear colleague, this is day {self.seed}.")
        one.workspace.reaching.send(other.workspace.account.current.id, self.messages[-1])

    def _publish(self, name: str) -> None:
        file = self.world.folder / f"{name}-{self.seed}.txt"
        file.write_text(f"{name} on day {self.seed}. " + "x" * self.chance.choice([10, 3_000, 40_000]), "utf-8")
        work = self.world.computers[0].workspace.pupil_work
        self.works.append(work.take_in(self.world.pupil, file))
        work.permit(self.works[-1], True)
        work.publish(self.works[-1], self.world.project, "active", title_is_fine=True)
        if name == "kept":
            self.stays = file.read_text("utf-8")

    def _withdraw(self, work: str) -> None:
        self.world.computers[0].workspace.pupil_work.permit(work, False)

    def _sync(self, who: int) -> None:
        try:
            self.world.computers[who].sync()
        except SyncError:
            self.failures += 1

    # -- what must be there ------------------------------------------------------------------

    def _evening(self) -> None:
        for _round in range(2):
            for computer in self.world.computers:
                computer.sync()

    def _check(self) -> None:
        one, other = (computer.workspace for computer in self.world.computers)
        aims = [self._draft(who).fields["aims"] for who in (0, 1)]
        assert aims[0] == aims[1]
        assert {word: aims[0].count(word) for word in self.words} == dict.fromkeys(self.words, 1)
        partner = one.account.current.id
        said = [message.text for message in other.reaching.conversation(partner)]
        assert [said.count(text) for text in self.messages] == [1]
        for workspace in (one, other):
            self._check_diary(workspace)
            (material,) = workspace.projects.materials(self.world.project)
            assert material.here and workspace.projects.material_bytes(material.sha256).decode() == self.stays
            assert workspace.sync_centre.items() == []
            assert (workspace.status.waiting, workspace.status.needs_you) == (0, 0)
        self._withdraw(self.works[-1] if self.stays else "")

    def _check_diary(self, workspace) -> None:  # type: ignore[no-untyped-def]
        written = {i: f["text"] for i, f in workspace.projects.journal(self.world.project) if i in self.entries}
        assert written == self.entries
        texts = [f["text"] for _i, f in workspace.projects.journal(self.world.project)]
        assert [texts.count(text) for text in self.entries.values()] == [1] * len(self.entries)


def live(seeds: range) -> int:
    """Live one day for each seed, with a new world every now and then; returns how many syncs failed on the way."""
    failures, days = 0, list(seeds)
    while days:
        with World() as world:
            for seed in days[:DAYS_OF_A_WORLD]:
                day = Day(world, seed)
                day.run()
                failures += day.failures
        days = days[DAYS_OF_A_WORLD:]
    return failures
