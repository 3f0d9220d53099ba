"""One conversation: with whom, the letters, and the one being written."""

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.messages import PAGE, REFUSED, WAITING, Letter, Person
from app.safety import StoreError
from i18n import _
from i18n.formats import country_name
from ui import words
from ui.host import Host
from ui.messages.letters import Letters
from ui.messages.lines import name_of
from ui.messages.writing import Writing
from ui.widgets.basics import breakable, button, column, label, row, scrolled
from ui.widgets.button_row import Step
from ui.widgets.timers import soon


class ConversationView(QWidget):
    """Shows the letters exchanged with a person; ``changed`` is called when something was sent, taken back or read.

    ``back`` is the way to the list, where there is room for one alone.
    """

    def __init__(self, host: Host, changed: Callable[[], object], back: QWidget) -> None:
        super().__init__()
        self._host, self._use, self._changed = host, host.workspace.messages, changed
        self.person: Person | None = None
        self._most, self._known, self._small = PAGE, set[str](), False
        layout = column(self, spacing=8)
        self._name, self._about = label("", "cardTitle", wrap=True), label("", "muted", wrap=True)
        self.profile = button(_("Show the profile"), self._show_profile, icon="user-circle")
        names = column(spacing=2)
        names.addWidget(self._name)
        names.addWidget(self._about)
        head = row(back, spacing=8)
        head.addLayout(names, 1)
        head.addWidget(self.profile)
        layout.addLayout(head)
        self.letters = Letters()
        self.letters.seen.connect(self._saw)
        self.letters.older.connect(self._show_older)
        self.writing = Writing(host, self._send)
        inner = QWidget()
        middle = column(inner)
        middle.addWidget(self.letters, 1)
        middle.addWidget(self.writing)
        self._area = scrolled(inner)  # with very large text in a low window
        self.writing.warned.connect(self._show_warning)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.writing.foot)

    def show_person(self, person_id: str) -> None:
        """Show the conversation with somebody as it is now."""
        is_new = self.person is None or self.person.id != person_id
        person = self._use.person(person_id)
        if is_new:
            self._most, self._known = PAGE, set()
            self.letters.begin(self._host.workspace.account.current.name, person.name, self._ways)
        self.person = person
        self._name.setText(breakable(name_of(person.name)))
        self._about.setText(_about(person))
        self._about.setVisible(bool(self._about.text()) and not self._small)
        self.profile.setVisible(person.teacher is not None)
        self._show_letters(announce=not is_new)
        self.writing.show_person(person)

    def fit(self, *, small: bool) -> None:
        """Say less where there is little room."""
        self.profile.setText("" if small else _("Show the profile"))
        self.profile.setAccessibleName(_("Show the profile"))
        self.profile.setToolTip(_("Show the profile") if small else "")
        self._small = small
        self._about.setVisible(bool(self._about.text()) and not small)
        self.writing.fit(small=small)

    def _show_letters(self, *, announce: bool = False) -> None:
        assert self.person is not None
        letters, more = self._use.letters(self.person.id, self._most)
        came = [letter for letter in letters if letter.unread and letter.id not in self._known]
        self._known |= {letter.id for letter in letters}
        self.letters.show_letters(letters, more)
        if announce and came and self.isVisible():
            told = f"{name_of(self.person.name)}: {came[-1].text}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))

    def _show_warning(self) -> None:
        soon(self, lambda: self._area.ensureWidgetVisible(self.writing.banner, 0, 0))

    def _show_older(self) -> None:
        self._most += PAGE
        self._show_letters()

    def _saw(self, letters: list[str]) -> None:
        """These letters were in view: they are read from now on, as far as that can be stored."""
        try:
            news = self.person is not None and self._use.mark_read(self.person.id, letters)
        except StoreError:
            return
        if news:
            self._show_letters()
            self._changed()

    # -- sending ---------------------------------------------------------------------------

    def _send(self, text: str) -> bool:
        person = self.person
        assert person is not None
        try:
            undo = self._use.send(person.id, text)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return False

        def take_back() -> bool:
            done = undo()
            if done:
                self._write_again(person.id, text)
            return done

        self._show_letters()
        connected = self._host.workspace.status.state in ("idle", "syncing")
        later = _("Your message goes out the next time you are connected.")
        self._host.say(_("Your message is on its way.") if connected else later, take_back)
        self._changed()
        return True

    def _write_again(self, person_id: str, text: str) -> None:
        """The words that were taken back lie in the field again."""
        if self.person and self.person.id == person_id:
            self.writing.add_text(text)
            self.writing.field.setFocus()
        else:
            begun = self._use.draft(person_id)
            self._use.keep_draft(person_id, f"{begun}\n\n{text}" if begun.strip() else text)

    def _ways(self, letter: Letter) -> list[Step]:
        back = Step("back", _("Take back and change"), lambda: self._take_back(letter), icon="pencil-simple")
        again = Step("again", _("Send again"), lambda: self._try_again(letter), icon="paper-plane-tilt")
        return {WAITING: [back], REFUSED: [again, back]}.get(letter.state, [])

    def _take_back(self, letter: Letter) -> None:
        if self.person and self._use.take_back(letter):
            self._write_again(self.person.id, letter.text)
        else:
            self._host.say(_("This cannot be taken back any more: it was sent already."))
        self._show_letters()
        self._changed()

    def _try_again(self, letter: Letter) -> None:
        self._use.try_again(letter)
        self._show_letters()
        self._changed()

    def _show_profile(self) -> None:
        if self.person:
            self._host.page("partners").show_person(self.person.id)


def _about(person: Person) -> str:
    if person.teacher is None:
        country = country_name(person.country) if person.country else ""
        return " · ".join(part for part in (country, _("Not in the directory on this computer")) if part)
    teacher = person.teacher
    return f"{teacher.school} · {teacher.town}, {country_name(teacher.country)}"
