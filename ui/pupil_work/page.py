"""Pupils' work: classes and pupils on the left, their works in the middle, one work on the right."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QListWidget, QMessageBox, QVBoxLayout, QWidget

from app.media import Leaving
from app.pupil_work import CannotLeaveError, NameInTitleError, PupilRow, WorkRow
from app.rules import projects as rules
from app.rules.finding import finds, wanted
from app.rules.pupil_work import endings_taken
from app.rules.text import brief
from app.safety import StoreError
from i18n import _
from ui import leaving_words, words
from ui.host import Host
from ui.pupil_work.class_steps import ClassSteps
from ui.pupil_work.copies import SavingCopies
from ui.pupil_work.detail import Deeds, Publication, WorkDetail, page_of_text
from ui.pupil_work.intake import Intake
from ui.pupil_work.menu import DeedMenu, menu_button
from ui.pupil_work.selection import SelectionBar, choose_several, chosen_values, show_and_keep
from ui.pupil_work.work_steps import WorkSteps
from ui.theme import theme
from ui.widgets.basics import EmptyState, Flow, Page, as_high_as_it_wraps, button, card, column, row, scrolled
from ui.widgets.filter_bar import FilterBar
from ui.widgets.item_list import Item, ItemList, show_choices
from ui.widgets.panels import Panel, Panels
from ui.widgets.pressed import when_released
from ui.worker import run_in_worker

EVERYONE = "everyone"


class PupilWorkPage(Page):
    """Names and files of this computer. Every list and the shown work are updated in place."""

    listens_to = frozenset({"files", "material", "project", "projects", "outbox"})

    def __init__(self, host: Host) -> None:
        super().__init__(_("Pupils' work"))
        self.say(_("Names and files stay on this computer, encrypted. Only what you permit can be published."))
        self._host, self._use = host, host.workspace.pupil_work
        self._said_of: dict[str, str] = {}  # of files, by their SHA-256
        self.setAcceptDrops(True)
        self._pupils_shown: dict[str, PupilRow] = {}
        self.class_steps = ClassSteps(
            host, self, self._show_again, chosen_class=self._class, chosen_pupil=self._pupil, choose=self.choose_class
        )
        panels = (
            Panel(self._left(), 230, _("Pupils")),
            Panel(self._middle(), 540, _("Works")),
            Panel(self._right(), 320, _("This work")),
        )
        self.body.addWidget(Panels(*panels, grows=1), 1)

    # -- building --------------------------------------------------------------------------

    def _left(self) -> QWidget:
        left = QWidget()
        left.setMinimumWidth(theme.px(170))
        layout = column(left)
        self.classes = QComboBox()
        self.classes.setAccessibleName(_("Class"))
        self.classes.activated.connect(self._choose_class)
        self.class_menu = menu_button(_("More for this class"), self.class_steps.of_class())
        new_class = button(_("New class…"), self.ask_class, icon="plus")
        self.pupils = ItemList(_("Pupils"))
        self.pupil_menu = DeedMenu(self.pupils, self.class_steps.of_pupil())
        self.pupils.currentItemChanged.connect(lambda *_items: self._show_works())
        self._new_pupil = button(_("New pupil…"), self._ask_pupil, icon="plus")
        self.classes.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.classes.customContextMenuRequested.connect(
            lambda at: self.class_menu.menu().popup(self.classes.mapToGlobal(at))
        )
        line = row(self.classes, self.class_menu)
        line.setStretch(0, 1)
        layout.addLayout(line)
        for widget in (new_class, self.pupils, self._new_pupil):
            layout.addWidget(widget)
        return left

    def _middle(self) -> QWidget:
        middle = QWidget()
        layout = column(middle)
        self._add = button(_("Add work…"), self.choose_files, "main", "upload-simple")
        self._intake = Intake(self._host, lambda: when_released(self, self._show_works))
        self.copies = SavingCopies(self._host, self)
        self._save_all = button(_("Save copies of all…"), self.save_all, icon="download-simple")
        deeds, flow = QWidget(), Flow(spacing=8)
        deeds.setLayout(flow)
        as_high_as_it_wraps(deeds)
        for widget in (self._add, self._save_all):
            flow.addWidget(widget)
        layout.addWidget(deeds)
        layout.addLayout(row(self._intake, self.copies))
        self.search = FilterBar(_("Search these works"))
        self.search.changed.connect(self._show_works)
        layout.addWidget(self.search)
        self.works = ItemList(_("Works"))
        self.works.setViewMode(QListWidget.ViewMode.IconMode)
        self.works.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.works.setMovement(QListWidget.Movement.Static)
        self.works.setIconSize(QSize(theme.px(150), theme.px(112)))
        self.works.setGridSize(QSize(theme.px(176), theme.px(190)))
        choose_several(self.works)
        self.work_steps = WorkSteps(
            self._host,
            self,
            self._show_again,
            chosen=lambda: chosen_values(self.works),
            shown=self._works_shown,
            copies=self.copies,
        )
        steps = self.work_steps
        self.work_menu = DeedMenu(self.works, steps.deeds())
        self.works.itemDoubleClicked.connect(lambda _item: steps.open())
        self.selection = SelectionBar(self.works, steps.save_copies, steps.move, steps.delete)
        self.works.currentItemChanged.connect(lambda *_items: self._show_work(self.works.chosen_value()))
        self._nothing = self._empty_states()
        for widget in (self.works, *self._nothing.values()):
            layout.addWidget(widget, 1)
        layout.addWidget(self.selection)
        return middle

    def _empty_states(self) -> dict[str, EmptyState]:
        no_pupils = _(
            "Add the pupils of this class. Their names never leave this computer; outside they have a pseudonym."
        )
        choose = _("Choose a pupil at the left, then add or drop their files.")
        drop = _("Drop photos, texts or PDFs here, or choose them.")
        make_class = _("Make a class, then add its pupils.")
        return {
            "class": EmptyState("student", _("No class yet"), make_class, _("New class…"), self.ask_class),
            "pupils": EmptyState(
                "users",
                _("No pupils yet"),
                no_pupils,
                _("New pupil…"),
                self._ask_pupil,
                [(_("Paste a list of names…"), self.class_steps.paste)],
            ),
            "search": EmptyState(
                "magnifying-glass",
                _("No work fits"),
                _("Use fewer words, or the beginnings of words."),
                _("Show all works"),
                lambda: self.search.clear(),
            ),
            "works": EmptyState("camera", _("No work yet"), choose),
            "own": EmptyState("camera", _("No work of this pupil yet"), drop, _("Add work…"), self.choose_files),
        }

    def _right(self) -> QWidget:
        frame, layout = card(margin=4)
        frame.setMinimumWidth(theme.px(230))
        inner = QWidget()
        self.detail = WorkDetail(
            Deeds(self._rename, self._permit, self._ask_publish, self._copy, self._remove, self._picture, self._leaving)
        )
        self.permit = self.detail.permit
        self.open = button(_("Open"), self._open_shown, icon="eye")
        layout_of_work = self.detail.layout()
        assert isinstance(layout_of_work, QVBoxLayout)
        layout_of_work.insertWidget(1, self.open)
        column(inner, margin=12).addWidget(self.detail)
        layout.addWidget(scrolled(inner))
        return frame

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, changes: object = None) -> None:
        """Show the classes, pupils and works as they are now."""
        chosen = self.classes.currentData() or self._host.workspace.preference("class")
        classes = [(name, class_id) for class_id, name in self._use.classes()]
        show_choices(self.classes, classes, chosen)
        self.classes.setVisible(bool(classes))
        self.class_menu.setVisible(bool(classes))
        self._show_class()

    def _show_again(self) -> None:
        when_released(self, self.refresh)

    def _choose_class(self) -> None:
        self._host.workspace.remember("class", self.classes.currentData())
        self._show_class()

    def _show_class(self, pupil_id: str | None = None) -> None:
        class_id = self.classes.currentData()
        pupils = self._use.pupils(class_id) if class_id else []
        self._pupils_shown = {pupil.id: pupil for pupil in pupils}
        items = [Item(pupil.id, f"{pupil.name}\n{pupil.pseudonym}", pupil.id) for pupil in pupils]
        self.pupils.show_items([Item(EVERYONE, _("Everyone")), *items] if class_id else [], pupil_id)
        self.pupil_menu.look()
        self._new_pupil.setEnabled(bool(class_id))
        self._show_works()

    def _show_works(self) -> None:
        class_id, pupil_id = self.classes.currentData(), self._pupil_id()
        works = self._works_shown()
        chosen = show_and_keep(self.works, [self._item(work) for work in works])
        self.selection.look()
        self.work_menu.look()
        self._add.setEnabled(pupil_id is not None)
        self._add.setToolTip("" if pupil_id else _("Choose a pupil first"))
        self.search.show_for(len(works))
        missing = "" if works else self._what_is_missing(class_id, pupil_id)
        if not works and self.works.hasFocus():
            self.pupils.setFocus()
        self.works.setVisible(bool(works))
        self._save_all.setVisible(bool(works))
        for name, empty in self._nothing.items():
            empty.setVisible(name == missing)
        self._show_work(chosen)

    def _works_shown(self) -> list[WorkRow]:
        class_id, pupil_id = self.classes.currentData(), self._pupil_id()
        asked = wanted(self.search.typed)
        works = [w for w in (self._use.works(class_id) if class_id else []) if pupil_id in (None, w.pupil_id)]
        return [work for work in works if finds(asked, f"{work.title} {work.pupil} {work.pseudonym}")]

    def _what_is_missing(self, class_id: str | None, pupil_id: str | None) -> str:
        if self.search.typed:
            return "search"
        if class_id is None:
            return "class"
        if self.pupils.count() <= 1:
            return "pupils"
        return "own" if pupil_id else "works"

    def _item(self, work: WorkRow) -> Item:
        permitted = _("may be published") if work.permitted else _("stays here")
        title = brief(work.title, 60)
        return Item(
            work.id,
            f"{title}\n{work.pupil}\n{permitted}",
            work,
            lambda: QIcon(self._small(work)),
            f"{title}, {work.pupil}, {permitted}",
        )

    def _show_work(self, work: WorkRow | None) -> None:
        self.detail.setVisible(work is not None)
        if work is None:
            return
        self.open.setText(_("Play") if work.kind in ("audio", "video") else _("Open"))
        active = [project for project in self._host.workspace.projects.overview() if project.state == rules.ACTIVE]
        choices = tuple((brief(project.title, 60) or _("Untitled"), project.id) for project in active)
        self.detail.show_work(work, Publication(self._use.publication(work.id), choices))

    def _small(self, work: WorkRow) -> QPixmap:
        """The picture as large as the list shows it: many are kept."""
        picture, room = self._picture(work), self.works.iconSize()
        if picture.width() <= room.width() and picture.height() <= room.height():
            return picture
        ratio, how = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        return picture.scaled(room, ratio, how)

    def _picture(self, work: WorkRow) -> QPixmap:
        pixmap = QPixmap()
        if small := self._use.small_picture(work):
            pixmap.loadFromData(small)
        if pixmap.isNull() and (text := self._use.first_words(work)):
            pixmap = page_of_text(text)
        return pixmap if not pixmap.isNull() else theme.icon("file-text", "muted").pixmap(64, 64)

    def _leaving(self, work: WorkRow, show: Callable[[str], object]) -> None:
        """Say beside the button what would leave; looked up away from the Qt thread, once for each file."""
        if work.sha256 in self._said_of:
            show(self._said_of[work.sha256])
            return

        def found(leaving: Leaving) -> None:
            self._said_of[work.sha256] = leaving_words.leaves(leaving)
            if self.detail.work is not None and self.detail.work.sha256 == work.sha256:
                show(self._said_of[work.sha256])

        run_in_worker(
            lambda _p: self._use.leaving(work),
            found,
            lambda _error: None,  # a damaged file is told where it is opened or published
            close=self._host.workspace.close_thread,
            owner=self,
        )

    # -- acting ----------------------------------------------------------------------------

    def _pupil_id(self) -> str | None:
        return self.pupils.chosen_value()

    def _class(self) -> tuple[str, str] | None:
        class_id = self.classes.currentData()
        return (class_id, self.classes.currentText()) if class_id else None

    def _pupil(self) -> PupilRow | None:
        return self._pupils_shown.get(self._pupil_id() or "")

    def ask_class(self) -> None:
        """Ask for the name of a new class."""
        self.class_steps.ask_class()

    def add_class(self, name: str) -> None:
        """Add a class and show it."""
        self.class_steps.add_class(name)

    def choose_class(self, class_id: str) -> None:
        """Show a class."""
        self._host.workspace.remember("class", class_id)
        self.classes.clear()
        self.refresh()

    def _ask_pupil(self) -> None:
        question = _("Name of the pupil. It stays on this computer:")
        if name := self.class_steps.ask(_("New pupil…"), question):
            self.add_pupil(name)

    def add_pupil(self, name: str) -> None:
        """Add a pupil to the shown class and choose them."""
        if (made := self.class_steps.add_pupils([name])) is not None:
            self._show_class(made.ids[0])

    def choose_pupil(self, pupil_id: str) -> None:
        """Show one pupil's works."""
        self.pupils.choose(pupil_id)

    def show_place(self, class_id: str, pupil_id: str, work_id: str = "") -> None:
        """Show one pupil's works, and choose one of them."""
        self._host.workspace.remember("class", class_id)
        self.classes.setCurrentIndex(self.classes.findData(class_id))
        self.search.clear()
        self._show_class(pupil_id)
        if work_id:
            self.works.choose(work_id)
        (self.works if work_id else self.pupils).setFocus()

    def choose_files(self) -> None:
        """Ask for files of the chosen pupil, and take them in."""
        if self._pupil_id() is None:
            self._host.say(_("Choose a pupil first"))
            return
        endings = " ".join(f"*.{ending}" for ending in endings_taken())
        title = _("Pupils' work")
        paths, _kind = QFileDialog.getOpenFileNames(self, _("Add work…"), "", f"{title} ({endings})")
        self.take_in([Path(path) for path in paths])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the page."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if self._pupil_id() is None:
            self._host.say(_("Choose a pupil first"))
            return
        self.take_in(paths)
        event.acceptProposedAction()

    def take_in(self, paths: list[Path]) -> None:
        """Copy files of the chosen pupil into the store, in a worker."""
        pupil_id = self._pupil_id()
        if paths and pupil_id is not None:
            self._intake.take_in(pupil_id, paths)

    def _rename(self, work: WorkRow, title: str) -> None:
        if title.strip() and title.strip() != work.title:
            self.work_steps.rename_to(work, title)

    def _permit(self, work: WorkRow, permitted: bool) -> None:
        self._do(lambda: self._use.permit(work.id, permitted))

    def _do(self, deed: object) -> None:
        """Do something and show what is true then, also where it could not be stored."""
        try:
            deed()  # type: ignore[operator]
        except StoreError as error:
            self._host.say(words.not_saved(error))
        when_released(self, self._show_works)

    def _ask_publish(self, work: WorkRow, project_id: str, title_is_fine: bool = False) -> None:
        def failed(error: Exception) -> None:
            self._show_works()
            self._not_published(work, project_id, error)

        run_in_worker(
            lambda _p: self._use.publish(work.id, project_id, rules.ACTIVE, title_is_fine=title_is_fine),
            lambda _none: self._show_works(),
            failed,
            close=self._host.workspace.close_thread,
            owner=self,
        )

    def _not_published(self, work: WorkRow, project_id: str, error: Exception) -> None:
        if isinstance(error, CannotLeaveError):
            self._host.say(leaving_words.why_not(str(error)))
            return
        if not isinstance(error, NameInTitleError):
            self._host.say(words.refusal(str(error)) if isinstance(error, ValueError) else words.not_saved(error))
            return
        text = _(
            "The title holds “{names}”, which looks like a pupil's name. The partners would read it. Publish with this title?"
        )
        names = ", ".join(error.found)
        answer = QMessageBox.question(self, _("A name in the title"), text.format(names=names))
        if answer == QMessageBox.StandardButton.Yes:
            self._ask_publish(work, project_id, title_is_fine=True)

    def _copy(self, work: WorkRow) -> None:
        self.copies.ask_one(work)

    def save_all(self) -> None:
        """Ask for a folder and save copies of the works that are shown."""
        self.copies.ask_all(self._works_shown())

    def _remove(self, work: WorkRow) -> None:
        self.work_steps.remove([work])

    def _open_shown(self) -> None:
        if self.detail.work:
            self.work_steps.opening.open(self.detail.work, self._works_shown())
