"""One partner: who they are, a private note, and asking to be a contact."""

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QWidget

from app.partners import Teacher
from app.safety import StoreError
from i18n import _
from i18n.formats import short_day
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.partners.compare import MOST, fit_text
from ui.partners.list import place
from ui.partners.message import MessageDialog
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import Avatar, EmptyState, button, card, chips, clear, column, label, row, scrolled, tone_label
from ui.widgets.saving import Saving
from ui.widgets.text_field import TextField


class PartnerProfile(QFrame):
    """The panel at the right of the partner list."""

    def __init__(
        self,
        host: Host,
        on_star: Callable[[Teacher], None],
        on_compare: Callable[[Teacher], None],
        on_show_comparison: Callable[[], object],
    ) -> None:
        super().__init__()
        self._host, self._on_star = host, on_star
        self._on_compare, self._on_show_comparison = on_compare, on_show_comparison
        self._project_id = ""
        self._compared: set[str] = set()
        self._partner: Teacher | None = None
        outer, layout = card(margin=4)
        column(self).addWidget(outer)
        inner = QWidget()
        self._body = column(inner, spacing=8, margin=12)
        self._body.setContentsMargins(12, 12, 20, 12)
        layout.addWidget(scrolled(inner), 1)
        self._foot = column(spacing=8, margin=8)
        layout.addLayout(self._foot)
        self._note: TextField | None = None
        self.saving = Saving(self, self._store_note)
        self.saving.failed.connect(lambda error: self._host.say(words.not_saved(error)))
        self.show_partner(None)

    def show_partner(self, partner: Teacher | None) -> None:
        """Show one teacher, unless the note about the one before cannot be stored and would be lost."""
        if not may_go_on(self, self.unsaved(), self.saving.error, self.saving.save):
            return
        self.saving.forget()
        self._partner, self._note = partner, None
        clear(self._body)
        clear(self._foot)
        if partner is None:
            self._body.addWidget(EmptyState("user-circle", _("No one chosen"), _("Choose a teacher in the list.")))
            self._body.addStretch()
            return
        self._head(partner)
        self._fit(partner)
        for title, text in ((_("About"), partner.about), (_("School"), self._school(partner))):
            if text:
                self._body.addWidget(label(title, "section"))
                self._body.addWidget(label(text, wrap=True))
        self._body.addWidget(label(_("Teaches and speaks"), "section"))
        texts = [words.item("subjects", s) for s in partner.subjects]
        self._body.addWidget(chips([*texts, *(words.item("languages", code) for code in partner.languages)]))
        self._past(partner)
        self._note_field(partner)
        self._follow_up(partner)
        self._body.addStretch()
        self._compare(partner)
        self._contact(partner)

    @property
    def partner(self) -> Teacher | None:
        """Who is shown."""
        return self._partner

    def match_to(self, project_id: str) -> None:
        """Say from now on how teachers fit a draft; empty ends it."""
        if project_id == self._project_id:
            return
        self._project_id = project_id
        if self._partner:
            self.show_partner(self._partner)

    def show_compared(self, ids: set[str]) -> None:
        """Say of the teacher shown whether they are among those compared."""
        self._compared = ids
        if self._partner:
            self.show_partner(self._partner)

    def _school(self, partner: Teacher) -> str:
        kind = words.item("school_types", partner.school_type)
        parts = [
            f"{place(partner)}.",
            _("{kind}, pupils of {first} to {last}.").format(kind=kind, first=partner.age_from, last=partner.age_to),
        ]
        return " ".join([*parts, *([_("eTwinning School.")] if partner.etwinning_school else [])])

    def _fit(self, partner: Teacher) -> None:
        if not self._project_id:
            return
        fit = self._host.workspace.partners.fit(partner, self._project_id)
        share = fit.points / fit.best if fit.best else 0
        text, tone = (
            (_("Fits well"), "ok")
            if share >= 0.75
            else (_("Fits partly"), "warn")
            if share >= 0.45
            else (_("Fits little"), "plain")
        )
        self._body.addWidget(tone_label(text, tone), alignment=Qt.AlignmentFlag.AlignLeft)
        self._body.addWidget(label(fit_text(fit), "muted", wrap=True))

    def _past(self, partner: Teacher) -> None:
        if partner.projects:
            self._body.addWidget(label(_("Past projects"), "section"))
            shown = sorted(partner.projects, key=lambda project: -project.year)
            self._body.addWidget(label("\n".join(f"{p.title} ({p.year})" for p in shown), wrap=True))
        shared = self._host.workspace.partners.shared_contacts(partner)
        if shared:
            self._body.addWidget(label(_("Worked with your contacts"), "section"))
            self._body.addWidget(label(", ".join(shared), wrap=True))

    def _follow_up(self, partner: Teacher) -> None:
        keeping = self._host.workspace.keeping
        kept = keeping.follow_up(partner.id)
        self.remind = QComboBox()
        self.remind.setAccessibleName(_("Reminder"))
        today = date.today()
        self.remind.addItem(_("No reminder"), "")
        for days, text in (
            (7, _("Remind me in a week")),
            (14, _("Remind me in two weeks")),
            (30, _("Remind me in a month")),
        ):
            self.remind.addItem(text, (today + timedelta(days=days)).isoformat())
        if kept.remind_on and self.remind.findData(kept.remind_on) < 0:
            self.remind.addItem(_("Reminder on {day}").format(day=short_day(kept.remind_on)), kept.remind_on)
        self.remind.setCurrentIndex(max(0, self.remind.findData(kept.remind_on)))
        self.remind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.remind.activated.connect(lambda _index: keeping.remind(partner.id, str(self.remind.currentData())))
        silent = QCheckBox(_("Does not answer"))
        silent.setChecked(kept.silent)
        silent.toggled.connect(lambda on: keeping.mark_silent(partner.id, on))
        self._body.addWidget(self.remind)
        self._body.addWidget(silent)

    def _compare(self, partner: Teacher) -> None:
        count = len(self._compared)
        inside = partner.id in self._compared
        text = _("Leave out") if inside else _("Compare ({n}/{most})")
        add = button(text.format(n=count, most=MOST), lambda: self._on_compare(partner), icon="scales")
        add.setEnabled(inside or count < MOST)
        self._foot.addWidget(add)
        if count > 1:
            self._foot.addWidget(
                button(_("Compare {n} teachers").format(n=count), self._on_show_comparison, icon="columns")
            )

    def keep_note(self) -> None:
        """Store the note that is being written."""
        self.saving.save()

    def unsaved(self) -> list[Unsaved]:
        """The note, if it could not be stored."""
        if self._note is None or self._partner is None or not self.saving.unsaved:
            return []
        return [Unsaved(self._partner.name, self._note.text())]

    def _store_note(self) -> None:
        if self._note is not None and self._partner is not None:
            self._host.workspace.keeping.keep_note(self._partner.id, self._note.text())

    def _head(self, partner: Teacher) -> None:
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

    def _note_field(self, partner: Teacher) -> None:
        self._body.addWidget(label(_("Your note · only on this computer"), "section"))
        self._note = TextField(_("Your note · only on this computer"), _("Add a private note"))
        self._note.show_text(self._host.workspace.keeping.note(partner.id))
        self._note.setFixedHeight(theme.px(84))
        self._note.setObjectName("note")
        self._note.textChanged.connect(self.saving.typed)
        self._kept = label("", "muted")
        self.saving.said.connect(self._kept.setText)
        self._body.addWidget(self._note)
        self._body.addWidget(self._kept)

    def _contact(self, partner: Teacher) -> None:
        workspace = self._host.workspace
        if partner.id == workspace.account.current.id:
            self._foot.addWidget(label(_("This is you, as others see you."), "muted"))
            return
        state = workspace.partners.contact_state(partner.id)
        sentences = {
            "contact": _("You are contacts. You can found a project together."),
            "asked": _("You have asked; the answer is still to come."),
            "waiting": _("Your request goes out the next time you are connected."),
            "declined": _("You declined this person's request. You can still ask them."),
            "was_declined": _("This person declined your request. They can still ask you."),
        }
        if state == "asks_you":
            self._foot.addWidget(button(_("Accept as a contact"), lambda: self._answer(partner), "main"))
        elif state != "none":
            self._foot.addWidget(label(sentences.get(state, ""), "muted", wrap=True))
        signed_in = bool(workspace.account.current.id)
        ask = button(_("Ask to be a contact"), lambda: self._ask(partner), "main", "handshake")
        ask.setVisible(state in ("none", "declined"))
        write = button(
            _("Write a message"), lambda: self._host.page("messages").open_person(partner.id), icon="chat-text"
        )
        for widget in (ask, write):
            widget.setEnabled(signed_in)
            widget.setToolTip("" if signed_in else _("Sign in first."))
            self._foot.addWidget(widget)

    def _ask(self, partner: Teacher) -> None:
        MessageDialog(self._host, partner, lambda text: self._asked(partner, text), self, is_request=True).exec()

    def _asked(self, partner: Teacher, text: str) -> bool:
        try:
            undo = self._host.workspace.partners.ask_contact(partner.id, text)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return False
        self.show_partner(partner)
        self._host.say(_("Your request goes out the next time you are connected."), undo)
        return True

    def _answer(self, partner: Teacher) -> None:
        self._host.workspace.partners.answer_contact(partner.id, True)
        self._host.say(_("Your answer is sent the next time you are connected."))
