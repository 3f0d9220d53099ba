"""Switching the language of everything in the window: our texts, Qt's own buttons, and the reading direction."""

from babel import Locale
from PySide6.QtCore import QLibraryInfo, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from i18n import language, use_language

_qt_texts = QTranslator()


def speak(app: QApplication, code: str | None) -> None:
    """Use a language from now on, None for the system's; what stands in a window already is built anew by it."""
    use_language(code)
    app.removeTranslator(_qt_texts)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if _qt_texts.load(f"qtbase_{language()}", folder):
        app.installTranslator(_qt_texts)
    leftward = Locale.parse(language()).text_direction == "rtl"
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if leftward else Qt.LayoutDirection.LeftToRight)
