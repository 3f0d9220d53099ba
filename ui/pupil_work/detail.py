"""One piece of work: picture, title, permission and publishing. Its fields are made once and show the chosen work."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.pupil_work import WorkRow
from i18n import _
from i18n.formats import clock, file_size
from ui.theme import theme
from ui.widgets.basics import button, column, label, set_tone, tone_label
from ui.widgets.item_list import show_choices
from ui.widgets.text_field import LineField


@dataclass(frozen=True)
class Deeds:
    """What can be done with the work that is shown."""

    rename: Callable[[WorkRow, str], object]
    permit: Callable[[WorkRow, bool], object]
    publish: Callable[[WorkRow, str], object]
    copy: Callable[[WorkRow], object]
    remove: Callable[[WorkRow], object]
    picture: Callable[[WorkRow], QPixmap]
    leaving: Callable[[WorkRow, Callable[[str], object]], object]  # gives the sentence of what would leave


@dataclass(frozen=True)
class Publication:
    """How far publishing is (as in ``PupilWorkUseCases.publication``), and the projects it could go to."""

    state: str
    projects: tuple[tuple[str, str], ...]  # title and id


class WorkDetail(QWidget):
    """Shows one work in place, so that a click that was begun on its fields counts whatever arrives meanwhile."""

    def __init__(self, deeds: Deeds) -> None:
        super().__init__()
        self._deeds = deeds
        self.work: WorkRow | None = None
        self._asked_for = ""
        layout = column(self, spacing=8)
        self._picture = label("")
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setMinimumHeight(theme.px(120))
        self.title = LineField(_("Title of the work"))
        self.title.editingFinished.connect(lambda: self.work and self._deeds.rename(self.work, self.title.text()))
        self._whose, self._about = label("", wrap=True), label("", "muted", wrap=True)
        self.permit = QCheckBox(_("May be published"))
        self.permit.setToolTip(_("Tick this only with the consent of the pupil and the parents."))
        self.permit.clicked.connect(lambda on: self.work and self._deeds.permit(self.work, on))
        for widget in (self._picture, self.title, self._whose, self._about, self.permit):
            layout.addWidget(widget)
        self._state = tone_label("", "plain")
        layout.addWidget(self._state, alignment=Qt.AlignmentFlag.AlignLeft)
        self.leaves = label("", "muted", wrap=True)
        self._build_publishing()
        for part in (self.leaves, self.project, self.publish, self._hint):
            layout.addWidget(part)
        layout.addStretch()
        copy = button(_("Save a copy…"), lambda: self.work and self._deeds.copy(self.work), icon="download-simple")
        layout.addWidget(copy)
        layout.addWidget(button(_("Remove"), lambda: self.work and self._deeds.remove(self.work), icon="trash"))

    def _build_publishing(self) -> None:
        self.project = QComboBox()
        self.project.setAccessibleName(_("Project to publish to"))
        self.project.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.publish = button(_("Publish to this project"), self._publish, "main", "paper-plane-tilt")
        self._hint = label("", "muted", wrap=True)

    def show_work(self, work: WorkRow, publication: Publication) -> None:
        """Show a work as it is now."""
        before, self.work = self.work, work
        if before is None or before.id != work.id or not self.title.hasFocus():
            self.title.show_text(work.title)
        if before is None or before.id != work.id:
            self._picture.setPixmap(self._deeds.picture(work))
        self._picture.setAccessibleName(_("Picture of “{name}”").format(name=work.title))
        self._whose.setText(f"{work.pupil} · {work.pseudonym}")
        self._about.setText(f"{work.filename} · {file_size(work.size)} · {clock(work.at)}")
        self.permit.setChecked(work.permitted)
        self._show_publication(work, publication)

    def _show_publication(self, work: WorkRow, publication: Publication) -> None:
        states = {
            "waiting": (_("Will be published at the next sync"), "warn"),
            "finished": (_("Published"), "ok"),
            "refused": (_("Could not be published; see the sync centre"), "bad"),
        }
        text, tone = states.get(publication.state, ("", ""))
        self._state.setText(text)
        set_tone(self._state, tone)
        self._state.setVisible(bool(text))
        show_choices(self.project, publication.projects, self.project.currentData())
        if self._asked_for != work.sha256:
            self._asked_for = work.sha256
            self.leaves.setText("")
            self._deeds.leaving(work, self.leaves.setText)
        self.leaves.setVisible(not text)
        self.project.setVisible(not text and bool(publication.projects))
        self.publish.setVisible(not text)
        self.publish.setEnabled(work.permitted and bool(publication.projects))
        hint = _("The project sees “{pseudonym}”, never the name.").format(pseudonym=work.pseudonym)
        if not publication.projects:
            hint = _("You have no active project to publish to yet.")
        elif not work.permitted:
            hint = _("Tick the box first, once you have the consent.")
        self._hint.setText(hint)
        self._hint.setVisible(not text)

    def _publish(self) -> None:
        if self.work:
            self.publish.setEnabled(False)
            self._deeds.publish(self.work, self.project.currentData())


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
