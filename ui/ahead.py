"""Loads the modules of all pages while nothing else happens, so that no page waits for the disk when it is first shown."""

import gc
import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module

from PySide6.QtCore import QObject

from ui.actions import Entry
from ui.widgets.timers import single_shot

AFTER_MS, BETWEEN_MS = 800, 20  # the start comes first; what is typed comes between two modules


class Ahead(QObject):
    """Loads one small module at a time. ``done`` once all are there; then the collector passes by what stays for good."""

    def __init__(self, entries: Iterable[Entry], parent: QObject) -> None:
        super().__init__(parent)
        self.done = False
        self._left = _modules([entry.page.rpartition(".")[0] for entry in entries])
        self._timer = single_shot(self, AFTER_MS, self._step)
        self._timer.start()

    def _step(self) -> None:
        name = next(self._left, None)
        if name is not None:
            import_module(name)
            self._timer.start(BETWEEN_MS)
            return
        if not gc.get_freeze_count():  # otherwise each of its rounds would look at every module anew
            gc.collect(1)
            gc.freeze()
        self.done = True


def _modules(packages: list[str]) -> Iterator[str]:
    """The names of the modules of packages, the shared widgets first."""
    for package in ["ui.widgets", *packages]:
        for found in pkgutil.iter_modules(import_module(package).__path__):
            yield f"{package}.{found.name}"
