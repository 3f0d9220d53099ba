"""An active project's space: published works, and the diary that all members write."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QPlainTextEdit, QWidget

from app.projects import Material, Project
from app.rules import projects as rules
from i18n import _
from i18n.formats import clock, file_size
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import EmptyState, button, card, clear, column, label, row, scrolled, tone_label

PREVIEW_LIMIT = 12_000_000


class SpacePanel(QWidget):
    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host, self._use = host, host.workspace.projects
        self._project: Project | None = None
        self._shown: object = None
        inner = QWidget()
        body = column(inner, spacing=10)
        body.addWidget(label(_("Published work"), "cardTitle"))
        self._materials = column(spacing=8)
        body.addLayout(self._materials)
        body.addWidget(label(_("Diary"), "cardTitle"))
        self.entry = QPlainTextEdit()
        self.entry.setPlaceholderText(_("What did you do in the project today? All members read this."))
        self.entry.setAccessibleName(_("New diary entry"))
        self.entry.setTabChangesFocus(True)
        self.entry.setFixedHeight(theme.px(72))
        self._add = button(_("Add to the diary"), self._write, "main")
        body.addWidget(self.entry)
        body.addLayout(row(self._add, stretch=True))
        self._journal = column(spacing=8)
        body.addLayout(self._journal)
        body.addStretch()
        column(self).addWidget(scrolled(inner))

    def load(self, project: Project) -> None:
        materials, journal = self._use.materials(project.id), self._use.journal(project.id)
        if self._project is None or self._project.id != project.id:
            self.entry.clear()
        self._project = project
        if (project.id, materials, journal) == self._shown:
            return
        self._shown = (project.id, materials, journal)
        clear(self._materials)
        clear(self._journal)
        for material in materials:
            self._materials.addWidget(self._material(material))
        if not materials:
            hint = _("Open Pupils' work, choose a permitted piece, and publish it to this project.")
            if project.state != rules.ACTIVE:
                hint = _("Work can be published once the project is active.")
            self._materials.addWidget(
                EmptyState(
                    "image", _("No work published yet"), hint, _("Pupils' work"), lambda: self._host.go("pupil_work")
                )
            )
        for entry_id, fields in journal:
            self._journal.addWidget(self._journal_entry(entry_id, fields))

    def _material(self, material: Material) -> QFrame:
        frame, layout = card(margin=12)
        texts = column(spacing=2)
        texts.addWidget(label(material.title or material.filename, "cardTitle"))
        about = f"{material.pupil} · {material.author} · {file_size(material.size)}"
        texts.addWidget(label(about, "muted"))
        line = row(spacing=12)
        line.addWidget(self._picture(material))
        line.addLayout(texts, 1)
        if material.here:
            save = button(_("Save a copy…"), lambda: self._save(material))
            save.setAccessibleName(f"{_('Save a copy…')} {material.title}")
            line.addWidget(save)
        else:
            line.addWidget(tone_label(_("On its way"), "warn"))
        layout.addLayout(line)
        return frame

    def _picture(self, material: Material) -> QWidget:
        picture = label("")
        size = theme.px(72)
        picture.setFixedSize(size, size)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pixmap = QPixmap()
        if material.here and material.kind == "image" and material.size < PREVIEW_LIMIT:
            pixmap.loadFromData(self._use.material_bytes(material.sha256))
        if pixmap.isNull():
            pixmap = theme.icon("file-text", "muted").pixmap(size // 2, size // 2)
        else:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            pixmap = pixmap.scaled(size, size, keep, smooth)
        picture.setPixmap(pixmap)
        return picture

    def _save(self, material: Material) -> None:
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

    def _journal_entry(self, entry_id: str, fields: dict[str, object]) -> QFrame:
        frame, layout = card(spacing=4, margin=12)
        head = row(label(f"{fields.get('author', '')} · {clock(float(str(fields.get('at') or 0)))}", "muted"))
        head.addStretch()
        if fields.get("author") == self._host.workspace.account.current.name:
            remove = button(_("Delete"), lambda: self._delete(entry_id), "link")
            head.addWidget(remove)
        layout.addLayout(head)
        layout.addWidget(label(str(fields.get("text", "")), wrap=True))
        return frame

    def _write(self) -> None:
        text = self.entry.toPlainText().strip()
        if text and self._project:
            self._use.write_journal(self._project.id, text)
            self.entry.clear()
            self.load(self._project)

    def _delete(self, entry_id: str) -> None:
        if self._project is None:
            return
        undo: Callable[[], None] = self._use.delete_journal(self._project.id, entry_id)
        self.load(self._project)
        self._host.say(_("The diary entry was deleted."), undo)
