"""The language of the computer, on Windows, macOS and Linux.

Qt asks each system in its own way (``locale.getlocale()`` says "Turkish_Türkiye" on Windows, and nothing where only
``LANGUAGE`` is set).
"""

from collections.abc import Iterable


def system_language(known: Iterable[str]) -> str:
    """The first of the person's languages, in the system's order, that is among ``known``; English where none is."""
    from PySide6.QtCore import QLocale  # needed where nobody chose a language yet

    wanted = (tag.split("-")[0].lower() for tag in QLocale.system().uiLanguages())
    offered = set(known)
    return next((code for code in wanted if code in offered), "en")
