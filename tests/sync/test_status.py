"""The pill never goes back to an older state, whichever threads change it at once."""

import threading
from typing import Any

import pytest

from app.workspace import Workspace
from sync.status import Status, StatusBoard
from tests.inside import inside


def test_changes_from_many_threads_are_all_there_and_told_in_order() -> None:
    told: list[Status] = []
    board = StatusBoard(Status(), told.append)
    gate = threading.Barrier(8)

    def add_one() -> None:
        gate.wait()
        for _round in range(200):
            board.change(lambda: {"waiting": board.status.waiting + 1})

    threads = [threading.Thread(target=add_one) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    board.change(state="idle")  # whoever was telling has told all before this
    assert [status.waiting for status in told[:-1]] == list(range(1, 1601)) and told[-1] == board.status


def test_an_older_count_never_overtakes_a_newer_one() -> None:
    """A count that takes long in one thread must not put back what another thread made of the status meanwhile."""
    board = StatusBoard(Status(state="syncing", waiting=1), lambda _status: None)
    counting, go_on = threading.Event(), threading.Event()

    def slow() -> dict[str, int]:
        counting.set()
        go_on.wait(10)
        return {"waiting": 1}

    recount = threading.Thread(target=lambda: board.change(slow))
    recount.start()
    counting.wait(10)
    finish = threading.Thread(target=lambda: board.change(lambda: {"waiting": 0}, state="idle"))
    finish.start()
    go_on.set()
    recount.join(10)
    finish.join(10)
    assert (board.status.state, board.status.waiting) == ("idle", 0)


def test_a_listener_may_change_the_status_and_sees_each_state_once() -> None:
    told: list[int] = []

    def listener(status: Status) -> None:
        told.append(status.waiting)
        if status.waiting < 5:
            board.change(waiting=status.waiting + 1)

    board = StatusBoard(Status(), listener)
    board.change(waiting=1)
    assert told == [1, 2, 3, 4, 5]


def test_no_lock_is_held_while_a_listener_runs() -> None:
    """A listener that waits for another thread, which changes the status itself, does not hang."""
    done = threading.Event()

    def listener(status: Status) -> None:
        if not status.waiting:
            other = threading.Thread(target=lambda: (board.change(waiting=7), done.set()))
            other.start()
            assert done.wait(10)

    board = StatusBoard(Status(), listener)
    board.change(state="syncing")
    assert board.status == Status(state="syncing", waiting=7)


def test_a_listener_that_raises_does_not_silence_the_board() -> None:
    told: list[str] = []

    def listener(status: Status) -> None:
        told.append(status.state)
        if status.state == "syncing":
            raise ValueError

    board = StatusBoard(Status(), listener)
    with pytest.raises(ValueError):
        board.change(state="syncing")
    board.change(state="idle")
    assert told == ["syncing", "idle"]


def test_typing_while_a_sync_ends_leaves_the_pill_idle(desk: Workspace) -> None:
    """The window counts (``recount``) at the very moment that the sync thread says it is done."""
    told: list[Status] = []
    desk.events.subscribe("status", told.append)
    gate = threading.Barrier(2)

    class Engine:
        def stages(self, *_: Any) -> list[Any]:
            return [("exchange", gate.wait)]

    inside(desk).service._made = Engine()  # type: ignore[assignment]

    def type_on() -> None:
        gate.wait()
        for _key in range(20):
            inside(desk).service.recount()
        desk.close_thread()

    for _round in range(20):
        typing = threading.Thread(target=type_on)
        typing.start()
        inside(desk).service.sync_now()
        typing.join(10)
        assert desk.status.state == "idle"
    assert told[-1] == desk.status
    ends = [number for number, status in enumerate(told) if status.state == "idle"]
    begins = [
        number for number in range(1, len(told)) if (told[number - 1].state, told[number].state) == ("idle", "syncing")
    ]
    assert len(begins) == 19 and ends
