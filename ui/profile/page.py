"""My profile: what others read of me, edited offline, with what is missing and how it looks to them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSpinBox, QVBoxLayout, QWidget

from app.account import MOST_CHARACTERS
from app.rules import vocabularies
from i18n import _
from i18n.formats import country_name
from ui import words
from ui.host import Host
from ui.projects.choice_field import ChoiceField
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import (
    Avatar,
    EmptyState,
    Flow,
    Page,
    button,
    card,
    chips,
    clear,
    column,
    label,
    row,
    scrolled,
    tone_label,
)
from ui.widgets.check_line import CheckLine
from ui.widgets.counter import Counter
from ui.widgets.number_field import NumberField
from ui.widgets.panels import Panel, Panels
from ui.widgets.saving import Saving
from ui.widgets.text_field import LineField, TextField


class MyProfilePage(Page):
    """The form at the left, what others see of it at the right."""

    listens_to = frozenset({"profile", "partners"})

    def __init__(self, host: Host) -> None:
        super().__init__(_("My profile"))
        self._host, self._account = host, host.workspace.account
        self._loading = False
        self.saving = Saving(self, self._store)
        self.saving.said.connect(self.say)
        self.saving.failed.connect(lambda error: self._host.say(words.not_saved(error)))
        inner = QWidget()
        self._form = column(inner, spacing=12)
        self._build_form()
        frame, layout = card(margin=4)
        preview = QWidget()
        self._preview = column(preview, spacing=8, margin=12)
        layout.addWidget(scrolled(preview))
        self.body.addWidget(
            Panels(Panel(scrolled(inner), 640, _("Form")), Panel(frame, 420, _("What is missing")), grows=0), 1
        )

    def _build_form(self) -> None:
        about, layout = card(spacing=4)
        layout.addWidget(label(_("About you and your pupils"), "section"))
        self.about = TextField(
            _("About you and your pupils"), _("Who your pupils are, what you would like to do, and when")
        )
        self.about.setFixedHeight(theme.px(120))
        self._count = Counter(self.about, MOST_CHARACTERS["about"])
        self.about.textChanged.connect(self._typed)
        layout.addWidget(self.about)
        layout.addWidget(self._count)
        self.languages = self._choices(layout, _("Languages"), "languages")
        self.subjects = self._choices(layout, _("Subjects"), "subjects")
        ages = Flow(spacing=16)
        self.age_from = self._number(ages, words.field_name("age_from"))
        self.age_to = self._number(ages, words.field_name("age_to"))
        layout.addLayout(ages)
        school, school_layout = card(spacing=4)
        school_layout.addWidget(label(_("School"), "cardTitle"))
        self._counts: list[tuple[LineField, Counter]] = []
        self.school = self._line(school_layout, _("Name of the school"), "school")
        self.town = self._line(school_layout, _("Town"), "town")
        school_layout.addWidget(label(_("School type"), "section"))
        self.school_type = QComboBox()
        self.school_type.setAccessibleName(_("School type"))
        for item in vocabularies.get("school_types").ids:
            self.school_type.addItem(words.item("school_types", item), item)
        self.school_type.activated.connect(self._chosen)
        school_layout.addWidget(self.school_type)
        rights, rights_layout = card(spacing=4)
        rights_layout.addWidget(label(_("What others may do"), "cardTitle"))
        self.available = CheckLine(_("I am available for projects"))
        self.keepable = CheckLine(_("My profile may be kept on other teachers' computers"))
        for box in (self.available, self.keepable):
            box.clicked.connect(self._chosen)
            rights_layout.addWidget(box)
        hint = _(
            "Without the second tick you are not in the offline directory; whoever has your entry loses it at the next sync. "
            "Public: name, school, town, country and everything on this page. "
            "Not public: your e-mail, notes, classes and pupils."
        )
        rights_layout.addWidget(label(hint, "muted", wrap=True))
        for frame in (about, school, rights):
            self._form.addWidget(frame)
        self._form.addStretch()

    def _choices(self, layout: QVBoxLayout, name: str, vocabulary: str) -> ChoiceField:
        layout.addWidget(label(name, "section"))
        field = ChoiceField(vocabulary, name)
        field.changed.connect(self._typed)
        layout.addWidget(field)
        return field

    def _number(self, layout: Flow, name: str) -> QSpinBox:
        holder = QWidget()
        inner = column(holder, spacing=4)
        inner.addWidget(label(name, "section"))
        box = NumberField(name, 3, 19)
        box.valueChanged.connect(self._typed)
        inner.addWidget(box)
        layout.addWidget(holder)
        return box

    def _line(self, layout: QVBoxLayout, name: str, field: str) -> LineField:
        layout.addWidget(label(name, "section"))
        line = LineField(name)
        count = Counter(line, MOST_CHARACTERS[field], only_if_near=True)
        self._counts.append((line, count))
        line.textChanged.connect(self._typed)
        layout.addWidget(line)
        layout.addWidget(count)
        return line

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, changes: object = None) -> None:
        """Show the profile as it is now; what is being typed stays."""
        if not self.saving.unsaved:
            self._load()
        self._show_preview()

    def _load(self) -> None:
        fields = self._account.profile()
        self._loading = True
        self.about.show_text(fields["about"])
        self.languages.set_value(fields["languages"])
        self.subjects.set_value(fields["subjects"])
        self.age_from.setValue(fields["age_from"])
        self.age_to.setValue(fields["age_to"])
        for line, name in ((self.school, "school"), (self.town, "town")):
            line.show_text(fields[name])
        self._show_counts()
        self.school_type.setCurrentIndex(max(0, self.school_type.findData(fields["school_type"])))
        self.available.setChecked(fields["available"])
        self.keepable.setChecked(fields["keepable"])
        self._loading = False
        self.setEnabled(True)
        self._form.parentWidget().setEnabled(bool(self._account.current.id))

    def _values(self) -> dict[str, object]:
        return {
            "about": self.about.text(),
            "languages": self.languages.value(),
            "subjects": self.subjects.value(),
            "age_from": self.age_from.value(),
            "age_to": max(self.age_from.value(), self.age_to.value()),
            "school": self.school.text().strip(),
            "town": self.town.text().strip(),
            "school_type": self.school_type.currentData(),
            "available": self.available.isChecked(),
            "keepable": self.keepable.isChecked(),
        }

    def _typed(self, *_value: object) -> None:
        self._show_counts()
        if not self._loading and self._account.current.id:
            self.saving.typed()

    def _show_counts(self) -> None:
        for field, count in ((self.about, self._count), *self._counts):
            count.show_count(len(field.text().strip()))

    def _chosen(self, *_value: object) -> None:
        self._typed()
        self.saving.save()

    def _store(self) -> None:
        before, now = self._account.profile(), self._values()
        changed = {name: value for name, value in now.items() if before[name] != value}
        if changed:
            self._account.change_profile(**changed)
        self._show_preview()

    def leave(self) -> None:
        """Store what was changed; it goes out at the next sync."""
        self.saving.save()

    def unsaved(self) -> list[Unsaved]:
        """The words about oneself, if they could not be stored."""
        values = {
            _("About you and your pupils"): self.about,
            _("Name of the school"): self.school,
            _("Town"): self.town,
        }
        return [Unsaved(name, field.text()) for name, field in values.items() if self.saving.unsaved and field.text()]

    def saving_error(self) -> Exception | None:
        """Why they could not."""
        return self.saving.error

    def _show_preview(self) -> None:
        clear(self._preview)
        me, fields = self._account.current, self._account.profile()
        if not me.id:
            self._preview.addWidget(
                EmptyState(
                    "user-circle",
                    _("Nobody has signed in yet"),
                    _("Sign in once to fill in your profile."),
                    _("Sign in to the platform"),
                    lambda: self._host.do("sign-in"),
                )
            )
            self._preview.addStretch()
            return
        self._missing()
        self._preview.addWidget(label(_("As others see you"), "section"))
        head = row(Avatar(me.name), label(me.name, "cardTitle", wrap=True), spacing=12)
        head.setStretch(1, 1)
        self._preview.addLayout(head)
        free = (_("Available for projects"), "ok") if fields["available"] else (_("Not available"), "warn")
        self._preview.addWidget(tone_label(*free), alignment=Qt.AlignmentFlag.AlignLeft)
        place = f"{fields['school']} · {fields['town']}, {country_name(me.country)}"
        for title, text in ((_("About"), fields["about"]), (_("School"), place)):
            if text:
                self._preview.addWidget(label(title, "section"))
                self._preview.addWidget(label(text, wrap=True))
        texts = [words.item("subjects", s) for s in fields["subjects"]] + [
            words.item("languages", c) for c in fields["languages"]
        ]
        if texts:
            self._preview.addWidget(chips([*texts, f"{fields['age_from']}–{fields['age_to']}"]))
        self._preview.addStretch()

    def _missing(self) -> None:
        missing = self._account.missing_of_profile()
        sentences = {
            "about": _("Write a few sentences about you and your pupils."),
            "languages": _("Say which languages you speak."),
            "subjects": _("Say what you teach."),
            "available": _("Say that you are available: others cannot ask you otherwise."),
            "keepable": _("Let others keep your profile: schools without internet find you only so."),
            "school": _("Give the name of your school."),
            "town": _("Give the town of your school."),
        }
        done = len(sentences) - len(missing)
        text, tone = (
            (_("Your profile is complete"), "ok")
            if not missing
            else (_("{n} of {most} things are there").format(n=done, most=len(sentences)), "warn")
        )
        self._preview.addWidget(tone_label(text, tone), alignment=Qt.AlignmentFlag.AlignLeft)
        for name in missing:
            self._preview.addWidget(label(f"• {sentences[name]}", wrap=True))
        self._preview.addWidget(button(_("See my entry in the directory"), self._see, "link"))

    def _see(self) -> None:
        self._host.page("partners").show_person(self._account.current.id)
