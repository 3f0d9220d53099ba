"""The rows of the sync centre: headings, what waits, what was refused, and where both sides wrote."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QWidget

from app.rules.text import brief
from app.sync_centre import Difference, SyncCentreUseCases, WaitingItem
from i18n import _, ngettext
from i18n.formats import clock, number
from ui import words
from ui.host import Host
from ui.not_taken import NotTakenRow
from ui.widgets.basics import breakable, button, column, label, row
from ui.widgets.row_list import Entry

Acted = Callable[[Callable[[], object] | None], object]  # with the undo, where there is one


GROUPS: dict[str, Callable[[], str]] = {
    "differences": lambda: _("Both sides changed this"),
    "unsent": lambda: _("What was not taken"),
    "refused": lambda: _("Could not be sent"),
    "waiting": lambda: _("Waiting to be sent"),
}
SHOWN_LETTERS = 400  # of the words of a refused step; all of them are copied


@dataclass(frozen=True)
class Line:
    """What one row shows. ``kind`` is heading, note, more, waiting, refused, unsent or difference."""

    kind: str
    thing: Any = None
    text: str = ""


class Lines:
    """The rows from top to bottom, with their keys."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, key: str, line: Line) -> None:
        """Add a row; its key stands for its kind too."""
        self.entries.append((f"{line.kind}:{key}", line))

    def group(self, name: str, lines: Sequence[tuple[Any, Line]], count: int) -> None:
        """Add the first of ``count`` rows under a heading, if there are any, and a way to the others."""
        if lines:
            self.add(name, Line("heading", None, GROUPS[name]()))
        for key, line in lines:
            self.add(str(key), line)
        if (more := count - len(lines)) > 0:
            text = ngettext("Show more ({n})", "Show more ({n})", more).format(n=number(more))
            self.add(name, Line("more", name, text))


def make_row(line: Line, host: Host, acted: Acted, show_more: Callable[[str], object]) -> QWidget:
    """The row for a line; ``acted`` is called after one of its buttons, with the undo."""
    if line.kind == "more":
        return MoreRow(show_more)
    if line.kind == "unsent":
        return UnsentRow(host, lambda: acted(None))
    if line.kind in ("heading", "note"):
        return Heading("cardTitle" if line.kind == "heading" else "muted")
    kinds = {"waiting": WaitingRow, "refused": RefusedRow, "difference": DifferenceRow}
    return kinds[line.kind](host.workspace.sync_centre, acted)


class Heading(QWidget):
    """A line of words."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._text = label("", role)
        column(self).addWidget(self._text)

    def show_value(self, line: Line) -> None:
        """Show the words."""
        self._text.setText(line.text)


class MoreRow(QWidget):
    """The way to the rest of a group."""

    def __init__(self, show_more: Callable[[str], object]) -> None:
        super().__init__()
        self._group = ""
        self._button = button("", lambda: show_more(self._group))
        column(self).addLayout(row(self._button, stretch=True))

    def show_value(self, line: Line) -> None:
        """Say how many there are."""
        self._group = line.thing
        self._button.setText(line.text)
        self._button.setAccessibleName(f"{line.text}: {GROUPS[line.thing]()}")


class _Card(QFrame):
    """A card for one thing that the sync centre can settle."""

    def __init__(self, use: SyncCentreUseCases, acted: Acted) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._use, self._acted, self._thing = use, acted, None  # type: tuple[SyncCentreUseCases, Acted, Any]
        self._build()

    def _build(self) -> None: ...

    def _do(self, deed: Callable[..., object], *values: Any) -> None:
        undo = deed(self._thing, *values)
        self._acted(undo if callable(undo) else None)


class UnsentRow(NotTakenRow):
    """Words that were not taken."""

    def show_value(self, line: Line) -> None:  # type: ignore[override]
        """Show the words of the line."""
        super().show_value(line.thing)


class WaitingRow(_Card):
    """Something that will be sent by itself."""

    def _build(self) -> None:
        self._name, self._when = label("", wrap=True), label("", "muted")
        line = row(self._name, self._when)
        line.setStretch(0, 1)
        column(self, margin=10).addLayout(line)

    def show_value(self, line: Line) -> None:
        """Show what waits, and since when."""
        item: WaitingItem = line.thing
        self._name.setText(breakable(line.text))
        self._when.setText(clock(item.at) if item.at else "")


class RefusedRow(_Card):
    """Something that the platform refused: why, and the ways on."""

    def _build(self) -> None:
        self._name, self._why = label("", "cardTitle", wrap=True), label("", wrap=True)
        self._words = label("", "muted", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = button(_("Copy your words"), self._copy_words)
        self._again = button(_("Try again"), lambda: self._do(self._use.try_again))
        self._forget = button(_("Forget this step"), lambda: self._do(self._use.give_up))
        layout = column(self, margin=12)
        layout.addWidget(self._name)
        layout.addWidget(self._why)
        layout.addWidget(self._words)
        layout.addLayout(row(self._again, self._copy, self._forget, stretch=True))

    def show_value(self, line: Line) -> None:
        """Show what was refused, and why."""
        self._thing = line.thing
        self._name.setText(breakable(line.text))
        self._why.setText(words.refusal(line.thing.reason))
        self._words.setText(breakable(brief(line.thing.text, SHOWN_LETTERS)))
        for widget in (self._words, self._copy):
            widget.setVisible(bool(line.thing.text))
        for made in (self._again, self._copy, self._forget):
            made.setAccessibleName(f"{made.text()}: {line.text}")

    def _copy_words(self) -> None:
        QGuiApplication.clipboard().setText(self._thing.text)


class DifferenceRow(_Card):
    """A field that was changed here and elsewhere: both values, and a choice."""

    def _build(self) -> None:
        self._name = label("", "cardTitle", wrap=True)
        self._mine, self._theirs = label("", wrap=True), label("", wrap=True)
        self._keep = button(_("Keep yours"), lambda: self._do(self._use.settle, False))
        self._take = button(_("Take the other one"), lambda: self._do(self._use.settle, True))
        layout = column(self, margin=12)
        layout.addWidget(self._name)
        for title, value in ((_("Yours"), self._mine), (_("The other one"), self._theirs)):
            layout.addWidget(label(title, "section"))
            layout.addWidget(value)
        layout.addLayout(row(self._keep, self._take, stretch=True))

    def show_value(self, line: Line) -> None:
        """Show both values."""
        difference: Difference = line.thing
        self._thing = difference
        self._name.setText(_(words.COMMANDS.get(difference.kind, difference.kind)))
        self._mine.setText(breakable(_plain(difference.mine)))
        self._theirs.setText(breakable(_plain(difference.theirs)))
        for made in (self._keep, self._take):
            made.setAccessibleName(f"{made.text()}: {self._name.text()}")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
