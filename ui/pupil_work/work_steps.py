"""Steps with works, one or several: opened, copied, renamed, moved to another pupil, deleted."""

from collections.abc import Callable, Sequence
from typing import Any

from app.class_works import Moving, Removal
from app.pupil_work import WorkRow
from app.rules.text import brief
from i18n import _, ngettext
from i18n.formats import number
from ui.pupil_work.choose import ChooseDialog
from ui.pupil_work.copies import SavingCopies
from ui.pupil_work.menu import Deed
from ui.pupil_work.steps import Steps
from ui.pupil_work.viewer import Opening
from ui.widgets.item_list import Item

NAMED = 3  # titles in a sentence


class WorkSteps(Steps):
    """``chosen`` says which works are chosen, ``shown`` which are in the list."""

    def __init__(
        self,
        *around: Any,
        chosen: Callable[[], list[WorkRow]],
        shown: Callable[[], list[WorkRow]],
        copies: SavingCopies,
    ) -> None:
        super().__init__(*around)
        self._chosen, self._shown, self._copies = chosen, shown, copies
        self._use = self.host.workspace.pupil_work
        self.opening = Opening(self.host, self.page, copies.ask_one)

    def deeds(self) -> list[Deed]:
        """What can be done with the chosen works."""

        def some() -> bool:
            return bool(self._chosen())

        def one() -> bool:
            return len(self._chosen()) == 1

        def of_one_or_more(single: str, several: str) -> Callable[[], str]:
            return lambda: single if one() else several

        copy = of_one_or_more(_("Save a copy…"), _("Save copies…"))
        return [
            Deed("open", self._open_text, self.open, one, ("Return", "Enter"), "eye"),
            Deed(
                "outside",
                lambda: _("Open in another program"),
                self.open_outside,
                lambda: one() and self._chosen()[0].kind == "image",
                ("Shift+Return", "Shift+Enter"),
                "arrow-square-out",
            ),
            Deed("copy", copy, self.save_copies, some, ("Ctrl+S",), "download-simple"),
            Deed("rename", lambda: _("Rename…"), self.rename, one, ("F2",), "pencil-simple"),
            Deed("move", lambda: _("Move to another pupil…"), self.move, some, icon="arrows-left-right"),
            Deed("delete", lambda: _("Delete"), self.delete, some, ("Del",), "trash"),
        ]

    def _open_text(self) -> str:
        kinds = {work.kind for work in self._chosen()}
        return _("Play") if kinds and kinds <= {"audio", "video"} else _("Open")

    def open(self) -> None:
        """Show the chosen work."""
        if works := self._chosen():
            self.opening.open(works[0], self._shown())

    def open_outside(self) -> None:
        """Open the chosen work in the computer's own program."""
        if works := self._chosen():
            self.opening.open_outside(works[0])

    def save_copies(self) -> None:
        """Save a copy of each chosen work."""
        works = self._chosen()
        if len(works) == 1:
            self._copies.ask_one(works[0])
        elif works:
            self._copies.ask_all(works)

    def rename(self) -> None:
        """Ask for another title."""
        if not (works := self._chosen()):
            return
        if title := self.ask(_("Rename…"), _("Title of the work:"), works[0].title):
            self.rename_to(works[0], title)

    def rename_to(self, work: WorkRow, title: str) -> None:
        """Give a work another title."""
        undo = self.attempt(lambda: self._use.rename(work.id, title))
        if undo is not None:
            text = _("“{before}” is called “{name}” now.")
            self.say(text.format(before=brief(work.title, 40), name=brief(title, 40)), undo)

    def move(self) -> None:
        """Ask whose the works are."""
        works = self._chosen()
        if not works:
            return
        alone = {work.pupil_id for work in works}
        pupils = [
            Item(pupil.id, f"{pupil.name}\n{pupil.pseudonym} · {name}")
            for class_id, name in self._use.classes()
            for pupil in self._use.pupils(class_id)
            if {pupil.id} != alone
        ]
        if not pupils:
            self.host.say(_("There is no other pupil yet. Add them first."))
            return
        hint = _("The box “May be published” is empty afterwards: the consent was another pupil's.")
        dialog = ChooseDialog(_("Whose work is it?"), hint, _("Move"), pupils, self.page)
        if dialog.exec() and dialog.chosen:
            self.move_to(works, dialog.chosen)

    def move_to(self, works: Sequence[WorkRow], pupil_id: str) -> None:
        """Let works be another pupil's."""
        moving: Moving | None = self.attempt(lambda: self._use.steps.move([work.id for work in works], pupil_id))
        if moving is None:
            return
        parts = []
        if moving.works:
            text = ngettext("{n} piece of work was moved.", "{n} pieces of work were moved.", moving.works)
            parts.append(text.format(n=number(moving.works)))
        if moving.unticked:
            parts.append(_("It may not be published any more until you tick the box again."))
        if moving.there:
            titles = ", ".join(brief(title, 40) for title in moving.there[:NAMED])
            parts.append(_("The pupil has this already: {titles}.").format(titles=titles))
        if moving.works:
            self.say(" ".join(parts), moving.undo)
        else:
            self.host.say(" ".join(parts))

    def delete(self) -> None:
        """Put the chosen works into the bin."""
        self.remove(self._chosen())

    def remove(self, works: Sequence[WorkRow]) -> None:
        """Put works into the bin."""
        removal: Removal | None = works and self.attempt(
            lambda: self._use.steps.remove("work", [work.id for work in works])
        )
        if not removal:
            return
        name = brief(works[0].title)
        if len(works) == 1:
            text = _("“{name}” was removed.").format(name=name)
        else:
            count = len(works)
            text = ngettext("{n} piece of work was removed.", "{n} pieces of work were removed.", count)
            text = text.format(n=number(count))
            name = ngettext("{n} piece of work", "{n} pieces of work", count).format(n=number(count))
        self.say_removed(text, name, removal.undo)
