"""Words that the platform did not take: read in full, copied, put back, or discarded with an undo."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QFrame

from app.safety import StoreError
from app.unsent_words import Unsent
from i18n import _
from i18n.formats import clock
from ui import words
from ui.host import Host
from ui.widgets.basics import breakable, card, column, label, row
from ui.widgets.button_row import ButtonRow, Step
from ui.widgets.row_list import RowList
from ui.widgets.text_field import TextField, fit_height

FEWEST_LINES, MOST_LINES = 1, 10  # longer words are scrolled


class NotTakenRow(QFrame):
    """The words of one field, why they were not taken, and the ways on. ``acted`` is called after one of them."""

    def __init__(self, host: Host, acted: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._host, self._use, self._acted = host, host.workspace.unsent_words, acted
        self._shown: Unsent | None = None
        self._place, self._when = label("", "cardTitle", wrap=True), label("", "muted")
        self._why, self._closed = label("", wrap=True), label("", "muted", wrap=True)
        self._closed.setText(_("They cannot be put back: it is not there any more, or you may not write there now."))
        self.text = TextField(_("What was not taken"))
        self.text.setReadOnly(True)
        self.text.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self._ways = ButtonRow()
        head = row(self._place, self._when)
        head.setStretch(0, 1)
        layout = column(self, margin=12)
        layout.addLayout(head)
        for widget in (self._why, self.text, self._closed, self._ways):
            layout.addWidget(widget)

    def show_value(self, unsent: Unsent) -> None:
        """Show the words as they lie there now."""
        self._shown = unsent
        place = words.unsent_place(unsent)
        self._place.setText(breakable(place))
        self._when.setText(clock(unsent.at))
        self._why.setText(words.not_taken(unsent.reason))
        self.text.setAccessibleName(place)
        self.text.show_text(words.unsent_text(unsent))
        self._fit()
        self._closed.setVisible(not unsent.possible)
        ways = [Step("copy", _("Copy"), self._copy, icon="copy")]
        if unsent.possible:
            into = _("Put back into the list") if unsent.kind == "task_list" else _("Put back into the draft")
            ways.append(Step("put-back", into, self._put_back, icon="arrow-counter-clockwise"))
        ways.append(Step("discard", _("Discard"), self._discard, icon="trash"))
        self._ways.show_steps(ways)
        for way in ways:
            self._ways.button(way.name).setAccessibleName(f"{way.text}: {place}")

    def _fit(self) -> None:
        fit_height(self.text, FEWEST_LINES, MOST_LINES)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text.text())
        self._host.say(_("The words are copied: paste them where you need them."))

    def _put_back(self) -> None:
        self._settle(self._use.put_back, _("The words are back, at the end of their field."))

    def _discard(self) -> None:
        self._settle(self._use.discard, _("The words were discarded."))

    def _settle(self, deed: Callable[[str], Callable[[], None]], done: str) -> None:
        if self._shown is None:
            return
        try:
            undo = deed(self._shown.id)
        except StoreError as error:
            self._host.say(words.not_saved(error))
        except LookupError:
            self._host.say(_("This is not possible any more. Copy the words, and use them elsewhere."))
        else:
            self._host.say(done, undo)
        self._acted()


class NotTakenBanner(QFrame):
    """What was not taken of one project, above its draft; nothing where there is none."""

    def __init__(self, host: Host, acted: Callable[[], object]) -> None:
        super().__init__()
        self._use, self._acted = host.workspace.unsent_words, acted
        self.rows = RowList(lambda _unsent: NotTakenRow(host, self._act))
        self._project_id = ""
        frame, layout = card(margin=12)
        frame.setProperty("tone", "warn")
        layout.addWidget(label(_("Not everything you wrote here was taken"), "cardTitle", wrap=True))
        layout.addWidget(self.rows)
        column(self).addWidget(frame)
        self.hide()

    def show_project(self, project_id: str) -> None:
        """Show what was put aside of a project's draft and of its lists of tasks."""
        self._project_id = project_id
        put_aside = [unsent for unsent in self._use.all() if unsent.project_id == project_id]
        put_aside.sort(key=lambda unsent: unsent.kind != "project_draft")  # those of the draft itself first
        self.rows.show_rows([(unsent.id, unsent) for unsent in put_aside])
        self.setVisible(bool(put_aside))

    def _act(self) -> None:
        self.show_project(self._project_id)
        self._acted()
