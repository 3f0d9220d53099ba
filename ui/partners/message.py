"""Writing to a teacher: a template in their language, warnings while one types, and what was said before."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from app.partners import Message, ReachingUseCases, Teacher
from app.rules.outreach import MAX_MESSAGE, MAX_REQUEST
from i18n import _, language, mark
from i18n.formats import clock, country_name, language_name
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import button, column, label, row, scrolled
from ui.widgets.counter import Counter
from ui.widgets.eye_order import Dialog
from ui.widgets.saving import Saving
from ui.widgets.text_field import TextField
from ui.widgets.timers import single_shot

TEMPLATE_NAMES = {
    "introduce": mark("Introduce yourself"),
    "propose": mark("Propose your project"),
    "remind": mark("Ask again, politely"),
}
WARNINGS = {
    "same_text": mark(
        "You have sent almost the same words to others lately. The code of conduct asks not to send one message "
        "to several people: write what is meant for this person."
    ),
    "not_available": mark("This person is not available for projects at the moment."),
    "silent": mark("You have marked this person as not answering."),
    "no_answer_yet": mark("You wrote less than a week ago and have no answer yet."),
}


class MessageDialog(Dialog):
    """Writes a message, or the words of a contact request. ``on_send`` gets the text; it returns False to go on writing."""

    def __init__(
        self,
        host: Host,
        partner: Teacher,
        on_send: Callable[[str], object],
        parent: QWidget,
        *,
        is_request: bool = False,
    ) -> None:
        super().__init__(parent)
        self._host, self._use, self._partner = host, host.workspace.reaching, partner
        self._on_send, self._limit = on_send, MAX_REQUEST if is_request else MAX_MESSAGE
        title = _("Ask {name} to be a contact") if is_request else _("Write to {name}")
        self.setWindowTitle(title.format(name=partner.name))
        self.resize(min(theme.px(560), 980), min(theme.px(520), 720))
        layout = column(self, spacing=8, margin=16)
        layout.addWidget(label(self.windowTitle(), "cardTitle", wrap=True))
        said = self._use.conversation(partner.id)
        if said and not is_request:
            layout.addWidget(scrolled(conversation(said, partner.name)), 2)
        self.templates = QComboBox()
        self.templates.setAccessibleName(_("Begin with a template"))
        self.templates.addItem(_("Begin with a template"), "")
        for template in self._use.templates(partner, self._project()):
            name = f"{_(TEMPLATE_NAMES[template.name])} ({language_name(template.language)})"
            self.templates.addItem(name, template.text)
        self.templates.activated.connect(self._begin)
        layout.addWidget(self.templates)
        self.text = TextField(_("Your message"), _("A few words of your own, about their pupils and yours"))
        self.text.show_text(host.workspace.preference(self._draft_name(), ""))
        layout.addWidget(self.text, 3)
        self.warning = label("", "warn", wrap=True)
        self._count = Counter(self.text, self._limit)
        self.saved = label("", "muted", wrap=True)
        self.saving = Saving(self, self._store)
        self.saving.said.connect(self.saved.setText)
        self.saving.failed.connect(lambda error: self.saved.setText(words.not_saved_yet(error)))
        layout.addWidget(self.warning)
        layout.addWidget(self._count)
        self.send = button(_("Queue it"), self._send, "main", "paper-plane-tilt")
        layout.addLayout(row(self.saved, button(_("Later"), self.reject), self.send))
        layout.addWidget(
            label(_("Sent the next time you are connected. What you write is kept until then."), "muted", wrap=True)
        )
        self._timer = single_shot(self, 250, self._look)
        self.text.textChanged.connect(self._typed)
        self._look()

    def _project(self) -> str:
        found = self._host.workspace.projects.overview()
        return found[0].title if found else ""

    def _draft_name(self) -> str:
        return f"message-draft:{self._partner.id}"

    def _begin(self) -> None:
        """Put a template where nothing or another untouched template stands, else behind what was written."""
        chosen, written = self.templates.currentData(), self.text.text()
        untouched = {self.templates.itemData(place) for place in range(self.templates.count())}
        if chosen:
            self.text.show_text(f"{written}\n\n{chosen}" if written.strip() and written not in untouched else chosen)

    def _typed(self) -> None:
        self.saving.typed()
        self._timer.start()

    def _store(self) -> None:
        self._host.workspace.prefer(self._draft_name(), self.text.text() or None)

    def _look(self) -> None:
        """Count, and warn of what speaks against sending it."""
        text = self.text.text()
        codes = self._use.warnings(self._partner, text, language())
        sentences = warning_sentences(self._use, self._partner, codes)
        self.warning.setText("\n".join(sentences))
        self.warning.setVisible(bool(sentences))
        self._count.show_count(len(text))
        self.send.setEnabled(bool(text.strip()) and not self._count.too_many)

    def _send(self) -> None:
        self._timer.stop()
        if self._on_send(self.text.text()) is False:
            return
        self.saving.forget()
        self._host.workspace.remember(self._draft_name(), None)
        self.accept()

    def reject(self) -> None:
        """Close, unless what is typed cannot be stored and the person would rather stay."""
        texts = [Unsaved(self.windowTitle(), self.text.text())] if self.saving.unsaved else []
        if may_go_on(self, texts, self.saving.error, self.saving.save):
            super().reject()


def warning_sentences(use: ReachingUseCases, partner: Teacher, codes: list[str]) -> list[str]:
    """What speaks against sending now, in sentences."""
    sentences = [_(WARNINGS[code]) for code in codes if code in WARNINGS]
    if "night" in codes:
        hour, country = use.hour_of(partner), country_name(partner.country)
        sentences.append(_("It is about {hour}:00 in {country}.").format(hour=hour, country=country))
    if "holiday" in codes:
        day = use.holiday_of(partner, language())
        sentences.append(_("Today is a holiday there: {day}.").format(day=day))
    return sentences


def conversation(messages: list[Message], name: str) -> QWidget:
    """What was said, oldest first."""
    holder = QWidget()
    layout = column(holder, spacing=6)
    for message in messages:
        who = _("You") if message.mine else name
        when = _("waits to be sent") if message.waiting else clock(message.at)
        layout.addWidget(label(f"{who} · {when}", "section"))
        text = label(message.text, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(text)
    layout.addStretch()
    return holder
