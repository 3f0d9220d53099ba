"""Writing a new post."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QWidget

from app.rules.outreach import MAX_POST, POST_DAYS
from i18n import _
from i18n.formats import number
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.posts.kinds import KIND_NAMES
from ui.projects.choice_field import ChoiceField
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import button, column, label, row
from ui.widgets.counter import Counter
from ui.widgets.eye_order import Dialog
from ui.widgets.saving import Saving
from ui.widgets.text_field import LineField, TextField

MAX_TITLE = 200
Publish = Callable[[str, str, str, dict[str, list[str]]], object]


class PostDialog(Dialog):
    """A new post. What was typed is stored when it is closed, for the next time."""

    DRAFT = "post-draft"

    def __init__(self, host: Host, on_publish: Publish, parent: QWidget) -> None:
        super().__init__(parent)
        self._host, self._on_publish = host, on_publish
        self.setWindowTitle(_("New post…"))
        self.resize(min(theme.px(560), 980), min(theme.px(560), 720))
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Kind of post"))
        for kind, name in KIND_NAMES.items():
            self.kind.addItem(_(name), kind)
        self.title = LineField(_("Title"), _("Title"))
        self.text = TextField(_("Text of the post"), _("What you would like to do, with whom, and when"))
        self._counts = Counter(self.title, MAX_TITLE), Counter(self.text, MAX_POST)
        self.languages, self.subjects = ChoiceField("languages", _("Languages")), ChoiceField("subjects", _("Subjects"))
        self.publish = button(_("Queue it"), self._done, "main", "paper-plane-tilt")
        self.saved = label("", "muted")
        self.saving = Saving(self, self._store)
        self.saving.said.connect(self.saved.setText)
        self.saving.failed.connect(lambda error: self.saved.setText(words.not_saved_yet(error)))
        self._lay_out()
        kept = host.workspace.preference(self.DRAFT, {})
        self.title.show_text(kept.get("title", ""))
        self.text.show_text(kept.get("text", ""))
        self.languages.set_value(kept.get("languages", []))
        self.subjects.set_value(kept.get("subjects", []))
        self.kind.setCurrentIndex(max(0, self.kind.findData(kept.get("kind", ""))))
        self._look()
        for field in (self.title, self.text):
            field.textChanged.connect(self._typed)
        for choice in (self.languages.changed, self.subjects.changed, self.kind.activated):
            choice.connect(self._typed)

    def _lay_out(self) -> None:
        layout = column(self, spacing=6, margin=16)
        for widget in (self.kind, self.title, self._counts[0], self.text, self._counts[1]):
            layout.addWidget(widget)
        for name, field in ((_("Languages"), self.languages), (_("Subjects"), self.subjects)):
            layout.addWidget(label(name, "section"))
            layout.addWidget(field)
        hint = _("Everybody can read it for {n} days. One post is enough: please do not post the same twice.")
        layout.addWidget(label(hint.format(n=number(POST_DAYS)), "muted", wrap=True))
        self.saved.setWordWrap(True)
        layout.addWidget(self.saved)
        layout.addLayout(row(button(_("Later"), self.reject), self.publish))

    def _typed(self, *_chosen: object) -> None:
        self.saving.typed()
        self._look()

    def _look(self) -> None:
        title, text = self.title.text(), self.text.text()
        for count, typed in zip(self._counts, (title, text), strict=True):
            count.show_count(len(typed))
        too_long = any(count.too_many for count in self._counts)
        self.publish.setEnabled(bool(title.strip() and text.strip()) and not too_long)

    def _store(self) -> None:
        words_of_it = {"title": self.title.text(), "text": self.text.text(), "kind": self.kind.currentData()}
        self._host.workspace.prefer(self.DRAFT, {**words_of_it, **self._choices()})

    def _choices(self) -> dict[str, list[str]]:
        return {"languages": self.languages.value(), "subjects": self.subjects.value()}

    def _done(self) -> None:
        if self._on_publish(self.kind.currentData(), self.title.text(), self.text.text(), self._choices()) is False:
            return
        self.saving.forget()
        self._host.workspace.remember(self.DRAFT, {})
        self.accept()

    def reject(self) -> None:
        """Close, unless what is typed cannot be stored and the person would rather stay."""
        texts = [Unsaved(self.title.text() or _("Title"), self.text.text())] if self.saving.unsaved else []
        if may_go_on(self, texts, self.saving.error, self.saving.save):
            super().reject()
