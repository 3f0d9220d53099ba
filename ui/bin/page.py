"""The bin: everything that was deleted and can still be brought back, with the days that are left."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.rules.finding import finds, wanted
from app.rules.text import brief, fold
from app.safety import StoreError
from i18n import _, mark, ngettext
from i18n.formats import number
from ui import words
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import EmptyState, Page, breakable, button, column, label, row, scrolled, tone_label
from ui.widgets.filter_bar import FilterBar
from ui.widgets.row_list import RowList

KINDS = {
    "project": (mark("Project"), "notebook"),
    "journal": (mark("Diary entry"), "book-open"),
    "work": (mark("Pupil's work"), "student"),
    "pupil": (mark("Pupil"), "student"),
    "school_class": (mark("Class"), "users"),
    "task_list": (mark("List of tasks"), "check-square"),
}
STAY_HERE = ("work", "pupil", "school_class")  # what no platform knows of goes back into the bin as easily
NEEDS = {
    "pupil": mark("The pupil is in the bin too and comes back as well."),
    "school_class": mark("The class is in the bin too and comes back as well."),
}
NEEDS_BACK = {"pupil": mark("The pupil is back as well."), "school_class": mark("The class is back as well.")}
OTHER = (mark("Something of a newer version"), "trash")


class BinItem(Protocol):
    """Something that lies in the bin, as in :mod:`app.bin`."""

    kind: str
    id: str
    title: str
    days_left: int | None
    coming: bool
    pupils: int
    works: int
    needs: str


class BinPage(Page):
    """A row for everything deleted, each with the button that brings it back."""

    listens_to = frozenset({"projects", "project", "membership", "journal", "files", "task_lists", "outbox"})

    def __init__(self, host: Host) -> None:
        super().__init__(_("Bin"))
        self.say(_("What you have deleted stays here for a while. Nothing is lost by a wrong click."))
        self._host, self._use = host, host.workspace.bin
        self.rows = RowList(lambda _item: BinRow(self._restore))
        self._nothing = EmptyState(
            "trash",
            _("The bin is empty"),
            _("Deleted drafts, diary entries, classes, pupils, their works and lists come here."),
        )
        kinds = ((_("Everything"), ""), *((_(text), kind) for kind, (text, _icon) in KINDS.items()))
        self.filter = FilterBar(
            _("Search the bin"), orders=((_("First to go first"), "days"), (_("By title"), "title")), kinds=kinds
        )
        self.filter.changed.connect(self._show)
        self._none_fits = EmptyState(
            "magnifying-glass",
            _("Nothing in the bin fits"),
            _("Use fewer words, or show everything."),
            _("Show everything"),
            self.filter.clear,
        )
        self._items: list[BinItem] = []
        self.body.addWidget(self.filter)
        inner = QWidget()
        layout = column(inner)
        layout.addWidget(self.rows)
        layout.addWidget(self._none_fits)
        layout.addWidget(self._nothing)
        layout.addStretch()
        self.body.addWidget(scrolled(inner), 1)

    def refresh(self, changes: object = None) -> None:
        """Show what can be brought back now."""
        self._items = self._use.items()
        self._show()

    def _show(self) -> None:
        asked, only = wanted(self.filter.typed), self.filter.only
        fitting = [item for item in self._items if only in ("", item.kind) and finds(asked, item.title)]
        if self.filter.order == "title":
            fitting.sort(key=lambda item: fold(item.title))
        else:
            fitting.sort(key=lambda item: (item.days_left is None, item.days_left))
        self.rows.show_rows([(f"{item.kind}:{item.id}", item) for item in fitting])
        self.filter.show_for(len(self._items))
        self._nothing.setVisible(not self._items)
        self._none_fits.setVisible(bool(self._items) and not fitting)

    def _restore(self, item: BinItem) -> None:
        name = brief(item.title) or _("Untitled")
        try:
            back = self._use.restore(item.kind, item.id)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return
        except LookupError:
            back = False
        self.refresh()
        if not back:
            self._host.say(_("“{name}” cannot be brought back any more.").format(name=name))
            return
        undo = (lambda: self._put_back(item)) if item.kind in STAY_HERE else None
        self._host.say(" ".join([_("“{name}” is back.").format(name=name), *_along(item, back=True)]), undo)

    def _put_back(self, item: BinItem) -> None:
        try:
            self._use.put_back(item.kind, item.id)
        except StoreError as error:
            self._host.say(words.not_saved(error))


class BinRow(QFrame):
    """What was deleted, how long it stays, and the way back."""

    def __init__(self, restore: Callable[[BinItem], object]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._item: BinItem | None = None
        self._picture = QLabel()
        self._picture.setFixedWidth(theme.px(32))
        self._title, self._about = label("", "cardTitle", wrap=True), label("", "muted", wrap=True)
        texts = column(spacing=2)
        texts.addWidget(self._title)
        texts.addWidget(self._about)
        self._back = button(_("Bring back"), lambda: self._item and restore(self._item), icon="arrow-counter-clockwise")
        self._coming = tone_label(_("Comes back at the next sync"), "warn")
        line = row(self._picture, spacing=12)
        line.addLayout(texts, 1)
        line.addWidget(self._coming)
        line.addWidget(self._back)
        column(self, margin=12).addLayout(line)

    def show_value(self, item: BinItem) -> None:
        """Show the thing as it lies there now."""
        kind, icon = KINDS.get(item.kind, OTHER)
        if self._item is None:
            self._picture.setPixmap(theme.icon(icon, "muted").pixmap(theme.px(24), theme.px(24)))
        self._item = item
        title = brief(item.title) or _("Untitled")
        self._title.setText(breakable(title))
        about = _(kind) if item.days_left is None else f"{_(kind)} · {_days(item.days_left)}"
        self._about.setText("\n".join([about, *_along(item)]))
        self._back.setAccessibleName(_("Bring back: {what}").format(what=title))
        self._back.setVisible(not item.coming)
        self._coming.setVisible(item.coming)


def _along(item: BinItem, *, back: bool = False) -> list[str]:
    """Sentences about what comes, or came, back with something."""
    pupils = ngettext("{n} pupil", "{n} pupils", item.pupils).format(n=number(item.pupils))
    works = ngettext("{n} piece of work", "{n} pieces of work", item.works).format(n=number(item.works))
    things = [text for text, count in ((pupils, item.pupils), (works, item.works)) if count]
    said = []
    if things:
        text = _("Also back: {list}.") if back else _("Comes back with it: {list}.")
        said.append(text.format(list=", ".join(things)))
    if item.needs:
        needs = NEEDS_BACK if back else NEEDS
        said.append(_(needs[item.needs]))
    return said


def _days(days: int) -> str:
    return ngettext("{n} more day", "{n} more days", days).format(n=number(days))
