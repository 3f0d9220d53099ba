"""Lines of a list with words at the right end, and titles between them."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.theme import theme

BESIDE = Qt.ItemDataRole.UserRole + 8
TITLE = Qt.ItemDataRole.UserRole + 9
Index = QModelIndex | QPersistentModelIndex


class BesideDelegate(QStyledItemDelegate):
    """Draws the text at the left and, muted, what belongs to it at the right; the text ends in dots before that goes."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line."""
        line = QStyleOptionViewItem(option)
        self.initStyleOption(line, index)
        text, beside, is_title = line.text, str(index.data(BESIDE) or ""), bool(index.data(TITLE))
        style = line.widget.style() if line.widget else QApplication.style()
        line.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, line, painter, line.widget)
        icon = 0 if line.icon.isNull() else line.decorationSize.width() + theme.px(8)
        box = line.rect.adjusted(theme.px(10) + icon, 0, -theme.px(10), 0)
        painter.save()
        if is_title:
            font = QFont(line.font)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(theme.colour("muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)
        else:
            painter.setFont(line.font)
            self._draw(painter, box, text, beside)
        painter.restore()

    def _draw(self, painter: QPainter, box: QRect, text: str, beside: str) -> None:
        metrics, dots = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        beside = metrics.elidedText(beside, dots, box.width() // 2)
        room = box.width() - (metrics.horizontalAdvance(beside) + theme.px(16) if beside else 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("text"))
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, metrics.elidedText(text, dots, room))
        painter.setPen(theme.colour("muted"))
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, beside)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line high."""
        return QSize(0, max(theme.px(32), option.fontMetrics.height() + theme.px(12)))
