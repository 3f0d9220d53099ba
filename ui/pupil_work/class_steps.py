"""Steps with classes and pupils: made, pasted, renamed, moved, deleted."""

from collections.abc import Callable
from typing import Any

from app.class_lists import CLASS, PUPIL, Made
from app.pupil_work import PupilRow
from app.rules.text import brief
from i18n import _, ngettext
from i18n.formats import number
from ui.pupil_work.choose import ChooseDialog
from ui.pupil_work.menu import Deed
from ui.pupil_work.names import NamesDialog
from ui.pupil_work.steps import Steps
from ui.widgets.item_list import Item

ClassRow = tuple[str, str]  # id and name


class ClassSteps(Steps):
    """``chosen_class`` and ``chosen_pupil`` say what the page shows; ``choose`` shows a class."""

    def __init__(
        self,
        *around: Any,
        chosen_class: Callable[[], ClassRow | None],
        chosen_pupil: Callable[[], PupilRow | None],
        choose: Callable[[str], object],
    ) -> None:
        super().__init__(*around)
        self._class, self._pupil, self._choose = chosen_class, chosen_pupil, choose
        self._use = self.host.workspace.pupil_work

    def of_class(self) -> list[Deed]:
        """What can be done with the class that is shown."""

        def has_class() -> bool:
            return self._class() is not None

        return [
            Deed("new", lambda: _("New class…"), self.ask_class, lambda: True, icon="plus"),
            Deed("paste", lambda: _("Paste a list of names…"), self.paste, has_class, icon="clipboard-text"),
            Deed("rename", lambda: _("Rename the class…"), self.rename_class, has_class, icon="pencil-simple"),
            Deed("delete", lambda: _("Delete the class"), self.delete_class, has_class, icon="trash"),
        ]

    def of_pupil(self) -> list[Deed]:
        """What can be done with the chosen pupil."""

        def has_pupil() -> bool:
            return self._pupil() is not None

        return [
            Deed("rename", lambda: _("Rename…"), self.rename_pupil, has_pupil, ("F2",), "pencil-simple"),
            Deed("move", lambda: _("Move to another class…"), self.move_pupil, has_pupil, icon="arrows-left-right"),
            Deed("delete", lambda: _("Delete"), self.delete_pupil, has_pupil, ("Del",), "trash"),
        ]

    def ask_class(self) -> None:
        """Ask for the name of a new class, and make it."""
        if name := self.ask(_("New class…"), _("Name of the class, such as 6-A:")):
            self.add_class(name)

    def add_class(self, name: str) -> None:
        """Make a class and show it."""
        made: Made | None = self.attempt(lambda: self._use.lists.add_class(name))
        if made is not None:
            self._choose(made.ids[0])
            self.say(_("The class “{name}” was made.").format(name=brief(name, 40)), made.undo)

    def rename_class(self) -> None:
        """Ask for another name of the class."""
        if (shown := self._class()) is None:
            return
        class_id, before = shown
        if name := self.ask(_("Rename the class…"), _("Name of the class, such as 6-A:"), before):
            self._told(self.attempt(lambda: self._use.lists.rename_class(class_id, name)), before, name)

    def delete_class(self) -> None:
        """Put the class with its pupils and their works into the bin."""
        if (shown := self._class()) is None:
            return
        class_id, name = shown
        self._delete(CLASS, class_id, name, len(self._use.pupils(class_id)))

    def add_pupils(self, names: list[str]) -> Made | None:
        """Add pupils to the class that is shown."""
        shown = self._class()
        if shown is None:
            return None
        made: Made | None = self.attempt(lambda: self._use.lists.add_pupils(shown[0], names))
        if made is not None:
            text = ngettext("{n} pupil was added.", "{n} pupils were added.", len(names)).format(n=number(len(names)))
            self.say(text, made.undo)
        return made

    def paste(self) -> None:
        """Open the dialog for a list of names."""
        if (shown := self._class()) is None:
            self.host.say(_("Make a class, then add its pupils."))
            return
        there = [pupil.name for pupil in self._use.pupils(shown[0])]
        NamesDialog(self.host, shown[1], there, lambda names: self.add_pupils(names) is not None, self.page).exec()

    def rename_pupil(self) -> None:
        """Ask how the pupil's name is written."""
        if (pupil := self._pupil()) is None:
            return
        question = _("Name of the pupil. It stays on this computer:")
        if name := self.ask(_("Rename…"), question, pupil.name):
            self._told(self.attempt(lambda: self._use.lists.rename_pupil(pupil.id, name)), pupil.name, name)

    def move_pupil(self) -> None:
        """Ask for the class that the pupil goes to."""
        if (pupil := self._pupil()) is None:
            return
        classes = [Item(one, name) for one, name in self._use.classes() if one != pupil.class_id]
        if not classes:
            self.host.say(_("There is no other class yet. Make it first."))
            return
        title = _("Move {name} to another class").format(name=brief(pupil.name, 40))
        hint = _("The works go along; the pseudonym stays “{pseudonym}”.").format(pseudonym=pupil.pseudonym)
        dialog = ChooseDialog(title, hint, _("Move"), classes, self.page)
        if dialog.exec() and dialog.chosen:
            self.move_pupil_to(pupil, dialog.chosen)

    def move_pupil_to(self, pupil: PupilRow, class_id: str) -> None:
        """Let the pupil be in another class."""
        undo = self.attempt(lambda: self._use.lists.move_pupil(pupil.id, class_id))
        if undo is not None:
            text = _("{name} is in the class “{class_name}” now.")
            name = brief(dict(self._use.classes())[class_id], 40)
            self.say(text.format(name=brief(pupil.name, 40), class_name=name), undo)

    def delete_pupil(self) -> None:
        """Put the pupil with all works into the bin."""
        if (pupil := self._pupil()) is not None:
            self._delete(PUPIL, pupil.id, pupil.name)

    def _delete(self, kind: str, thing_id: str, name: str, pupils: int = 0) -> None:
        removal = self.attempt(lambda: self._use.steps.remove(kind, [thing_id]))
        if removal is None:
            return
        along = [
            ngettext("{n} pupil", "{n} pupils", pupils).format(n=number(pupils)) if pupils else "",
            ngettext("{n} piece of work", "{n} pieces of work", removal.works).format(n=number(removal.works))
            if removal.works
            else "",
        ]
        things = ", ".join(one for one in along if one)
        text = _("“{name}” is in the bin, and with it: {list}.") if things else _("“{name}” is in the bin.")
        self.say_removed(text.format(name=brief(name, 60), list=things), brief(name, 60), removal.undo)

    def _told(self, undo: Callable[[], bool] | None, before: str, name: str) -> None:
        if undo is not None:
            text = _("“{before}” is called “{name}” now.")
            self.say(text.format(before=brief(before, 40), name=brief(name, 40)), undo)
