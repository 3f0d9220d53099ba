"""Icons drawn from the Phosphor font that QtAwesome ships, sharp at every size and in any colour.

QtAwesome itself is not imported: with its Qt wrapper it would add a fifth to the start of the program.
"""

import importlib.util
import json
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap


class IconFont:
    """The font and its names. Raises LookupError when QtAwesome is not installed."""

    def __init__(self) -> None:
        folder = _folder()
        number = QFontDatabase.addApplicationFont(str(next(folder.glob("phosphor*.ttf"))))
        self._family = QFontDatabase.applicationFontFamilies(number)[0]
        self._codes: dict[str, str] = json.loads(next(folder.glob("phosphor*charmap*.json")).read_text("utf-8"))

    def icon(self, name: str, colour: QColor, disabled: QColor) -> QIcon:
        """``disabled`` is its colour on a disabled button. Raises KeyError for a name that Phosphor does not have."""
        return QIcon(_GlyphEngine(chr(int(self._codes[name], 16)), self._family, colour, disabled))


class _GlyphEngine(QIconEngine):
    def __init__(self, glyph: str, family: str, colour: QColor, disabled: QColor) -> None:
        super().__init__()
        self._glyph, self._family, self._colour, self._disabled = glyph, family, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        font = QFont(self._family)
        font.setPixelSize(max(1, round(rect.height() * 0.95)))
        colour = self._disabled if mode == QIcon.Mode.Disabled else self._colour
        painter.save()
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._glyph, self._family, self._colour, self._disabled)


def _folder() -> Path:
    found = importlib.util.find_spec("qtawesome")
    if found is None or not found.submodule_search_locations:
        raise LookupError("QtAwesome is not installed")
    return Path(found.submodule_search_locations[0]) / "fonts"
