"""Teachers' computers and a platform under every mishap: the model behind the short and the long run."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from server.core import quotas
from sync.errors import OfflineError, SyncError
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

WORDS = st.sampled_from(["snow", "Işık", "θάλασσα", "😀", "e\u0301cole", "the\nsea", "👩🏽‍🏫", "𝒳", "نهر", "a\u00a0b"])
WHO, WHICH = st.integers(0, 9), st.integers(0, 99)
MOST_COMPUTERS = 4


class Computers(RuleBasedStateMachine):
    """Edits, deletions and their undo, works and withdrawals, a second computer of one teacher, copied profiles, lost
    questions and answers, refusals, kills and restarts in any order; at the end everything agrees.

    Every word is unique, so each can be looked for: it stands in the common text, or was put aside on the computer
    that wrote it. Diary entries are counted one by one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="twindesk-converge-"))
        self.platform = RunningPlatform(self.folder / "platform", profiles=2)
        self.platform.__enter__()
        people = (("a", AYSE), ("b", NIKOS), ("a2", AYSE))
        self.computers = [Computer(self.folder / name, self.platform, email) for name, email in people]
        self.written: list[str] = []
        self.made = 0
        self.entries: dict[str, str] = {}
        self.deleted: list[tuple[int, str, str]] = []
        self.brought_back: set[str] = set()
        self.disputed: set[str] = set()
        self.works: dict[str, tuple[int, bool]] = {}

    @initialize()
    def begin(self) -> None:
        for computer in self.computers:
            computer.sign_in()
        self.project = active_project(*self.computers[:2])
        self.computers[2].sync()

    # -- what teachers do ---------------------------------------------------------------

    @rule(who=WHO, word=WORDS, place=st.floats(0, 1))
    def write(self, who: int, word: str, place: float) -> None:
        draft = self._at(who).projects.open(self.project)
        text, mark = draft.fields["aims"], self._mark(word)
        at = _between_words(text, round(place * len(text)))
        draft.set_fields({"aims": text[:at] + mark + text[at:]})
        self.written.append(mark.strip())

    @rule(who=WHO, number=st.integers(1, 5_000), languages=st.sets(st.sampled_from(["en", "tr", "el", "fr"])))
    def choose(self, who: int, number: int, languages: set[str]) -> None:
        self._at(who).projects.open(self.project).set_fields({"pupils": number, "languages": sorted(languages)})

    @rule(who=WHO, text=WORDS)
    def write_diary(self, who: int, text: str) -> None:
        self.entries[self._at(who).projects.write_journal(self.project, text)] = text

    @rule(who=WHO, which=WHICH)
    def delete_diary(self, who: int, which: int) -> None:
        own = [entry for entry in self._entries_of(who) if entry in self.entries]
        if own:
            entry = own[which % len(own)]
            self._at(who).projects.delete_journal(self.project, entry)
            self.deleted.append((who % len(self.computers), entry, self.entries.pop(entry)))
            if entry in self.brought_back:  # perhaps on another computer, which did not hear of this: either may stay
                self.disputed.add(entry)

    @precondition(lambda self: self.deleted)
    @rule(which=WHICH)
    def bring_diary_back(self, which: int) -> None:
        who, entry, text = self.deleted.pop(which % len(self.deleted))
        if self._at(who).projects.restore_journal(entry):
            self.entries[entry] = text
            self.brought_back.add(entry)

    @rule(word=WORDS)
    def take_in_and_publish(self, word: str) -> None:
        """Ayşe's first computer holds the class."""
        work = self._at(0).pupil_work
        if not work.classes():
            work.add_pupil(work.add_class("6-A"), "Zeynep Kara")
        file = self.folder / f"work-{self._count()}.txt"
        file.write_text(f"{word} {self.made}", "utf-8")
        name = work.take_in(work.pupils(work.classes()[0][0])[0].id, file)
        work.permit(name, True)
        work.publish(name, self.project, "active")
        self.works[name] = (self.made, True)

    @precondition(lambda self: self.works)
    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        name = list(self.works)[which % len(self.works)]
        self._at(0).pupil_work.permit(name, False)
        self.works[name] = (self.works[name][0], False)

    # -- what the world does ------------------------------------------------------------

    @rule(who=WHO)
    def sync(self, who: int) -> None:
        self._computer(who).sync()

    @rule(who=WHO, lost=st.sampled_from(["question", "answer"]), edit=st.booleans())
    def lose(self, who: int, lost: str, edit: bool) -> None:
        """The line breaks before or after the server did its work; sometimes the teacher types meanwhile."""
        client = inside(self._at(who)).client
        real = client.exchange

        def broken(request: Any) -> Any:
            if lost == "answer":
                real(request)
            if edit:
                self.write(who, "meanwhile", 1.0)
            raise OfflineError("cut")

        with _instead(client, "exchange", broken):
            self._try_sync(who)

    @rule(who=WHO, text=WORDS)
    def be_refused(self, who: int, text: str) -> None:
        """The project is full for a moment: nothing that was written is lost, and later work does not fall into a hole."""
        self.write(who, text, 1.0)
        self.write_diary(who, text)
        with _instead(quotas, "PROJECT_BYTES", 0):
            self._try_sync(who)
        self.write(who, "afterwards", 0.0)

    @rule(who=WHO)
    def kill(self, who: int) -> None:
        """The computer's folder as a power cut would leave it: copied while open, nothing closed in order."""
        old = self._computer(who)
        copy = self._copy_of(old)
        old.close()
        old.profile = copy
        old.workspace = old._open()

    @precondition(lambda self: len(self.computers) < MOST_COMPUTERS)
    @rule(who=st.integers(0, 2), edit=st.booleans())
    def image(self, who: int, edit: bool) -> None:
        """The profile is copied to another computer, and both go on; an entry that waits grows on each."""
        if who == 0:
            return  # whose class would be on two computers, each publishing for itself
        if edit:
            self.write(who, "waits-on-both", 1.0)
        first = self._computer(who)
        second = Computer.__new__(Computer)
        second.profile, second.email, second.platform = self._copy_of(first), first.email, self.platform
        second.key = first.key
        second.workspace = second._open()
        self.computers.append(second)
        self.write(len(self.computers) - 1, "copy", 1.0)

    @rule()
    def restart_the_platform(self) -> None:
        self.platform.restart()

    @rule(who=WHO)
    def type_while_news_arrive(self, who: int) -> None:
        """A draft stays open while the sync thread puts others' edits under it."""
        draft = self._at(who).projects.open(self.project)
        self._computer(who).sync()
        mark = self._mark("late")
        draft.set_fields({"aims": draft.fields["aims"] + mark})
        self.written.append(mark.strip())

    # -- what must hold -----------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "project"):
                self._settle()
                self._agree()
        finally:
            for computer in self.computers:
                computer.close()
            self.platform.__exit__()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _settle(self) -> None:
        for _round in range(4):
            for computer in self.computers:
                for item in computer.workspace.sync_centre.items():
                    if item.refused:
                        computer.workspace.sync_centre.try_again(item)
                computer.sync()

    def _agree(self) -> None:
        drafts = [computer.workspace.projects.open(self.project).fields for computer in self.computers]
        assert all(draft == drafts[0] for draft in drafts)
        aside = " ".join(word.text for c in self.computers for word in c.workspace.unsent_words.all())
        for word in self.written:
            unique = word.split()[-1]  # a common word before it may be shown as another's neighbour: words are compared
            assert word in drafts[0]["aims"] or unique in aside, word
        diaries = [
            {entry: fields["text"] for entry, fields in computer.workspace.projects.journal(self.project)}
            for computer in self.computers
        ]
        assert all(diary == diaries[0] for diary in diaries)
        for entry in self.disputed:
            for one in (diaries[0], self.entries):
                one.pop(entry, None)
        assert diaries[0] == self.entries
        for computer in self.computers:
            workspace = computer.workspace
            assert inside(workspace).store.check() == []
            needs_you = workspace.status.needs_you - len(workspace.unsent_words.all())
            assert workspace.status.waiting == needs_you == 0
        self._agree_about_works()

    def _agree_about_works(self) -> None:
        public = sorted(number for number, permitted in self.works.values() if permitted)
        for computer in self.computers:
            projects = computer.workspace.projects
            texts = [projects.material_bytes(m.sha256).decode() for m in projects.materials(self.project)]
            assert sorted(int(text.rsplit(" ", 1)[1]) for text in texts) == public
        kept = [path.read_text("utf-8") for path in self.platform.files()]
        assert sorted(int(text.rsplit(" ", 1)[1]) for text in kept) == public

    # -- helpers ------------------------------------------------------------------------

    def _computer(self, who: int) -> Computer:
        return self.computers[who % len(self.computers)]

    def _at(self, who: int) -> Any:
        return self._computer(who).workspace

    def _entries_of(self, who: int) -> list[str]:
        me = self._at(who).account.current.id
        shown = self._at(who).projects.journal(self.project)
        return [entry for entry, fields in shown if fields.get("author_id") == me]

    def _try_sync(self, who: int) -> None:
        try:
            self._computer(who).sync()
        except SyncError:
            pass

    def _copy_of(self, computer: Computer) -> Path:
        copy = computer.profile.with_name(f"{computer.profile.name}-{self._count()}")
        shutil.copytree(computer.profile, copy, ignore=shutil.ignore_patterns("in-use*"))
        return copy

    def _mark(self, word: str) -> str:
        """A word that is there once in the whole text; a space ends it."""
        return f"{word}-{self._count()}- "

    def _count(self) -> int:
        self.made += 1
        return self.made


@contextmanager
def _instead(owner: Any, name: str, other: Callable[..., Any] | int) -> Iterator[None]:
    real = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, real)


def _between_words(text: str, at: int) -> int:
    """The next space, so that a mark is never put inside another one."""
    space = text.find(" ", at)
    return len(text) if space < 0 else space + 1
