"""Light, dark or the system's look: palette, style sheet, icons and text size for the whole program."""

from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from ui import tokens
from ui.icon_font import IconFont

STYLE = Path(__file__).resolve().parents[1] / "resources" / "styles" / "app.qss"


class Theme:
    """The look in use. ``choice`` is light, dark or system; ``scale`` is the text size in per cent."""

    def __init__(self) -> None:
        self.choice, self.scale = "system", 100
        self.colours = tokens.LIGHT
        self._icons: IconFont | None = None

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self.colours is tokens.DARK

    def apply(self, app: QApplication, choice: str, scale: int) -> None:
        """Take on a look: light, dark or as the system; an unknown text size becomes 100 per cent."""
        self.choice, self.scale = choice, scale if scale in tokens.SCALES else 100
        dark = choice == "dark" or (choice == "system" and _system_is_dark())
        self.colours = tokens.DARK if dark else tokens.LIGHT
        app.setStyle("Fusion")
        app.setPalette(self._palette())
        sizes = {"title": tokens.TITLE, "card_title": tokens.CARD_TITLE, "body": tokens.BODY, "small": tokens.SMALL}
        values: dict[str, object] = {**self.colours, **{name: self.px(size) for name, size in sizes.items()}}
        for name in ("caret", "caret-up", "tick"):
            values[name.replace("-", "_")] = (STYLE.parent / f"{name}-{'dark' if dark else 'light'}.svg").as_posix()
        values["box"] = self.px(14)
        values["half_badge"] = self.px(14)
        app.setStyleSheet(Template(STYLE.read_text("utf-8")).substitute(values))

    def px(self, size: int) -> int:
        """A size in pixels at the chosen text size."""
        return round(size * self.scale / 100)

    def text_width(self, text: str, *, bold: bool = False) -> int:
        """How many pixels a text in body size takes."""
        font = QFont(QApplication.font())
        font.setPixelSize(self.px(tokens.BODY))
        font.setBold(bold)
        return QFontMetrics(font).horizontalAdvance(text)

    def colour(self, token: str) -> QColor:
        """A colour of the present look. Raises KeyError for an unknown token."""
        return QColor(self.colours[token])

    def icon(self, name: str, token: str = "text") -> QIcon:
        """A Phosphor icon in a colour of the theme."""
        if self._icons is None:
            self._icons = IconFont()
        return self._icons.icon(name, self.colour(token), self.colour("muted"))

    def _palette(self) -> QPalette:
        roles = {
            QPalette.ColorRole.Window: "bg",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.Highlight: "accent",
            QPalette.ColorRole.HighlightedText: "on_accent",
            QPalette.ColorRole.PlaceholderText: "muted",
            QPalette.ColorRole.AlternateBase: "sunken",
            QPalette.ColorRole.Link: "accent",
        }
        palette = QPalette()
        for role, token in roles.items():
            palette.setColor(role, self.colour(token))
        return palette


theme = Theme()


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
