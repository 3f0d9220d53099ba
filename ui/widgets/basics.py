"""The small pieces every page is built from."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.events import Changes
from app.rules.text import initials
from ui import tokens
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.pressed import when_released


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """Words as they are, never as markup; ``role`` is a name of the style sheet."""
    found = QLabel(text)
    found.setTextFormat(Qt.TextFormat.PlainText)  # names and texts come from outside
    found.setProperty("role", role)
    found.setWordWrap(wrap)
    found.setIndent(0)
    return found


def tone_label(text: str, tone: str) -> QLabel:
    """A word on a coloured ground: ok, warn, bad or plain."""
    found = label(text)
    set_tone(found, tone)
    return found


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a widget: ok, warn, bad, info or plain."""
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button(text: str, act: Callable[[], object], role: str = "", icon: str = "") -> QPushButton:
    """A button that calls ``act``; ``role`` is empty, main, link, nav or chip, ``icon`` a name of Phosphor's."""
    found = QPushButton(text)
    found.setProperty("role", role)
    if icon:
        token = {"main": "on_accent", "link": "accent"}.get(role, "text")
        found.setIcon(theme.icon(icon, token))
        found.setIconSize(QSize(theme.px(16), theme.px(16)))
    found.clicked.connect(lambda: act())
    found.setMinimumHeight(theme.px(32))
    found.setAutoDefault(False)
    return found


def card(*, spacing: int = 8, margin: int = 16) -> tuple[QFrame, QVBoxLayout]:
    """A framed card, and the column inside it."""
    frame = QFrame()
    frame.setProperty("role", "card")
    return frame, column(frame, spacing=spacing, margin=margin)


def column(parent: QWidget | None = None, *, spacing: int = 8, margin: int = 0) -> QVBoxLayout:
    """A column of widgets; sizes in pixels."""
    layout = QVBoxLayout(parent) if parent else QVBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


def row(*widgets: QWidget, spacing: int = 8, stretch: bool = False) -> QHBoxLayout:
    """Widgets side by side; with ``stretch`` they keep to the left."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    if stretch:
        layout.addStretch()
    return layout


def scrolled(inner: QWidget) -> QScrollArea:
    """A widget that scrolls up and down."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif item.layout():
            clear(item.layout())


class Page(QWidget):
    """Base of all pages: a title, a line below it, and room. ``refresh`` shows what is true now.

    ``listens_to`` names the kinds of things whose change is shown, and ``status`` for the connection.
    """

    listens_to: frozenset[str] = frozenset()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label(title, "title")
        self.subtitle = label("", "muted", wrap=True)
        self.subtitle.setVisible(False)
        self.body = column(self, spacing=12)
        self.body.setContentsMargins(24, 16, 24, 20)
        head = self._head = column(spacing=2)
        head.addWidget(self.title)
        head.addWidget(self.subtitle)
        head.addStretch()
        holder = QWidget()
        holder.setLayout(head)
        holder.setMinimumHeight(theme.px(46))  # the pill stands beside it
        self.body.addWidget(holder)

    def leave_room(self, pixels: int) -> None:
        """Keep the right end of the title's lines free, for the pill."""
        self._head.setContentsMargins(0, 0, pixels, 0)

    def say(self, text: str) -> None:
        """Show a line below the title; nothing when it is empty."""
        self.subtitle.setText(text)
        self.subtitle.setVisible(bool(text))

    def hear(self, changes: Changes) -> None:
        """Something changed below: show it, but not under a button that is being pressed."""
        if changes.touch(self.listens_to):
            when_released(self, lambda: self.refresh(changes))

    def refresh(self, changes: Changes | None = None) -> None:
        """Show the present state; ``changes`` says what is new, None that anything may be."""

    def leave(self) -> None:
        """Store what is being typed before another page is shown or the window closes."""

    def place(self) -> Any:
        """What :mod:`ui.widgets.page_state` cannot see of where the person is, for :meth:`go_back_to`."""
        return None

    def go_back_to(self, place: Any) -> None:
        """Show again what :meth:`place` of the page told that stood here before."""

    def unsaved(self) -> list[Unsaved]:
        """What is typed on this page and could not be stored."""
        return []

    def saving_error(self) -> Exception | None:
        """Why it could not."""
        return None


class EmptyState(QFrame):
    """What belongs on an empty page, and the first step as a button."""

    def __init__(
        self,
        icon: str,
        text: str,
        hint: str,
        action: str = "",
        act: Callable[[], object] | None = None,
        others: Iterable[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """``others`` are steps that can come first as well, each with its button below."""
        super().__init__()
        layout = column(self, spacing=8, margin=24)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture = QLabel()
        picture.setPixmap(theme.icon(icon, "muted").pixmap(theme.px(48), theme.px(48)))
        layout.addWidget(picture, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(label(text, "cardTitle"), alignment=Qt.AlignmentFlag.AlignCenter)
        below = self._hint = label(hint, "muted", wrap=True)
        below.setAlignment(Qt.AlignmentFlag.AlignCenter)
        below.setMaximumWidth(theme.px(420))
        line = row(below)  # between stretches: a label that is centred itself is not asked how high it wraps
        line.insertStretch(0, 1)
        line.addStretch(1)
        line.setStretch(1, 100)
        layout.addLayout(line)
        if action and act:
            layout.addWidget(button(action, act, "main"), alignment=Qt.AlignmentFlag.AlignCenter)
        for other, do in others:
            layout.addWidget(button(other, do), alignment=Qt.AlignmentFlag.AlignCenter)

    def show_hint(self, text: str) -> None:
        """Say something else about what belongs here."""
        self._hint.setText(text)


class Avatar(QWidget):
    """A person's initials on a colour of their own."""

    def __init__(self, name: str, size: int = 48) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(theme.px(size), theme.px(size))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the initials."""
        painter = QPainter(self)
        paint_avatar(painter, self.rect(), self._name)
        painter.end()


def paint_avatar(painter: QPainter, box: QRect, name: str) -> None:
    """Draw a person's initials into a box, on a colour that their name decides."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.AVATARS[sum(name.encode()) % len(tokens.AVATARS)]))
    painter.drawEllipse(box)
    font = QFont(painter.font())
    font.setPixelSize(max(11, round(box.height() * 0.38)))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))


class ElidedCheckBox(QCheckBox):
    """A tick box that ends a text too long for its place in dots; the whole text is its tool tip."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._whole = text
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """End the text in dots where it does not fit."""
        room = event.size().width() - self.iconSize().width() - theme.px(14)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))
        super().resizeEvent(event)


def as_high_as_it_wraps(widget: QWidget) -> None:
    """Give a widget whose content wraps as much height as that takes at its width, and no more."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)


def breakable(text: str, most: int = 24) -> str:
    """The text with places where a very long word may be broken, for a label."""
    return " ".join("\u200b".join(_cut(word, most)) if len(word) > most else word for word in text.split(" "))


def _cut(word: str, most: int) -> Iterator[str]:
    for at in range(0, len(word), most):
        yield word[at : at + most]


class Flow(QLayout):
    """Widgets side by side, wrapped into as many lines as are needed."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take in an item, for Qt."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are, for Qt."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """An item, or None, for Qt."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out, or None, for Qt."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high the lines are at a width, in pixels."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """As small as possible."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Room for the widest and the highest item."""
        widths = [item.minimumSize() for item in self._items]
        return QSize(max((s.width() for s in widths), default=0), max((s.height() for s in widths), default=0))

    def setGeometry(self, box: QRect) -> None:
        """Place the items in a box."""
        super().setGeometry(box)
        self._place(box, move=True)

    def _place(self, box: QRect, *, move: bool) -> int:
        x, y, line = box.x(), box.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x + size.width() > box.right() + 1 and x > box.x():
                x, y, line = box.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x, line = x + size.width() + self.spacing(), max(line, size.height())
        return y + line - box.y()


class Chips(QWidget):
    """Plain words on sunken grounds, wrapped."""

    def __init__(self) -> None:
        super().__init__()
        self._flow, self._texts = Flow(), None  # type: tuple[Flow, list[str] | None]
        self.setLayout(self._flow)
        as_high_as_it_wraps(self)

    def show_texts(self, texts: Iterable[str]) -> None:
        """Show these words; nothing is made anew if they are the ones shown."""
        if (wanted := list(texts)) == self._texts:
            return
        self._texts = wanted
        clear(self._flow)
        for text in wanted:
            self._flow.addWidget(tone_label(text, "plain"))
        if self.parentWidget() is not None:  # without a parent it would become a window
            self.setVisible(bool(wanted))


def chips(texts: Iterable[str]) -> QWidget:
    """Plain words on sunken grounds, wrapped."""
    made = Chips()
    made.show_texts(texts)
    return made
