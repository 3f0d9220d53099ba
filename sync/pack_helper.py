"""A second process that prepares packs while this one writes them, so that a large directory takes half the time.

It is started for large downloads alone, gets packs and gives back rows and sets, and touches no file and no network.
"""

import gc
import multiprocessing
import queue
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from typing import Any

from local_db.directory.index import Prepared, prepare
from sync import packs
from sync.errors import BadPackError
from sync.messages import Pack, PackFile

HELD = 64  # batches that may wait to be written
LOOK = 0.5  # seconds between looks at whether the helper still lives
END = "end"


class PackHelper:
    """Prepares packs in the order they were given, in a process of its own if ``apart``, else when they are asked for."""

    def __init__(self, apart: bool) -> None:
        self._apart = apart
        self._process: BaseProcess | None = None

    def __enter__(self) -> "PackHelper":
        if self._apart:
            context = multiprocessing.get_context("spawn")
            self._tasks: Any = context.Queue()
            self._results: Any = context.Queue(HELD)
            self._process = context.Process(target=_serve, args=(self._tasks, self._results), daemon=True)
            try:
                self._process.start()
            except OSError:  # no room for another process: it takes longer here
                self._process = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join()
            for pipe in (self._tasks, self._results):
                pipe.close()
                pipe.cancel_join_thread()

    def prepare(
        self, pack: Pack, file: PackFile, data: bytes, first_row: int, complaints: list[str]
    ) -> Iterator[Prepared]:
        """The pack's rows and sets. Ask for packs in the order given, each to its end. Raises BadPackError."""
        if self._process is None:
            return prepare(packs.whole_pack(pack, file, data, complaints), first_row)
        self._tasks.put((pack, file, data, first_row))
        return self._read(pack, file, data, first_row, complaints)

    def _read(
        self, pack: Pack, file: PackFile, data: bytes, first_row: int, complaints: list[str]
    ) -> Iterator[Prepared]:
        begun = False
        try:
            while not isinstance(item := self._next(), tuple):
                begun = True
                yield item
        except _EndedError:
            if begun:
                raise BadPackError("the process that reads packs has ended") from None
            yield from prepare(packs.whole_pack(pack, file, data, complaints), first_row)
            return
        _end, found, error = item
        complaints += found
        if error:
            raise BadPackError(error)

    def _next(self) -> Any:
        while self._process is not None:
            try:
                return self._results.get(timeout=LOOK)
            except queue.Empty:
                if not self._process.is_alive():
                    self._process = None
        raise _EndedError


class _EndedError(Exception):
    """The helper is gone: it could not start, or the system ended it."""


def _serve(tasks: Any, results: Any) -> None:
    gc.disable()  # millions of objects and no cycles
    while True:
        pack, file, data, first_row = tasks.get()
        complaints: list[str] = []
        try:
            for item in prepare(packs.whole_pack(pack, file, data, complaints), first_row):
                results.put(item)
        except BadPackError as error:
            results.put((END, complaints, str(error)))
        except Exception as error:  # told to whoever waits, instead of leaving them waiting
            results.put((END, complaints, f"not readable ({type(error).__name__})"))
        else:
            results.put((END, complaints, ""))
