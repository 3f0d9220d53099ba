"""The letter that is being written: kept for each person as it is typed, with warnings before it is sent."""

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from app.messages import Person
from app.rules.outreach import MAX_MESSAGE
from app.rules.text import fold
from i18n import _, language
from i18n.formats import language_name
from ui import words
from ui.host import Host
from ui.messages.lines import name_of
from ui.partners.message import TEMPLATE_NAMES, warning_sentences
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import button, column, label, row
from ui.widgets.button_row import ButtonRow, Step
from ui.widgets.counter import Counter
from ui.widgets.saving import Saving
from ui.widgets.text_field import TextField, fit_height
from ui.widgets.timers import single_shot

LOOK_MS = 400
LINES, LINES_IF_LOW = (3, 7), (1, 2)
LOW = 480  # window height ÷ text scale


class NameBanner(QFrame):
    """Says that a word looks like a pupil's name, and offers the pseudonym. ``decided`` is called with the new word, or None."""

    def __init__(self, decided: Callable[[str, str | None], object]) -> None:
        super().__init__()
        self.setProperty("role", "warning")
        self._decided, self.word = decided, ""
        self._text, self.ways = label("", "warnText", wrap=True), ButtonRow()
        layout = row(self._text, self.ways, spacing=10)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setStretch(0, 2)
        layout.setStretch(1, 3)
        self.setLayout(layout)
        self.hide()

    def show_name(self, word: str, pseudonym: str) -> None:
        """Tell of a word; an empty one hides the banner."""
        if word and word != self.word:
            text = _("“{name}” looks like a pupil’s name").format(name=word)
            self._text.setText(text)
            self.setAccessibleName(text)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self.word = word
        steps = [Step("plain", _("Not a name"), lambda: self._decided(self.word, None))]
        if pseudonym:
            text = _("Write “{name}”").format(name=pseudonym)
            steps.insert(0, Step("alias", text, lambda: self._decided(self.word, pseudonym)))
        self.ways.show_steps(steps if word else [])
        self.setVisible(bool(word))


class Writing(QWidget):
    """A field for one person at a time. ``on_send`` gets the text; it returns False to go on writing."""

    kept = Signal()
    warned = Signal()

    def __init__(self, host: Host, on_send: Callable[[str], object]) -> None:
        super().__init__()
        self._host, self._use, self._on_send = host, host.workspace.messages, on_send
        self._person: Person | None = None
        self._no_names: set[str] = set()
        self._small = False
        layout = column(self, spacing=6)
        self.templates = button(_("Templates"), self._open_templates, "link", "note")
        self._saved = label("", "muted")
        self.field = TextField(_("Your message"), _("Write a message"))
        self.field.setObjectName("message")
        self.field.textChanged.connect(self._typed)
        layout.addWidget(self.field)
        self.warning, self.banner = label("", "warn", wrap=True), NameBanner(self._decide)
        self._count = Counter(self.field, MAX_MESSAGE, only_if_near=True)
        for widget in (self.banner, self.warning, self._count):
            layout.addWidget(widget)
        self._hint = label("", "muted", wrap=True)
        layout.addWidget(self._hint)
        self.send = button(_("Send"), self._press_send, "main", "paper-plane-tilt")
        self.foot = QWidget()  # stands below, in view whatever is above
        foot = row(self.templates, self._saved, self.send)
        foot.setStretch(1, 1)
        foot.setContentsMargins(0, 0, 0, 0)
        self.foot.setLayout(foot)
        self.saving = Saving(self, self._store)
        self.saving.said.connect(self._saved.setText)
        self.saving.failed.connect(lambda error: host.say(words.not_saved(error)))
        self._timer = single_shot(self, LOOK_MS, self.look)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            made = QShortcut(QKeySequence(keys), self.field, self._press_send)
            made.setContext(Qt.ShortcutContext.WidgetShortcut)

    def show_person(self, person: Person) -> None:
        """Write to somebody, from what was begun; what is typed to the same person stays as it is."""
        is_new = self._person is None or self._person.id != person.id
        self._person = person
        if is_new:
            self._person = None  # nothing of the one before is stored for this one
            self.field.setAccessibleName(_("Your message to {name}").format(name=name_of(person.name)))
            self.field.show_text(self._use.draft(person.id))
            self._person = person
            self.saving.forget()
            self._saved.clear()
            self.look()
        self.show_connection()

    def fit(self, *, small: bool | None = None) -> None:
        """Make the field as high as its text, as far as the window has room; a small one says less."""
        self._small = self._small if small is None else small
        self._hint.setVisible(bool(self._hint.text()) and not self._small)
        low = self.window().height() * 100 / theme.scale < LOW
        fit_height(self.field, *(LINES_IF_LOW if low else LINES))

    def show_connection(self) -> None:
        """Say when it will go out."""
        signed_in = bool(self._host.workspace.account.current.id)
        connected = self._host.workspace.status.state in ("idle", "syncing")
        hint = "" if connected else _("Goes out the next time you are connected.")
        self._hint.setText(hint if signed_in else _("Sign in first."))
        self.send.setToolTip(self._hint.text() or _("Send the message (Ctrl+Enter)"))
        self.fit()
        self._enable()

    def add_text(self, text: str) -> None:
        """Put words into the field, behind what stands there."""
        written = self.field.text()
        self.field.show_text(f"{written}\n\n{text}" if written.strip() else text)

    def unsaved(self) -> list[Unsaved]:
        """What is typed and could not be stored."""
        text = self.field.text() if self.saving.unsaved else ""
        return [Unsaved(self.field.accessibleName(), text)] if text else []

    def look(self) -> None:
        """Look at what is written: for pupils' names, and for what speaks against sending it."""
        self._timer.stop()
        if self._person is None:
            return
        text = self.field.text()
        named = [one for one in self._use.pupils_named(text) if fold(one[0]) not in self._no_names] if text else []
        before = self.banner.word
        self.banner.show_name(*(named[0] if named else ("", "")))
        if self.banner.word not in ("", before):
            self.warned.emit()
        codes = self._use.warnings(self._person, text, language()) if text.strip() else []
        sentences = warning_sentences(self._host.workspace.reaching, self._person.as_teacher, codes)
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))

    def _typed(self) -> None:
        self.fit()
        self._count.show_count(len(self.field.text()))
        self._enable()
        if self._person is not None:
            self.saving.typed()
            self._timer.start()

    def _enable(self) -> None:
        signed_in = bool(self._host.workspace.account.current.id)
        self.send.setEnabled(signed_in and bool(self.field.text().strip()) and not self._count.too_many)

    def _store(self) -> None:
        if self._person is not None:
            self._use.keep_draft(self._person.id, self.field.text())
            self.kept.emit()

    def _press_send(self) -> None:
        if not self.send.isEnabled():
            return
        self.look()
        if self.banner.word:  # a name does not leave before somebody decided about it
            self.banner.ways.findChildren(type(self.send))[0].setFocus()
            return
        if self._on_send(self.field.text()) is False:
            return
        self.field.show_text("")
        self.saving.save()
        self._saved.clear()
        self.field.setFocus()
        self.look()

    def _decide(self, word: str, instead: str | None) -> None:
        if instead is None:
            self._no_names.add(fold(word))
        else:
            self.field.show_text(re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _found: instead, self.field.text()))
        self.field.setFocus()
        self.look()

    def _open_templates(self) -> None:
        if self._person is None:
            return
        projects, menu = self._host.workspace.projects.overview(), QMenu(self)
        for template in self._use.templates(self._person, projects[0].title if projects else ""):
            name = f"{_(TEMPLATE_NAMES[template.name])} ({language_name(template.language)})"
            menu.addAction(name, lambda text=template.text: self.add_text(text))
        menu.popup(self.templates.mapToGlobal(self.templates.rect().bottomLeft()))
