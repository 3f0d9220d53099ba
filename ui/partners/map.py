"""A map of Europe and its neighbours with how many teachers of a result each country has; a click filters."""

import json
from functools import cache
from math import cos, log1p, radians
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QToolTip, QWidget

from i18n import _, ngettext
from i18n.formats import country_name, number
from ui.theme import theme

OUTLINES = Path(__file__).resolve().parents[2] / "resources" / "map" / "europe.json"
MIDDLE = 48.0  # the latitude at which a degree east is drawn in its true proportion to a degree north


@cache
def outlines() -> dict[str, Any]:
    """The outlines of the countries, read once. Raises OSError."""
    found: dict[str, Any] = json.loads(OUTLINES.read_text("utf-8"))
    return found


def point(east: float, north: float) -> QPointF:
    """Where a place in degrees is on the map."""
    return QPointF(east * cos(radians(MIDDLE)), -north)


@cache
def shapes() -> tuple[list[tuple[str, QPainterPath, QPointF]], QRectF]:
    """``(country, outline, where its number stands)`` of each country, and what of it is shown."""
    found = []
    for country in outlines()["countries"]:
        path = QPainterPath()
        for ring in country["rings"]:
            path.moveTo(point(*ring[0]))
            for place in ring[1:]:
                path.lineTo(point(*place))
            path.closeSubpath()
        found.append((country["id"], path, point(*country["label"])))
    west, south, east, north = outlines()["box"]
    return found, QRectF(point(west, north), point(east, south))


class PartnerMap(QWidget):
    """Colour and number tell how many; arrow keys go through the countries, Enter or a click filters by one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}
        self._ticked: set[str] = set()
        self._current = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 200)
        self._name()

    def sizeHint(self) -> QSize:
        """The size at which most numbers fit."""
        return QSize(560, 520)

    def show_counts(self, counts: dict[str, int], ticked: set[str]) -> None:
        """Show how many teachers each country has, and which countries are ticked."""
        self._counts, self._ticked = counts, ticked
        if self._current not in counts:
            self._current = ""
        self._name()
        self.update()

    def text_of(self, country: str) -> str:
        """A country and how many teachers it has, in words."""
        count = self._counts.get(country, 0)
        text = ngettext("{country}: {n} teacher", "{country}: {n} teachers", count)
        return text.format(country=country_name(country), n=number(count))

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the countries, the marked ones above, and the numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("sunken"))
        turn = self._transform()
        found, _box = shapes()
        painter.setTransform(turn)
        for country, path, _label in found:
            painter.setPen(self._pen(country))
            painter.setBrush(self._colour(country))
            painter.drawPath(path)
        for country, path, _label in found:  # the marked ones once more, above their neighbours' borders
            if country and (country in self._ticked or (country == self._current and self.hasFocus())):
                painter.setPen(self._pen(country))
                painter.setBrush(self._colour(country))
                painter.drawPath(path)
        painter.resetTransform()
        self._numbers(painter, turn)
        painter.end()

    def _numbers(self, painter: QPainter, turn: QTransform) -> None:
        font = QFont(self.font())
        font.setPixelSize(theme.px(12))
        font.setBold(True)
        painter.setFont(font)
        metrics, taken = QFontMetrics(font), []
        placed = {country: label for country, _path, label in shapes()[0] if country}
        for country in sorted(self._counts, key=lambda c: -self._counts[c]):
            if country not in placed:
                continue
            text = _short(self._counts[country])
            middle = turn.map(placed[country])
            box = QRectF(0, 0, metrics.horizontalAdvance(text) + 10, metrics.height() + 2)
            box.moveCenter(middle)
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(theme.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _colour(self, country: str) -> QColor:
        low, high = theme.colour("surface"), theme.colour("accent")
        most = max(self._counts.values(), default=0)
        count = self._counts.get(country, 0) if country else 0
        if not country:
            return theme.colour("bg")
        share = 0.08 + 0.8 * log1p(count) / log1p(most) if most and count else 0.0
        parts = [round(a + (b - a) * share) for a, b in zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)]
        return QColor(*parts)

    def _pen(self, country: str) -> QPen:
        marked = country and country in self._ticked
        current = country and country == self._current and self.hasFocus()
        pen = QPen(theme.colour("text" if current else "warn" if marked else "edge"), 3 if current or marked else 0.8)
        pen.setCosmetic(True)
        return pen

    def _transform(self) -> QTransform:
        _found, box = shapes()
        scale = min(self.width() / box.width(), self.height() / box.height())
        turn = QTransform()
        turn.translate(self.width() / 2, self.height() / 2)
        turn.scale(scale, scale)
        turn.translate(-box.center().x(), -box.center().y())
        return turn

    # -- acting ----------------------------------------------------------------------------

    def country_at(self, place: QPointF) -> str:
        """The country at a place of the widget; empty for the sea."""
        back, _fine = self._transform().inverted()
        here = back.map(place)
        return next((country for country, path, _label in shapes()[0] if country and path.contains(here)), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Filter by the country that was clicked."""
        country = self.country_at(event.position())
        if country:
            self._current = country
            self.chosen.emit(country)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the country under the pointer."""
        country = self.country_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if country else Qt.CursorShape.ArrowCursor)
        if country:
            QToolTip.showText(event.globalPosition().toPoint(), self.text_of(country), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the countries by the arrows, filter by Enter or the space bar."""
        order = sorted(self._counts, key=lambda c: (-self._counts[c], c))
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps and order:
            at = order.index(self._current) if self._current in order else -steps[key]
            self._current = order[(at + steps[key]) % len(order)]
            self._name()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in the new look."""
        self.update()
        super().changeEvent(event)

    def _name(self) -> None:
        text = _("Map of the teachers found. Arrow keys go through the countries, Enter filters.")
        self.setAccessibleName(f"{self.text_of(self._current)}. {text}" if self._current else text)


def _short(count: int) -> str:
    return number(count) if count < 10_000 else _("{n}k").format(n=number(round(count / 1_000)))
