"""Two teachers' computers and a platform under every mishap: the model behind the short and the long run."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.errors import OfflineError, SyncError
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

WORDS = st.sampled_from(["snow", "Işık", "θάλασσα", "😀", "e\u0301cole", "the\nsea", "👩🏽‍🏫", "𝒳", "نهر"])
WHO = st.integers(0, 1)


class TwoComputers(RuleBasedStateMachine):
    """Edits, lost questions, lost answers, kills and repeats in any order; at the end everything agrees.

    What a computer was told is applied (acknowledged) must be on both in the end.
    Diary entries are counted one by one; words are unique, so each can be looked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="twindesk-converge-"))
        self.platform = RunningPlatform(self.folder / "platform", profiles=2)
        self.platform.__enter__()
        self.computers = [
            Computer(self.folder / name, self.platform, email) for name, email in (("a", AYSE), ("b", NIKOS))
        ]
        self.written: list[str] = []
        self.kills = 0
        self.entries: dict[str, Any] = {}
        self.mine: tuple[list[str], list[str]] = ([], [])

    @initialize()
    def begin(self) -> None:
        for computer in self.computers:
            computer.sign_in()
        self.project = active_project(*self.computers)

    # -- what teachers do ---------------------------------------------------------------

    @rule(who=WHO, word=WORDS, place=st.floats(0, 1))
    def write(self, who: int, word: str, place: float) -> None:
        mark = self._mark(word)
        draft = self.computers[who].workspace.projects.open(self.project)
        text = draft.fields["aims"]
        at = _between_words(text, round(place * len(text)))
        draft.set_fields({"aims": text[:at] + mark + text[at:]})
        self.written.append(mark.strip())

    def _mark(self, word: str) -> str:
        """A word that is there once in the whole text; a space ends it."""
        return f"{word}-{len(self.written)}- "

    @rule(who=WHO, number=st.integers(1, 5_000), languages=st.sets(st.sampled_from(["en", "tr", "el", "fr"])))
    def choose(self, who: int, number: int, languages: set[str]) -> None:
        draft = self.computers[who].workspace.projects.open(self.project)
        draft.set_fields({"pupils": number, "languages": sorted(languages)})

    @rule(who=WHO, text=WORDS)
    def write_diary(self, who: int, text: str) -> None:
        entry = self.computers[who].workspace.projects.write_journal(self.project, text)
        self.entries[entry] = text
        self.mine[who].append(entry)

    @rule(who=WHO, text=WORDS, which=st.integers(0, 99))
    def change_diary(self, who: int, text: str, which: int) -> None:
        if self.mine[who]:
            entry = self.mine[who][which % len(self.mine[who])]
            self.computers[who].workspace.projects.write_journal(self.project, text, entry)
            self.entries[entry] = text

    @rule(who=WHO, which=st.integers(0, 99))
    def delete_diary(self, who: int, which: int) -> None:
        if self.mine[who]:
            entry = self.mine[who].pop(which % len(self.mine[who]))
            self.computers[who].workspace.projects.delete_journal(self.project, entry)
            del self.entries[entry]

    # -- what the world does ------------------------------------------------------------

    @rule(who=WHO)
    def sync(self, who: int) -> None:
        self.computers[who].sync()

    @rule(who=WHO, lost=st.sampled_from(["question", "answer"]), edit=st.booleans())
    def lose(self, who: int, lost: str, edit: bool) -> None:
        """The line breaks before or after the server did its work; sometimes the teacher types meanwhile."""
        client = inside(self.computers[who].workspace).client
        real = client.exchange

        def broken(request: Any) -> Any:
            if lost == "answer":
                real(request)
            if edit:
                self.write(who, "meanwhile", 1.0)
            raise OfflineError("cut")

        client.exchange = broken  # type: ignore[method-assign]
        try:
            self.computers[who].sync()
        except SyncError:
            pass
        finally:
            client.exchange = real  # type: ignore[method-assign]

    @rule(who=WHO)
    def kill(self, who: int) -> None:
        """The computer's folder as a power cut would leave it: copied while open, nothing closed in order."""
        old = self.computers[who]
        self.kills += 1
        copy = old.profile.with_name(f"{old.profile.name}-{self.kills}")
        shutil.copytree(old.profile, copy, ignore=shutil.ignore_patterns("in-use.lock"))
        old.close()
        old.profile = copy
        old.workspace = old._open()

    @rule(who=WHO)
    def type_while_news_arrive(self, who: int) -> None:
        """A draft stays open while the sync thread puts others' edits under it."""
        draft = self.computers[who].workspace.projects.open(self.project)
        self.computers[who].sync()
        mark = self._mark("late")
        draft.set_fields({"aims": draft.fields["aims"] + mark})
        self.written.append(mark.strip())

    # -- what must hold -----------------------------------------------------------------

    @invariant()
    def each_computer_keeps_its_own_words(self) -> None:
        for computer in self.computers:
            assert inside(computer.workspace).store.check() == []

    def teardown(self) -> None:
        try:
            for _round in range(3):
                for computer in self.computers:
                    computer.sync()
            self._agree()
        finally:
            for computer in self.computers:
                computer.close()
            self.platform.__exit__()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _agree(self) -> None:
        if not hasattr(self, "project"):
            return
        one, other = (computer.workspace.projects for computer in self.computers)
        assert one.open(self.project).fields == other.open(self.project).fields
        for word in self.written:
            assert word in one.open(self.project).fields["aims"], word
        journals = [{i: f["text"] for i, f in use.journal(self.project)} for use in (one, other)]
        assert journals[0] == journals[1] == self.entries
        assert [entry.edit_id for entry in one.history(self.project)] == [
            e.edit_id for e in other.history(self.project)
        ]
        for computer in self.computers:
            assert computer.workspace.status.waiting == computer.workspace.status.needs_you == 0


def _between_words(text: str, at: int) -> int:
    """The next space, so that a mark is never put inside another one."""
    space = text.find(" ", at)
    return len(text) if space < 0 else space + 1
