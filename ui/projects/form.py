"""The project form: every field kept as it is typed, others' words taken in beside the cursor."""

import time
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from app.projects import OpenDraft
from app.rules.projects import FIELDS, Field
from i18n import _
from i18n.formats import clock
from ui import words
from ui.projects.choice_field import ChoiceField
from ui.theme import theme
from ui.widgets.basics import Flow, card, column, label

KEEP_MS = 300  # with the commit, under the half second that a crash may cost
GROUPS = (
    ("title", "description"),
    ("languages", "subjects"),
    ("age_from", "age_to", "pupils"),
    ("aims", "work_process", "expected_results"),
    ("tools",),
)


class ProjectForm(QWidget):
    """Shows one :class:`OpenDraft`. ``kept`` carries the sentence about the last keeping."""

    kept = Signal(str)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.draft: OpenDraft | None = None
        self.editors: dict[str, QWidget] = {}
        self._dirty: set[str] = set()
        self._loading = False
        self._timer = QTimer(self)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self.keep)
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
        self.keep()
        self.draft = draft
        self._dirty.clear()
        for name, value in draft.fields.items():
            self._show(name, value)
        for editor in self.editors.values():
            if isinstance(editor, (QLineEdit, QPlainTextEdit, QSpinBox)):
                editor.setReadOnly(not editable)
            else:
                editor.setEnabled(editable)

    def keep(self) -> None:
        """Keep what was typed since the last time."""
        self._timer.stop()
        if self.draft is None or not self._dirty:
            return
        values = {name: self._value(name) for name in self._dirty}
        self._dirty.clear()
        try:
            changed = self.draft.set_fields(values)
        except Exception as error:
            self._dirty |= set(values)
            self.failed.emit(error)
            return
        if changed:
            self.kept.emit(_("Kept {time}").format(time=clock(time.time())))

    def take_in(self) -> None:
        """Show what others wrote; what is being typed is kept first, the cursor stays at its words."""
        self.keep()
        if self.draft is None:
            return
        for name in self.draft.refresh():
            self._show(name, self.draft.fields[name])

    def show_all(self) -> None:
        if self.draft:
            for name, value in self.draft.fields.items():
                self._show(name, value)

    # -- fields ----------------------------------------------------------------------------

    def _labelled(self, layout: Any, field: Field) -> None:
        text = words.field_name(field.name)
        title = label(text if field.required else _("{field} (optional)").format(field=text), "section")
        layout.addWidget(title)
        editor = self._editor(field)
        editor.setAccessibleName(text)
        editor.setObjectName(f"field-{field.name}")
        if not isinstance(editor, ChoiceField):
            title.setBuddy(editor)
        self.editors[field.name] = editor
        layout.addWidget(editor)

    def _numbers(self, layout: Any, names: tuple[str, ...]) -> None:
        line = Flow(spacing=16)
        for name in names:
            holder = QWidget()
            self._labelled(column(holder, spacing=4), FIELDS[name])
            line.addWidget(holder)
        layout.addLayout(line)

    def _editor(self, field: Field) -> QWidget:
        if field.kind == "line":
            editor: Any = QLineEdit()
            editor.setMaxLength(field.limit)
            editor.setPlaceholderText(_(words.FIELD_HINTS.get(field.name, "")))
            editor.textEdited.connect(lambda: self._typed(field.name))
        elif field.kind == "text":
            editor = QPlainTextEdit()
            editor.setPlaceholderText(_(words.FIELD_HINTS.get(field.name, "")))
            editor.setTabChangesFocus(True)
            editor.textChanged.connect(lambda: self._typed(field.name))
            editor.document().documentLayout().documentSizeChanged.connect(lambda _size: _fit(editor))
            _fit(editor)
        elif field.kind == "number":
            editor = QSpinBox()
            editor.setRange(field.lowest - 1, field.limit)
            editor.setSpecialValueText("–")
            editor.setMinimumWidth(theme.px(110))
            editor.valueChanged.connect(lambda: self._typed(field.name))
        else:
            editor = ChoiceField(field.vocabulary or "", words.field_name(field.name))
            editor.changed.connect(lambda: self._typed(field.name))
        return editor

    def _typed(self, name: str) -> None:
        if self._loading:
            return
        self._dirty.add(name)
        if not self._timer.isActive():  # not restarted by more typing: nothing waits longer than this
            self._timer.start()

    def _value(self, name: str) -> Any:
        editor = self.editors[name]
        if isinstance(editor, QLineEdit):
            return editor.text()
        if isinstance(editor, QPlainTextEdit):
            return editor.toPlainText()
        if isinstance(editor, QSpinBox):
            return editor.value() if editor.value() > editor.minimum() else None
        assert isinstance(editor, ChoiceField)
        return editor.value()

    def _show(self, name: str, value: Any) -> None:
        editor = self.editors[name]
        self._loading = True
        try:
            if isinstance(editor, QLineEdit) and editor.text() != value:
                at = editor.cursorPosition()
                editor.setText(value)
                editor.setCursorPosition(min(at, len(value)))
            elif isinstance(editor, QPlainTextEdit):
                _patch(editor, value)
            elif isinstance(editor, QSpinBox):
                editor.setValue(editor.minimum() if value is None else value)
            elif isinstance(editor, ChoiceField):
                editor.set_value(value)
        finally:
            self._loading = False


def _patch(editor: QPlainTextEdit, new: str) -> None:
    """Change only the part of a text that differs, so that cursor and selection stay at their words."""
    old = editor.toPlainText()
    if old == new:
        return
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    cursor = QTextCursor(editor.document())
    cursor.setPosition(_units(old[:head]))
    cursor.setPosition(_units(old[: len(old) - tail]), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(new[head : len(new) - tail])


def _fit(editor: QPlainTextEdit) -> None:
    """As high as its text, between three and eighteen lines."""
    lines = min(18, max(3, round(editor.document().size().height())))
    editor.setFixedHeight(lines * editor.fontMetrics().lineSpacing() + theme.px(24))


def _units(text: str) -> int:
    """Qt counts UTF-16 units, Python counts code points."""
    return len(text.encode("utf-16-le")) // 2
