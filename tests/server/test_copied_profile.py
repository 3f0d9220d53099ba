"""A profile that was copied or brought back: both go on working, and nothing that either wrote is lost or doubled."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.safety import restore_backup
from sync.errors import OfflineError
from sync.protocol.messages import ExchangeAnswer, ExchangeRequest
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform


class Pair:
    """A teacher's computer, a copy of its whole folder, and the partner who reads what comes of it.

    The computers are the same for the whole module, the project is a test's own.
    """

    def __init__(self, running: RunningPlatform, folder: Path) -> None:
        self.running, self._folder, self._copies = running, folder, 0
        self.first, self.partner = (Computer(folder / email, running, email) for email in (AYSE, NIKOS))
        self.second: Computer | None = None
        self.first.sign_in()
        self.partner.sign_in()

    def begin(self) -> None:
        """A new project of both."""
        self.project = self.first.workspace.projects.create()
        self.first.sync()
        self.first.workspace.projects.invite(self.project, self.partner.workspace.account.current.id)
        self.first.sync()
        self.partner.sync()
        self.partner.workspace.projects.answer(self.project, True)
        self.partner.sync()
        self.first.sync()

    def end(self) -> None:
        """Only the copy goes."""
        if self.second:
            self.second.close()
        self.second = None

    def copy(self) -> Computer:
        """The folder as an imaged computer has it."""
        self.first.workspace.close()
        self._copies += 1
        target = self._folder / f"copied-{self._copies}"
        shutil.copytree(self.first.profile, target)
        self.first.workspace = self.first._open()
        copied = Computer.__new__(Computer)
        copied.profile, copied.email, copied.platform, copied.key = target, AYSE, self.running, self.first.key
        copied.workspace = copied._open()
        self.second = copied
        return copied

    def all(self) -> list[Computer]:
        assert self.second
        return [self.first, self.second, self.partner]

    def sync(self) -> None:
        """Everybody twice, so that all have heard of all."""
        for computer in self.all() * 2:
            computer.sync()

    def on_the_platform(self) -> list[str]:
        """What the diary says there."""
        select = "select fields from record where kind = 'journal' and scope = ?"
        rows = self.running.database.execute(select, f"project:{self.project}")
        return sorted(json.loads(fields)["text"] for (fields,) in rows)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("copies")
    with RunningPlatform(folder / "platform", profiles=4) as running:
        made = Pair(running, folder)
        yield made
        made.first.close()
        made.partner.close()


@pytest.fixture
def pair(both: Pair) -> Iterator[Pair]:
    both.begin()
    yield both
    both.end()


def diary(computer: Computer, project: str) -> list[str]:
    return sorted(fields["text"] for _id, fields in computer.workspace.projects.journal(project))


def write(computer: Computer, project: str, text: str, entry: str | None = None) -> str:
    return computer.workspace.projects.write_journal(project, text, entry)


def aims(computer: Computer, project: str, text: str) -> None:
    draft = computer.workspace.projects.open(project)
    draft.set_fields({"aims": f"{draft.fields['aims'] or ''}{text}\n"})


def lines(computer: Computer, project: str) -> list[str]:
    return sorted((computer.workspace.projects.open(project).fields["aims"] or "").split())


def offline(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """No exchange gets through until what is returned is called."""
    client = inside(computer.workspace).client
    real = client.exchange

    def cut(_request: ExchangeRequest) -> ExchangeAnswer:
        raise OfflineError("cut")

    monkeypatch.setattr(client, "exchange", cut)
    return lambda: monkeypatch.setattr(client, "exchange", real)


def lose_answer(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next exchange with changes arrives, and its answer does not."""
    client = inside(computer.workspace).client
    real = client.exchange

    def lose(request: ExchangeRequest) -> ExchangeAnswer:
        answer = real(request)
        if request.changes:
            monkeypatch.setattr(client, "exchange", real)
            raise OfflineError("cut")
        return answer

    monkeypatch.setattr(client, "exchange", lose)


def fail_to_sync(computer: Computer) -> None:
    with pytest.raises(OfflineError):
        inside(computer.workspace).service.sync_now()


# -- a copied folder ------------------------------------------------------------------------------


@pytest.mark.parametrize("tried", ["never tried", "tried without a line", "arrived, answer lost"])
@pytest.mark.parametrize("turns", ["first, second", "second, first"])
def test_both_copies_go_on_and_nothing_is_lost_or_doubled(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tried: str, turns: str
) -> None:
    project = pair.project
    write(pair.first, project, "Written before")
    pair.first.sync()
    write(pair.first, project, "Waited on both")
    aims(pair.first, project, "waited")
    if tried == "tried without a line":
        online = offline(pair.first, monkeypatch)
        fail_to_sync(pair.first)
        online()
    elif tried == "arrived, answer lost":
        lose_answer(pair.first, monkeypatch)
        fail_to_sync(pair.first)
    second = pair.copy()
    write(pair.first, project, "Of the first")
    write(second, project, "Of the second")
    aims(pair.first, project, "first")
    aims(second, project, "second")
    order = [pair.first, second] if turns == "first, second" else [second, pair.first]
    for round_ in range(3):
        for computer in order:
            name = "first" if computer is pair.first else "second"
            write(computer, project, f"Round {round_} of the {name}")
            aims(computer, project, f"round{round_}{name}")
            computer.sync()
            assert computer.workspace.status.waiting == 0
    pair.sync()
    rounds = [f"Round {n} of the {name}" for n in range(3) for name in ("first", "second")]
    expected = sorted(["Written before", "Waited on both", "Of the first", "Of the second", *rounds])
    words = sorted(
        ["waited", "first", "second", *(f"round{n}{name}" for n in range(3) for name in ("first", "second"))]
    )
    assert pair.on_the_platform() == expected
    for computer in pair.all():
        assert diary(computer, project) == expected
        assert lines(computer, project) == words
        assert computer.workspace.sync_centre.items() == []


@pytest.mark.parametrize("tried", [False, True])
def test_an_entry_that_waited_on_both_and_grew_on_each_keeps_what_both_wrote(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tried: bool
) -> None:
    project = pair.project
    entry = write(pair.first, project, "We met.")
    if tried:
        online = offline(pair.first, monkeypatch)
        fail_to_sync(pair.first)
        online()
    second = pair.copy()
    write(pair.first, project, "We met. Snow fell in Iğdır.", entry)
    write(second, project, "We met. The sea was warm.", entry)
    pair.first.sync()
    second.sync()
    write(second, project, "Another day")
    pair.sync()
    both = {"We met. Snow fell in Iğdır.", "We met. The sea was warm."}
    (shown,) = set(diary(second, project)) - {"Another day"}
    kept = {value for one in second.workspace.sync_centre.differences() for value in (one.mine, one.theirs)}
    assert shown in both and both <= kept | {shown}
    for computer in pair.all():
        assert diary(computer, project) == sorted([shown, "Another day"])
    (difference,) = [one for one in second.workspace.sync_centre.differences() if {one.mine, one.theirs} == both]
    second.workspace.sync_centre.settle(difference, take_theirs=True)
    pair.sync()
    (other,) = both - {shown}
    assert {tuple(diary(computer, project)) for computer in pair.all()} == {tuple(sorted([other, "Another day"]))}


def test_a_message_that_waited_on_both_is_sent_once(pair: Pair) -> None:
    to = pair.partner.workspace.account.current.id
    pair.first.workspace.reaching.send(to, "Good morning!")
    second = pair.copy()
    pair.first.sync()
    second.sync()
    pair.first.workspace.reaching.send(to, "Of the first")
    second.workspace.reaching.send(to, "Of the second")
    pair.sync()
    for computer, who in ((pair.first, to), (second, to), (pair.partner, pair.first.workspace.account.current.id)):
        texts = sorted(message.text for message in computer.workspace.reaching.conversation(who))
        assert texts == ["Good morning!", "Of the first", "Of the second"]


def test_a_copy_that_deleted_what_the_other_still_has_is_heard(pair: Pair) -> None:
    project = pair.project
    kept, deleted = write(pair.first, project, "Stays"), write(pair.first, project, "Goes")
    pair.first.sync()
    second = pair.copy()
    pair.first.workspace.projects.delete_journal(project, deleted)
    pair.first.sync()
    write(second, project, "Of the second")
    pair.sync()
    assert kept
    for computer in pair.all():
        assert diary(computer, project) == ["Of the second", "Stays"]


def test_an_entry_that_waits_on_both_and_is_deleted_on_one_stays_deleted_until_it_is_brought_back(pair: Pair) -> None:
    project = pair.project
    entry = write(pair.first, project, "Waits on both")
    second = pair.copy()
    undo = pair.first.workspace.projects.delete_journal(project, entry)
    pair.sync()
    for computer in (*pair.all(), second):
        assert diary(computer, project) == []
    assert undo()
    pair.sync()
    for computer in (*pair.all(), second):
        assert diary(computer, project) == ["Waits on both"]


# -- a copy brought back --------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["the program's copy", "the school's own"])
def test_an_older_state_brought_back_loses_nothing(pair: Pair, tmp_path: Path, way: str) -> None:
    first, project = pair.first, pair.project
    write(first, project, "Waited while copied")
    aims(first, project, "waited")
    first.workspace.safety.back_up()
    first.workspace.close()
    shutil.copytree(first.profile, tmp_path / "saved")
    first.workspace = first._open()
    first.sync()
    write(first, project, "Written after the copy")
    aims(first, project, "after")
    first.sync()
    if way == "the program's copy":
        backup = first.workspace.safety.backups()[-1]
        first.workspace.close()
        restore_backup(first.profile, backup.path, key=first.key)
    else:
        first.workspace.close()
        shutil.rmtree(first.profile)
        shutil.copytree(tmp_path / "saved", first.profile)
    first.workspace = first._open()
    write(first, project, "Written after bringing it back")
    aims(first, project, "back")
    first.sign_in()
    for _ in range(2):
        first.sync()
        pair.partner.sync()
    expected = sorted(["Waited while copied", "Written after the copy", "Written after bringing it back"])
    assert pair.on_the_platform() == expected
    for computer in (first, pair.partner):
        assert diary(computer, project) == expected
        assert lines(computer, project) == ["after", "back", "waited"]


# -- answers that do not come, and kills ------------------------------------------------------------


def small_batches(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("sync.protocol.messages.MAX_CHANGES", size)


@pytest.mark.parametrize("lost", range(4))
def test_a_kill_or_a_lost_answer_between_batches_loses_and_doubles_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    first, project = pair.first, pair.project
    small_batches(monkeypatch, 3)
    for number in range(9):
        write(first, project, f"Entry {number}")
        aims(first, project, f"line{number}")
    client = inside(first.workspace).client
    real, count = client.exchange, [0]

    def cut_at(request: ExchangeRequest) -> ExchangeAnswer:
        answer = real(request)
        count[0] += 1
        if count[0] > lost:
            raise OfflineError("cut")
        return answer

    monkeypatch.setattr(client, "exchange", cut_at)
    fail_to_sync(first)
    write(first, project, "Typed meanwhile")
    second = pair.copy()  # closing and opening again is what a kill leaves, too
    write(second, project, "Typed on the copy")
    pair.sync()
    expected = sorted([*(f"Entry {n}" for n in range(9)), "Typed meanwhile", "Typed on the copy"])
    assert pair.on_the_platform() == expected
    for computer in pair.all():
        assert diary(computer, project) == expected
        assert lines(computer, project) == sorted(f"line{n}" for n in range(9))
    rows: list[tuple[Any, ...]] = pair.running.database.execute(
        "select count(*) from device where account_id = 't-ayse'"
    )
    assert rows[0][0] >= 2
