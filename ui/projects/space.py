"""An active project's space: published works, and the diary that all members write."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from app.projects import Material, Project
from app.rules import projects as rules
from app.rules.text import brief
from app.safety import StoreError
from i18n import _
from i18n.formats import clock, file_size
from ui import words
from ui.host import Host
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import EmptyState, breakable, button, column, label, row, scrolled, tone_label
from ui.widgets.counter import Counter
from ui.widgets.row_list import RowList
from ui.widgets.saving import Saving
from ui.widgets.text_field import TextField

PREVIEW_LIMIT = 12_000_000
AT_FIRST = 50  # entries of the diary; as many more at each press


class SpacePanel(QWidget):
    """What the members of one project share: works that can be copied, and diary entries."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host, self._use = host, host.workspace.projects
        self._project: Project | None = None
        self.saving = Saving(self, self._store_draft)
        inner = QWidget()
        body = column(inner, spacing=10)
        body.addWidget(label(_("Published work"), "cardTitle"))
        self._materials = RowList(lambda _material: MaterialRow(self._picture, self._save_copy))
        self._nothing = EmptyState(
            "image",
            _("No work published yet"),
            _("Open Pupils' work, choose a permitted piece, and publish it to this project."),
            _("Pupils' work"),
            lambda: self._host.go("pupil_work"),
        )
        body.addWidget(self._materials)
        body.addWidget(self._nothing)
        body.addWidget(label(_("Diary"), "cardTitle"))
        self._build_diary(body)
        body.addStretch()
        column(self).addWidget(scrolled(inner))

    def _build_diary(self, body: QVBoxLayout) -> None:
        self.entry = TextField(_("New diary entry"), _("What did you do in the project today? All members read this."))
        self.entry.setFixedHeight(theme.px(72))
        self.entry.textChanged.connect(self._typed)
        self._add = button(_("Add to the diary"), self._write, "main")
        self._count = Counter(self.entry, rules.MAX_DIARY)
        self._saved = label("", "muted")
        self.saving.said.connect(self._saved.setText)
        self.saving.failed.connect(lambda error: self._host.say(words.not_saved(error)))
        self._journal = RowList(lambda _entry: DiaryRow(self._delete))
        self._most, self.older = AT_FIRST, button(_("Older entries"), self._show_older)
        body.addWidget(self.entry)
        body.addWidget(self._count)
        body.addLayout(row(self._add, self._saved, stretch=True))
        body.addWidget(self._journal)
        body.addLayout(row(self.older, stretch=True))

    def load(self, project: Project) -> None:
        """Show one project's space as it is now."""
        if self._project is None or self._project.id != project.id:
            self._load_draft(project)
            self._most = AT_FIRST
        self._project = project
        materials, me = self._use.materials(project.id), self._host.workspace.account.current.id
        self._materials.show_rows([(material.id, material) for material in materials])
        self._nothing.setVisible(not materials)
        self._nothing.show_hint(
            _("Open Pupils' work, choose a permitted piece, and publish it to this project.")
            if project.state == rules.ACTIVE
            else _("Work can be published once the project is active.")
        )
        entries = self._use.journal(project.id, self._most + 1)
        self.older.setVisible(len(entries) > self._most)
        entries = entries[: self._most]
        self._journal.show_rows([(entry_id, (entry_id, fields, me)) for entry_id, fields in entries])

    def _show_older(self) -> None:
        self._most += AT_FIRST
        if self._project:
            self.load(self._project)

    def leave(self) -> None:
        """Store the beginning of a diary entry."""
        self.saving.save()

    def unsaved(self) -> list[Unsaved]:
        """A diary entry that was begun and could not be stored."""
        text = self.entry.text() if self.saving.unsaved else ""
        return [Unsaved(_("New diary entry"), text)] if text else []

    # -- the entry being written -----------------------------------------------------------

    def _draft_name(self) -> str:
        return f"diary-draft:{self._project.id}" if self._project else ""

    def _load_draft(self, project: Project) -> None:
        self.saving.save()
        self._project = None
        self.entry.show_text(self._host.workspace.preference(f"diary-draft:{project.id}", ""))
        self._saved.clear()

    def _typed(self) -> None:
        self._count.show_count(len(self.entry.text()))
        self._add.setEnabled(not self._count.too_many)
        if self._project:
            self.saving.typed()

    def _store_draft(self) -> None:
        if self._project:
            self._host.workspace.prefer(self._draft_name(), self.entry.text() or None)

    def _write(self) -> None:
        text = self.entry.text().strip()
        if not text or not self._project or self._count.too_many:
            return
        try:
            self._use.write_journal(self._project.id, text)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return
        self.entry.show_text("")
        self.saving.save()
        self._saved.clear()
        self.load(self._project)

    # -- acting ----------------------------------------------------------------------------

    def _picture(self, material: Material) -> QPixmap:
        size, pixmap = theme.px(72), QPixmap()
        if material.here and material.kind == "image" and material.size < PREVIEW_LIMIT:
            pixmap.loadFromData(self._use.material_bytes(material.sha256))
        if pixmap.isNull():
            return theme.icon("file-text", "muted").pixmap(size // 2, size // 2)
        return pixmap.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def _save_copy(self, material: Material) -> None:
        path, _kind = QFileDialog.getSaveFileName(self, _("Save a copy…"), material.filename)
        if not path:
            return
        try:
            with open(path, "wb") as out:
                out.write(self._use.material_bytes(material.sha256))
        except OSError as error:
            self._host.say(_("The copy could not be written: {reason}").format(reason=error.strerror or error))
            return
        self._host.say(_("A copy was saved."))

    def _delete(self, entry_id: str) -> None:
        if self._project is None:
            return
        project = self._project
        undo = self._use.delete_journal(project.id, entry_id)
        self.load(project)
        self._host.say(_("The diary entry was deleted."), undo)


class MaterialRow(QFrame):
    """A published work with its picture; it can be copied once its bytes are here."""

    def __init__(self, picture: Callable[[Material], QPixmap], save: Callable[[Material], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._make_picture, self._material = picture, None
        layout = column(self, margin=12)
        self._picture = label("")
        self._picture.setFixedSize(theme.px(72), theme.px(72))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title, self._about = label("", "cardTitle", wrap=True), label("", "muted", wrap=True)
        texts = column(spacing=2)
        texts.addWidget(self._title)
        texts.addWidget(self._about)
        self._save = button(_("Save a copy…"), lambda: self._material and save(self._material))
        self._coming = tone_label(_("On its way"), "warn")
        line = row(self._picture, spacing=12)
        line.addLayout(texts, 1)
        line.addWidget(self._save)
        line.addWidget(self._coming)
        layout.addLayout(line)

    def show_value(self, material: Material) -> None:
        """Show the work as it is now."""
        before, self._material = self._material, material
        title = brief(material.title or material.filename)
        self._title.setText(breakable(title))
        self._about.setText(f"{material.pupil} · {material.author} · {file_size(material.size)}")
        what_it_does = _("Save a copy…")
        self._save.setAccessibleName(f"{what_it_does} {title}")
        self._save.setVisible(material.here)
        self._coming.setVisible(not material.here)
        if before is None or (before.here, before.sha256) != (material.here, material.sha256):
            self._picture.setPixmap(self._make_picture(material))


class DiaryRow(QFrame):
    """One entry of the diary; an own one can be deleted."""

    def __init__(self, delete: Callable[[str], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._entry_id = ""
        layout = column(self, spacing=4, margin=12)
        self._who, self._text = label("", "muted"), label("", wrap=True)
        self._remove = button(_("Delete"), lambda: delete(self._entry_id), "link")
        line = row(self._who)
        line.addStretch()
        line.addWidget(self._remove)
        layout.addLayout(line)
        layout.addWidget(self._text)

    def show_value(self, value: tuple[str, dict[str, object], str]) -> None:
        """Show the entry as it is now."""
        self._entry_id, fields, me = value
        author, text = str(fields.get("author") or ""), str(fields.get("text") or "")
        self._who.setText(f"{author} · {clock(float(str(fields.get('at') or 0)))}")
        self._text.setText(breakable(text))
        self._remove.setAccessibleName(_("Delete: {what}").format(what=brief(text, 60)))
        self._remove.setVisible(fields.get("author_id") == me)
