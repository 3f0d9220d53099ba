"""One partner: who they are, a private note, and asking to be a contact."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.partners import PartnerRow
from i18n import _
from i18n.formats import clock
from ui import words
from ui.host import Host
from ui.partners.list import place
from ui.theme import theme
from ui.widgets.basics import Avatar, EmptyState, button, card, chips, clear, column, label, row, scrolled, tone_label

KEEP_MS = 300


class PartnerProfile(QFrame):
    """The panel at the right of the partner list."""

    def __init__(self, host: Host, on_star: Callable[[PartnerRow], None]) -> None:
        super().__init__()
        self._host, self._on_star = host, on_star
        self._partner: PartnerRow | None = None
        outer, layout = card(margin=4)
        column(self).addWidget(outer)
        inner = QWidget()
        self._body = column(inner, spacing=8, margin=12)
        self._body.setContentsMargins(12, 12, 20, 12)
        layout.addWidget(scrolled(inner))
        self._note: QPlainTextEdit | None = None
        self._timer = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._timer.timeout.connect(self.keep_note)
        self.show_partner(None)

    def show_partner(self, partner: PartnerRow | None) -> None:
        self.keep_note()
        self._partner, self._note = partner, None
        clear(self._body)
        if partner is None:
            self._body.addWidget(EmptyState("user-circle", _("No one chosen"), _("Choose a teacher in the list.")))
            self._body.addStretch()
            return
        self._head(partner)
        for title, text in ((_("About"), partner.about), (_("School"), place(partner))):
            if text:
                self._body.addWidget(label(title, "section"))
                self._body.addWidget(label(text, wrap=True))
        self._body.addWidget(label(_("Teaches and speaks"), "section"))
        texts = [words.item("subjects", s) for s in partner.subjects]
        self._body.addWidget(chips([*texts, *(words.item("languages", code) for code in partner.languages)]))
        self._note_field(partner)
        self._body.addStretch()
        self._contact(partner)

    def keep_note(self) -> None:
        self._timer.stop()
        if self._note is None or self._partner is None or not self._note.document().isModified():
            return
        self._host.workspace.partners.keep_note(self._partner.id, self._note.toPlainText())
        self._note.document().setModified(False)
        self._kept.setText(_("Kept {time}").format(time=clock(time.time())))

    def _head(self, partner: PartnerRow) -> None:
        names = column(spacing=2)
        names.addWidget(label(partner.name, "cardTitle", wrap=True))
        names.addWidget(label(words.item("staff_roles", partner.role), "muted"))
        head = row(Avatar(partner.name), spacing=12)
        head.addLayout(names, 1)
        star = button("", lambda: self._on_star(partner))
        star.setIcon(theme.icon("star-fill" if partner.starred else "star", "warn" if partner.starred else "muted"))
        star.setAccessibleName(_("Remove the star") if partner.starred else _("Give a star"))
        star.setToolTip(star.accessibleName())
        star.setObjectName("star")
        head.addWidget(star, alignment=Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(head)
        free = (
            tone_label(_("Available for projects"), "ok")
            if partner.available
            else tone_label(_("Not available"), "warn")
        )
        self._body.addWidget(free, alignment=Qt.AlignmentFlag.AlignLeft)

    def _note_field(self, partner: PartnerRow) -> None:
        self._body.addWidget(label(_("Your note · only on this computer"), "section"))
        self._note = QPlainTextEdit(self._host.workspace.partners.note(partner.id))
        self._note.setPlaceholderText(_("Add a private note"))
        self._note.setAccessibleName(_("Your note · only on this computer"))
        self._note.setTabChangesFocus(True)
        self._note.setFixedHeight(theme.px(84))
        self._note.setObjectName("note")
        self._note.textChanged.connect(self._timer.start)
        self._kept = label("", "muted")
        self._body.addWidget(self._note)
        self._body.addWidget(self._kept)

    def _contact(self, partner: PartnerRow) -> None:
        workspace = self._host.workspace
        if partner.id == workspace.account.current.id:
            self._body.addWidget(label(_("This is you, as others see you."), "muted"))
            return
        state = workspace.partners.contact_state(partner.id)
        sentences = {
            "contact": _("You are contacts. You can found a project together."),
            "asked": _("You have asked; the answer is still to come."),
            "waiting": _("Your request goes out the next time you are connected."),
            "declined": _("The request was declined."),
        }
        if state == "asks_you":
            self._body.addWidget(button(_("Accept as a contact"), lambda: self._answer(partner), "main"))
        elif state == "none":
            ask = button(_("Ask to be a contact"), lambda: self._ask(partner), "main")
            ask.setEnabled(bool(workspace.account.current.id))
            self._body.addWidget(ask)
            hint = _("Sent the next time you are connected.") if ask.isEnabled() else _("Sign in first.")
            self._body.addWidget(label(hint, "muted", wrap=True))
        else:
            self._body.addWidget(label(sentences[state], "muted", wrap=True))

    def _ask(self, partner: PartnerRow) -> None:
        self._host.workspace.partners.ask_contact(partner.id)
        self.show_partner(partner)

    def _answer(self, partner: PartnerRow) -> None:
        self._host.workspace.partners.answer_contact(partner.id, True)
        self._host.say(_("Your answer is sent the next time you are connected."))
