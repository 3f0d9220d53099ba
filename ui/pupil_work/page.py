"""Pupils' work: classes and pupils on the left, their works in the middle, one work on the right."""

import threading
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QProgressBar,
    QWidget,
)

from app.pupil_work import NameInTitleError, TakeInError, WorkRow
from app.rules import projects as rules
from app.rules.pupil_work import KINDS
from i18n import _, ngettext
from i18n.formats import clock, file_size, number
from ui import words
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import (
    EmptyState,
    Page,
    button,
    card,
    clear,
    column,
    label,
    row,
    scrolled,
    set_tone,
    side_by_side,
    tone_label,
)
from ui.worker import run_in_worker

ROLE = Qt.ItemDataRole.UserRole


class PupilWorkPage(Page):
    def __init__(self, host: Host) -> None:
        super().__init__(_("Pupils' work"))
        self.say(_("Names and files stay on this computer, encrypted. Only what you permit can be published."))
        self._host, self._use = host, host.workspace.pupil_work
        self._work: WorkRow | None = None
        self._cancelled = threading.Event()
        self.setAcceptDrops(True)
        panels = ((self._left(), 230), (self._middle(), 540), (self._right(), 320))
        self.body.addWidget(side_by_side(*panels, grows=1), 1)

    # -- building --------------------------------------------------------------------------

    def _left(self) -> QWidget:
        left = QWidget()
        left.setMinimumWidth(theme.px(170))
        layout = column(left)
        self.classes = QComboBox()
        self.classes.setAccessibleName(_("Class"))
        self.classes.activated.connect(lambda: self._show_class())
        new_class = button(_("New class…"), self._ask_class, icon="plus")
        self.pupils = QListWidget()
        self.pupils.setProperty("role", "list")
        self.pupils.setAccessibleName(_("Pupils"))
        self.pupils.currentItemChanged.connect(lambda *_args: self._show_works())
        self._new_pupil = button(_("New pupil…"), self._ask_pupil, icon="plus")
        for widget in (self.classes, new_class, self.pupils, self._new_pupil):
            layout.addWidget(widget)
        return left

    def _middle(self) -> QWidget:
        middle = QWidget()
        layout = column(middle)
        self._add = button(_("Add work…"), self.choose_files, "main", "upload-simple")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of taking in"))
        self._progress = label("", "muted")
        self._cancel = button(_("Cancel"), self._cancelled.set)
        layout.addLayout(row(self._add, self._progress, self._bar, self._cancel, stretch=True))
        self._show_progress(0, 0)
        self.works = QListWidget()
        self.works.setViewMode(QListWidget.ViewMode.IconMode)
        self.works.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.works.setMovement(QListWidget.Movement.Static)
        self.works.setIconSize(QSize(theme.px(150), theme.px(112)))
        self.works.setGridSize(QSize(theme.px(176), theme.px(190)))
        self.works.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.works.setWordWrap(True)
        self.works.setProperty("role", "list")
        self.works.setAccessibleName(_("Works"))
        self.works.currentItemChanged.connect(self._choose)
        self._empty = QWidget()
        self._empty_body = column(self._empty)
        layout.addWidget(self.works, 1)
        layout.addWidget(self._empty, 1)
        return middle

    def _right(self) -> QWidget:
        frame, layout = card(margin=4)
        frame.setMinimumWidth(theme.px(230))
        inner = QWidget()
        self._detail = column(inner, spacing=8, margin=12)
        layout.addWidget(scrolled(inner))
        return frame

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, topics: set[str] | None = None) -> None:
        if topics is not None and not topics & {"files", "material", "project", "projects"}:
            return
        chosen = self.classes.currentData() or self._host.workspace.preference("class")
        self.classes.clear()
        for class_id, name in self._use.classes():
            self.classes.addItem(name, class_id)
        self.classes.setVisible(self.classes.count() > 0)
        self.classes.setCurrentIndex(max(0, self.classes.findData(chosen)))
        self._show_class()

    def _show_class(self) -> None:
        class_id = self.classes.currentData()
        self._host.workspace.prefer("class", class_id)
        chosen = self._pupil_id()
        self.pupils.blockSignals(True)
        self.pupils.clear()
        if class_id:
            everyone = QListWidgetItem(_("Everyone"))
            self.pupils.addItem(everyone)
            for pupil in self._use.pupils(class_id):
                item = QListWidgetItem(f"{pupil.name}\n{pupil.pseudonym}")
                item.setData(ROLE, pupil.id)
                self.pupils.addItem(item)
        ids = [self.pupils.item(n).data(ROLE) for n in range(self.pupils.count())]
        self.pupils.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        self.pupils.blockSignals(False)
        self._new_pupil.setEnabled(bool(class_id))
        self._show_works()

    def _show_works(self) -> None:
        class_id, pupil_id = self.classes.currentData(), self._pupil_id()
        rows = [w for w in (self._use.works(class_id) if class_id else []) if pupil_id in (None, w.pupil_id)]
        chosen = self._work.id if self._work else None
        self.works.blockSignals(True)
        self.works.clear()
        for work in rows:
            self.works.addItem(self._item(work))
        ids = [work.id for work in rows]
        if rows:
            self.works.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        self.works.blockSignals(False)
        self._add.setEnabled(pupil_id is not None)
        self._add.setToolTip("" if pupil_id else _("Choose a pupil first"))
        self.works.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._show_empty(class_id, pupil_id)
        self._show_work(rows[self.works.currentRow()] if rows else None)

    def _item(self, work: WorkRow) -> QListWidgetItem:
        permitted = _("may be published") if work.permitted else _("stays here")
        item = QListWidgetItem(QIcon(self._picture(work)), f"{work.title}\n{work.pupil}\n{permitted}")
        item.setData(ROLE, work)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{work.title}, {work.pupil}, {permitted}")
        return item

    def _show_empty(self, class_id: str | None, pupil_id: str | None) -> None:
        clear(self._empty_body)
        if class_id is None:
            empty = EmptyState(
                "student", _("No class yet"), _("Make a class, then add its pupils."), _("New class…"), self._ask_class
            )
        elif self.pupils.count() <= 1:
            empty = EmptyState(
                "users",
                _("No pupils yet"),
                _(
                    "Add the pupils of this class. Their names never leave "
                    "this computer; outside they have a pseudonym."
                ),
                _("New pupil…"),
                self._ask_pupil,
            )
        elif pupil_id is None:
            empty = EmptyState(
                "camera", _("No work yet"), _("Choose a pupil at the left, then add or drop their files.")
            )
        else:
            empty = EmptyState(
                "camera",
                _("No work of this pupil yet"),
                _("Drop photos, texts or PDFs here, or choose them."),
                _("Add work…"),
                self.choose_files,
            )
        self._empty_body.addWidget(empty)

    def _choose(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        self._show_work(item.data(ROLE) if item else None)

    def _show_work(self, work: WorkRow | None) -> None:
        self._work = work
        clear(self._detail)
        if work is None:
            self._detail.addStretch()
            return
        self._detail.addWidget(self._preview(work))
        title = QLineEdit(work.title)
        title.setAccessibleName(_("Title of the work"))
        title.editingFinished.connect(lambda: self._rename(work, title.text()))
        self._detail.addWidget(title)
        self._detail.addWidget(label(f"{work.pupil} · {work.pseudonym}"))
        about = f"{work.filename} · {file_size(work.size)} · {clock(work.at)}"
        self._detail.addWidget(label(about, "muted", wrap=True))
        self.permit = QCheckBox(_("May be published"))
        self.permit.setChecked(work.permitted)
        self.permit.setToolTip(_("Tick this only with the consent of the pupil and the parents."))
        self.permit.clicked.connect(self._permit)
        self._detail.addWidget(self.permit)
        self._detail.addWidget(self._publishing(work))
        self._detail.addStretch()
        self._detail.addWidget(button(_("Remove"), self._remove, icon="trash"))

    def _preview(self, work: WorkRow) -> QLabel:
        picture = label("")
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(self._picture(work))
        picture.setMinimumHeight(theme.px(120))
        picture.setAccessibleName(_("Picture of “{name}”").format(name=work.title))
        return picture

    def _picture(self, work: WorkRow) -> QPixmap:
        pixmap = QPixmap()
        if work.thumbnail:
            pixmap.loadFromData(work.thumbnail)
        if pixmap.isNull() and (text := self._use.first_words(work)):
            pixmap = page_of_text(text)
        return pixmap if not pixmap.isNull() else theme.icon("file-text", "muted").pixmap(64, 64)

    def _publishing(self, work: WorkRow) -> QWidget:
        holder = QWidget()
        layout = column(holder)
        state = self._use.publication(work.id)
        sentences = {
            "waiting": (_("Will be published at the next sync"), "warn"),
            "finished": (_("Published"), "ok"),
            "refused": (_("Could not be published; see the sync centre"), "bad"),
        }
        if state in sentences:
            text = tone_label(*sentences[state])
            set_tone(text, sentences[state][1])
            layout.addWidget(text, alignment=Qt.AlignmentFlag.AlignLeft)
            return holder
        active = [project for project in self._host.workspace.projects.overview() if project.state == rules.ACTIVE]
        self.project = QComboBox()
        self.project.setAccessibleName(_("Project to publish to"))
        for project in active:
            self.project.addItem(project.title or _("Untitled"), project.id)
        self.publish = button(_("Publish to this project"), self._publish, "main", "paper-plane-tilt")
        self.publish.setEnabled(work.permitted and bool(active))
        hint = _("The project sees “{pseudonym}”, never the name.").format(pseudonym=work.pseudonym)
        if not active:
            hint = _("You have no active project to publish to yet.")
        elif not work.permitted:
            hint = _("Tick the box first, once you have the consent.")
        self.project.setVisible(bool(active))
        for widget in (self.project, self.publish, label(hint, "muted", wrap=True)):
            layout.addWidget(widget)
        return holder

    # -- acting ----------------------------------------------------------------------------

    def _pupil_id(self) -> str | None:
        item = self.pupils.currentItem()
        return item.data(ROLE) if item else None

    def _ask_class(self) -> None:
        name, fine = QInputDialog.getText(self, _("New class…"), _("Name of the class, such as 6-A:"))
        if fine and name.strip():
            self.add_class(name)

    def add_class(self, name: str) -> None:
        class_id = self._use.add_class(name)
        self._host.workspace.prefer("class", class_id)
        self.classes.clear()
        self.refresh()

    def _ask_pupil(self) -> None:
        name, fine = QInputDialog.getText(self, _("New pupil…"), _("Name of the pupil. It stays on this computer:"))
        if fine and name.strip():
            self.add_pupil(name)

    def add_pupil(self, name: str) -> None:
        pupil_id = self._use.add_pupil(self.classes.currentData(), name)
        self._show_class()
        self.choose_pupil(pupil_id)

    def choose_pupil(self, pupil_id: str) -> None:
        for number_ in range(self.pupils.count()):
            if self.pupils.item(number_).data(ROLE) == pupil_id:
                self.pupils.setCurrentRow(number_)

    def choose_files(self) -> None:
        if self._pupil_id() is None:
            self._host.say(_("Choose a pupil first"))
            return
        endings = " ".join(f"*.{ending}" for kinds in KINDS.values() for ending in kinds)
        title = _("Pupils' work")
        paths, _kind = QFileDialog.getOpenFileNames(self, _("Add work…"), "", f"{title} ({endings})")
        self.take_in([Path(path) for path in paths])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if self._pupil_id() is None:
            self._host.say(_("Choose a pupil first"))
            return
        self.take_in(paths)
        event.acceptProposedAction()

    def take_in(self, paths: list[Path]) -> None:
        """Copy files into the store in a worker; bad ones are named, good ones kept."""
        pupil_id = self._pupil_id()
        if not paths or pupil_id is None:
            return
        self._cancelled.clear()
        self._show_progress(0, len(paths))

        def work(progress: object) -> tuple[int, list[str]]:
            taken, refused = 0, []
            for count, path in enumerate(paths):
                if self._cancelled.is_set():
                    break
                try:
                    self._use.take_in(pupil_id, path)
                    taken += 1
                except TakeInError as error:
                    refused.append(_take_in_sentence(error))
                progress(count + 1, len(paths))  # type: ignore[operator]
            return taken, refused

        workspace = self._host.workspace
        run_in_worker(
            work, self._taken_in, self._not_taken_in, on_progress=self._show_progress, close=workspace.close_thread
        )

    def _taken_in(self, result: tuple[int, list[str]]) -> None:
        taken, refused = result
        self._show_progress(0, 0)
        self._show_works()
        text = ngettext("{n} piece of work was taken in.", "{n} pieces of work were taken in.", taken)
        self._host.say(" ".join([text.format(n=number(taken)), *refused]))

    def _not_taken_in(self, _error: Exception) -> None:
        self._show_progress(0, 0)
        self._show_works()
        self._host.say(words.trouble("store"))

    def _show_progress(self, done: int, total: int) -> None:
        for widget in (self._bar, self._progress, self._cancel):
            widget.setVisible(total > 0)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._progress.setText(_("{done} of {total}").format(done=number(done), total=number(total)))

    def _rename(self, work: WorkRow, title: str) -> None:
        if title.strip() and title.strip() != work.title:
            self._use.rename(work.id, title)
            QTimer.singleShot(0, self._show_works)

    def _permit(self) -> None:
        if self._work:
            self._use.permit(self._work.id, self.permit.isChecked())
            QTimer.singleShot(0, self._show_works)

    def _publish(self, title_is_fine: bool = False) -> None:
        if self._work is None:
            return
        workspace, work_id, project_id = self._host.workspace, self._work.id, self.project.currentData()
        self.publish.setEnabled(False)
        run_in_worker(
            lambda _p: self._use.publish(work_id, project_id, rules.ACTIVE, title_is_fine=title_is_fine),
            lambda _none: self._show_works(),
            self._not_published,
            close=workspace.close_thread,
        )

    def _not_published(self, error: Exception) -> None:
        self._show_works()
        if not isinstance(error, NameInTitleError):
            self._host.say(words.refusal(str(error) if isinstance(error, ValueError) else "file_missing"))
            return
        text = _(
            "The title holds “{names}”, which looks like a pupil's name. The partners would read it. Publish with this title?"
        )
        names = ", ".join(error.found)
        answer = QMessageBox.question(self, _("A name in the title"), text.format(names=names))
        if answer == QMessageBox.StandardButton.Yes:
            self._publish(title_is_fine=True)

    def _remove(self) -> None:
        if self._work:
            title, undo = self._work.title, self._use.remove(self._work.id)
            self._show_works()
            self._host.say(_("“{name}” was removed.").format(name=title), undo)


def page_of_text(text: str) -> QPixmap:
    """The first lines of a text on a sheet of paper, in the system's fonts, so in any script."""
    sheet = QPixmap(240, 180)
    sheet.fill(QColor("#FFFFFF"))
    painter = QPainter(sheet)
    painter.setPen(QColor("#D9DEE6"))
    painter.drawRect(sheet.rect().adjusted(0, 0, -1, -1))
    painter.setPen(QColor("#1B2430"))
    painter.drawText(sheet.rect().adjusted(12, 10, -12, -6), Qt.TextFlag.TextWordWrap, text)
    painter.end()
    return sheet


def _take_in_sentence(error: TakeInError) -> str:
    return _(words.TAKE_IN[error.code]).format(file=error.filename, limit=error.limit_mb)
