"""The project form: every field stored as it is typed, others' words taken in beside the cursor."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from app.projects import OpenDraft
from app.rules.projects import FIELDS, Field
from i18n import _
from ui import words
from ui.projects.choice_field import ChoiceField
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import Flow, card, column, label
from ui.widgets.counter import Counter
from ui.widgets.number_field import NumberField
from ui.widgets.saving import Saving
from ui.widgets.text_field import LineField, TextField, fit_height

GROUPS = (
    ("title", "description"),
    ("languages", "subjects"),
    ("age_from", "age_to", "pupils"),
    ("aims", "work_process", "expected_results"),
    ("tools",),
)
LINES = (3, 18)  # how high a text may be


class ProjectForm(QWidget):
    """Shows one :class:`OpenDraft`. ``saving`` tells whether what is on the screen is stored; ``kept`` that it was."""

    kept = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.draft: OpenDraft | None = None
        self.editors: dict[str, QWidget] = {}
        self.counters: dict[str, Counter] = {}
        self.saving = Saving(self, self._store)
        self._dirty: set[str] = set()
        self._loading = False
        body = column(self, spacing=12)
        for group in GROUPS:
            frame, layout = card(spacing=4)
            if group[0] == "age_from":
                self._numbers(layout, group)
            else:
                for name in group:
                    self._labelled(layout, FIELDS[name])
            body.addWidget(frame)
        body.addStretch()

    def load(self, draft: OpenDraft, editable: bool) -> None:
        """Show another draft. What was typed in the one before is stored first, if that is possible."""
        self.keep()
        self.close_draft()
        self.draft = draft
        self.show_all()
        self.set_editable(editable)

    def set_editable(self, editable: bool) -> None:
        """Let the person write, or only read: a project may be closed while it is shown."""
        for editor in self.editors.values():
            if isinstance(editor, (LineField, TextField, QSpinBox)):
                editor.setReadOnly(not editable)
            else:
                editor.setEnabled(editable)

    def close_draft(self) -> None:
        """Show no draft any more; nothing is stored."""
        self.draft = None
        self._dirty.clear()
        self.saving.forget()

    def keep(self) -> bool:
        """Store what was typed since the last time; False if that is not possible now."""
        return self.saving.save()

    def unsaved(self) -> list[Unsaved]:
        """The fields whose words are not stored."""
        if not self.saving.unsaved:
            return []
        texts = {name: self._value(name) for name in self.editors if name in self._dirty or not self._dirty}
        return [Unsaved(words.field_name(name), str(value)) for name, value in texts.items() if value]

    def take_in(self) -> None:
        """Show what others wrote; what is being typed is stored first, the cursor stays at its words."""
        if not self.keep() or self.draft is None:
            return
        for name in self.draft.refresh():
            self._show(name, self.draft.fields[name])

    def show_all(self) -> None:
        """Show every field as the draft has it."""
        if self.draft:
            for name, value in self.draft.fields.items():
                self._show(name, value)

    def _store(self) -> None:
        draft = self.draft
        if draft is None:
            return
        draft.set_fields({name: self._value(name) for name in self._dirty})
        if draft.left_out:  # half a character, or NUL: no text can have them, so neither has the screen
            for name in self._dirty:
                self._show(name, draft.fields[name])
        self._dirty.clear()
        if draft.is_rebuilt:  # words were put aside: the screen shows what is there
            for name in draft.refresh():
                self._show(name, draft.fields[name])
        self.kept.emit()

    # -- fields ----------------------------------------------------------------------------

    def _labelled(self, layout: Any, field: Field) -> None:
        text = words.field_name(field.name)
        title = label(text if field.required else _("{field} (optional)").format(field=text), "section")
        layout.addWidget(title)
        editor = self._editor(field)
        editor.setObjectName(f"field-{field.name}")
        if not isinstance(editor, ChoiceField):
            title.setBuddy(editor)
        self.editors[field.name] = editor
        layout.addWidget(editor)
        if isinstance(editor, (LineField, TextField)):
            self.counters[field.name] = Counter(editor, field.limit)
            layout.addWidget(self.counters[field.name])

    def _numbers(self, layout: Any, names: tuple[str, ...]) -> None:
        line = Flow(spacing=16)
        for name in names:
            holder = QWidget()
            self._labelled(column(holder, spacing=4), FIELDS[name])
            line.addWidget(holder)
        layout.addLayout(line)

    def _editor(self, field: Field) -> QWidget:
        name, hint = words.field_name(field.name), _(words.FIELD_HINTS.get(field.name, ""))
        if field.kind == "line":
            line = LineField(name, hint)
            line.textChanged.connect(lambda: self._typed(field.name))
            return line
        if field.kind == "text":
            text = TextField(name, hint)
            text.textChanged.connect(lambda: self._typed(field.name))
            text.document().documentLayout().documentSizeChanged.connect(lambda _size: fit_height(text, *LINES))
            fit_height(text, *LINES)
            return text
        if field.kind == "number":
            return self._number(field, name)
        choices = ChoiceField(field.vocabulary or "", name)
        choices.changed.connect(lambda: self._typed(field.name))
        choices.setAccessibleName(name)
        return choices

    def _number(self, field: Field, name: str) -> QSpinBox:
        box = NumberField(name, field.lowest - 1, field.limit)
        box.setSpecialValueText("–")
        box.setMinimumWidth(theme.px(110))
        box.valueChanged.connect(lambda: self._typed(field.name))
        return box

    def _typed(self, name: str) -> None:
        self._count(name)
        if self._loading or self.draft is None:
            return
        self._dirty.add(name)
        self.saving.typed()

    def _count(self, name: str) -> None:
        if name in self.counters:
            self.counters[name].show_count(len(self._value(name)))

    def _value(self, name: str) -> Any:
        editor = self.editors[name]
        if isinstance(editor, (LineField, TextField)):
            return editor.text()
        if isinstance(editor, QSpinBox):
            return editor.value() if editor.value() > editor.minimum() else None
        assert isinstance(editor, ChoiceField)
        return editor.value()

    def _show(self, name: str, value: Any) -> None:
        editor = self.editors[name]
        self._loading = True
        try:
            if isinstance(editor, (LineField, TextField)):
                editor.show_text(value)
            elif isinstance(editor, QSpinBox):
                editor.setValue(editor.minimum() if value is None else value)
            elif isinstance(editor, ChoiceField):
                editor.set_value(value)
        finally:
            self._loading = False
        self._count(name)
