"""The picture beside the first questions: a mountain, the sea, a boat."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

SKY, FAR, NEAR, SNOW, SUN, SEA, SAIL, HULL = (
    QColor(code) for code in ("#163A5C", "#2F5F8F", "#24507B", "#E8F1FA", "#F5C95C", "#3E86BC", "#F6F9FC", "#CC5439")
)
WIDE, HIGH = 330, 170


class FirstPicture(QWidget):
    """Says nothing that the words beside it do not say."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(HIGH * 284 // WIDE))  # as wide as its column leaves it

    def sizeHint(self) -> QSize:
        """Half as high as wide."""
        return QSize(WIDE, HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it as large as there is room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rounded = QPainterPath()
        rounded.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setClipPath(rounded)
        painter.scale(self.width() / WIDE, self.height() / HIGH)
        painter.fillRect(QRectF(0, 0, WIDE, HIGH), SKY)
        for colour, points in (
            (FAR, ((20, 145), (98, 38), (176, 145))),
            (NEAR, ((80, 145), (158, 88), (250, 145))),
            (SNOW, ((72, 74), (98, 38), (125, 75), (112, 66), (98, 78), (86, 64))),
            (SAIL, ((237, 90), (237, 136), (272, 136))),
            (HULL, ((217, 139), (283, 139), (270, 158), (232, 158))),
        ):
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
        painter.setBrush(SUN)
        painter.drawEllipse(QRectF(236, 31, 40, 40))
        sea = QPainterPath(QPointF(0, 146))
        sea.cubicTo(110, 134, 220, 162, WIDE, 138)
        sea.lineTo(WIDE, HIGH)
        sea.lineTo(0, HIGH)
        painter.setBrush(SEA)
        painter.drawPath(sea)
        painter.end()
