"""The picture at the beginning of a row: a person's initials, or an icon on a soft ground."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import theme
from ui.widgets.basics import Avatar

SIZE = 40


def row_picture(icon: str, person: str = "", size: int = SIZE) -> QWidget:
    """The initials of ``person`` where one is named, else the icon; ``size`` in pixels at the usual size of text."""
    if person:
        return Avatar(person, size)
    tile = QLabel()
    tile.setProperty("role", "tile")
    tile.setAlignment(Qt.AlignmentFlag.AlignCenter)
    tile.setPixmap(theme.icon(icon, "accent").pixmap(theme.px(size // 2), theme.px(size // 2)))
    tile.setFixedSize(theme.px(size), theme.px(size))
    return tile
