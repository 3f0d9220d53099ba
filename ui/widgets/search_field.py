"""The little cross that empties a search field, named for who does not see it."""

from PySide6.QtWidgets import QLineEdit, QToolButton

from i18n import _


def offer_clearing(field: QLineEdit) -> None:
    """Give a search field Qt's own button that empties it; Qt leaves it without a name."""
    field.setClearButtonEnabled(True)
    for made in field.findChildren(QToolButton):
        if not made.accessibleName():
            made.setAccessibleName(_("Clear the search"))
