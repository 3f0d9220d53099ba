"""The lines of the list: conversations, requests and contacts, painted with a person's initials, and spoken whole."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.messages import ASKS_YOU, INVITES_YOU, REFUSED, WAITING, Contact, Conversation, Request
from app.rules.text import brief
from i18n import _, mark, ngettext
from i18n.formats import brief_moment, country_name, number
from ui.theme import theme
from ui.widgets.basics import paint_avatar
from ui.widgets.item_list import VALUE, Item

KINDS = {
    "asks_you": mark("Would like to be your contact"),
    "asked": mark("You asked to be contacts"),
    "invites_you": mark("Invites you to a project"),
    "invited": mark("You invited them to a project"),
}


@dataclass(frozen=True)
class Line:
    """What is painted: a name, words below it, a time and a short state at the right. ``thing`` is what it stands for."""

    name: str
    text: str
    when: str = ""
    state: str = ""
    tone: str = "plain"
    new: bool = False
    thing: Conversation | Request | Contact | None = None


def of_conversation(one: Conversation) -> Item:
    """A conversation in the list."""
    state, tone = _state(one)
    text = _("You: {text}").format(text=one.text) if one.mine and one.text else one.text
    when = brief_moment(one.at) if one.at else ""
    name = name_of(one.name)
    line = Line(name, text or _("Nothing written yet"), when, state, tone, bool(one.unread), one)
    unread = ngettext("{n} unread message", "{n} unread messages", one.unread).format(n=number(one.unread))
    return _item(one.person_id, line, [unread] if one.unread else [])


def of_request(one: Request) -> Item:
    """A request or an invitation in the list."""
    title = one.title or _("Untitled")
    text = f"{_(KINDS[one.kind])}: {title}" if one.project_id else _(KINDS[one.kind])
    state, tone = "", "plain"
    if one.answer:
        state, tone = (_("Accepted") if one.answer == "accept" else _("Declined")), "plain"
    elif one.kind not in (ASKS_YOU, INVITES_YOU):
        state, tone = (_("To be sent") if one.waiting else _("Sent")), "plain"
    waits = one.kind in (ASKS_YOU, INVITES_YOU) and not one.answer
    return _item(
        one.key, Line(name_of(one.name), text, "", state, tone, waits, one), [_("Waits for you")] if waits else []
    )


def of_contact(one: Contact) -> Item:
    """A contact in the list."""
    return _item(one.person_id, Line(name_of(one.name), country_name(one.country), thing=one), [])


def name_of(name: str) -> str:
    """A person's name for one line; somebody without one is called so."""
    return brief(name, 80) or _("A teacher")


def _state(one: Conversation) -> tuple[str, str]:
    if one.state == REFUSED:
        return _("Not taken"), "bad"
    if one.draft:
        return _("Draft"), "plain"
    return (_("To be sent"), "plain") if one.state == WAITING else ("", "plain")


def _item(key: str, line: Line, more: list[str]) -> Item:
    spoken = ". ".join(part for part in (line.name, *more, line.state, line.text, line.when) if part)
    return Item(key, line.name, line, spoken=spoken)


Index = QModelIndex | QPersistentModelIndex


class LineDelegate(QStyledItemDelegate):
    """Paints a line; every one is equally high."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as two lines of text and the room around them."""
        return QSize(theme.px(160), theme.px(60))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the initials, the name, the words, the time and the state."""
        line: Line | None = index.data(VALUE)
        if line is None:
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box = option.rect.adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(theme.colour("accent"), 2) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_soft") if chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 8, 8)
        if line.new:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            side = theme.px(9)
            painter.drawEllipse(box.x() + theme.px(5), box.center().y() - side // 2, side, side)
        side = theme.px(36)
        paint_avatar(painter, QRect(box.x() + theme.px(20), box.center().y() - side // 2, side, side), line.name)
        self._texts(painter, box.adjusted(theme.px(66), theme.px(8), -theme.px(10), -theme.px(8)), line)
        painter.restore()

    def _texts(self, painter: QPainter, box: QRect, line: Line) -> None:
        half = box.height() // 2
        upper, lower = QRect(box.x(), box.y(), box.width(), half), QRect(box.x(), box.y() + half, box.width(), half)
        if line.when:
            upper.setRight(self._at_right(painter, upper, line.when, "accent" if line.new else "muted", line.new))
        _draw(painter, upper, line.name, 13, "text", bold=True)
        if line.state:
            lower.setRight(self._chip(painter, lower, line))
        _draw(painter, lower, line.text, 12, "text" if line.new else "muted", bold=line.new)

    def _at_right(self, painter: QPainter, box: QRect, text: str, token: str, bold: bool) -> int:
        """Draw a text at the right; where the room left of it ends."""
        width = min(QFontMetrics(_font(12, bold)).horizontalAdvance(text) + 2, box.width() // 2)
        place = QRect(box.right() - width, box.y(), width, box.height())
        _draw(painter, place, text, 12, token, bold=bold, align=Qt.AlignmentFlag.AlignRight)
        return place.x() - theme.px(8)

    def _chip(self, painter: QPainter, box: QRect, line: Line) -> int:
        width = min(QFontMetrics(_font(12, True)).horizontalAdvance(line.state) + theme.px(16), box.width() * 2 // 3)
        place = QRect(box.right() - width, box.y(), width, box.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken" if line.tone == "plain" else f"{line.tone}_soft"))
        painter.drawRoundedRect(place, 8, 8)
        token = "text" if line.tone == "plain" else line.tone
        _draw(painter, place, line.state, 12, token, bold=True, align=Qt.AlignmentFlag.AlignHCenter)
        return place.x() - theme.px(8)


def _font(size: int, bold: bool) -> QFont:
    font = QFont(QApplication.font())
    font.setPixelSize(theme.px(size))
    font.setBold(bold)
    return font


def _draw(
    painter: QPainter,
    box: QRect,
    text: str,
    size: int,
    token: str,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    font = _font(size, bold)
    painter.setFont(font)
    painter.setPen(theme.colour(token))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, shown)
