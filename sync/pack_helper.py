"""Other processes that prepare packs while this one writes them, so that a large directory takes half the time.

They are started for large downloads alone, get packs and give back rows and sets, and touch no file and no network.
"""

import gc
import multiprocessing
import os
import queue
from collections.abc import Iterator
from itertools import cycle
from multiprocessing.process import BaseProcess
from typing import Any

from local_db.directory.prepare import Prepared
from sync import packs
from sync.errors import BadPackError
from sync.protocol.messages import Pack, PackFile

MOST_HELPERS = 2
HELD = 64  # batches that may wait to be written
LOOK = 0.5  # seconds between looks at whether a helper still lives
END = "end"


class PackHelper:
    """Prepares packs, in processes of their own if ``apart``, else in this one when they are asked for."""

    def __init__(self, apart: bool) -> None:
        count = min(MOST_HELPERS, os.cpu_count() or 1) if apart else 0
        self._lanes = [_Lane() for _number in range(count)]
        self._turn = cycle(self._lanes) if self._lanes else None

    def __enter__(self) -> "PackHelper":
        for lane in self._lanes:
            lane.start()
        return self

    def __exit__(self, *_: object) -> None:
        for lane in self._lanes:
            lane.stop()

    def prepare(
        self, pack: Pack, file: PackFile, data: bytes, first_row: int, complaints: list[str]
    ) -> Iterator[Prepared]:
        """The pack's rows and sets. Ask for packs in the order given, each to its end.

        Raises BadPackError, and HelperGoneError where the system ended the helper after it had begun."""
        if self._turn is None:
            return packs.prepared(pack, file, data, first_row, complaints)
        lane = next(self._turn)
        lane.give((pack, file, data, first_row))
        return self._read(lane, pack, file, data, first_row, complaints)

    def _read(
        self, lane: "_Lane", pack: Pack, file: PackFile, data: bytes, first_row: int, complaints: list[str]
    ) -> Iterator[Prepared]:
        begun = False
        try:
            while not isinstance(item := lane.take(), tuple):
                begun = True
                yield item
        except HelperGoneError:
            if begun:
                raise
            yield from packs.prepared(pack, file, data, first_row, complaints)
            return
        _end, told, error = item
        complaints += told
        if error:
            raise BadPackError(error)


class HelperGoneError(Exception):
    """A helper is gone: it could not start, or the system ended it."""


class _Lane:
    """One helper process with its questions and answers."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._tasks: Any = context.Queue()
        self._results: Any = context.Queue(HELD)
        self._process: BaseProcess | None = context.Process(
            target=_serve, args=(self._tasks, self._results), daemon=True
        )

    def start(self) -> None:
        assert self._process is not None
        try:
            self._process.start()
        except OSError:  # no room for another process: it takes longer here
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join()
        for pipe in (self._tasks, self._results):
            pipe.close()
            pipe.cancel_join_thread()

    def give(self, task: tuple[Any, ...]) -> None:
        self._tasks.put(task)

    def take(self) -> Any:
        """The next answer. Raises HelperGoneError when none can come any more."""
        while self._process is not None:
            try:
                return self._results.get(timeout=LOOK)
            except queue.Empty:
                if not self._process.is_alive():
                    self._process = None
        raise HelperGoneError


def _serve(tasks: Any, results: Any) -> None:
    gc.disable()  # millions of objects and no cycles
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    while True:
        pack, file, data, first_row = tasks.get()
        complaints: list[str] = []
        try:
            for item in packs.prepared(pack, file, data, first_row, complaints):
                results.put(item)
        except BadPackError as error:
            results.put((END, complaints, str(error)))
        except Exception as error:  # told to whoever waits, instead of leaving them waiting
            results.put((END, complaints, f"not readable ({type(error).__name__})"))
        else:
            results.put((END, complaints, ""))
