"""Looking at a work: a picture at its full size in a window of its own, everything else in the computer's program."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QDesktopServices,
    QImage,
    QKeySequence,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QDialog, QFrame, QGraphicsScene, QGraphicsView, QPushButton, QWidget

from app.pupil_work import WorkRow
from app.rules.text import brief
from app.safety import StoreError
from i18n import _
from i18n.formats import number
from ui import words
from ui.host import Host
from ui.pupil_work import sentences
from ui.theme import theme
from ui.widgets.basics import Flow, as_high_as_it_wraps, button, column, label
from ui.worker import run_in_worker

STEP, NEAREST, FARTHEST = 1.25, 8.0, 0.02


class Opening:
    """Opens works; ``save`` is asked for a copy out of the picture's window."""

    def __init__(self, host: Host, page: QWidget, save: Callable[[WorkRow], object]) -> None:
        self._host, self._page, self._save = host, page, save
        self.window: PictureWindow | None = None

    def open(self, work: WorkRow, shown: Sequence[WorkRow]) -> None:
        """Show a picture here, with the others that are shown as next and previous; open anything else outside."""
        if work.kind != "image":
            self.open_outside(work)
            return
        pictures = [one for one in shown if one.kind == "image"]
        at = next((n for n, one in enumerate(pictures) if one.id == work.id), -1)
        self.window = PictureWindow(
            self._host, pictures if at >= 0 else [work], max(0, at), self.open_outside, self._save, self._page
        )
        self.window.show()

    def open_outside(self, work: WorkRow) -> None:
        """Open a work in the program that this computer has for it, as a copy that goes when TwinDesk closes."""
        workspace = self._host.workspace
        self._host.say(_("“{name}” is being opened…").format(name=brief(work.title, 60)))
        run_in_worker(
            lambda _progress: workspace.pupil_work.viewing.copy(work.id),
            lambda path: self._shown_outside(work, path),
            self._failed,
            close=workspace.close_thread,
            owner=self._page,
        )

    def _shown_outside(self, work: WorkRow, path: Path) -> None:
        name = brief(work.title, 60)
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            text = _(
                "“{name}” opens in the computer's own program, as a copy that is not encrypted. The copy goes when "
                "TwinDesk closes; what is changed in it is not kept."
            )
        else:
            text = _("This computer has no program for “{name}”. Save a copy and open it on another one.")
        self._host.say(text.format(name=name))

    def _failed(self, error: Exception) -> None:
        self._host.say(sentences.refused(error) if isinstance(error, ValueError) else words.not_copied(error))


class PictureWindow(QDialog):
    """One picture at a time, decoded in the helper process. Wheel and keys make it larger and smaller; Esc closes."""

    def __init__(
        self,
        host: Host,
        pictures: Sequence[WorkRow],
        at: int,
        outside: Callable[[WorkRow], object],
        save: Callable[[WorkRow], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._host, self._pictures, self._at = host, tuple(pictures), at
        self.resize(min(theme.px(960), 1200), min(theme.px(680), 720))
        self.view = PictureView()
        self.place, self.said = label("", "muted"), label("", "muted", wrap=True)
        layout = column(self, spacing=6, margin=10)
        layout.addWidget(self._tools(outside, save))
        layout.addWidget(self.said)
        layout.addWidget(self.view, 1)
        for key, act in self._keys().items():
            QShortcut(QKeySequence(key), self, act)
        self._show()
        (self.next if self.next.isEnabled() else self.shut).setFocus()

    @property
    def work(self) -> WorkRow:
        """The work that is shown."""
        return self._pictures[self._at]

    def _tools(self, outside: Callable[[WorkRow], object], save: Callable[[WorkRow], object]) -> QWidget:
        holder, flow = QWidget(), Flow(spacing=6)
        self.previous = _tool("caret-left", _("Previous picture"), lambda: self.step(-1))
        self.next = _tool("caret-right", _("Next picture"), lambda: self.step(1))
        self.shut = button(_("Close"), self.close)
        self.next.ensurePolished()
        self.place.setMinimumHeight(self.next.sizeHint().height())
        for widget in (
            self.previous,
            self.place,
            self.next,
            _tool("magnifying-glass-minus", _("Smaller"), lambda: self.view.zoom(1 / STEP)),
            _tool("magnifying-glass-plus", _("Larger"), lambda: self.view.zoom(STEP)),
            button(_("Whole picture"), self.view.show_whole),
            button(_("Full size"), self.view.show_full),
            button(_("Open in another program"), lambda: outside(self.work), icon="arrow-square-out"),
            button(_("Save a copy…"), lambda: save(self.work), icon="download-simple"),
            self.shut,
        ):
            flow.addWidget(widget)
        holder.setLayout(flow)
        as_high_as_it_wraps(holder)
        return holder

    def _keys(self) -> dict[str, Callable[[], object]]:
        return {
            "Left": lambda: self._sideways(-1),
            "Right": lambda: self._sideways(1),
            "Up": lambda: self.view.move_by(0, -1),
            "Down": lambda: self.view.move_by(0, 1),
            "PgUp": lambda: self.step(-1),
            "PgDown": lambda: self.step(1),
            "+": lambda: self.view.zoom(STEP),
            "=": lambda: self.view.zoom(STEP),
            "-": lambda: self.view.zoom(1 / STEP),
            "0": self.view.show_whole,
            "1": self.view.show_full,
            "F11": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
        }

    def _sideways(self, by: int) -> None:
        """An arrow moves a picture that is wider than its window, and else goes to the next one."""
        if not self.view.move_by(by, 0):
            self.step(by)

    def step(self, by: int) -> None:
        """Show the next picture or one before; at the ends nothing happens."""
        if 0 <= self._at + by < len(self._pictures):
            self._at += by
            self._show()

    def _show(self) -> None:
        work, workspace = self.work, self._host.workspace
        title = brief(work.title, 80)
        self.setWindowTitle(title)
        self.view.setAccessibleName(_("Picture of “{name}”").format(name=title))
        count = number(len(self._pictures))
        self.place.setText(_("{done} of {total}").format(done=number(self._at + 1), total=count))
        self.previous.setEnabled(self._at > 0)
        self.next.setEnabled(self._at + 1 < len(self._pictures))
        told = f"{title}, {self.place.text()}"
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))
        self._say(_("The picture is being opened…"))
        self.view.show_picture(QPixmap())
        run_in_worker(
            lambda _progress: _image(workspace.pupil_work.picture(work.id)),
            lambda image: self._arrived(work, image),
            lambda error: self._failed(work, error),
            close=workspace.close_thread,
            owner=self,
        )

    def _arrived(self, work: WorkRow, image: QImage) -> None:
        if work is self.work:
            self._say("")
            self.view.show_picture(QPixmap.fromImage(image))

    def _failed(self, work: WorkRow, error: Exception) -> None:
        if work is not self.work:
            return
        if isinstance(error, ValueError):
            self._say(sentences.refused(error))
        elif isinstance(error, StoreError):
            self._say(_("The file is damaged on this computer. Take it in once more if you still have it elsewhere."))
        else:
            self._say(_("This picture cannot be shown here. Open it in another program, or save a copy."))

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))


class PictureView(QGraphicsView):
    """A picture that can be made larger and moved about."""

    def __init__(self) -> None:
        super().__init__()
        scene = QGraphicsScene(self)
        self.setScene(scene)
        self._item = scene.addPixmap(QPixmap())
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._whole = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackgroundBrush(theme.colour("sunken"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys are the window's: a view has no role that can be told
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)

    @property
    def scale_now(self) -> float:
        """How many points of the screen one point of the picture takes."""
        return self.transform().m11()

    def show_picture(self, picture: QPixmap) -> None:
        """Show another picture, whole."""
        self._item.setPixmap(picture)
        self.setSceneRect(self._item.boundingRect())
        self.show_whole()

    def show_whole(self) -> None:
        """As large as the window allows, but never larger than full size."""
        self._whole = True
        picture, room = self._item.pixmap().size(), self.viewport().size()
        if picture.isEmpty():
            self.resetTransform()
            return
        self._scale_to(min(1.0, (room.width() - 4) / picture.width(), (room.height() - 4) / picture.height()))

    def show_full(self) -> None:
        """One point of the picture for each of the screen's."""
        self._whole = False
        self._scale_to(1.0)

    def zoom(self, factor: float) -> None:
        """Larger (above 1) or smaller."""
        if not self._item.pixmap().isNull():
            self._whole = False
            self._scale_to(self.scale_now * factor)

    def _scale_to(self, scale: float) -> None:
        kept = max(FARTHEST, min(NEAREST, scale))
        self.scale(kept / self.scale_now, kept / self.scale_now)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel makes the picture larger and smaller, about the place it is turned over."""
        turned: QPoint = event.angleDelta()
        if turned.y():
            self.zoom(STEP ** (turned.y() / 120))
        event.accept()

    def move_by(self, sideways: int, down: int) -> bool:
        """Move the part that is seen by a step of the scroll bars; False where all of it is seen in that direction."""
        bar, by = (self.horizontalScrollBar(), sideways) if sideways else (self.verticalScrollBar(), down)
        bar.setValue(bar.value() + by * 3 * bar.singleStep())
        return bar.maximum() > bar.minimum()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A whole picture stays whole."""
        super().resizeEvent(event)
        if self._whole:
            self.show_whole()


def _image(points: object) -> QImage:
    width, height = points.width, points.height  # type: ignore[attr-defined]
    data = points.data  # type: ignore[attr-defined]
    return QImage(data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()


def _tool(icon: str, name: str, act: Callable[[], object]) -> QPushButton:
    made = button("", act, icon=icon)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
